#!/usr/bin/env bash
# Installs the system packages that PocketLens runs with ("run"), is tested with ("test") or trains its starter model
# with ("recipe"), where this machine has apt and lets us. Where it does not, says what to install and goes on:
# `pocketlens doctor` tells what is missing.
set -euo pipefail

run=(
  libegl1 libgl1 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 libglib2.0-0 libxcb-cursor0
  libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0
  libxcb-xkb1 libx11-6 libx11-xcb1 libfreetype6 libxcb1 libxcb-render0 libxcb-shm0 libxcb-sync1 libxcb-xfixes0 libzstd1
  fonts-noto-core fonts-noto-cjk
)
test=(
  xvfb xauth strace qemu-user-static binutils man-db desktop-file-utils appstream bash-completion zsh fish
)
recipe=(
  wamerican-huge fonts-wqy-microhei fonts-wqy-zenhei fonts-arphic-ukai fonts-dejavu-core fonts-liberation
)

case "${1:-}" in
  run) wanted=("${run[@]}") ;;
  # The starter recipe's fonts: its drawing is tested.
  test) wanted=("${run[@]}" "${test[@]}" "${recipe[@]}") ;;
  recipe) wanted=("${run[@]}" "${recipe[@]}") ;;
  *) echo "usage: $0 run|test|recipe" >&2; exit 2 ;;
esac

if ! command -v apt-get >/dev/null; then
  echo "This system has no apt. The window needs what Debian calls: ${run[*]}" >&2
  exit 0
fi

missing=()
for package in "${wanted[@]}"; do
  dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
# Debian splits venv and pip from Python itself.
if [[ "$(command -v python3)" == /usr/bin/python3 ]] && ! python3 -c 'import ensurepip' 2>/dev/null; then
  missing+=(python3-venv)
fi
[[ ${#missing[@]} -gt 0 ]] || exit 0

if [[ $EUID -eq 0 ]]; then
  as_root=()
elif sudo -n true 2>/dev/null; then
  as_root=(sudo)
else
  echo "Please install (the window needs them): sudo apt-get install ${missing[*]}" >&2
  exit 0
fi

export DEBIAN_FRONTEND=noninteractive
install() { "${as_root[@]}" apt-get install --yes --quiet --no-install-recommends "${missing[@]}" >/dev/null; }
echo "Installing system packages: ${missing[*]}"
# The lists may be missing or too old: get them only when the first try fails.
install 2>/dev/null || { "${as_root[@]}" apt-get update --quiet >/dev/null && install; }
