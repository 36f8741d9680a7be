#!/usr/bin/env python3
"""Small pictures resized by torchvision and by Pillow, for app/vision/src/picture.

  pip install torch torchvision safetensors "pillow<12"
  python make_resize.py cases/resize.safetensors

Pillow orders its two passes otherwise since version 13; the order here is that of all versions before.
"""
import sys
import numpy as np, torch
from PIL import Image
from safetensors.torch import save_file
from torchvision.transforms.v2 import functional as F

# (width, height) of the source and of the result, px
SIZES = [((37, 23), (16, 16)), ((23, 37), (31, 12)), ((5, 6), (28, 33)), ((64, 9), (9, 64)), ((90, 60), (7, 5)),
         ((21, 21), (21, 8)), ((21, 21), (40, 21)), ((2, 50), (3, 4)), ((48, 32), (24, 16))]
FILTERS = {1: F.InterpolationMode.LANCZOS, 2: F.InterpolationMode.BILINEAR, 3: F.InterpolationMode.BICUBIC}

random = np.random.default_rng(11)
tensors = {}
for i, ((w, h), (to_w, to_h)) in enumerate(SIZES):
    noise = random.integers(0, 256, (h, w, 3))
    waves = (np.add.outer(np.arange(h) * 7, np.arange(w) * 11)[..., None] * [1, 2, 3]) % 256
    edges = np.where(noise > 127, 255, 0)
    picture = torch.from_numpy([noise, waves, edges][i % 3].astype(np.uint8))
    tensors[f"{i}.source"] = picture
    for number, mode in FILTERS.items():
        planes = picture.permute(2, 0, 1).contiguous()
        tensors[f"{i}.torchvision.{number}"] = F.resize(planes, [to_h, to_w], interpolation=mode, antialias=True).permute(1, 2, 0).contiguous()
        tensors[f"{i}.pillow.{number}"] = torch.from_numpy(np.array(Image.fromarray(picture.numpy()).resize((to_w, to_h), number)))
save_file(tensors, sys.argv[1])
