#!/usr/bin/env bash
# run-under-wine.sh PROGRAM ARGUMENTS...: runs a Windows program in a Wine prefix of its own, in the program's folder.
set -euo pipefail

program=$(realpath "$1")
shift

# Outside of the checkout: a prefix has a link to the root of the file system, and who searches the checkout for projects
# (BenchmarkDotNet does) would follow it.
prefix=$(mktemp --directory)

# Debian keeps the 64-bit loader off the path.
find_in_package() {
    local path
    while read -r path; do
        [[ ${path##*/} == "$1" && -f $path && -x $path ]] && echo "$path" && return
    done < <(dpkg -L wine64)
    echo "The package wine64 has no $1." >&2
    return 1
}

wine=$(find_in_package wine64)
server=$(find_in_package wineserver64)

export WINEPREFIX=$prefix WINEDEBUG=-all
# Wine 8 loses track of the second mapping that the runtime writes code through: the first collection of a dynamic method
# ends the process. Without that second mapping it does not.
export DOTNET_EnableWriteXorExecute=0

# Wine's own server outlives its programs; this ends the one of this prefix.
trap '"$server" -k || true; rm -rf "$prefix"' EXIT

# Nobody is there to answer the offers to install Mono and Gecko. Later, assemblies load through mscoree.
WINEDLLOVERRIDES="mscoree,mshtml=" timeout 120 "$wine" wineboot.exe --init
cd "$(dirname "$program")"
# .NET 10 hardly gets a thread to stop on Wine 8 that is in managed code, and the next collection waits for it. On one processor it
# does where the thread makes calls; where threads run guests side by side, it does better on several.
if [[ -n ${LODGE_ONE_PROCESSOR:-} ]]; then
    wine="taskset --cpu-list $(taskset --cpu-list --pid $$ | grep --only-matching '[0-9]*$') $wine"
fi

$wine "$program" "$@"
