# Words for scenarios in which umsadm is stopped or killed at a chosen line of a journal: the variable "journal" is its file.
# shellcheck shell=bash disable=SC2154,SC2034

# For probe(): why no program can be stopped and killed at a chosen system call here.
need_tracing() {
    if ! command -v strace >/dev/null; then
        echo "strace is not installed"
    elif ! strace -o /dev/null true 2>/dev/null; then
        echo "this machine does not allow tracing"
    fi
}

wait_until() { # COMMAND...
    local tries
    for ((tries = 0; tries < 1000; tries++)); do
        if "$@"; then return; fi
        sleep 0.02
    done
    fail "at last: $*"
}

journal_length() { if [ -e "$journal" ]; then wc -l <"$journal"; else echo 0; fi; }

# The lines that a run writes are in an array, those that are written together as "ONE + OTHER".

# find_line LINE [LINES]: sets what has happened when this line is written: the calls of write and of fsync on the
# journal, and the number of its lines. How a step ended is written without an fsync of its own.
find_line() {
    local -n lines=${2:-journal_lines}
    local together
    local -i writes=0 syncs=0 length=0
    for together in "${lines[@]}"; do
        writes+=1 length+=1
        [ "$together" = "${together/ + /}" ] || length+=1
        case $together in
            *done | *failed) synced=no ;;
            *) syncs+=1 synced=yes ;;
        esac
        case " + $together + " in *" + $1 + "*)
            number_of=([write]=$writes [fsync]=$syncs [lines]=$length)
            return
            ;;
        esac
    done
    fail "a line \"$1\" in ${2:-journal_lines}"
}
declare -A number_of

# trace_journal CALL NUMBER SIGNAL: the next run gets the signal when it enters this call (write or fsync) on the journal.
# At the fsync, the line is written and its step is not begun; at the write, the step of the line before has ended.
trace_journal() {
    wrapper=(strace -f -qq -o strace.log -P "$journal" -e "trace=write,fsync" -e "inject=$1:signal=$3:when=$2")
}

# run_killed_at CALL LINE ARGS...: SIGKILL at this call for this line
run_killed_at() {
    find_line "$2" "${lines_of_run:-journal_lines}"
    run_killed "$1" "${number_of[$1]}" "${@:3}"
}

# run_killed CALL NUMBER ARGS...: SIGKILL there
run_killed() {
    trace_journal "$1" "$2" SIGKILL
    ASAN_OPTIONS=detect_leaks=0 run "${@:3}"
    wrapper=()
    grep -q "killed by SIGKILL" strace.log || fail "killed at $1 $2"
}

# run_stopped LINE ARGS...: starts an update that stops when the line is written; go_on lets it run to its end.
run_stopped() {
    local before
    find_line "$1"
    before=$(journal_length)
    if [ "$synced" = yes ]; then
        trace_journal fsync "${number_of[fsync]}" SIGSTOP
    else
        trace_journal write $((number_of[write] + 1)) SIGSTOP
    fi
    last_command=${*:2}
    # A shell lets its background programs ignore SIGINT.
    ASAN_OPTIONS=detect_leaks=0 setsid --wait env --default-signal=INT "${wrapper[@]}" "$umsadm" "${@:2}" \
        >stopped.out 2>stopped.err </dev/null &
    tracer=$!
    wrapper=()
    trap 'kill -KILL "$tracer" $stopped 2>/dev/null || true' EXIT
    wait_until journal_has $((before + number_of[lines]))
    stopped=$(pgrep -P "$tracer")
}

journal_has() { [ "$(journal_length)" -ge "$1" ]; }

# The signal again and again: the program may be about to stop only now.
go_on() {
    while kill -CONT "$stopped" 2>/dev/null; do sleep 0.1; done
    exit_code=0
    wait "$tracer" || exit_code=$?
    trap - EXIT
    cp stopped.out stdout
    cp stopped.err stderr
    cat stdout stderr >>all_output
}
