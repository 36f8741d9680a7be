#!/usr/bin/env python3
"""Writes the small cases in `cases/`: random checkpoints in the layouts that published models use, with what diffusers
and transformers made of them on the CPU in float32.

  pip install torch diffusers transformers accelerate peft
  python make_cases.py OUT_DIR [--seed 7] [--only NAME ...]

`instruct_pix2pix_old` has the names and the single files of the first repositories (attention as query, key, value and
proj_attn; `text_model.`); `instruct_pix2pix_new` has today's names, three floors, linear projections, v-prediction, and
16-bit weights in shards. `flux2_klein` is distilled; `flux2_klein_base` has guidance, two reference pictures, an untied
text encoder in 16-bit shards and the settings of older files; `flux2_klein_kv` sees reference pictures by what it
remembers of them. `lora` is one adapter for `instruct_pix2pix_old`, which must lie beside it. Weights are random: a case
proves arithmetic, layout and names, never that a picture looks good.
"""
import argparse, json, os, shutil, sys
import torch
from diffusers import (AutoencoderKL, DDIMScheduler, DPMSolverMultistepScheduler, EulerAncestralDiscreteScheduler,
                       StableDiffusionInstructPix2PixPipeline, UNet2DConditionModel)
import diffusers.schedulers.scheduling_euler_ancestral_discrete as ancestral
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel
from transformers.models.clip import CLIPTokenizer

torch.set_grad_enabled(False)
WORDS = "make the sky more dramatic golden hour turn photo into a moody black and white film add red hat , .".split()
OLD = ((".to_q.", ".query."), (".to_k.", ".key."), (".to_v.", ".value."), (".to_out.0.", ".proj_attn."))


