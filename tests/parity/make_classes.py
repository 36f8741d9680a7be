"""Makes the case of EfficientNet-Lite: small random weights under the names of the published port, a picture, and the logits by
torch, straight from the description of the network.

    python make_classes.py cases/efficientnet_lite [WEIGHTS.safetensors]

With weights it makes the case of those, at their own size.
"""

import json
import math
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

# count, side of the kernel, stride, widened, channels
LITE0 = [(1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320)]
SMALL = [(1, 3, 1, 1, 4), (2, 5, 2, 3, 6), (2, 3, 2, 2, 6)]


def padded(x, side, stride):
    def around(length):
        both = max((math.ceil(length / stride) - 1) * stride + side - length, 0)
        return both // 2, both - both // 2

    above, below = around(x.shape[2])
    left, right = around(x.shape[3])
    return F.pad(x, (left, right, above, below))


def logits(weights, stages, picture):
    def norm(x, name):
        get = lambda what: weights[f"{name}.{what}"]
        return F.batch_norm(x, get("running_mean"), get("running_var"), get("weight"), get("bias"), eps=1e-3)

    x = F.conv2d(padded(picture, 3, 2), weights["_conv_stem.weight"], stride=2)
    x = F.relu6(norm(x, "_bn0"))
    number = 0
    for count, side, stride, widened, _ in stages:
        for index in range(count):
            block, number, y = f"_blocks.{number}", number + 1, x
            step = stride if index == 0 else 1
            if widened != 1:
                y = F.relu6(norm(F.conv2d(y, weights[f"{block}._expand_conv.weight"]), f"{block}._bn0"))
            y = F.conv2d(padded(y, side, step), weights[f"{block}._depthwise_conv.weight"], stride=step, groups=y.shape[1])
            y = F.relu6(norm(y, f"{block}._bn1"))
            y = norm(F.conv2d(y, weights[f"{block}._project_conv.weight"]), f"{block}._bn2")
            x = x + y if step == 1 and x.shape[1] == y.shape[1] else y
    x = F.relu6(norm(F.conv2d(x, weights["_conv_head.weight"]), "_bn1"))
    return F.linear(x.mean((2, 3)), weights["_fc.weight"], weights["_fc.bias"])[0]


def random_weights(stem, stages, features, classes):
    weights = {}

    def conv(name, *shape):
        fan = math.prod(shape[1:])
        weights[f"{name}.weight"] = torch.randn(shape) * (1.5 / fan**0.5)

    def norm(name, channels):
        weights[f"{name}.weight"] = torch.rand(channels) + 0.5
        weights[f"{name}.bias"] = torch.randn(channels) * 0.3 + 0.3
        weights[f"{name}.running_mean"] = torch.randn(channels) * 0.2
        weights[f"{name}.running_var"] = torch.rand(channels) + 0.3
        weights[f"{name}.num_batches_tracked"] = torch.tensor(3)

    conv("_conv_stem", stem, 3, 3, 3)
    norm("_bn0", stem)
    inputs, number = stem, 0
    for count, side, _, widened, channels in stages:
        for _ in range(count):
            block, number, inner = f"_blocks.{number}", number + 1, inputs * widened
            if widened != 1:
                conv(f"{block}._expand_conv", inner, inputs, 1, 1)
                norm(f"{block}._bn0", inner)
            conv(f"{block}._depthwise_conv", inner, 1, side, side)
            norm(f"{block}._bn1", inner)
            conv(f"{block}._project_conv", channels, inner, 1, 1)
            norm(f"{block}._bn2", channels)
            inputs = channels
    conv("_conv_head", features, inputs, 1, 1)
    norm("_bn1", features)
    weights["_fc.weight"] = torch.randn(classes, features) * 0.3
    weights["_fc.bias"] = torch.randn(classes) * 0.1
    return weights


def main(folder, published):
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(11)
    if published:
        stages, side, weights = LITE0, 224, load_file(published)
    else:
        stages, side, weights = SMALL, 21, random_weights(6, SMALL, 10, 7)
        save_file(weights, str(folder / "model.safetensors"))
    picture = torch.rand(1, 3, side, side) * 2 - 1
    with torch.no_grad():
        found = logits(weights, stages, picture)
    save_file({"picture": picture[0].contiguous(), "logits": found.contiguous()}, str(folder / "expected.safetensors"))
    (folder / "case.json").write_text(json.dumps({"torch": torch.__version__, "stages": stages}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
