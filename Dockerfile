# syntax=docker/dockerfile:1
# The site as an image: Debian's own Python, the locked packages, the collected files. docs/operating.md says how to use it.

# pg_dump and psql for backups; their package would bring a whole Perl along.
FROM debian:trixie-slim AS postgresql
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-17

FROM debian:trixie-slim AS base
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates libpq5 libreadline8t64 python3 tzdata \
    && rm -rf /var/lib/apt/lists/*
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/chatsite

FROM base AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3-venv \
    && rm -rf /var/lib/apt/lists/* \
    && python3 -m venv /opt/uv \
    && /opt/uv/bin/pip install --no-cache-dir uv==0.13.8
ENV UV_PYTHON=/usr/bin/python3 \
    UV_PYTHON_DOWNLOADS=never \
    UV_NO_CACHE=1
# The packages first: they change less often than the program.
COPY pyproject.toml uv.lock ./
RUN /opt/uv/bin/uv sync --quiet --frozen --no-dev --all-extras --compile-bytecode
COPY LICENSE README.md CHANGELOG.md manage.py ./
COPY chatsite chatsite
COPY conversations conversations
COPY locale locale
COPY static static
COPY templates templates
RUN .venv/bin/python -m compileall -q chatsite conversations manage.py \
    && CHATSITE_DATA_DIR=/tmp/nothing CHATSITE_STATIC_DIR=/srv/chatsite/collected \
        .venv/bin/python manage.py collectstatic --no-input --verbosity 0

FROM base
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /srv/chatsite --shell /usr/sbin/nologin chatsite \
    && install --directory --owner=chatsite --group=chatsite --mode=0700 /data /data/media
COPY --from=postgresql /usr/lib/postgresql/17/bin/pg_dump /usr/lib/postgresql/17/bin/psql /usr/local/bin/
COPY --from=build /srv/chatsite /srv/chatsite
ENV PATH=/srv/chatsite/.venv/bin:$PATH \
    HOST=0.0.0.0 \
    PORT=8000 \
    CHATSITE_DATA_DIR=/data \
    CHATSITE_STATIC_DIR=/srv/chatsite/collected \
    CHATSITE_LOG_FORMAT=json \
    CHATSITE_LOG_REQUESTS=true
USER 10001:10001
VOLUME /data
EXPOSE 8000
# Whether it lives, not whether PostgreSQL and Redis do: else an outage there would end every process here.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
ENTRYPOINT ["python", "manage.py"]
CMD ["serve"]
