# A virtual screen for the scripts beside this file, which say `name=… tools=…` and source it: `$work` is a folder for logs,
# `$root` the project's, `fail` ends with a sentence, and what was started is ended with the script.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/retake-$name.XXXXXX")
started=()

fail() {
    echo "$name.sh: $1 (logs: $work)" >&2
    exit 1
}
end() {
    for pid in "$@"; do
        kill -9 "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
}
trap 'end "${started[@]}"' EXIT

for tool in Xvfb openbox xdotool $tools; do
    command -v "$tool" >/dev/null || fail "$tool is not installed"
done

# screen WIDTHxHEIGHT: on the first free number
screen() {
    local number display=
    exec {number}<> <(:)
    Xvfb -displayfd "$number" -screen 0 "$1x24" -nolisten tcp >"$work/xvfb.log" 2>&1 &
    started+=("$!")
    for _ in $(seq 100); do
        if read -r -t 0.1 -u "$number" display 2>/dev/null && [ -n "$display" ]; then break; fi
    done
    [ -n "$display" ] || fail "the virtual screen did not start"
    export DISPLAY=":$display"
    openbox >"$work/openbox.log" 2>&1 &
    started+=("$!")
    sleep 1
}
# window_of TITLE: waits for a window whose title matches
window_of() {
    local found
    for _ in $(seq 300); do
        found=$(xdotool search --onlyvisible --name "$1" 2>/dev/null | head -n 1) || true
        [ -n "$found" ] && { echo "$found"; return; }
        sleep 0.1
    done
    fail "no window called $1 appeared within 30 seconds"
}
