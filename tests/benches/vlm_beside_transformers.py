#!/usr/bin/env python3
"""How long a judge takes here and in Hugging Face transformers, on the same random model and as many threads.

  pip install torch torchvision transformers pillow
  cargo build --release -p retake-vision --example speed_vlm
  python vlm_beside_transformers.py target/release/examples/speed_vlm [--threads 2]
"""
import argparse, json, os, subprocess, tempfile, time

ap = argparse.ArgumentParser()
ap.add_argument("ours", help="the program speed_vlm")
ap.add_argument("--threads", type=int, default=os.cpu_count())
ap.add_argument("--folder", default=os.path.join(tempfile.gettempdir(), "speed_vlm"), help="where the model is made")
args = ap.parse_args()

ours = subprocess.run([args.ours, args.folder], capture_output=True, text=True, check=True,
                      env=os.environ | {"RAYON_NUM_THREADS": str(args.threads)}).stdout
print(ours, end="")
many, writes, one = (json.loads(line) for line in ours.splitlines())

import torch
from PIL import Image
from transformers import AutoTokenizer, Qwen3VLForConditionalGeneration
from transformers.models.qwen2_vl.image_processing_qwen2_vl import Qwen2VLImageProcessor

torch.set_num_threads(args.threads)
torch.set_grad_enabled(False)
model = Qwen3VLForConditionalGeneration.from_pretrained(args.folder).eval()
tokenizer = AutoTokenizer.from_pretrained(args.folder)
processor = Qwen2VLImageProcessor.from_pretrained(args.folder)
image = Image.effect_noise((512, 512), 60).convert("RGB")
seen = processor(images=[image, image], return_tensors="pt")
content = [{"type": "text", "text": "score the edit yes or no " * 100}, {"type": "image"}, {"type": "image"}, {"type": "text", "text": "score ?"}]
prompt = tokenizer.apply_chat_template([{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True)
parts = prompt.split("<|image_pad|>")
counts = [int(t * h * w) // 4 for t, h, w in seen["image_grid_thw"].tolist()]
text = parts[0] + "".join("<|image_pad|>" * n + part for n, part in zip(counts, parts[1:]))
ids = torch.tensor([tokenizer.encode(text, add_special_tokens=False)])
given = dict(input_ids=ids, attention_mask=torch.ones_like(ids), mm_token_type_ids=(ids == model.config.image_token_id).long(), **seen)


def took(words):
    began = time.perf_counter()
    model.generate(**given, min_new_tokens=words, max_new_tokens=words, do_sample=False, eos_token_id=None, pad_token_id=0)
    return time.perf_counter() - began


took(2)
first = min(took(1) for _ in range(3))
many_words = min(took(65) for _ in range(2))
theirs = {"what": "transformers", "threads": args.threads, "tokens": ids.shape[1],
          "read_seconds_per_token": first / ids.shape[1], "write_seconds_per_token": (many_words - first) / 64}
print(json.dumps(theirs))
for key in ("read_seconds_per_token", "write_seconds_per_token"):
    print(json.dumps({"what": key.replace("_seconds_per_token", ""), "ours_over_theirs": one[key] / theirs[key]}))
print(json.dumps({"what": "shared over independent", "share": many["share"], "wanted": 0.4}))
