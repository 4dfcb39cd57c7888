#!/usr/bin/env bash
# pack.sh FOLDER: packs the libraries into an empty folder. The same commit gives the same bytes, whenever and wherever it is packed.
set -euo pipefail

rm -rf "$1"
mkdir -p "$1"
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || echo 946684800)
export CI=true SOURCE_DATE_EPOCH

for project in src/*/*.csproj; do
    dotnet pack "$project" -c Release -o "$1"
done
