# docs/container.md says how to build and use the image. The base image is pinned by the digest of its index, which
# Dependabot keeps up to date; everything from PyPI by the hashes in requirements/action.txt.
FROM python:3.14-slim@sha256:e11c17f46f87983eb946b121694dedba6290ee2b0dd5294d137d82943502d179 AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
COPY requirements/action.txt /wheels/
RUN python -m pip download --require-hashes --only-binary :all: --dest /wheels --requirement /wheels/action.txt
COPY pyproject.toml README.md LICENSE /source/
COPY checks /source/checks
COPY ecbackup_iac /source/ecbackup_iac
RUN python -m pip wheel --no-index --find-links /wheels --no-deps --wheel-dir /wheels /source
# The environment has neither pip nor the build backend.
RUN python -m venv --without-pip /opt/ecbackup-iac \
 && python -m pip --python /opt/ecbackup-iac install --no-index --find-links /wheels ecbackup-iac

FROM python:3.14-slim@sha256:e11c17f46f87983eb946b121694dedba6290ee2b0dd5294d137d82943502d179
LABEL org.opencontainers.image.title="ecbackup-iac" \
      org.opencontainers.image.description="Will every ElastiCache cache be backed up?" \
      org.opencontainers.image.source="https://github.com/OWNER/ecbackup-iac" \
      org.opencontainers.image.documentation="https://OWNER.github.io/ecbackup-iac" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/ecbackup-iac /opt/ecbackup-iac
ENV PATH=/opt/ecbackup-iac/bin:$PATH PYTHONDONTWRITEBYTECODE=1
USER 65532:65532
WORKDIR /src
ENTRYPOINT ["ecbackup-iac"]
