"""What people type, read by pure functions: no database, no Slack, no clock."""
