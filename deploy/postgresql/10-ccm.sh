#!/bin/sh
# Makes the bot's role and its database, once, when PostgreSQL's volume is new. The role owns the database and is no
# superuser: row-level security, which keeps practices apart, holds for it alone (docs/decisions/022).
set -eu
psql --set=ON_ERROR_STOP=1 --set=password="$CCM_DATABASE_PASSWORD" --username="$POSTGRES_USER" --dbname=postgres <<'SQL'
CREATE ROLE ccm LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE ccm OWNER ccm;
REVOKE ALL ON DATABASE ccm FROM PUBLIC;
SQL
