#!/usr/bin/env python3
"""How long CLIP, SigLIP and DINOv2 take for a picture here and in Hugging Face transformers: published sizes, random
weights, the same threads, preparing included, the best of several.

  pip install torch torchvision transformers pillow
  cargo build --release -p retake-vision --example speed_encoders
  python encoders_beside_transformers.py target/release/examples/speed_encoders [--threads 2] [--folder DIR]
"""
import argparse, json, os, shutil, subprocess, tempfile, time

ap = argparse.ArgumentParser()
ap.add_argument("ours", help="the program speed_encoders")
ap.add_argument("--threads", type=int, default=os.cpu_count())
ap.add_argument("--runs", type=int, default=5)
ap.add_argument("--folder", default=os.path.join(tempfile.gettempdir(), "speed_encoders"), help="where the models are made")
args = ap.parse_args()

import numpy, torch
from PIL import Image
from transformers import (BitImageProcessor, CLIPConfig, CLIPImageProcessor, CLIPModel, Dinov2Config, Dinov2Model, SiglipConfig,
                          SiglipImageProcessor, SiglipModel)

torch.set_num_threads(args.threads)
torch.set_grad_enabled(False)
cases = os.path.join(os.path.dirname(__file__), "../parity/cases")
# CLIP ViT-B/16, SigLIP base/16 at 224 px, DINOv2 base/14 at 224 px
KINDS = {
    "clip": (CLIPModel, CLIPConfig(vision_config=dict(patch_size=16)), CLIPImageProcessor(), lambda m, px: m.get_image_features(pixel_values=px)),
    "siglip": (SiglipModel, SiglipConfig(), SiglipImageProcessor(), lambda m, px: m.get_image_features(pixel_values=px)),
    "dinov2": (Dinov2Model, Dinov2Config(), BitImageProcessor(size={"shortest_edge": 224}, crop_size=224, do_center_crop=True,
               resample=3, image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225]), lambda m, px: m(pixel_values=px)),
}
h, w = 384, 512
codes = (numpy.arange(h * w * 3) * 31 % 251).astype("uint8").reshape(h, w, 3)
picture = Image.fromarray(codes)
theirs = {}
for name, (kind, config, processor, look) in KINDS.items():
    folder = os.path.join(args.folder, name)
    torch.manual_seed(1)
    model = kind(config).eval()
    if not os.path.isfile(os.path.join(folder, "model.safetensors")):
        os.makedirs(folder, exist_ok=True)
        model.save_pretrained(folder)
        processor.save_pretrained(folder)
        for file in os.listdir(os.path.join(cases, name, "model")):  # the small case's words
            if not os.path.exists(os.path.join(folder, file)) and "safetensors" not in file:
                shutil.copy(os.path.join(cases, name, "model", file), folder)
    times = []
    for _ in range(args.runs + 1):
        began = time.perf_counter()
        look(model, processor(images=[picture], return_tensors="pt")["pixel_values"])
        times.append(time.perf_counter() - began)
    theirs[name] = min(times)
    del model

ours = subprocess.run([args.ours, args.folder, str(args.runs)], capture_output=True, text=True, check=True,
                      env=os.environ | {"RAYON_NUM_THREADS": str(args.threads)}).stdout
for line in map(json.loads, ours.splitlines()):
    name = line["encoder"]
    print(json.dumps({"encoder": name, "ours_seconds": line["seconds"], "theirs_seconds": theirs[name], "ratio": line["seconds"] / theirs[name]}))
