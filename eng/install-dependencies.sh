#!/usr/bin/env bash
# Installs what the check needs beyond the .NET SDK: Wine, which runs the Windows build of the tests. For Debian and its kin.
set -euo pipefail

if ! command -v dotnet >/dev/null; then
    echo "The .NET SDK is missing; global.json says which version is needed." >&2
    exit 1
fi

if dpkg-query --show --showformat='${db:Status-Status}' wine64 2>/dev/null | grep -qx installed; then
    echo "wine64 is installed."
    exit 0
fi

# Another package manager at work is waited for, not fought.
apt=(apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
export DEBIAN_FRONTEND=noninteractive
"${apt[@]}" update
"${apt[@]}" install --yes --no-install-recommends wine64
