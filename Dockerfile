# The API with its dashboard. `--target spark` adds Java and PySpark, for `marquee spark ...` in the container.

FROM node:22-slim AS client
WORKDIR /build/client
COPY client/package.json client/package-lock.json client/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY schema/schema.graphql ../schema/schema.graphql
COPY client ./
RUN npm run build


FROM python:3.13-slim AS python
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
# A user with a fixed number, so that the owner of a volume stays the same over rebuilds.
RUN useradd --uid 10001 --create-home marquee && install -d -o marquee -g marquee /data /staging
WORKDIR /app
COPY requirements.txt ./
RUN pip install --require-hashes --only-binary :all: -r requirements.txt


FROM python AS runtime
COPY LICENSE pyproject.toml README.md ./
COPY schema schema
COPY resolvers resolvers
COPY warehouse warehouse
COPY ingest ingest
COPY spark spark
COPY server server
COPY client/operations client/operations
COPY --from=client /build/client/dist client/dist
RUN pip install --no-deps --no-build-isolation --config-settings editable_mode=compat --editable .
USER 10001
# The secret that signs tokens, and the data where the engine is embedded: both under .marquee.
WORKDIR /data
VOLUME ["/data", "/staging"]
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["marquee", "serve", "--host", "0.0.0.0"]


FROM runtime AS spark
USER 0
# The distribution's newest security fix is worth more than a pinned version that vanishes from its archive.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends default-jre-headless \
    && rm -rf /var/lib/apt/lists/*
COPY requirements-spark.txt /app/
RUN pip install --require-hashes --only-binary :all: --no-binary pyspark --no-build-isolation -r /app/requirements-spark.txt
USER 10001


FROM runtime AS kafka
USER 0
COPY requirements-kafka.txt /app/
RUN pip install --require-hashes --only-binary :all: -r /app/requirements-kafka.txt
USER 10001


# What a plain `docker build .` makes.
FROM runtime
