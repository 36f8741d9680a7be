"""Writes the case of the networks that read words: what onnxruntime makes of PP-OCRv4's weights.

    pip install onnxruntime numpy pillow
    python tests/parity/make_reading.py FOLDER

FOLDER holds detection.onnx and recognition.onnx, as `retake models import` makes them of rapidocr_onnxruntime 1.4.4.
Writes two pictures and their numbers into tests/parity/cases/reading.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image, ImageDraw, ImageFont

CASE = Path(__file__).parent / "cases" / "reading"
CELL = 16


def planes(picture):
    """Blue, green, red about zero: (1, 3, height, width)."""
    bgr = np.asarray(picture)[:, :, ::-1].astype(np.float32)
    return ((bgr / 255 - 0.5) / 0.5).transpose(2, 0, 1)[None]


def run(folder, name, picture):
    session = onnxruntime.InferenceSession(str(folder / name))
    return session, session.run(None, {"x": planes(picture)})[0]


def main():
    folder = Path(sys.argv[1])
    CASE.mkdir(parents=True, exist_ok=True)
    sign = Image.new("RGB", (320, 128), (226, 219, 205))
    draw = ImageDraw.Draw(sign)
    draw.rectangle((14, 18, 300, 112), fill=(38, 74, 92))
    draw.text((46, 34), "SALE 50", font=ImageFont.load_default(48), fill=(244, 238, 214))
    sign.save(CASE / "sign.png")
    line = sign.crop((36, 36, 246, 92)).resize((180, 48), Image.Resampling.BICUBIC)
    line.save(CASE / "line.png")

    _, found = run(folder, "detection.onnx", sign)
    height, width = found.shape[2:]
    cells = found[0, 0].reshape(height // CELL, CELL, width // CELL, CELL).mean(axis=(1, 3))
    session, read = run(folder, "recognition.onnx", line)
    characters = session.get_modelmeta().custom_metadata_map["character"].splitlines()
    classes = read[0].argmax(axis=-1)
    text, last = "", 0
    for one in classes:
        if one not in (0, last):
            text += characters[one - 1] if one <= len(characters) else " "
        last = one
    case = {
        "cells": [round(float(value), 6) for value in cells.flatten()],
        "classes": classes.tolist(),
        "probabilities": [round(float(value), 6) for value in read[0].max(axis=-1)],
        "text": text,
        "characters": len(characters),
    }
    (CASE / "expected.json").write_text(json.dumps(case) + "\n")
    print(text)


if __name__ == "__main__":
    main()
