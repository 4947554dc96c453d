# The app as `make app` runs it, without a compiler, a package cache or root.
#
#   docker build -t densexplain .
#   docker run --rm -e DENSEXPLAIN_BEHIND_PROXY=1 -p 127.0.0.1:8501:8501 densexplain
#
# A container has to listen on all of its interfaces, so the app starts only if
# logging in is configured (mount a secrets.toml with an [auth] section at
# /app/.streamlit/secrets.toml) or DENSEXPLAIN_BEHIND_PROXY=1 says that the port
# is published on this machine alone, as above, or behind a proxy that
# authenticates. Own model sets: -v /path/to/models:/models:ro
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    TF_CPP_MIN_LOG_LEVEL=2 \
    CUDA_VISIBLE_DEVICES="" \
    MPLCONFIGDIR=/tmp/matplotlib \
    DENSEXPLAIN_MODELS=/models

RUN useradd --system --uid 10001 --create-home --shell /usr/sbin/nologin densexplain \
    && mkdir /models

WORKDIR /app
COPY requirements.txt ./
RUN pip install -r requirements.txt
COPY . ./

USER densexplain
VOLUME /models
EXPOSE 8501

HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4).read()"]

CMD ["python", "-m", "densexplain", "serve", "--address", "0.0.0.0", "--port", "8501"]