def photo(seed, h, w):
    g = torch.Generator().manual_seed(seed)
    x = torch.nn.functional.interpolate(torch.rand(1, 3, 6, 6, generator=g), (h, w), mode="bicubic", align_corners=False)
    x[..., h // 3:, w // 2:] *= 0.6
    return (x.clamp(0, 1) * 255).round() / 255


def tokenizer(folder):
    """CLIP's own order: bytes, bytes that end a word, merges, the two special tokens."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    tok = Tokenizer(models.BPE(unk_token="<|endoftext|>", end_of_word_suffix="</w>"))
    tok.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tok.train_from_iterator(WORDS * 4, trainers.BpeTrainer(vocab_size=600, initial_alphabet=alphabet,
                                                          end_of_word_suffix="</w>", show_progress=False))
    merges = [m if isinstance(m, str) else " ".join(m) for m in json.loads(tok.to_str())["model"]["merges"]]
    alphabet = sorted(alphabet)
    vocab = {}
    for t in alphabet + [c + "</w>" for c in alphabet] + [m.replace(" ", "") for m in merges]:
        vocab.setdefault(t, len(vocab))
    for t in ("<|startoftext|>", "<|endoftext|>"):
        vocab[t] = len(vocab)
    os.makedirs(folder)
    json.dump(vocab, open(f"{folder}/vocab.json", "w"), ensure_ascii=False)
    open(f"{folder}/merges.txt", "w").write("#version: 0.2\n" + "\n".join(merges) + "\n")
    json.dump({"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>",
               "unk_token": "<|endoftext|>", "model_max_length": 77, "tokenizer_class": "CLIPTokenizer"},
              open(f"{folder}/tokenizer_config.json", "w"), indent=1)
    return CLIPTokenizer.from_pretrained(folder), len(vocab)


def rename(path, to):
    save_file({to(k): v.contiguous() for k, v in load_file(path).items()}, path, metadata={"format": "pt"})


def case(out, seed, new):
    torch.manual_seed(seed)
    tok, vocab = tokenizer(f"{out}/model/tokenizer")
    text = CLIPTextModel(CLIPTextConfig(vocab_size=vocab, hidden_size=16, intermediate_size=32, num_hidden_layers=2,
        num_attention_heads=2, max_position_embeddings=77, projection_dim=16, hidden_act="gelu" if new else "quick_gelu",
        bos_token_id=vocab - 2, eos_token_id=vocab - 1, pad_token_id=vocab - 1)).eval()
    kinds = ["CrossAttn"] * 2 + [""] if new else ["CrossAttn", ""]
    unet = UNet2DConditionModel(sample_size=16, in_channels=8, out_channels=4, norm_num_groups=8,
        block_out_channels=(8, 16, 16) if new else (16, 24), layers_per_block=1 if new else 2,
        down_block_types=[f"{k}DownBlock2D" for k in kinds], up_block_types=[f"{k}UpBlock2D" for k in reversed(kinds)],
        cross_attention_dim=16, attention_head_dim=(2, 4, 4) if new else 8, use_linear_projection=new).eval()
    vae = AutoencoderKL(in_channels=3, out_channels=3, latent_channels=4, block_out_channels=(8, 16), layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2, norm_num_groups=8,
        sample_size=32, scaling_factor=0.18215).eval()
    for part in (text, unet, vae):
        for name, p in part.named_parameters():
            if name.endswith("bias") or "norm" in name:  # neither zero nor one, as trained ones are not
                p.add_(torch.randn(p.shape) * 0.1)
            if new:
                p.copy_(p.half().float())
    base = dict(num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1,
                timestep_spacing="leading", prediction_type="v_prediction" if new else "epsilon")
    schedulers = dict(ddim=DDIMScheduler(**base, clip_sample=False, set_alpha_to_one=False),
                      euler_a=EulerAncestralDiscreteScheduler(**base), dpm=DPMSolverMultistepScheduler(**base))
    prompt, negative = ("turn the photo into a moody black and white film", "hat") if new else ("Make the sky more dramatic, golden  hour!", "")
    h, w = (28, 20) if new else (24, 32)  # 14 × 10 latents are no multiple of 4: the way up must follow the skips
    image = photo(seed + 1, h, w)
    noise = torch.randn(1, 4, h // 2, w // 2, generator=torch.Generator().manual_seed(seed + 2))
    expected, inputs = {}, {"image": image, "noise": noise}
    ids = lambda t: tok(t, padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
    expected["prompt_ids"], expected["negative_ids"] = ids(prompt), ids(negative)
    expected["prompt_embeds"], expected["negative_embeds"] = text(ids(prompt))[0], text(ids(negative))[0]
    expected["image_latents"] = vae.encode(image * 2 - 1).latent_dist.mode()
    x = torch.cat([noise, expected["image_latents"]], 1)
    expected["unet_t500"] = unet(x, torch.tensor([500]), encoder_hidden_states=expected["prompt_embeds"]).sample
    for name, scheduler in schedulers.items():
        pipe = StableDiffusionInstructPix2PixPipeline(vae=vae, text_encoder=text, tokenizer=tok, unet=unet, scheduler=scheduler,
            safety_checker=None, feature_extractor=None, requires_safety_checker=False)
        pipe.set_progress_bar_config(disable=True)
        trail, drawn, g = [], [], torch.Generator().manual_seed(seed + 3)
        def draw(shape, **_):
            drawn.append(torch.randn(shape, generator=g))
            return drawn[-1]
        ancestral.randn_tensor, real = draw, ancestral.randn_tensor
        # the pipeline would bring the picture to multiples of 8; it gets the latents instead
        pipe.prepare_image_latents = lambda *a, **k: torch.cat([expected["image_latents"]] * 2 + [0 * expected["image_latents"]])
        res = pipe(prompt=prompt, negative_prompt=negative, image=image, num_inference_steps=5, guidance_scale=7.5,
                   image_guidance_scale=1.5, latents=noise.clone(), output_type="pt",
                   callback_on_step_end=lambda p, i, t, k: (trail.append(k["latents"].clone()), {})[1])
        ancestral.randn_tensor = real
        if drawn:
            inputs[f"{name}_step_noise"] = torch.cat(drawn)
        expected[f"{name}_timesteps"] = torch.as_tensor(scheduler.timesteps).float()
        expected[f"{name}_latents"] = torch.cat(trail)
        expected[f"{name}_image"] = torch.as_tensor(res.images)
        if name == "ddim":
            pipe.save_pretrained(f"{out}/tmp")
    for part in ("unet", "vae", "text_encoder"):
        if new:
            getattr(pipe, part).half().save_pretrained(f"{out}/tmp/{part}", max_shard_size="60KB" if part == "unet" else "5GB")
            stale = f"{out}/tmp/unet/diffusion_pytorch_model.safetensors"
            if os.path.exists(stale) and part == "unet":
                os.remove(stale)
    for part in ("unet", "vae", "text_encoder", "scheduler"):
        shutil.copytree(f"{out}/tmp/{part}", f"{out}/model/{part}")
    shutil.copy(f"{out}/tmp/model_index.json", f"{out}/model/model_index.json")
    shutil.rmtree(f"{out}/tmp")
    if not new:
        def old(name):
            for a, b in OLD:
                name = name.replace(a, b)
            return name
        rename(f"{out}/model/vae/diffusion_pytorch_model.safetensors", old)
        rename(f"{out}/model/text_encoder/model.safetensors", lambda k: k if k.startswith("text_model.") else f"text_model.{k}")
    save_file({k: v.contiguous() for k, v in inputs.items()}, f"{out}/inputs.safetensors")
    save_file({k: v.contiguous() for k, v in expected.items()}, f"{out}/expected.safetensors")
    json.dump(dict(prompt=prompt, negative_prompt=negative, steps=5, guidance_scale=7.5, image_guidance_scale=1.5),
              open(f"{out}/case.json", "w"), indent=1)


QWEN_TEMPLATE = """{%- set seen = namespace(last=messages|length - 1) %}
{%- for m in messages[::-1] %}
    {%- if m.role == "user" and m.content is string and not(m.content.startswith('<tool_response>') and m.content.endswith('</tool_response>')) %}
        {%- set seen.last = (messages|length - 1) - loop.index0 %}
    {%- endif %}
{%- endfor %}
{%- for m in messages %}
    {%- set said = m.content.split('</think>')[-1].lstrip('\\n') if m.role == "assistant" else m.content %}
    {{- '<|im_start|>' + m.role + '\\n' + said + '<|im_end|>' + '\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}"""


def qwen_tokenizer(folder):
    """Byte pairs as Qwen has them: composed characters, its words, its special tokens."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast
    tok = Tokenizer(models.BPE())
    tok.normalizer = normalizers.NFC()
    words = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    tok.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(words), "isolated"),
                                                 pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tok.decoder = decoders.ByteLevel()
    tok.train_from_iterator([" ".join(WORDS)] * 8, trainers.BpeTrainer(vocab_size=320, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    tok.add_special_tokens(["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<think>", "</think>"])
    fast = PreTrainedTokenizerFast(tokenizer_object=tok, eos_token="<|im_end|>", pad_token="<|endoftext|>", model_max_length=4096)
    fast.chat_template = QWEN_TEMPLATE
    return fast


def flux2(out, seed, kind):
    from diffusers import (AutoencoderKLFlux2, FlowMatchEulerDiscreteScheduler, Flux2KleinKVPipeline, Flux2KleinPipeline,
                           Flux2Transformer2DModel)
    from PIL import Image
    from transformers import Qwen3Config, Qwen3ForCausalLM
    torch.manual_seed(seed)
    base, kv = kind == "base", kind == "kv"
    tok = qwen_tokenizer(f"{out}/model/tokenizer")
    hidden = 8
    text = Qwen3ForCausalLM(Qwen3Config(vocab_size=len(tok), hidden_size=hidden, intermediate_size=12, num_hidden_layers=27 if base else 28,
        num_attention_heads=4 if base else 2, num_key_value_heads=2 if base else 1, head_dim=6, max_position_embeddings=1024,
        rope_parameters={"rope_type": "default", "rope_theta": 1000000.0}, tie_word_embeddings=not base)).eval()
    tr = Flux2Transformer2DModel(in_channels=8, num_layers=2 if base else 1, num_single_layers=1 if base else 2, attention_head_dim=16,
        num_attention_heads=2, joint_attention_dim=3 * hidden, timestep_guidance_channels=32, mlp_ratio=2.5 if base else 3.0,
        axes_dims_rope=(2, 6, 6, 2) if base else (4, 4, 4, 4), rope_theta=500 if base else 2000, guidance_embeds=base).eval()
    vae = AutoencoderKLFlux2(down_block_types=("DownEncoderBlock2D",) * 3, up_block_types=("UpDecoderBlock2D",) * 3, block_out_channels=(8, 8, 16),
        decoder_block_out_channels=(4, 8, 8) if kv else None, layers_per_block=1, latent_channels=2, norm_num_groups=4,
        batch_norm_eps=1e-3 if base else 1e-4).eval()
    vae.bn.running_mean.copy_(torch.randn_like(vae.bn.running_mean) * 0.3)
    vae.bn.running_var.copy_(torch.rand_like(vae.bn.running_var) + 0.2)
    for part in (text, tr, vae):
        for name, p in part.named_parameters():
            if name.endswith("bias") or "norm" in name:  # neither zero nor one, as trained ones are not
                p.add_(torch.randn(p.shape) * 0.1)
            if base and part is text:
                p.copy_(p.bfloat16().float())
    sched = FlowMatchEulerDiscreteScheduler(shift=3.0, use_dynamic_shifting=True)
    parts = dict(scheduler=sched, vae=vae, text_encoder=text, tokenizer=tok, transformer=tr)
    pipe = Flux2KleinKVPipeline(**parts) if kv else Flux2KleinPipeline(**parts, is_distilled=not base)
    pipe.set_progress_bar_config(disable=True)
    prompt = {"base": "make the sky golden, hour 12!", "kv": "add a red hat"}.get(kind, "Turn it into a  moody caf\u0065\u0301 film")
    images = [photo(seed + 1, 64, 72)] + ([photo(seed + 5, 80, 64)] if base or kv else [])
    pils = [Image.fromarray((x[0].permute(1, 2, 0).numpy() * 255).round().astype("uint8")) for x in images]
    calls, trail, encoded, begun = [], [], [], {}
    forward, encode, prepare = tr.forward, pipe._encode_vae_image, pipe.prepare_latents
    def spy_forward(*a, **k):
        r = forward(*a, **k)
        calls.append((dict(k), r[0].clone()))
        return r
    def spy_encode(image, generator):
        r = encode(image, generator)
        encoded.append((image.clone(), r.clone()))
        return r
    def spy_prepare(*a, **k):
        r = prepare(*a, **k)
        begun["latents"] = r[0].clone()
        return r
    tr.forward, pipe._encode_vae_image, pipe.prepare_latents = spy_forward, spy_encode, spy_prepare
    steps = 3
    guidance = dict(guidance_scale=4.0) if base else {}
    res = pipe(image=pils, prompt=prompt, height=64, width=72, num_inference_steps=steps, generator=torch.Generator().manual_seed(seed + 2),
               output_type="pt", max_sequence_length=32, **guidance,
               callback_on_step_end=lambda p, i, t, k: (trail.append(k["latents"].clone()), {})[1])
    tr.forward, pipe._encode_vae_image, pipe.prepare_latents = forward, encode, prepare
    first, answer = calls[0]
    asked = tok.apply_chat_template([{"role": "user", "content": prompt}], tokenize=False, add_generation_prompt=True, enable_thinking=False)
    expected = dict(prompt_ids=tok(asked, return_tensors="pt", padding="max_length", truncation=True, max_length=32).input_ids,
        prompt_embeds=first["encoder_hidden_states"], transformer_in=first["hidden_states"], transformer_t=first["timestep"],
        img_ids=first["img_ids"].float(), txt_ids=first["txt_ids"].float(), transformer_out=answer, timesteps=sched.timesteps.float(),
        sigmas=sched.sigmas.float(), latents=torch.cat(trail), image=torch.as_tensor(res.images))
    for i, (given, latents) in enumerate(encoded):
        mark = f"_{i}" if i else ""
        expected[f"vae_in{mark}"], expected[f"vae_image_latents{mark}"] = given, latents
    if base:
        expected["negative_embeds"], expected["transformer_out_negative"] = calls[1][0]["encoder_hidden_states"], calls[1][1]
    pipe.save_pretrained(f"{out}/model")
    if base:
        text.bfloat16().save_pretrained(f"{out}/model/text_encoder", max_shard_size="30KB")
        os.remove(f"{out}/model/text_encoder/model.safetensors")
        path = f"{out}/model/text_encoder/config.json"
        config = json.load(open(path))
        config["rope_theta"] = config.pop("rope_parameters")["rope_theta"]  # as transformers 4 wrote it
        config["rope_scaling"] = None
        json.dump(config, open(path, "w"), indent=2)
        path = f"{out}/model/tokenizer/tokenizer_config.json"
        config = json.load(open(path))
        config["chat_template"] = open(f"{out}/model/tokenizer/chat_template.jinja").read()
        config["pad_token"] = {"__type": "AddedToken", "content": config["pad_token"]}
        json.dump(config, open(path, "w"), indent=2)
        os.remove(f"{out}/model/tokenizer/chat_template.jinja")
    save_file({"noise_packed": begun["latents"].contiguous()}, f"{out}/inputs.safetensors")
    save_file({k: v.contiguous() for k, v in expected.items()}, f"{out}/expected.safetensors")
    json.dump(dict(prompt=prompt, steps=steps, max_sequence_length=32, height=64, width=72, **guidance), open(f"{out}/case.json", "w"), indent=1)


def lora(out, seed):
    """One adapter under the names of diffusers with PEFT and under kohya's, merged with scale 0.7 into the old case."""
    from diffusers.training_utils import _collate_lora_metadata
    from peft import LoraConfig
    from peft.utils import get_peft_model_state_dict
    base = os.path.join(os.path.dirname(out), "instruct_pix2pix_old")
    os.rmdir(f"{out}/model")
    torch.manual_seed(seed + 4)
    pipe = StableDiffusionInstructPix2PixPipeline.from_pretrained(f"{base}/model", safety_checker=None)
    unet, text = pipe.unet, pipe.text_encoder
    unet.add_adapter(LoraConfig(r=4, lora_alpha=6, target_modules=["to_q", "to_k", "to_v", "to_out.0", "proj_in",
        "ff.net.0.proj", "ff.net.2", "conv1", "time_emb_proj"]))
    text.add_adapter(LoraConfig(r=3, lora_alpha=3, target_modules=["q_proj", "v_proj", "out_proj", "fc1"]))
    parts = {"unet": unet, "text_encoder": text}
    layers = {name: get_peft_model_state_dict(part) for name, part in parts.items()}
    for part in parts.values():
        for name, p in part.named_parameters():
            if "lora_" in name:
                p.copy_(torch.randn(p.shape) * 0.2)
        for module in part.modules():
            if hasattr(module, "scaling"):
                module.scaling["default"] *= 0.7
    layers = {name: get_peft_model_state_dict(part) for name, part in parts.items()}
    pipe.save_lora_weights(f"{out}/tmp", unet_lora_layers=layers["unet"], text_encoder_lora_layers=layers["text_encoder"],
                           **_collate_lora_metadata(parts))
    with safe_open(f"{out}/tmp/pytorch_lora_weights.safetensors", "pt") as saved:
        said = json.loads(saved.metadata()["lora_adapter_metadata"])  # among much else, where the model lay
        said = {k: v for k, v in said.items() if k.split(".")[-1] in ("r", "lora_alpha", "alpha_pattern", "use_rslora")}
        save_file({k: saved.get_tensor(k) for k in saved.keys()}, f"{out}/peft.safetensors",
                  metadata={"format": "pt", "lora_adapter_metadata": json.dumps(said)})
    shutil.rmtree(f"{out}/tmp")
    kohya, alphas = {}, {"unet": 6.0, "text_encoder": 3.0}
    for part, prefix in (("unet", "lora_unet_"), ("text_encoder", "lora_te_text_model_")):
        for name, tensor in layers[part].items():
            layer, end = name.split(".lora_")
            layer = prefix + layer.removeprefix("text_model.").replace(".", "_")
            kohya[f"{layer}.lora_{'down' if end.startswith('A') else 'up'}.weight"] = tensor.contiguous()
            kohya[f"{layer}.alpha"] = torch.tensor(alphas[part])
    save_file(kohya, f"{out}/kohya.safetensors")
    inputs, known = load_file(f"{base}/inputs.safetensors"), load_file(f"{base}/expected.safetensors")
    embeds = text(known["prompt_ids"])[0]
    x = torch.cat([inputs["noise"], known["image_latents"]], 1)
    save_file({"prompt_embeds": embeds.contiguous(),
               "unet_t500": unet(x, torch.tensor([500]), encoder_hidden_states=embeds).sample.contiguous()},
              f"{out}/expected.safetensors")


CASES = {
    "instruct_pix2pix_old": lambda out, seed: case(out, seed, False),
    "instruct_pix2pix_new": lambda out, seed: case(out, seed, True),
    "lora": lora,
    "flux2_klein": lambda out, seed: flux2(out, seed, "distilled"),
    "flux2_klein_base": lambda out, seed: flux2(out, seed, "base"),
    "flux2_klein_kv": lambda out, seed: flux2(out, seed, "kv"),
}

if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("out")
    ap.add_argument("--seed", type=int, default=7)
    ap.add_argument("--only", nargs="*", choices=CASES)
    args = ap.parse_args()
    for name, make in CASES.items():
        if args.only and name not in args.only:
            continue
        out = os.path.join(args.out, name)
        shutil.rmtree(out, ignore_errors=True)
        os.makedirs(f"{out}/model")
        make(out, args.seed)
