#!/usr/bin/env bash
# try-windows-tool.sh LODGE.EXE: runs the README's first command with the Windows build of the tool. It has to greet as on Linux.
set -euo pipefail

tool=$(realpath "$1")
command=$(grep --max-count=1 '^dotnet run .* --project src/Lodge.Cli -- ' README.md)
read -ra arguments <<<"${command#* -- }"

# The program runs in its own folder.
for i in "${!arguments[@]}"; do
    [[ -f ${arguments[i]} ]] && arguments[i]=$(realpath "${arguments[i]}")
done

bash eng/run-under-wine.sh "$tool" "${arguments[@]}" | tee /dev/stderr | grep --quiet '^Hello, World! Today is [A-Z][a-z]*day\.'
