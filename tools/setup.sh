#!/usr/bin/env bash
# Set up all that a command needs: `tools/setup.sh demo` or `tools/setup.sh test`; the tests
# themselves then need no network. The second time it compares two files and is done.
set -euo pipefail
cd "$(dirname "$0")/.."

purpose="${1:-demo}"
python="${PYTHON:-$(command -v python3.11 || command -v python3 || true)}"
[ -n "$python" ] || { echo "Python 3.11 is needed." >&2; exit 2; }

# Debian packages: by apt as root, else the one line to run.
needed=()
"$python" -c 'import ensurepip, venv' 2>/dev/null || needed+=(python3-venv)
if [ "$purpose" = test ]; then
    command -v node >/dev/null || needed+=(nodejs)
    command -v npm >/dev/null || needed+=(npm)
    command -v chromium >/dev/null || needed+=(chromium)
    # The oldest PostgreSQL that serves us; other systems than Debian 12 may not have it at all.
    [ -x /usr/lib/postgresql/15/bin/postgres ] || ! grep -qs '^VERSION_CODENAME=bookworm' /etc/os-release \
        || needed+=(postgresql-15)
fi
if [ ${#needed[@]} -gt 0 ]; then
    if [ "$(id -u)" -ne 0 ]; then
        echo "Please run: sudo apt-get install -y --no-install-recommends ${needed[*]}" >&2
        exit 2
    fi
    echo "Installing ${needed[*]} ..."
    if [[ " ${needed[*]} " = *" postgresql-15 "* ]]; then
        # It would come with a cluster that runs from then on; only its programs are wanted.
        no_cluster=/etc/postgresql-common/createcluster.d/emigrate-setup.conf
        mkdir -p "$(dirname "$no_cluster")"
        echo "create_main_cluster = false" > "$no_cluster"
        trap 'rm -f "$no_cluster"' EXIT
    fi
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${needed[@]}"
fi

# Two commands at once must not build the same environment.
exec 9>.setup.lock
flock 9

wanted="$("$python" -V) $(pwd) $(cat requirements/dev.txt pyproject.toml | sha256sum)"
if [ "$(cat .venv/emigrate-stamp 2>/dev/null || true)" != "$wanted" ]; then
    echo "Setting up .venv (once, about a minute) ..."
    [ -x .venv/bin/python ] && .venv/bin/python -c 'import pip' 2>/dev/null || "$python" -m venv --clear .venv
    pip=(.venv/bin/python -m pip --quiet --disable-pip-version-check install)
    # The pins are complete: nothing is left to resolve, so a release of tomorrow changes nothing here.
    "${pip[@]}" --no-deps --require-hashes -r requirements/dev.txt
    "${pip[@]}" --no-deps --no-build-isolation --editable .
    echo "$wanted" > .venv/emigrate-stamp
fi

# Other people's verifiers on Node, pinned; tests/outside says so where they are absent.
installed=node_modules/.installed-from
if [ "$purpose" = test ] && ! cmp -s tests/outside/package-lock.json "tests/outside/$installed"; then
    echo "Setting up tests/outside/node_modules (once) ..."
    (cd tests/outside && npm ci >/dev/null && cp package-lock.json "$installed") || {
        echo "npm could not install them; the tests that need them are skipped." >&2
        [ "${CI:-}" != true ] || exit 1
    }
fi
