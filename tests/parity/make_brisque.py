"""Makes the case of BRISQUE: pictures of noise and shapes, their features by numpy in double precision, straight from the
paper, and a small regression that was trained on nothing, with what libsvm's formula makes of it.

    python make_brisque.py cases/brisque

Beside it a regression that knows what blur, noise and the blocks of a JPEG do, for the tests that need one: a ridge over
the same kernel, fitted to spoiled squares of the sample photos and how far they were spoiled. It is no match for the
published one, which was fitted to what people said.
"""
import io
import json
import math
import sys
from pathlib import Path

import numpy as np

SHAPES = np.arange(200, 10001) / 1000.0
RATIOS = np.array([math.exp(2 * math.lgamma(2 / a) - math.lgamma(1 / a) - math.lgamma(3 / a)) for a in SHAPES])


def blur(picture):
    x = np.arange(-3, 4)
    window = np.exp(-x * x / (2 * (7 / 6) ** 2))
    window /= window.sum()
    padded = np.pad(picture, 3)
    across = sum(w * padded[:, i : i + picture.shape[1]] for i, w in enumerate(window))
    return sum(w * across[i : i + picture.shape[0]] for i, w in enumerate(window))


def normalised(picture):
    mean = blur(picture)
    return (picture - mean) / (np.sqrt(np.abs(blur(picture * picture) - mean * mean)) + 1)


def symmetric(values):
    variance = (values**2).mean()
    wanted = variance / np.abs(values).mean() ** 2
    return [SHAPES[np.argmin((wanted - 1 / RATIOS) ** 2)], variance]


def asymmetric(values):
    left = np.sqrt((values[values < 0] ** 2).mean())
    right = np.sqrt((values[values > 0] ** 2).mean())
    skew = left / right
    ratio = np.abs(values).mean() ** 2 / (values**2).mean()
    wanted = ratio * (skew**3 + 1) * (skew + 1) / (skew**2 + 1) ** 2
    shape = SHAPES[np.argmin((RATIOS - wanted) ** 2)]
    constant = math.sqrt(math.gamma(1 / shape) / math.gamma(3 / shape))
    mean = (right - left) * math.gamma(2 / shape) / math.gamma(1 / shape) * constant
    return [shape, mean, left**2, right**2]


def of_one_size(picture):
    detail = normalised(picture)
    found = symmetric(detail)
    for down, right in ((0, 1), (1, 0), (1, 1), (-1, 1)):
        found += asymmetric(detail * np.roll(detail, (down, right), (0, 1)))
    return found


def halved_down(picture):
    rows = picture.shape[0]
    out = []
    for i in range(math.ceil(rows / 2)):
        centre = 2 * i + 0.5
        at = math.floor(centre - 4) + 1 + np.arange(9)
        x = np.abs(centre - at) / 2
        weights = np.where(x <= 1, 1.5 * x**3 - 2.5 * x**2 + 1, np.where(x <= 2, -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2, 0))
        mirrored = np.where(at < 0, -1 - at, np.where(at >= rows, 2 * rows - 1 - at, at))
        out.append((weights / weights.sum()) @ picture[mirrored])
    return np.array(out)


def features(picture):
    return of_one_size(picture) + of_one_size(halved_down(halved_down(picture).T).T)


def spoiled(square):
    """Squares and how bad they are, 0 to 100."""
    from PIL import Image, ImageFilter

    rng = np.random.default_rng(9)
    yield square, 0
    for radius, bad in ((0.8, 25), (1.6, 55), (3.0, 80)):
        yield square.filter(ImageFilter.GaussianBlur(radius)), bad
    for sigma, bad in ((6, 25), (14, 55), (28, 80)):
        noisy = np.asarray(square, float) + rng.normal(0, sigma, np.asarray(square).shape)
        yield Image.fromarray(np.clip(np.round(noisy), 0, 255).astype(np.uint8)), bad
    for quality, bad in ((40, 25), (18, 50), (7, 75)):
        packed = io.BytesIO()
        square.save(packed, "JPEG", quality=quality)
        yield Image.open(packed).convert("RGB"), bad


def fit(folder, photos):
    from PIL import Image

    rows, bad = [], []
    for photo in sorted(photos.glob("*.jpg")):
        picture = Image.open(photo).convert("RGB")
        picture.thumbnail((640, 640))
        for square, badness in spoiled(picture.crop((20, 20, 212, 212))):
            rows.append(features(np.asarray(square, float) @ [0.2989, 0.5870, 0.1140]))
            bad.append(badness)
    rows, bad = np.array(rows), np.array(bad, float)
    least, greatest = rows.min(0), rows.max(0)
    scaled = -1 + 2 * (rows - least) / (greatest - least)
    gamma = 0.05
    kernel = np.exp(-gamma * ((scaled[:, None] - scaled[None]) ** 2).sum(2))
    coefficients = np.linalg.solve(kernel + 0.02 * np.eye(len(bad)), bad - bad.mean())
    lines = [f"svm_type epsilon_svr\nkernel_type rbf\ngamma {gamma}\nnr_class 2\ntotal_sv {len(bad)}\nrho {-bad.mean()}\nSV"]
    for c, v in zip(coefficients, scaled):
        lines.append(f"{c:.5g} " + " ".join(f"{i + 1}:{value:.4g}" for i, value in enumerate(v)))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "regression.txt").write_text("\n".join(lines) + "\n")
    (folder / "ranges.json").write_text(json.dumps({"greatest": greatest.tolist(), "least": least.tolist()}))


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(5)
    cases = []
    for width, height in ((24, 17), (31, 40)):
        y, x = np.mgrid[0:height, 0:width]
        waves = 128 + 60 * np.sin(x / 3.1) * np.cos(y / 4.7) + 20 * ((x + y) % 7 < 3)
        grey = np.clip(np.round(waves + rng.normal(0, 8, waves.shape)), 0, 255)
        cases.append({"width": width, "height": height, "grey": grey.astype(int).ravel().tolist(), "features": features(grey)})
    least, greatest = rng.normal(-1, 0.2, 36), rng.normal(3, 0.2, 36)
    coefficients, vectors = np.round(rng.normal(0, 40, 5), 4), np.round(rng.uniform(-1, 1, (5, 36)), 5)
    gamma, rho = 0.05, -20.5
    lines = [f"svm_type epsilon_svr\nkernel_type rbf\ngamma {gamma}\nnr_class 2\ntotal_sv 5\nrho {rho}\nSV"]
    for c, v in zip(coefficients, vectors):
        lines.append(f"{c} " + " ".join(f"{i + 1}:{value}" for i, value in enumerate(v)))
    for case in cases:
        scaled = -1 + 2 * (np.array(case["features"]) - least) / (greatest - least)
        case["score"] = float((coefficients * np.exp(-gamma * ((vectors - scaled) ** 2).sum(1))).sum() - rho)
    (folder / "regression.txt").write_text("\n".join(lines) + "\n")
    (folder / "ranges.json").write_text(json.dumps({"greatest": greatest.tolist(), "least": least.tolist()}))
    (folder / "cases.json").write_text(json.dumps(cases))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
    fit(Path(sys.argv[1]) / "fitted", Path(__file__).parent.parent.parent / "assets/photos")
