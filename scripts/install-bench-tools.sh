#!/bin/sh
# What `npm run bench` uses beside Node.js, on Debian and Ubuntu. Needs root.
set -eu
apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
  wrk nghttp2-client nginx-light python3-fastapi python3-uvicorn util-linux
