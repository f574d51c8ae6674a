# Read by scripts/check and scripts/test, which set `root`: gives them `venv`, and `provide` to install into it.
venv="$root/.venv"

# A Python that is new enough; the newest names come last because `python3` is what a machine has.
find_python() {
    for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    echo "needs Python 3.11 or newer on the PATH: found $(python3 --version 2>&1 || echo none)" >&2
    exit 2
}

# provide NAME "FILES" PIP-ARGUMENTS…: install once, and again when one of FILES has changed since.
provide() {
    stamp="$venv/.provided-$1"
    files=$2
    shift 2
    if ! "$venv/bin/python" -c '' 2>/dev/null; then
        python=$(find_python)
        # tox leaves a file of this name that points to an environment of its own.
        if [ -f "$venv" ]; then rm "$venv"; fi
        if ! "$python" -m venv "$venv"; then
            echo "cannot make $venv: install Python's venv module (on Debian: apt-get install python3-venv)" >&2
            exit 2
        fi
    fi
    # shellcheck disable=SC2086 # $files is a list
    wanted=$(cat $files | "$venv/bin/python" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())')
    if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
        echo "setting up ${venv#"$root/"} (once)" >&2
        if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"; then
            echo "cannot install into $venv: see above; is a package index within reach?" >&2
            exit 2
        fi
        echo "$wanted" > "$stamp"
    fi
}
