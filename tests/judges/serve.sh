#!/bin/bash
# Tries judges on a real server: `transformers serve` with a small vision-language model (any folder or hub name), not in
# the test suite since it needs Python.
#   tests/judges/serve.sh PYTHON MODEL [RETAKE]
#   tests/judges/serve.sh ~/venv/bin/python tests/parity/cases/qwen3_vl/model
# PYTHON needs torch, torchvision, transformers and what its server stands on: fastapi, uvicorn, pydantic, openai, rich,
# python-multipart (pip install "transformers[serving]" torch torchvision). It passed with transformers 5.24.0, torch 2.15.0,
# torchvision 0.29.2, fastapi 0.165.0, uvicorn 0.54.0, pydantic 2.14.4, openai 3.57.0 and Python 3.11.
# A model with random weights answers nonsense: then the run must still end well, with everything unknown or measured alone
# and every failure counted. A trained one must give scores. What is asked for here holds for both. If MODEL is a folder, the
# same questions are put to it in this program, and where nothing is drawn by lot the answers must be the same, word by word.
set -u
python=${1:?python with transformers and its serving extra}
model=${2:?folder or name of a model}
retake=${3:-target/debug/retake}
here=$(cd "$(dirname "$0")/../.." && pwd)
photo=$here/assets/photos/mountain-path.jpg
[ -d "$model" ] && model=$(cd "$model" && pwd)
[ -x "$retake" ] || { echo "there is no program here (cargo build): $retake"; exit 1; }
missing=$("$python" - <<'PY'
import importlib.util
names = ["torch", "torchvision", "transformers", "fastapi", "uvicorn", "pydantic", "openai", "rich", "multipart"]
print(" ".join(n for n in names if importlib.util.find_spec(n) is None))
PY
) || exit 1
[ -z "$missing" ] || { echo "$python lacks: $missing"; exit 1; }
port=$((20000 + RANDOM % 20000))
work=$(mktemp -d)
"$(dirname "$python")/transformers" serve "$model" --host 127.0.0.1 --port $port --device cpu >"$work/server.log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; rm -rf "$work"' EXIT

up=0
for _ in $(seq 120); do
  "$python" - "$port" <<'PY' && up=1 && break
import sys, urllib.request
try:
    urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/v1/models", timeout=2).read()
except Exception:
    sys.exit(1)
PY
  kill -0 $server 2>/dev/null || { echo "the server did not start:"; tail -5 "$work/server.log"; exit 1; }
  sleep 1
done
[ $up = 1 ] || { echo "the server did not answer within two minutes:"; tail -5 "$work/server.log"; exit 1; }

failed=0
# name, where the judge is, how many answers there must be, then how it is asked
try() {
  name=$1; place=$2; answers=$3; shift 3
  if "$retake" score --source "$photo" --edited "$photo" -i "add a red hat" --size 128 --json \
      --judge "$place" --judge-timeout 300 --judge-at-once 1 "$@" >"$work/$name.json" 2>"$work/$name.err"; then
    "$python" - "$name" "$work/$name.json" "$answers" <<'PY' || { echo "$name: not as it should be"; failed=1; }
import json, sys
name, path, wanted = sys.argv[1:]
run = json.load(open(path))
answers = [a for raw in run["raw"] for a in (raw.get("told") or {}).get("answers", [])]
cost = [raw["told"]["cost"] for raw in run["raw"] if "cost" in (raw.get("told") or {})]
read = sum(c["read"] for c in cost)
seconds = sum(c["seconds"] for c in cost)
print(f"{name}: {len(answers)} answers, {sum('failure' in a for a in answers)} unusable, {read} tokens read, {seconds:.1f} s")
for notice in run["notices"]:
    print("  ", notice)
for dimension, why in run["unknown"].items():
    print("  ", dimension, "unknown:", why)
for answer in answers[:2]:
    print("   said:", repr(answer["answer"][:70]), answer.get("failure", answer.get("scores")))
right = len(answers) == int(wanted)
# every answer is read or has its reason, and what was asked was counted
right &= all(("scores" in a) != ("failure" in a) for a in answers)
right &= (read > 0) == (int(wanted) > 0)
# nobody's silence is passed over
right &= bool(run["notices"]) or any("scores" in a for a in answers)
# the photo as it was must not pass, whatever the judge said
right &= run["scores"].get("instruction_following", {}).get("value", 0) <= 0.1
sys.exit(not right)
PY
  else
    echo "$name: failed"; cat "$work/$name.err"; failed=1
  fi
}
url="http://127.0.0.1:$port/v1#$model"
try edit_score "$url" 4 --rubric edit_score --judge-passes 2
try one_digit "$url" 1 --rubric one_digit
try two_questions "$url" 2 --rubric two_questions
try checklist "$url" 1 --rubric checklist_judge
try three_bars "$url" 3 --rubric three_bars
if [ -d "$model" ]; then
  try one_digit_here "$model" 1 --rubric one_digit
  try two_questions_here "$model" 2 --rubric two_questions
  try checklist_here "$model" 1 --rubric checklist_judge
  try three_bars_here "$model" 3 --rubric three_bars
  "$python" - "$work" <<'PY' || { echo "the server and this program answer differently"; failed=1; }
import json, sys
def answers(name):
    run = json.load(open(f"{sys.argv[1]}/{name}.json"))
    all = [a for raw in run["raw"] for a in (raw.get("told") or {}).get("answers", [])]
    # the server keeps the end mark of thoughts also where the tokenizer calls it special
    return [(a["answer"].replace("</think>", "").strip(), a["cost"]["written"]) for a in all]
same = part = ended = count = 0
for rubric in ["one_digit", "two_questions", "checklist", "three_bars"]:
    for (there, more), (here, written) in zip(answers(rubric), answers(f"{rubric}_here"), strict=True):
        count += 1
        if written < more:
            # a small model's generation_config.json names no end, and the server writes on behind it
            ended += 1
        elif there == here:
            same += 1
        elif there and there in here:
            # random weights wrote a mark of thoughts, and the server leaves those out of the answer
            part += 1
        else:
            at = next((i for i, (a, b) in enumerate(zip(there, here)) if a != b), min(len(there), len(here)))
            print(f"   {rubric} at letter {at}, server: {there[at:at + 60]!r}, here: {here[at:at + 60]!r}")
print(f"of {count} answers {same} are the same from the server and in this program, {part} but for thoughts; "
      f"{ended} ended here and not there")
sys.exit(same + part + ended != count or same < 4)
PY
fi
kill $server; wait $server 2>/dev/null
try gone "$url" 0 --rubric one_digit
grep -q "Nobody answers" "$work/gone.json" || { echo "gone: nobody said that nobody answers"; failed=1; }
[ $failed = 0 ] && echo "passed"
exit $failed
