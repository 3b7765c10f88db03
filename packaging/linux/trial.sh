#!/usr/bin/env bash
# Tries the .deb on a bare Debian 12: installs it in a root made by debootstrap, takes the network away, runs the commands,
# opens the window on an X server and takes a picture of it, then installs again, upgrades, removes and purges.
# For root on Linux, with debootstrap and Xvfb. Prints what it did; ends with 1 at the first thing that is not right.
#   packaging/linux/trial.sh dist/pocketlens_VERSION_amd64.deb [FOLDER]
set -euo pipefail
deb=$(realpath "$1")
work=$(realpath -m "${2:-.work/trial}")
root=$work/root
python=$(realpath -s "${PYTHON:-.venv/bin/python}")

say() { printf '\n== %s\n' "$*"; }
fail() { echo "not right: $*" >&2; exit 1; }
# in_root [net]: a command in the root, without a network unless it is asked for.
in_root() {
  local network=--net
  [[ $1 != net ]] || { network=; shift; }
  # shellcheck disable=SC2086 # none is meant to vanish
  unshare --mount --pid --fork --kill-child $network bash -euc '
    root=$1; shift
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mkdir -p "$root/tmp/.X11-unix" && mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
    exec chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG="${SHOWN_IN:-C.UTF-8}" \
      DEBIAN_FRONTEND=noninteractive ${DISPLAY:+DISPLAY="$DISPLAY"} "$@"' - "$root" "$@"
}
installed() { in_root dpkg-query --show --showformat='${db:Status-Status}' pocketlens 2>/dev/null; }

unset DISPLAY
mkdir -p "$work" /tmp/.X11-unix
if [[ ! -f $work/bare.tar ]]; then
  say "a bare root"
  rm -rf "$root"
  debootstrap --variant=minbase bookworm "$root" >"$work/debootstrap.log"
  tar -C "$root" -cf "$work/bare.tar" .
fi
rm -rf "$root" && mkdir "$root" && tar -C "$root" -xf "$work/bare.tar"
cp /etc/resolv.conf "$root/etc/"
cp "$deb" "$root/root/pocketlens.deb"

say "install"
in_root net apt-get update -qq
in_root net apt-get install -qq --no-install-recommends /root/pocketlens.deb >"$work/install.log" 2>&1 \
  || { tail "$work/install.log"; fail "apt-get install"; }
in_root find /usr -type f | LC_ALL=C sort >"$work/before"

say "the commands"
in_root pocketlens --version
in_root pocketlens doctor | cut -c -150
in_root pocketlens demo --no-window | cut -c -150
in_root sh -c 'cp -r /usr/lib/pocketlens/lib/python3/dist-packages/pocketlens_desktop/sample/album /root/Pictures'
in_root pocketlens index /root/Pictures
for words in "a dog in the woods" 毕业证; do in_root pocketlens search --top 3 "$words"; done
in_root pocketlens status
in_root pocketlens gui && fail "a window without a display"
in_root dpkg --verify pocketlens
in_root find /usr -type f | LC_ALL=C sort | diff "$work/before" - || fail "running left files below /usr"

say "the window"
mkfifo "$work/display" 2>/dev/null || true
Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp -noreset 3>"$work/display" 2>/dev/null &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
read -r number <"$work/display"
shoot() {  # LANGUAGE NAME
  SHOWN_IN=$1 DISPLAY=:$number in_root timeout --signal=KILL "${SECONDS_OPEN:-60}" pocketlens gui &
  local window=$!
  sleep $((${SECONDS_OPEN:-60} - 10))
  "$python" - ":$number" "$work/window-$2.png" <<'PYTHON'
import sys

from PIL import ImageGrab

picture = ImageGrab.grab(xdisplay=sys.argv[1])
picture.save(sys.argv[2])
# A window of plain controls has some hundred colours, one of photos has many thousand.
colours = len(picture.getcolors(1 << 24))
print(f"{sys.argv[2]}: {colours} colours")
sys.exit(colours < 5000)
PYTHON
  wait $window || true
}
shoot C.UTF-8 english
shoot zh_CN.UTF-8 chinese-without-a-font
in_root net apt-get install -qq --no-install-recommends fonts-noto-cjk >/dev/null 2>&1
in_root pocketlens doctor | grep "Chinese font"
shoot zh_CN.UTF-8 chinese
in_root find /usr -type f | LC_ALL=C sort >"$work/before"

say "again, upgrade, remove, purge"
in_root apt-get install -qq --reinstall --no-install-recommends /root/pocketlens.deb >/dev/null
in_root find /usr -type f | LC_ALL=C sort | diff "$work/before" - || fail "running left files below /usr"
dpkg-deb --raw-extract "$deb" "$root/root/later"
sed -i 's/^Version: .*/&+later/' "$root/root/later/DEBIAN/control"
rm "$root/root/later/usr/share/applications/pocketlens.desktop"
sed -i '/applications/d' "$root/root/later/DEBIAN/md5sums"
in_root dpkg-deb --root-owner-group -Znone --build /root/later /root/later.deb >/dev/null
rm -rf "$root/root/later"
in_root dpkg --install /root/later.deb >/dev/null
[[ ! -e $root/usr/share/applications/pocketlens.desktop ]] || fail "an upgrade left a file of the version before"
in_root pocketlens search --top 1 "a dog in the woods"
in_root dpkg --remove pocketlens >/dev/null
[[ $(installed) != installed && ! -e $root/usr/lib/pocketlens && ! -e $root/usr/bin/pocketlens ]] || fail "remove"
in_root dpkg --purge pocketlens >/dev/null 2>&1
[[ -z $(find "$root/usr" "$root/etc" "$root/var" -iname '*pocketlens*') ]] || fail "purge"
[[ -d $root/root/.local/share/PocketLens ]] || fail "the person's own catalogue went with the program"
say "all right; look at $work/window-*.png"
