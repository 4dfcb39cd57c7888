#!/usr/bin/env bash
# unpack-wine.sh FOLDER: unpacks Wine 10 from Debian 13 into the folder, with the C library it was built for, and installs nothing.
#
# On Wine 8, which Debian 12 has, .NET 10 cannot stop a thread that stays in managed code, so that the next collection waits for
# ever, and collecting a dynamic method ends the process where write-xor-execute is on. On Wine 10 both work.
set -euo pipefail

folder=$1
packages=(wine64 libwine libz-mingw-w64 libc6 libunwind8 liblzma5)
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

mkdir -p "$(dirname "$folder")"
work=$(mktemp --directory --tmpdir="$(dirname "$folder")")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{state/lists,cache/archives,packages,root}
mirror=$(apt-get indextargets --format '$(SITE)' 'Origin: Debian' 'Label: Debian' 'Identifier: Packages' | head -n 1)
echo "deb [signed-by=$keyring] ${mirror:?This machine installs nothing from Debian.} trixie main" >"$work/sources.list"

# Its own lists and its own state: what this machine installs from stays as it is.
apt=(apt-get -o Acquire::Retries=3 -o APT::Sandbox::User=root -o APT::Architecture=amd64
    -o Dir::State="$work/state" -o Dir::State::status=/dev/null -o Dir::Cache="$work/cache"
    -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=-)
"${apt[@]}" --quiet update
(cd "$work/packages" && "${apt[@]}" --quiet download "${packages[@]}")
for package in "$work"/packages/*.deb; do
    dpkg-deb --extract "$package" "$work/root"
done

# The script of this name starts the server of an installed Wine.
mv "$work"/root/usr/lib/wine/wineserver{64,}
# Its programs find the C library beside them, not this machine's.
libraries=usr/lib/x86_64-linux-gnu
for program in wine64 wineserver; do
    patchelf --set-interpreter "$folder/$libraries/ld-linux-x86-64.so.2" --set-rpath "$folder/$libraries" --force-rpath \
        "$work/root/usr/lib/wine/$program"
done
# What is for programs of 32 bits: half of the whole.
rm -rf "$work/root/$libraries/wine/i386-windows"

# Whole or not at all: an unpacking that was broken off is not mistaken for one that ended.
rm -rf "$folder"
mv "$work/root" "$folder"
