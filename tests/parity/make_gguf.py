#!/usr/bin/env python3
"""The small Qwen2.5-VL and Qwen3-VL of the cases in GGUF files as llama.cpp lays them out: a language model, and its eyes
(mmproj). Written with its own package for the format, from the published names by the rules of its conversion scripts:
kernels of two moments come apart, and so do queries, keys and values of Qwen2.5-VL's eyes; mergers after inner blocks are
counted by the block.

  pip install gguf torch safetensors
  python make_gguf.py tests/parity/cases
"""
import json, os, sys
import gguf, numpy
from gguf import GGMLQuantizationType as Q
from safetensors.torch import load_file

cases = sys.argv[1]
TEXT = {
    "embed_tokens": "token_embd", "norm": "output_norm", "lm_head": "output", "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}
BLOCK = {
    "norm1": "ln1", "norm2": "ln2", "attn.qkv": "attn_qkv", "attn.proj": "attn_out", "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down", "mlp.linear_fc1": "ffn_up", "mlp.linear_fc2": "ffn_down",
}
MERGER = {"ln_q": "v.post_ln", "norm": "v.post_ln", "mlp.0": "mm.0", "mlp.2": "mm.2", "linear_fc1": "mm.0", "linear_fc2": "mm.2"}
DEEP = {"norm": "norm", "linear_fc1": "fc1", "linear_fc2": "fc2"}


def theirs(name, tensor, config):
    """(whether it is of the eyes, name, numbers) of every tensor that it becomes."""
    stem, last = name.rsplit(".", 1)
    if ".visual." not in "." + name:
        stem = stem.replace("model.", "", 1).replace("language_model.", "", 1)
        if stem.startswith("layers."):
            _, number, rest = stem.split(".", 2)
            return [(False, f"blk.{number}.{TEXT[rest]}.{last}", tensor)]
        return [(False, f"{TEXT[stem]}.{last}", tensor)]
    stem = stem.split("visual.", 1)[1]
    if stem == "patch_embed.proj":
        if last == "bias":
            return [(True, "v.patch_embd.bias", tensor)]
        return [(True, "v.patch_embd.weight", tensor[:, :, 0]), (True, "v.patch_embd.weight.1", tensor[:, :, 1])]
    if stem == "pos_embed":
        return [(True, f"v.position_embd.{last}", tensor)]
    if stem.startswith("blocks."):
        _, number, rest = stem.split(".", 2)
        if rest == "attn.qkv" and config["model_type"] == "qwen2_5_vl":
            return [(True, f"v.blk.{number}.attn_{n}.{last}", t) for n, t in zip("qkv", tensor.chunk(3))]
        return [(True, f"v.blk.{number}.{BLOCK[rest]}.{last}", tensor)]
    if stem.startswith("deepstack_merger_list."):
        _, number, rest = stem.split(".", 2)
        block = config["vision_config"]["deepstack_visual_indexes"][int(number)]
        return [(True, f"v.deepstack.{block}.{DEEP[rest]}.{last}", tensor)]
    return [(True, f"{MERGER[stem.removeprefix('merger.')]}.{last}", tensor)]


def write(path, architecture, tensors, kind):
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_string("general.name", "small")
    for name, tensor in tensors:
        values = numpy.ascontiguousarray(tensor.float().numpy())
        if kind != Q.F32 and values.ndim == 2 and values.shape[1] % 32 == 0:
            writer.add_tensor(name, gguf.quants.quantize(values, kind), raw_dtype=kind)
        else:
            writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


for case, architecture in [("qwen2_5_vl", "qwen2vl"), ("qwen3_vl", "qwen3vl")]:
    model = f"{cases}/{case}/model"
    config = json.load(open(f"{model}/config.json"))
    all = [part for name, tensor in load_file(f"{model}/model.safetensors").items() for part in theirs(name, tensor, config)]
    out = f"{cases}/gguf_{case}"
    os.makedirs(out, exist_ok=True)
    text = [(name, tensor) for eyes, name, tensor in all if not eyes]
    write(f"{out}/small-F32.gguf", architecture, text, Q.F32)
    write(f"{out}/small-Q8_0.gguf", architecture, text, Q.Q8_0)
    write(f"{out}/mmproj-F32.gguf", "clip", [(name, tensor) for eyes, name, tensor in all if eyes], Q.F32)
