#!/bin/bash
# Build the test phone's root folder: the real adbd of Debian trixie and a phone's userland (mksh, toybox).
#
#   prepare.sh WORK      makes WORK/root, downloading about 10 MB through a private view of apt
#
# The host's own apt, packages and lists are not touched. Run again, it does nothing unless this folder's
# files have changed. Exits 0 when WORK/root is ready, otherwise says on stderr why it cannot be.
set -euo pipefail

work=${1:?usage: prepare.sh WORK}
here=$(cd "$(dirname "$0")" && pwd)
suite=trixie  # the first Debian release that packages adbd
packages=(adbd android-libbase android-libboringssl android-libcutils android-liblog libbrotli1 libbsd0 libc6
  libcap2 libcrypt1 libgcc-s1 liblz4-1 libmd0 libprotobuf32t64 libstdc++6 libsystemd0 libxxhash0 libzstd1 zlib1g
  mksh toybox)

for program in apt-get dpkg-deb flock nsenter sha256sum unshare; do
  command -v "$program" >/dev/null || { echo "the test phone needs the program $program" >&2; exit 1; }
done
[ "$(id -u)" = 0 ] || { echo "the test phone needs root: chroot and network namespaces" >&2; exit 1; }
unshare --net --mount --pid --fork true 2>/dev/null || { echo "the test phone needs leave to make namespaces" >&2; exit 1; }
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "the test phone is made for Linux on x86-64" >&2; exit 1; }

mkdir -p "$work"
exec 9>"$work/prepare.lock"
flock 9
stamp=$(cat "$here/prepare.sh" "$here"/userland/* | sha256sum)
if [ "$(cat "$work/root.stamp" 2>/dev/null)" = "$stamp" ]; then exit 0; fi

# A private view of apt, on the archive that this machine already uses, whatever it is called.
private_apt() {
  apt-get -qq -o APT::Architecture=amd64 -o APT::Architectures::=amd64 -o APT::Sandbox::User=root \
    -o Dir::Etc::sourcelist="$work/apt/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::State="$work/apt/state" -o Dir::State::status="$work/apt/status" -o Dir::Cache="$work/apt/cache" "$@"
}
archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | sort -u | head -n1)
[ -n "$archive" ] || { echo "this machine's apt names no package archive: run apt-get update" >&2; exit 1; }
mkdir -p "$work/apt/state/lists/partial" "$work/apt/cache/archives/partial" "$work/debs"
: >"$work/apt/status"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [arch=amd64 signed-by=$keyring] $archive $suite main" >"$work/apt/sources.list"
private_apt update
rm -f "$work"/debs/*.deb
(cd "$work/debs" && private_apt download "${packages[@]}")

rm -rf "$work/unpacked" "$work/root.new"
mkdir "$work/unpacked"
for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/unpacked"; done

# What a phone has, and nothing of what only a Linux desktop has: no /lib, no /tmp, no /etc/passwd.
root=$work/root.new
libraries=$work/unpacked/usr/lib/x86_64-linux-gnu
mkdir -p "$root"/{adbd/lib,data/local/tmp,dev,proc,storage/emulated/0,system/bin,system/etc}
ln -s system/bin "$root/bin"
ln -s system/etc "$root/etc"
ln -s storage/emulated/0 "$root/sdcard"
cp -L "$libraries"/ld-linux-x86-64.so.2 "$root/adbd/ld.so"
cp -L "$libraries"/*.so.[0-9]* "$libraries"/android/*.so.0 "$root/adbd/lib/"
cp "$work/unpacked/usr/lib/android-sdk/platform-tools/adbd" "$work/unpacked/usr/bin/toybox" "$root/adbd/"
cp "$work/unpacked/usr/bin/mksh-static" "$root/system/bin/sh"
cp "$here"/userland/* "$root/system/bin/"
for program in "$here"/userland/*; do chmod 755 "$root/system/bin/$(basename "$program")"; done
for name in $("$root/adbd/ld.so" --library-path "$root/adbd/lib" "$root/adbd/toybox"); do
  # Hard links: another program can then be mounted over one of them alone.
  [ -e "$root/system/bin/$name" ] || ln "$root/system/bin/toybox" "$root/system/bin/$name"
done

rm -rf "$work/root" "$work/unpacked"
mv "$root" "$work/root"
echo "$stamp" >"$work/root.stamp"
