#!/bin/bash
# Tries judges on a real server: `transformers serve` with a small vision-language model (any folder or hub name), not in
# the test suite since it needs Python with torch, transformers and its serving extra.
#   tests/judges/serve.sh PYTHON MODEL [RETAKE]
# A model with random weights answers nonsense: then the run must still end well, with everything unknown or measured alone
# and every failure counted. A trained one must give scores. What is asked for here holds for both.
set -u
python=${1:?python with transformers and its serving extra}
model=${2:?folder or name of a model}
retake=${3:-target/debug/retake}
here=$(cd "$(dirname "$0")/../.." && pwd)
photo=$here/assets/photos/mountain-path.jpg
port=$((20000 + RANDOM % 20000))
work=$(mktemp -d)
"$(dirname "$python")/transformers" serve "$model" --host 127.0.0.1 --port $port --device cpu >"$work/server.log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; rm -rf "$work"' EXIT

for _ in $(seq 120); do
  "$python" - "$port" <<'PY' && break
import sys, urllib.request
try:
    urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/v1/models", timeout=2).read()
except Exception:
    sys.exit(1)
PY
  kill -0 $server 2>/dev/null || { echo "the server did not start:"; tail -5 "$work/server.log"; exit 1; }
  sleep 1
done

failed=0
try() {
  name=$1; shift
  if "$retake" score --source "$photo" --edited "$photo" -i "add a red hat" --size 128 --json \
      --judge "http://127.0.0.1:$port/v1#$model" --judge-timeout 300 --judge-at-once 1 "$@" >"$work/$name.json" 2>"$work/$name.err"; then
    "$python" - "$name" "$work/$name.json" <<'PY' || failed=1
import json, sys
name, path = sys.argv[1:]
run = json.load(open(path))
answers = [a for raw in run["raw"] for a in raw.get("told", {}).get("answers", [])]
cost = [raw["told"]["cost"] for raw in run["raw"] if "cost" in raw.get("told", {})]
read = sum(c["read"] for c in cost)
seconds = sum(c["seconds"] for c in cost)
print(f"{name}: {len(answers)} answers, {sum('failure' in a for a in answers)} unusable, {read} tokens read, {seconds:.1f} s")
for notice in run["notices"]:
    print("  ", notice)
for dimension, why in run["unknown"].items():
    print("  ", dimension, "unknown:", why)
for answer in answers[:2]:
    print("   said:", repr(answer["answer"][:70]), answer.get("failure", answer.get("scores")))
# the photo as it was must not pass, whatever the judge said
following = run["scores"].get("instruction_following", {}).get("value", 0)
sys.exit(following > 0.1)
PY
  else
    echo "$name: failed"; cat "$work/$name.err"; failed=1
  fi
}
try edit_score --rubric edit_score --judge-passes 2
try one_digit --rubric one_digit
try two_questions --rubric two_questions
try checklist --rubric checklist_judge
kill $server; wait $server 2>/dev/null
try gone --rubric one_digit
exit $failed
