#!/usr/bin/env bash
# run-under-wine.sh PROGRAM ARGUMENTS...: runs a Windows program in a Wine prefix of its own, in the program's folder.
set -euo pipefail

wine=/var/cache/lodge/wine-10
if [[ ! -x $wine/usr/lib/wine/wine64 ]]; then
    echo "There is no Wine in $wine; eng/install-dependencies.sh unpacks it." >&2
    exit 1
fi

program=$(realpath "$1")
shift

# Outside of the checkout: a prefix has a link to the root of the file system, and who searches the checkout for projects
# (BenchmarkDotNet does) would follow it.
prefix=$(mktemp --directory)
export WINEPREFIX=$prefix WINEDEBUG=-all

# Wine's own server outlives its programs; this ends the one of this prefix.
trap '"$wine/usr/lib/wine/wineserver" -k || true; rm -rf "$prefix"' EXIT

# A library that Wine's own need, and Debian packs apart.
mkdir -p "$prefix/drive_c/windows/system32"
cp "$wine/usr/x86_64-w64-mingw32/lib/zlib1.dll" "$prefix/drive_c/windows/system32"
# Nobody is there to answer the offers to install Mono and Gecko. Later, assemblies load through mscoree.
WINEDLLOVERRIDES="mscoree,mshtml=" timeout 120 "$wine/usr/lib/wine/wine64" wineboot.exe --init
cd "$(dirname "$program")"
"$wine/usr/lib/wine/wine64" "$program" "$@"
