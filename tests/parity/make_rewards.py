#!/usr/bin/env python3
"""Writes cases of the networks that look: small random CLIP, DINOv2 and SigLIP checkpoints with what transformers and its
torchvision processors made of two pictures, and what the authors' lpips made of them.

  pip install torch torchvision transformers safetensors lpips
  python make_rewards.py OUT_DIR [--seed 21] [--only clip_old ...]

The cases have the layout of `clip` and `dinov2` beside them. LPIPS has too many numbers to keep: its weights are made of
their names by `hashed`, here and in `rewards.rs`.
"""
import argparse, json, os, shutil, string, sys
import numpy as np, torch
from PIL import Image
from safetensors.torch import load_file, save_file
from make_cases import photo, tokenizer

torch.set_grad_enabled(False)
TEXTS = ["a photo of a winter beach", "Make the sky warm!", "a moody portrait of a person in a red hat, golden hour"]


def save(tensors, path):
    save_file({k: v.detach().clone().contiguous() for k, v in tensors.items()}, path)


def pil(x):
    return Image.fromarray((x[0].permute(1, 2, 0).numpy() * 255).round().astype("uint8"))


def stir(model, seed):
    """Biases and norms are neither zero nor one, as trained ones are not."""
    g = torch.Generator().manual_seed(seed)
    for name, p in model.named_parameters():
        if name.endswith("bias") or "norm" in name or "lambda" in name:
            p.add_(torch.randn(p.shape, generator=g) * 0.1)


def finish(out, settings):
    json.dump(settings, open(f"{out}/case.json", "w"), indent=1, sort_keys=True)


def rename(path, names):
    t = load_file(path)
    for old, new in names:
        t = {k.replace(new, old): v for k, v in t.items()}
    save_file({k: v.contiguous() for k, v in t.items()}, path, metadata={"format": "pt"})


def clip_old(out, seed):
    """A tall picture, the exact GELU, 16-bit weights, the processor's settings as the first repositories write them."""
    from transformers import CLIPConfig, CLIPModel, CLIPImageProcessor
    torch.manual_seed(seed)
    os.rmdir(f"{out}/model")
    tok, vocab = tokenizer(f"{out}/model")
    model = CLIPModel(CLIPConfig(text_config=dict(vocab_size=vocab, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2,
            projection_dim=12, max_position_embeddings=77, hidden_act="gelu", bos_token_id=0, eos_token_id=2, pad_token_id=1),
        vision_config=dict(hidden_size=24, intermediate_size=32, num_hidden_layers=3, num_attention_heads=3, image_size=42, patch_size=14, projection_dim=12,
            hidden_act="gelu"), projection_dim=12)).eval()
    stir(model, seed)
    model = model.half().float()
    proc = CLIPImageProcessor(size={"shortest_edge": 42}, crop_size={"height": 42, "width": 42})
    a, b = photo(seed + 1, 117, 61), photo(seed + 5, 50, 131)
    px = torch.cat([proc(images=[pil(x)], return_tensors="pt").pixel_values for x in (a, b)])
    t = tok(TEXTS, padding="max_length", max_length=77, truncation=True, return_tensors="pt")
    r = model(input_ids=t.input_ids, attention_mask=t.attention_mask, pixel_values=px)
    model.half().save_pretrained(f"{out}/model")
    json.dump({"crop_size": 42, "do_center_crop": True, "do_normalize": True, "do_resize": True, "feature_extractor_type": "CLIPFeatureExtractor",
        "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711], "resample": 3, "size": 42},
        open(f"{out}/model/preprocessor_config.json", "w"), indent=1)
    save({"image_first": a, "image_second": b}, f"{out}/inputs.safetensors")
    save({"pixel_values": px, "input_ids": t.input_ids, "image_embeds": r.image_embeds, "text_embeds": r.text_embeds,
        "logits_per_image": r.logits_per_image}, f"{out}/expected.safetensors")
    finish(out, dict(texts=TEXTS))


def dinov2_other(out, seed, swiglu):
    """Another shape than trained with, so that positions are interpolated; with the gated perceptron of the giant model, and
    with the names that published files have."""
    from transformers import Dinov2Config, Dinov2Model, BitImageProcessor
    torch.manual_seed(seed)
    model = Dinov2Model(Dinov2Config(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, mlp_ratio=3, image_size=56, patch_size=14,
        layerscale_value=0.9, use_swiglu_ffn=swiglu)).eval()
    stir(model, seed)
    model.embeddings.position_embeddings.copy_(torch.randn(model.embeddings.position_embeddings.shape) * 0.5)
    proc = BitImageProcessor(size={"shortest_edge": 64}, crop_size={"height": 42, "width": 84} if swiglu else {"height": 90, "width": 60},
        image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225])
    a, b = photo(seed + 1, 80, 143), photo(seed + 5, 80, 143)
    px = proc(images=[pil(a), pil(b)], return_tensors="pt").pixel_values
    r = model(px)
    model.save_pretrained(f"{out}/model")
    proc.save_pretrained(f"{out}/model")
    old = [(".attention.attention.query.", ".attention.q_proj."), (".attention.attention.key.", ".attention.k_proj."),
        (".attention.attention.value.", ".attention.v_proj."), (".attention.output.dense.", ".attention.o_proj.")]
    path = f"{out}/model/model.safetensors"
    rename(path, old)
    if swiglu:
        t = load_file(path)
        for k in [k for k in t if ".gate_proj." in k]:
            t[k.replace(".gate_proj.", ".weights_in.")] = torch.cat([t.pop(k), t.pop(k.replace(".gate_proj.", ".up_proj."))])
        t = {k.replace(".down_proj.", ".weights_out."): v.contiguous() for k, v in t.items()}
        save_file(t, path, metadata={"format": "pt"})
    save({"image_first": a, "image_second": b}, f"{out}/inputs.safetensors")
    save({"pixel_values": px, "cls": r.pooler_output, "tokens": r.last_hidden_state}, f"{out}/expected.safetensors")
    finish(out, {})


