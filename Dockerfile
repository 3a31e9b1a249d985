# The bot in a container, as an unprivileged user and with a read-only root: docker build -t ccm-ledger .
# compose.yaml runs it beside PostgreSQL; docs/operations.md says how.
ARG PYTHON_IMAGE=python:3.13-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
WORKDIR /source
RUN python -m venv /opt/ccm
COPY requirements.lock ./
RUN /opt/ccm/bin/python -m pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE manifest.yml ./
COPY bot bot/
COPY jobs jobs/
COPY ledger ledger/
RUN /opt/ccm/bin/python -m pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /opt/ccm/bin/python -m pip install --no-cache-dir --no-deps /wheels/*.whl

FROM ${PYTHON_IMAGE}
RUN groupadd --gid 10001 ccm \
    && useradd --uid 10001 --gid ccm --no-create-home --home-dir /var/lib/ccm --shell /usr/sbin/nologin ccm \
    && install -d -o ccm -g ccm -m 0700 /var/lib/ccm
COPY --from=build /opt/ccm /opt/ccm
# Written at run time: the ledger, where it is SQLite, and matplotlib's list of fonts. Give /tmp a tmpfs.
ENV PATH=/opt/ccm/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MPLCONFIGDIR=/tmp/matplotlib \
    CCM_DATABASE_URL=sqlite:////var/lib/ccm/ccm.sqlite3
USER 10001:10001
WORKDIR /var/lib/ccm
VOLUME /var/lib/ccm
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:3000/healthz', timeout=4)"]
ENTRYPOINT ["ccm"]
CMD ["serve", "--health-port", "3000"]
