#!/usr/bin/env bash
# A long session in the real window: one instruction after the other until a thousand candidates are made, with what the
# program holds of the memory after each hundred. Needs Xvfb, openbox and xdotool.
#   tests/window/soak.sh [PROGRAM [CANDIDATES]]
# Ends with 1 when memory has grown by more than 96 MiB after the first 400 candidates.
set -euo pipefail

name=soak tools=
. "$(dirname "$0")/screen.sh"
program=${1:-$root/target/release/retake}
all=${2:-1000}
settled_at=$((all * 4 / 10))
[ -x "$program" ] || fail "there is no program at $program; build it with cargo build --release"
screen 1440x900

export RETAKE_HOME="$work/home"
mkdir -p "$RETAKE_HOME"
"$program" >"$work/retake.log" 2>&1 &
app=$!
started+=("$app")
window=$(window_of 'mountain-path[.]jpg')
xdotool windowactivate --sync "$window" windowfocus --sync "$window"
sleep 1

# journals are tidied, so scores are counted by the names of their takes
scored() { { cat "$RETAKE_HOME"/sessions/*/journal.jsonl 2>/dev/null || true; } | { grep -o '^{"line":"scores","take":[0-9]*' || true; } | sort -u | wc -l; }
resident() { awk '/^VmRSS/ { print int($2 / 1024) }' "/proc/$app/status"; }

texts=("warmer" "brighter" "more contrast" "a bit darker, cooler" "golden hour")
say() {
    xdotool key --window "$window" ctrl+l
    sleep 0.5
    xdotool key --window "$window" ctrl+a
    xdotool type --window "$window" --delay 15 "$1"
    sleep 0.3
    xdotool key --window "$window" Return
}
made=0 turn=0 told=0 settled=0 missed=0 since=$SECONDS
while [ "$made" -lt "$all" ]; do
    say "${texts[$((turn % ${#texts[@]}))]}"
    turn=$((turn + 1))
    before=$made still=0
    # a group is done when nothing more comes for two seconds
    for _ in $(seq 300); do
        sleep 0.2
        kill -0 "$app" 2>/dev/null || fail "the program ended by itself: $(tail -n 1 "$work/retake.log")"
        now=$(scored)
        if [ "$now" = "$made" ]; then still=$((still + 1)); else still=0; fi
        made=$now
        [ "$made" -gt "$before" ] && [ "$still" -ge 10 ] && break
    done
    # on a busy machine keys get lost now and then
    [ "$made" -gt "$before" ] || missed=$((missed + 1))
    [ "$missed" -lt 5 ] || fail "five instructions made nothing"
    if [ "$made" -ge $((told + 100)) ]; then
        told=$made
        echo "$made candidates, $(resident) MiB, $((SECONDS - since)) s"
    fi
    [ "$settled" -gt 0 ] || [ "$made" -lt "$settled_at" ] || settled=$(resident)
done
held=$(resident)
echo "$made candidates: $settled MiB after $settled_at of them, $held MiB at the end"
[ "$held" -le $((settled + 96)) ] || exit 1
