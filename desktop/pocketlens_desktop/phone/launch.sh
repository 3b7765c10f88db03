#!/system/bin/sh
# launch RUNTIME CORE HOME ARGUMENTS…: PocketLens's Python on a phone, through the runtime's own loader and libraries.
# A phone has none of what it expects of a system, so everything is said; nothing of the phone's own is let in.
umask 077
runtime=$1 core=$2 home=$3
shift 3
mkdir -p "$home/tmp" || exit 1
unset LD_PRELOAD LD_LIBRARY_PATH PYTHONSTARTUP
export HOME="$home" TMPDIR="$home/tmp" LC_ALL=C ORT_DISABLE_TELEMETRY=1 OPENBLAS_NUM_THREADS=1
export PYTHONHOME="$runtime" PYTHONPATH="$core:$runtime/site" PYTHONUTF8=1 PYTHONDONTWRITEBYTECODE=1 PYTHONNOUSERSITE=1
for loader in "$runtime"/lib/ld-linux-*.so.*; do
  exec "$loader" --library-path "$runtime/lib" --argv0 "$runtime/bin/python3" "$runtime/bin/python3" -P "$@"
done
