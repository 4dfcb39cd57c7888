#!/usr/bin/env bash
# fuzz.sh TARGET [SECONDS]: lets AFL++ make inputs for a target of fuzz/Lodge.Fuzz, from its well-formed ones. What it finds stays
# in artifacts/afl/TARGET. Ends with 1 when an input fails, or ends the process. For Debian and its kin.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
shopt -s nullglob

target=${1:?"usage: eng/fuzz.sh TARGET [SECONDS]"}
seconds=${2:-60}
folder=artifacts/afl/$target
program=fuzz/Lodge.Fuzz/bin/Release/net10.0/Lodge.Fuzz

if ! command -v afl-fuzz >/dev/null; then
    # Another package manager at work is waited for, not fought.
    apt=(apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
    export DEBIAN_FRONTEND=noninteractive
    "${apt[@]}" update
    "${apt[@]}" install --yes --no-install-recommends afl++
fi

dotnet build -c Release fuzz/Lodge.Fuzz
rm -rf "$folder"
mkdir -p "$folder"
"$program" seeds "$target" "$folder/seeds"

# Programs that are not instrumented are refused unless asked to skip that check: the program fills the map itself.
export AFL_SKIP_BIN_CHECK=1 AFL_MAP_SIZE=65536
# A container has no core pattern, CPU frequencies or free cores to set.
export AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1
# Seeds that tell nothing new are no problem; .NET takes its time to start on a busy machine; there is nobody to look at a screen.
export AFL_CMIN_ALLOW_ANY=1 AFL_FORKSRV_INIT_TMOUT=120000 AFL_NO_UI=1
# The runtime reserves addresses generously, and a compiler that starts over in the middle would look like an unstable target.
export DOTNET_gcServer=0 DOTNET_gcConcurrent=0

# The program sees to inputs that do not end by itself, in less time: afl-fuzz would have to kill it.
code=0
afl-fuzz -i "$folder/seeds" -o "$folder/out" -V "$seconds" -m none -t 60000 \
    -- "$program" afl "$target" @@ >"$folder/log" 2>&1 || code=$?
failures=("$folder"/out/default/{crashes,hangs}/id*)
for failure in "${failures[@]}"; do
    echo "Reproduce: $program run $target '$failure'"
done

if [[ $code != 0 ]]; then
    tail -n 30 "$folder/log"
    echo "afl-fuzz ended with $code. If the program has ended too, it was by $folder/out/default/.cur_input, or by three inputs" \
        "that went on for ever."
    exit 1
fi

grep -E '^(run_time|execs_done|execs_per_sec|corpus_count|corpus_found|bitmap_cvg|stability|saved_crashes|saved_hangs) ' \
    "$folder/out/default/fuzzer_stats"
[[ ${#failures[@]} == 0 ]]
