#!/bin/sh
# An InstructPix2Pix of the published size with random weights edits a 512 × 512 photo on the processor: two candidates
# within 12 GB, and Ctrl-C ends a run within one call of the network. Minutes; not part of the ordinary tests.
#   tests/fullsize/run.sh [FOLDER]     the checkpoint (2 GB) is written into FOLDER if it is not there
# RETAKE names the program (target/release/retake), RETAKE_STEPS the calls of the network for a candidate (2).
set -eu
cd "$(dirname "$0")/../.."
model=${1:-${TMPDIR:-/tmp}/retake-full-size}
steps=${RETAKE_STEPS:-2}
retake=${RETAKE:-target/release/retake}
[ -x "$retake" ] || cargo build --release
[ -e "$model/model_index.json" ] || python3 tests/fullsize/make.py "$model"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 tests/fullsize/photo.py "$work/photo.png"

# what the process may reserve, and so at most what it may use, KiB
limit=12000000

# edit FOLDER COUNT: starts an edit; its process is $run
edit() {
    (ulimit -v "$limit"; exec "$retake" edit "$work/photo.png" -i "make it a snowy winter morning" \
        --editor "$model" -n "$2" --steps "$steps" --device cpu -o "$1") > "$1.log" 2>&1 &
    run=$!
}

# measure FOLDER COUNT: an edit, its $seconds and $peak in KiB
measure() {
    edit "$1" "$2"
    start=$(date +%s)
    peak=0
    while kill -0 "$run" 2>/dev/null; do
        now=$(awk '/VmHWM/ {print $2}' "/proc/$run/status" 2>/dev/null || true)
        [ "${now:-0}" -gt "$peak" ] && peak=$now
        sleep 0.2
    done
    wait "$run" || { cat "$1.log" >&2; exit 1; }
    seconds=$(($(date +%s) - start))
    echo "$2 candidate(s) of $steps steps: $seconds s, peak $((peak / 1024)) MiB"
    [ "$(wc -l < "$1/candidates.jsonl")" -eq "$2" ] || { echo "that is not what candidates.jsonl has" >&2; exit 1; }
}

measure "$work/one" 1
one=$seconds
measure "$work/two" 2
grep -q '"fit"' "$work/two/candidates.jsonl" || { echo "the record says nothing of the fit" >&2; exit 1; }
[ "$peak" -lt "$limit" ] || { echo "it took more than 12 GB" >&2; exit 1; }
awk "BEGIN {printf \"two took %.2f times what one took\n\", $seconds / $one}"

# the second candidate is its calls and a decoding, so one call takes this long at most
call=$(((seconds - one) / steps + 1))
[ "$call" -gt 1 ] || call=$((seconds / steps + 1))
edit "$work/stopped" 2
sleep $((one / 2))
start=$(date +%s)
kill -INT "$run"
wait "$run" && { echo "a stopped run says that all is well" >&2; exit 1; }
took=$(($(date +%s) - start))
echo "stopped $took s after Ctrl-C; a call of the network takes at most $call s"
[ "$took" -le "$call" ] || { echo "it went on for longer than one call" >&2; exit 1; }
[ ! -e "$work/stopped" ] || { echo "a stopped run left a folder behind" >&2; exit 1; }
