#!/usr/bin/env bash
# run-sample.sh PROJECT: builds and runs a sample, which has to print something and exit with 0.
set -euo pipefail

output=$(mktemp)
trap 'rm -f "$output"' EXIT
dotnet build -c Release "$1"
dotnet run -c Release --no-build --project "$1" | tee "$output"
if [[ ! -s $output ]]; then
    echo "The sample printed nothing."
    exit 1
fi
