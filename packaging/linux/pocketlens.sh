#!/bin/sh
# Starts PocketLens from wherever this folder lies, with neither another Python's settings nor the packages in a person's
# home let in. Without a word after its name, and without a terminal (from a file manager), it opens the window.
export PYTHONNOUSERSITE=1
unset PYTHONHOME PYTHONPATH PYTHONSTARTUP PYTHONUSERBASE PYTHONOPTIMIZE PYTHONINSPECT PYTHONWARNINGS
here=$(dirname -- "$(readlink -f -- "$0")")
[ $# -gt 0 ] || [ -t 0 ] || [ -t 1 ] || set -- gui
exec "$here/python3" -P -m pocketlens_desktop.cli "$@"
