#!/usr/bin/env bash
# try-guest.sh FEED: writes a guest as a newcomer would: installs the tool from the folder FEED, outside of the repository, has it
# make a guest, builds that, and does what the guest's README says. It has to print what the README says it prints.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/local-feed.sh"

feed=$(realpath "$1")
# With a space, which make does not like.
folder=$(mktemp -d "${TMPDIR:-/tmp}/new guest.XXXXXX")
trap 'rm -rf "$folder"' EXIT
cd "$folder"

use_feed "$feed" Lodge.Cli
dotnet tool install Lodge.Cli --version "$version" --tool-path tools
export PATH="$folder/tools:$PATH"

lodge new guest demo

# What stands behind ```LANGUAGE in the guest's README.
block() {
    awk -v begin="\`\`\`$1" '$0 == begin { inside = 1; next } /^```/ && inside { exit } inside' demo/README.md
}

block sh >commands
block text >expected.txt
if [[ ! -s commands || ! -s expected.txt ]]; then
    echo "The guest's README has no commands, or does not say what they print." >&2
    exit 1
fi

# Built already, because what make does then is not in the README.
(cd demo && make)
(cd demo && bash -euo pipefail ../commands) | tee output.txt
diff expected.txt output.txt

# The last line of talk is the command that was to be next.
lodge new guest second 2>talk.txt
(cd second && make -s)
next=$(tail -n 1 talk.txt)
(cd second && eval "$next") | grep '^Hello, World! Today is '

# A guest outlives its tool: it is built again without it.
dotnet tool uninstall Lodge.Cli --tool-path tools
mv demo/demo.elf before.elf
make -s -C demo clean all
cmp before.elf demo/demo.elf
