# A server of gecko-qa. The first stage builds the index with torch; what is shipped has neither torch
# nor a compiler nor pip. docs/operations.md tells how to run it.
ARG PYTHON=3.11
FROM python:${PYTHON}-slim-bookworm AS build
WORKDIR /src
# What is installed changes less often than code and corpus: it comes first, so that it is kept.
COPY pyproject.toml requirements.lock requirements-serve.lock README.md LICENSE ./
COPY scripts/setup.sh scripts/
COPY corpus/LICENSE corpus/
COPY src/gecko_qa/__init__.py src/gecko_qa/
RUN bash scripts/setup.sh /opt/build requirements.lock
RUN python -m venv --without-pip /opt/gecko-qa \
    && /opt/build/bin/python -m pip --python /opt/gecko-qa/bin/python install --quiet --no-cache-dir \
        --no-deps --only-binary :all: --require-hashes --requirement requirements-serve.lock
COPY corpus corpus
COPY src src
RUN /opt/build/bin/gecko-qa index build --corpus corpus --index /opt/index \
    && /opt/build/bin/gecko-qa index verify --corpus corpus --index /opt/index
RUN /opt/build/bin/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir /tmp/wheel . \
    && /opt/build/bin/python -m pip --python /opt/gecko-qa/bin/python install --quiet --no-deps /tmp/wheel/*.whl

FROM python:${PYTHON}-slim-bookworm
# 1000 is who a Hugging Face Space runs as. Nothing but /data and /tmp is ever written to.
RUN useradd --uid 1000 --create-home gecko-qa && install --directory --owner gecko-qa /data
COPY --from=build /opt/gecko-qa /opt/gecko-qa
COPY --from=build /opt/index /opt/index
ENV PATH=/opt/gecko-qa/bin:$PATH \
    GECKO_QA_HOST=0.0.0.0 \
    GECKO_QA_PORT=7860 \
    GECKO_QA_INDEX=/opt/index \
    GECKO_QA_FEEDBACK=/data/feedback.sqlite
# A file gecko-qa.toml that is put here holds further settings.
WORKDIR /etc/gecko-qa
USER gecko-qa
EXPOSE 7860
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/healthz', timeout=4)"]
CMD ["gecko-qa", "serve"]