def pieces(folder):
    """Pieces of words as SigLIP has them, as tokenizer.json."""
    from tokenizers import Tokenizer, models, trainers, pre_tokenizers, decoders
    from transformers import PreTrainedTokenizerFast
    tok = Tokenizer(models.Unigram())
    tok.pre_tokenizer = pre_tokenizers.Metaspace()
    tok.decoder = decoders.Metaspace()
    words = " ".join(TEXTS).lower().split()
    tok.train_from_iterator(words * 8 + list(string.ascii_lowercase), trainers.UnigramTrainer(vocab_size=120,
        special_tokens=["<unk>", "</s>"], unk_token="<unk>", show_progress=False))
    fast = PreTrainedTokenizerFast(tokenizer_object=tok, eos_token="</s>", pad_token="</s>", unk_token="<unk>", model_max_length=16)
    fast.save_pretrained(folder)
    return fast, len(fast)


def siglip(out, seed):
    from transformers import SiglipConfig, SiglipModel, SiglipImageProcessor
    torch.manual_seed(seed)
    tok, vocab = pieces(f"{out}/model")
    model = SiglipModel(SiglipConfig(text_config=dict(vocab_size=vocab, hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=3,
            max_position_embeddings=16), vision_config=dict(hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=3,
            image_size=48, patch_size=16))).eval()
    stir(model, seed)
    model.logit_scale.copy_(torch.tensor([2.0]))
    model.logit_bias.copy_(torch.tensor([-1.5]))
    proc = SiglipImageProcessor(size={"height": 48, "width": 48})
    a, b = photo(seed + 1, 90, 61), photo(seed + 5, 40, 33)
    px = torch.cat([proc(images=[pil(x)], return_tensors="pt").pixel_values for x in (a, b)])
    plain = [" ".join(t.lower().translate(str.maketrans("", "", string.punctuation)).split()) for t in TEXTS]
    ids = []
    for text in plain:
        own = tok.encode(text, add_special_tokens=False)[:15] + [tok.eos_token_id]
        ids.append(own + [tok.pad_token_id] * (16 - len(own)))
    ids = torch.tensor(ids)
    r = model(input_ids=ids, pixel_values=px)
    model.save_pretrained(f"{out}/model")
    proc.save_pretrained(f"{out}/model")
    save({"image_first": a, "image_second": b}, f"{out}/inputs.safetensors")
    save({"pixel_values": px, "input_ids": ids, "image_embeds": r.image_embeds, "text_embeds": r.text_embeds,
        "logits_per_image": r.logits_per_image}, f"{out}/expected.safetensors")
    finish(out, dict(texts=TEXTS))


