#!/usr/bin/env bash
# How long the real program takes from its start to a window with the sample photo in it. Needs Xvfb, openbox, xdotool and
# ImageMagick; as root it also measures with nothing of the program in the system's memory.
#   tests/window/start.sh [PROGRAM [RUNS]]
# Prints the milliseconds of every run and their median; ends with 1 when the median is not under a second.
set -euo pipefail
name=start tools="import identify"
. "$(dirname "$0")/screen.sh"
program=${1:-$root/target/release/retake}
runs=${2:-7}
[ -x "$program" ] || fail "there is no program at $program; build it with cargo build --release"
screen 1440x900

# milliseconds until the title names the sample: it does from the frame on that shows it
once() {
    export RETAKE_HOME="$work/home-$1"
    mkdir -p "$RETAKE_HOME"
    local since=$EPOCHREALTIME now window colours app
    "$program" >"$work/$1.log" 2>&1 &
    app=$!
    started+=("$app")
    until window=$(xdotool search --onlyvisible --name 'mountain-path[.]jpg' 2>/dev/null) && [ -n "$window" ]; do
        kill -0 "$app" 2>/dev/null || fail "the program ended by itself: $(tail -n 1 "$work/$1.log")"
    done
    now=$EPOCHREALTIME
    import -window "${window%%$'\n'*}" "$work/$1.png"
    colours=$(identify -format %k "$work/$1.png")
    [ "$colours" -gt 2000 ] || fail "the window shows no photo when it says it does: $colours colours"
    end "$app"
    took=$(((${now/./} - ${since/./}) / 1000))
}

times=()
for run in $(seq "$runs"); do
    once "$run"
    times+=("$took")
done
median=$(printf '%s\n' "${times[@]}" | sort -n | sed -n "$(((runs + 1) / 2))p")
echo "start to the sample photo: median $median ms of ${times[*]}"
if [ -w /proc/sys/vm/drop_caches ] && sync && echo 3 2>/dev/null >/proc/sys/vm/drop_caches; then
    once cold
    echo "the same with an empty page cache: $took ms"
fi
[ "$median" -lt 1000 ] || exit 1
