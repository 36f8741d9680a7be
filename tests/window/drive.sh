#!/usr/bin/env bash
# Drives the real program in a real window: types an instruction, waits for candidates, kills the program with kill -9,
# starts it again and looks whether everything is back. Needs Xvfb, openbox, xdotool and ImageMagick.
#   tests/window/drive.sh [PROGRAM [FOLDER-FOR-SCREENSHOTS]]
# Exits with 0 when all went well, else says in one sentence what did not.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
program=${1:-$root/target/debug/retake}
shots=${2:-$(mktemp -d "${TMPDIR:-/tmp}/retake-window.XXXXXX")}
candidates=4
home=$(mktemp -d "${TMPDIR:-/tmp}/retake-home.XXXXXX")
mkdir -p "$shots"
started=()
app=

fail() {
    echo "drive.sh: $1 (log and screenshots: $shots)" >&2
    exit 1
}
clean_up() {
    [ -n "$app" ] && kill -9 "$app" 2>/dev/null || true
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    rm -rf "$home"
}
trap clean_up EXIT

for tool in Xvfb openbox xdotool import compare; do
    command -v "$tool" >/dev/null || fail "$tool is not installed"
done
[ -x "$program" ] || fail "there is no program at $program; build it with cargo build"

# a screen of our own, on the first free number
exec {number}<> <(:)
Xvfb -displayfd "$number" -screen 0 1440x900x24 -nolisten tcp >"$shots/xvfb.log" 2>&1 &
started+=("$!")
display=
for _ in $(seq 100); do
    if read -r -t 0.1 -u "$number" display 2>/dev/null && [ -n "$display" ]; then break; fi
done
[ -n "$display" ] || fail "the virtual screen did not start"
export DISPLAY=":$display"
openbox >"$shots/openbox.log" 2>&1 &
started+=("$!")

cp "$root/assets/photos/brushes.jpg" "$home/brushes.jpg"
export RETAKE_HOME="$home/data"
journal() { cat "$RETAKE_HOME"/sessions/*/journal.jsonl 2>/dev/null || true; }
scored() { journal | grep -c '^{"line":"scores"' || true; }

start() {
    "$program" "$@" >>"$shots/retake.log" 2>&1 &
    app=$!
    window=
    for _ in $(seq 300); do
        kill -0 "$app" 2>/dev/null || fail "the program ended by itself: $(tail -n 1 "$shots/retake.log")"
        window=$(xdotool search --onlyvisible --name 'brushes[.]jpg' 2>/dev/null | head -n 1) || true
        [ -n "$window" ] && break
        sleep 0.1
    done
    [ -n "$window" ] || fail "no window with the photo appeared within 30 seconds"
    xdotool windowactivate --sync "$window" windowfocus --sync "$window"
    sleep 1
}
shot() { import -window "$window" "$shots/$1.png" || fail "no screenshot could be taken"; }

# --- the first start: say something, wait for candidates -----------------------------------------------------------
mkdir -p "$RETAKE_HOME"
start "$home/brushes.jpg"
shot 1-opened
eval "$(xdotool getwindowgeometry --shell "$window" | grep -E '^(WIDTH|HEIGHT)=')"
type_and_enter() {
    xdotool type --window "$window" --delay 40 "$1"
    sleep 0.5
    xdotool key --window "$window" Return
}
type_and_enter "warmer, a bit brighter"
for _ in $(seq 50); do journal | grep -q '^{"line":"step"' && break; sleep 0.1; done
if ! journal | grep -q '^{"line":"step"'; then
    # the line had no focus: click it, at the bottom of the window
    xdotool mousemove --window "$window" $((WIDTH / 3)) $((HEIGHT - 40)) click 1
    sleep 0.5
    type_and_enter "warmer, a bit brighter"
fi
for _ in $(seq 600); do
    [ "$(scored)" -ge "$candidates" ] && break
    kill -0 "$app" 2>/dev/null || fail "the program ended while it generated"
    sleep 0.1
done
before=$(scored)
[ "$before" -ge "$candidates" ] || fail "only $before scored candidates were journaled within a minute"
sleep 0.5
shot 2-generated

# --- kill -9 --------------------------------------------------------------------------------------------------------
before=$(scored)
kill -9 "$app"
wait "$app" 2>/dev/null || true
app=
[ -e "$RETAKE_HOME/open.json" ] || fail "nothing on the disk says which photo was open"

# --- the second start, without arguments: not the sample comes up but the photo that was open ----------------------------------------------------------------------------
start
for _ in $(seq 100); do
    after=$(scored)
    [ "$after" -ge "$before" ] && break
    sleep 0.1
done
[ "$after" -ge "$before" ] || fail "$before candidates were journaled and only $after are there after the crash"
sleep 1
shot 3-restored-after-a-crash
sleep 6
shot 4-restored
same=$(compare -metric AE "$shots/1-opened.png" "$shots/4-restored.png" null: 2>&1 || true)
same=${same%% *}
awk -v differing="$same" 'BEGIN { exit !(differing + 0 > 50000) }' ||
    fail "the window after the crash looks as it did before anything was done"

# the history goes on: one step back is journaled
steps=$(journal | grep -c '^{"line":"now"' || true)
xdotool key --window "$window" Escape
xdotool key --window "$window" ctrl+z
for _ in $(seq 50); do
    [ "$(journal | grep -c '^{"line":"now"' || true)" -gt "$steps" ] && break
    sleep 0.1
done
[ "$(journal | grep -c '^{"line":"now"' || true)" -gt "$steps" ] || fail "undo after the restart was not journaled"
shot 5-undone

# --- a clean end ----------------------------------------------------------------------------------------------------
xdotool windowquit "$window" 2>/dev/null || xdotool key --window "$window" alt+F4
for _ in $(seq 100); do kill -0 "$app" 2>/dev/null || break; sleep 0.1; done
kill -0 "$app" 2>/dev/null && fail "the window does not close"
wait "$app" || fail "the program did not end well"
app=
[ ! -e "$RETAKE_HOME/open.json" ] || fail "a clean end still counts as a crash"
echo "drive.sh: $before candidates journaled before kill -9, $after there afterwards; screenshots in $shots"