def segformer(out, seed):
    from transformers import SegformerConfig, SegformerForSemanticSegmentation, SegformerImageProcessor
    torch.manual_seed(seed)
    names = ["sky", "car", "tree", "door;double door", "person", "grass"]
    model = SegformerForSemanticSegmentation(SegformerConfig(hidden_sizes=[8, 12, 16, 24], num_attention_heads=[1, 2, 2, 3], depths=[1, 2, 1, 1],
        sr_ratios=[4, 2, 2, 1], mlp_ratios=[2, 2, 3, 2], decoder_hidden_size=16, id2label=dict(enumerate(names)),
        label2id={n: i for i, n in enumerate(names)})).eval()
    stir(model, seed)
    model.decode_head.batch_norm.running_mean.copy_(torch.randn(16) * 0.3)
    model.decode_head.batch_norm.running_var.copy_(torch.rand(16) + 0.5)
    for p in model.parameters():  # large enough that a picture has several classes
        if p.dim() > 1:
            p.mul_(6)
    model.decode_head.classifier.bias.zero_()
    proc = SegformerImageProcessor(size={"height": 64, "width": 96})
    a, b = photo(seed + 1, 90, 61), photo(seed + 5, 40, 133)
    px = torch.cat([proc(images=[pil(x)], return_tensors="pt").pixel_values for x in (a, b)])
    r = model(px)
    model.save_pretrained(f"{out}/model")
    proc.save_pretrained(f"{out}/model")
    save({"image_first": a, "image_second": b}, f"{out}/inputs.safetensors")
    save({"pixel_values": px, "logits": r.logits}, f"{out}/expected.safetensors")
    finish(out, {})


def hashed(name, shape):
    """Numbers in [0, 1) made of a name (FNV-1a) and a place (murmur3's last step)."""
    h = 2166136261
    for byte in name.encode():
        h = (h ^ byte) * 16777619 % 2**32
    n = int(np.prod(shape))
    x = (np.arange(n, dtype=np.uint64) * 2654435761 + h) % 2**32
    x ^= x >> np.uint64(16)
    x = x * 0x85EBCA6B % 2**32
    x ^= x >> np.uint64(13)
    x = x * 0xC2B2AE35 % 2**32
    x ^= x >> np.uint64(16)
    return torch.from_numpy((x / 2**32).astype(np.float32).reshape(shape))


def weights(name, shape):
    u = hashed(name, shape)
    if name.startswith("lin"):
        return u
    if name.endswith("bias"):
        return (u - 0.5) * 0.2
    return (u - 0.5) * 2 * float(np.sqrt(6 / np.prod(shape[1:])))


def lpips_case(out, seed, net):
    import lpips
    model = lpips.LPIPS(net=net, pretrained=False, pnet_rand=True, verbose=False).eval()
    for name, p in model.named_parameters(remove_duplicate=False):
        if not name.startswith("lins."):
            p.copy_(weights(name, tuple(p.shape)))
    shutil.rmtree(f"{out}/model")
    h, w = (70, 91) if net == "alex" else (48, 33)
    a, b = photo(seed + 1, h, w), photo(seed + 5, h, w)
    b = ((a * 0.7 + b * 0.3) * 255).round() / 255
    value, slices = model(a, b, normalize=True, retPerLayer=True)
    model.spatial = True
    save({"image_first": a, "image_second": b}, f"{out}/inputs.safetensors")
    save({"value": value.flatten(), "slices": torch.stack([s.flatten()[0] for s in slices]), "map": model(a, b, normalize=True)[0, 0]}, f"{out}/expected.safetensors")
    shapes = {k: list(v.shape) for k, v in model.state_dict().items() if not k.startswith(("lins.", "scaling_layer."))}
    finish(out, dict(net=net, shapes=shapes))


CASES = dict(clip_old=clip_old, dinov2_tall=lambda o, s: dinov2_other(o, s, False), dinov2_gated=lambda o, s: dinov2_other(o, s, True), siglip=siglip, segformer=segformer,
             lpips_alex=lambda o, s: lpips_case(o, s, "alex"), lpips_vgg=lambda o, s: lpips_case(o, s, "vgg"))

if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("out")
    ap.add_argument("--seed", type=int, default=21)
    ap.add_argument("--only", nargs="*")
    args = ap.parse_args()
    for name, make in CASES.items():
        if args.only and name not in args.only:
            continue
        out = os.path.join(args.out, name)
        shutil.rmtree(out, ignore_errors=True)
        os.makedirs(f"{out}/model")
        make(out, args.seed)
        print(name, sum(os.path.getsize(os.path.join(d, f)) for d, _, fs in os.walk(out) for f in fs) // 1000, "kB")
