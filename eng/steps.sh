# Steps of a check: each has a headline, a time limit, a log under artifacts/logs, and counts once. Sourced, not run.

logs=artifacts/logs
passed=0
failed=0

# step NAME SECONDS COMMAND...: passes when the command exits with 0 in time.
step() {
    local name=$1 seconds=$2
    shift 2
    if run_logged "$name" "$seconds" "$@"; then
        passed=$((passed + 1))
        return 0
    fi

    failed=$((failed + 1))
    show_log "$name"
    return 1
}

# test_step NAME SECONDS RESULTS COMMAND...: counts the tests in the .trx files that the command leaves in RESULTS.
# A run that breaks off without naming a failed test, or that runs no test at all, is one failure more.
test_step() {
    local name=$1 seconds=$2 results=$3
    shift 3
    rm -rf "$results"
    mkdir -p "$results"

    local succeeded=true good bad skipped
    run_logged "$name" "$seconds" "$@" || succeeded=false
    good=$(sum_counter passed "$results")
    bad=$(($(sum_counter failed "$results") + $(sum_counter error "$results")))
    skipped=$(grep -rhoE 'outcome="NotExecuted"' --include='*.trx' "$results" | wc -l)
    echo "   $good passed, $bad failed, $skipped skipped"
    if [[ $bad == 0 ]] && { [[ $succeeded == false ]] || [[ $good == 0 ]]; }; then
        echo "   The run broke off, or ran no tests."
        bad=1
    fi

    passed=$((passed + good))
    failed=$((failed + bad))
    [[ $bad == 0 ]] && return 0
    show_log "$name"
    return 1
}

# Prints the sum, alone on the last line, and ends the script.
finish() {
    echo
    echo "$passed passed, $failed failed"
    [[ $failed == 0 ]]
    exit
}

run_logged() {
    local name=$1 seconds=$2 code=0 start=$SECONDS
    shift 2
    echo "== $name"
    mkdir -p "$logs"
    timeout --kill-after=20 "$seconds" "$@" >"$(log_of "$name")" 2>&1 </dev/null || code=$?
    case $code in
        0) echo "   done in $((SECONDS - start)) s" ;;
        124 | 137) echo "   STOPPED after $((SECONDS - start)) s (its limit is $seconds s)" ;;
        *) echo "   FAILED with exit code $code after $((SECONDS - start)) s" ;;
    esac
    return "$code"
}

log_of() {
    echo "$logs/${1//[^A-Za-z0-9._-]/-}.log"
}

# What says why, if the log has any of that; else its end.
show_log() {
    local log
    log=$(log_of "$1")
    {
        grep -E -A 12 '\[FAIL\]$|: (error|warning) |FATAL ERROR|^Fatal error|\[Long Running Test\]' "$log" | awk '!seen[$0]++' | head -n 100 | grep . \
            || tail -n 40 "$log"
        echo "... all of it: $log"
    } | sed 's/^/   | /'
}

# sum_counter NAME FOLDER: one attribute of <Counters>, summed over the folder's .trx files.
sum_counter() {
    local sum=0 count
    while read -r count; do
        sum=$((sum + count))
    done < <(grep -rhoE '<Counters [^>]*' --include='*.trx' "$2" | grep -oE "[ ]$1=\"[0-9]+\"" | grep -oE '[0-9]+')
    echo "$sum"
}
