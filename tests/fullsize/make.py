#!/usr/bin/env python3
"""Writes a random InstructPix2Pix checkpoint of the published size (860 million parameters in the denoiser, 2 GB as 16-bit
floats) into a folder, with nothing but Python itself.

  python3 tests/fullsize/make.py FOLDER

Names and shapes are those of the published files (`tests/parity/manifests`); the tokenizer and the schedule are those of
the small case. Weights are uniform noise of a spread that keeps numbers near 1, one block of it over and over.
"""
import gzip, json, os, random, shutil, struct, sys

HERE = os.path.dirname(os.path.abspath(__file__))
PARITY = os.path.join(HERE, "..", "parity")
BLOCK = 65_537  # a prime, so that no two rows of a matrix are the same
PARTS = [("unet", "instruct-pix2pix.unet", "UNet2DConditionModel", "diffusion_pytorch_model"),
         ("vae", "instruct-pix2pix.vae", "AutoencoderKL", "diffusion_pytorch_model"),
         ("text_encoder", "clip-vit-l-14.text_encoder", "CLIPTextModel", "model")]

random.seed(1)
UNIFORM = [random.uniform(-1.0, 1.0) for _ in range(BLOCK)]
BLOCKS = {}


def product(sides):
    count = 1
    for side in sides:
        count *= side
    return count


def block(centre, spread):
    """Noise of this centre and spread as bytes of 16-bit floats."""
    if (centre, spread) not in BLOCKS:
        BLOCKS[centre, spread] = struct.pack(f"<{BLOCK}e", *(centre + spread * v for v in UNIFORM))
    return BLOCKS[centre, spread]


def numbers(name, shape):
    """The bytes of one tensor: weights of a norm about 1, others about 0 with the spread that their inputs allow."""
    centre = 1.0 if "norm" in name and name.endswith("weight") else 0.0
    noise = block(centre, 0.02 if len(shape) == 1 else product(shape[1:]) ** -0.5)
    size = 2 * product(shape)
    return (noise * (size // len(noise) + 1))[:size]


def write(path, tensors):
    header, end = {}, 0
    for name, shape in tensors.items():
        size = 2 * product(shape)
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name, shape in tensors.items():
            file.write(numbers(name, shape))


def main(folder):
    small = os.path.join(PARITY, "cases", "instruct_pix2pix_old", "model")
    for part in ("scheduler", "tokenizer"):
        shutil.copytree(os.path.join(small, part), os.path.join(folder, part), dirs_exist_ok=True)
    for part, manifest, kind, stem in PARTS:
        with gzip.open(os.path.join(PARITY, "manifests", manifest + ".json.gz")) as file:
            manifest = json.load(file)
        os.makedirs(os.path.join(folder, part), exist_ok=True)
        with open(os.path.join(folder, part, "config.json"), "w") as file:
            json.dump({**manifest["config"], "_class_name": kind}, file)
        write(os.path.join(folder, part, stem + ".safetensors"), manifest["tensors"])
    # last, so that a folder that was not finished is no checkpoint
    with open(os.path.join(folder, "model_index.json"), "w") as file:
        json.dump({"_class_name": "StableDiffusionInstructPix2PixPipeline"}, file)


if __name__ == "__main__":
    main(sys.argv[1])
