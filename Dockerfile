FROM python:3.13-slim AS build
WORKDIR /source
RUN python -m venv /opt/countersign
ENV PATH=/opt/countersign/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
# The dependencies first: they change less often than the code, so this layer is mostly taken from the cache.
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY core/ core/
COPY bot/ bot/
RUN pip install --no-deps --no-build-isolation . \
    && pip uninstall --yes setuptools pip


FROM python:3.13-slim
LABEL org.opencontainers.image.title="Countersign" \
      org.opencontainers.image.description="Release promotions in Slack: gates, separation of duties, signed evidence" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --system --gid 10001 countersign \
    && useradd --system --uid 10001 --gid countersign --no-create-home --shell /usr/sbin/nologin countersign \
    && install --directory --owner=countersign --group=countersign --mode=0750 /var/lib/countersign
COPY --from=build /opt/countersign /opt/countersign
ENV PATH=/opt/countersign/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    COUNTERSIGN_LISTEN=0.0.0.0:8080 \
    COUNTERSIGN_DATABASE_URL=sqlite:////var/lib/countersign/countersign.db \
    COUNTERSIGN_LOG_FORMAT=json
# The SQLite file, and the development key where no other is named, lie in the volume.
WORKDIR /var/lib/countersign
VOLUME /var/lib/countersign
USER countersign
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/healthz', timeout=2).close()"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["countersign"]
CMD ["serve"]
