#!/usr/bin/env python3
"""Writes the case `rewarded`: a small random checkpoint of the reward-conditioned InstructPix2Pix ("Multi-Reward as Condition
for Instruction-based Image Editing", arXiv 2411.04713), with what the authors' network made of it on the CPU in float32;
and names and shapes of its tensors at full size.

  pip install torch diffusers transformers accelerate easydict
  git clone https://github.com/bytedance/Multi-Reward-Editing AUTHORS
  python make_rewarded.py AUTHORS OUT_DIR [--seed 11] [--manifest manifests/rewarded-instruct-pix2pix.unet.json.gz]

The network is theirs (`Unet2DConditionModel.py` and the modules of `utils.py`), with smaller numbers where they wrote the
widths of Stable Diffusion 1.5 into the code; their pipeline is that of diffusers, which hands the scores on. Scores and
words are set as their `eval.py` sets them, its sampler likewise; one more call has other scores and words, each different.
"""
import argparse, gzip, importlib.util, json, os, shutil, sys
import torch
import diffusers.schedulers.scheduling_euler_ancestral_discrete as ancestral
from diffusers import (AutoencoderKL, EulerAncestralDiscreteScheduler, PNDMScheduler,
                       StableDiffusionInstructPix2PixPipeline)
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel
from make_cases import photo, rename, tokenizer

torch.set_grad_enabled(False)
WIDTH, TEXT, GROUPS = 16, 16, 8
SMALLER = {
    "utils": [("num_groups=32, num_channels=320", f"num_groups={GROUPS}, num_channels={WIDTH}"),
              ("Conv2d(320, 320", f"Conv2d({WIDTH}, {WIDTH}")],
    "Unet2DConditionModel": [("hidden_size=320", f"hidden_size={WIDTH}"), ("intermediate_size=320", f"intermediate_size={WIDTH}"),
                             ("text_linear = nn.Linear(768, 320)", f"text_linear = nn.Linear({TEXT}, {WIDTH})"),
                             ("text_linear2 = nn.Linear(768, 1280)", f"text_linear2 = nn.Linear({TEXT}, {4 * WIDTH})"),
                             ("projection_class_embeddings_input_dim, 320)", f"projection_class_embeddings_input_dim, {WIDTH})")],
}
INDEX = {"_class_name": "StableDiffusionInstructPix2PixPipeline", "scheduler": ["diffusers", "PNDMScheduler"],
         "text_encoder": ["transformers", "CLIPTextModel"], "tokenizer": ["transformers", "CLIPTokenizer"],
         "unet": ["Unet2DConditionModel", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"]}
BEST, BEST_WORDS = [5.0, 5.0, 5.0], "None; None; None"
POOR, POOR_WORDS = [1.5, 4.25, 3.0], "red hat; None; the film"


def authors_unet(folder, small):
    """Their class, in its own size or in ours."""
    for name, smaller in SMALLER.items():
        path = f"{folder}/{name}.py"
        source = open(path).read()
        for theirs, ours in smaller if small else []:
            assert theirs in source, f"{path} has no {theirs}"
            source = source.replace(theirs, ours)
        spec = importlib.util.spec_from_loader(name, loader=None, origin=path)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        exec(compile(source, path, "exec"), sys.modules[name].__dict__)
    return sys.modules["Unet2DConditionModel"].UNet2DConditionModel


def manifest(folder, out):
    config = dict(sample_size=64, in_channels=8, out_channels=4, cross_attention_dim=768, attention_head_dim=8)
    with torch.device("meta"):
        unet = authors_unet(folder, False)(**config)
    tensors = {name: list(t.shape) for name, t in unet.state_dict().items()}
    config = {k: v for k, v in unet.config.items() if not k.startswith("_")}
    whole = dict(parameters=sum(t.numel() for t in unet.state_dict().values()), config=config, tensors=tensors)
    with gzip.GzipFile(out, "wb", mtime=0) as file:
        file.write(json.dumps(whole, sort_keys=True).encode())


def case(folder, out, seed):
    torch.manual_seed(seed)
    tok, vocab = tokenizer(f"{out}/model/tokenizer")
    text = CLIPTextModel(CLIPTextConfig(vocab_size=vocab, hidden_size=TEXT, intermediate_size=32, num_hidden_layers=2,
        num_attention_heads=2, max_position_embeddings=77, projection_dim=16, hidden_act="quick_gelu",
        bos_token_id=vocab - 2, eos_token_id=vocab - 1, pad_token_id=vocab - 1)).eval()
    unet = authors_unet(folder, True)(sample_size=16, in_channels=8, out_channels=4, norm_num_groups=GROUPS,
        block_out_channels=(WIDTH, WIDTH), layers_per_block=1, down_block_types=["CrossAttnDownBlock2D", "DownBlock2D"],
        up_block_types=["UpBlock2D", "CrossAttnUpBlock2D"], cross_attention_dim=TEXT, attention_head_dim=4).eval()
    vae = AutoencoderKL(in_channels=3, out_channels=3, latent_channels=4, block_out_channels=(8, 8), layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2, norm_num_groups=4,
        sample_size=32, scaling_factor=0.18215).eval()
    for part in (text, unet, vae):
        for name, p in part.named_parameters():
            if name.endswith("bias") or "norm" in name.lower():  # neither zero nor one, as trained ones are not
                p.add_(torch.randn(p.shape) * 0.1)
            p.copy_(p.half().float())
    PNDMScheduler(num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
                  steps_offset=1, skip_prk_steps=True, set_alpha_to_one=False).save_pretrained(f"{out}/model/scheduler")
    scheduler = EulerAncestralDiscreteScheduler.from_pretrained(f"{out}/model", subfolder="scheduler")
    prompt, negative, h, w, steps = "Make the sky more dramatic, golden  hour!", "", 24, 32, 4
    image = photo(seed + 1, h, w)
    noise = torch.randn(1, 4, h // 2, w // 2, generator=torch.Generator().manual_seed(seed + 2))
    ids = lambda t: tok(t, padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
    expected = dict(best_ids=ids(BEST_WORDS), prompt_embeds=text(ids(prompt))[0], best_pooled=text(ids(BEST_WORDS))[1],
                    poor_pooled=text(ids(POOR_WORDS))[1], image_latents=vae.encode(image * 2 - 1).latent_dist.mode())
    told = lambda scores, pooled, n: dict(reward_scores=torch.tensor([scores] * n), negative_embeds=pooled.repeat(n, 1))
    beside = torch.cat([noise, expected["image_latents"]], 1)
    for name, scores in (("best", BEST), ("poor", POOR)):
        expected[f"{name}_t500"] = unet(beside, torch.tensor([500]), encoder_hidden_states=expected["prompt_embeds"],
                                        added_cond_kwargs=told(scores, expected[f"{name}_pooled"], 1)).sample
    pipe = StableDiffusionInstructPix2PixPipeline(vae=vae, text_encoder=text, tokenizer=tok, unet=unet, scheduler=scheduler,
        safety_checker=None, feature_extractor=None, requires_safety_checker=False)
    pipe.set_progress_bar_config(disable=True)
    trail, drawn, g = [], [], torch.Generator().manual_seed(seed + 3)

    def draw(shape, **_):
        drawn.append(torch.randn(shape, generator=g))
        return drawn[-1]

    forward = unet.forward
    best = told(BEST, expected["best_pooled"], 3)
    unet.forward = lambda *a, **k: forward(*a, **{**k, "added_cond_kwargs": best})
    ancestral.randn_tensor, real = draw, ancestral.randn_tensor
    # the pipeline would bring the picture to multiples of 8; it gets the latents instead
    pipe.prepare_image_latents = lambda *a, **k: torch.cat([expected["image_latents"]] * 2 + [0 * expected["image_latents"]])
    result = pipe(prompt=prompt, negative_prompt=negative, image=image, num_inference_steps=steps, guidance_scale=7.5,
                  image_guidance_scale=1.5, latents=noise.clone(), output_type="pt",
                  callback_on_step_end=lambda p, i, t, k: (trail.append(k["latents"].clone()), {})[1])
    ancestral.randn_tensor = real
    del unet.forward
    expected |= dict(timesteps=torch.as_tensor(scheduler.timesteps).float(), latents=torch.cat(trail), image=torch.as_tensor(result.images))
    for name, part in (("unet", unet), ("vae", vae), ("text_encoder", text)):
        part.half().save_pretrained(f"{out}/model/{name}")
    rename(f"{out}/model/text_encoder/model.safetensors", lambda k: k if k.startswith("text_model.") else f"text_model.{k}")
    json.dump(INDEX, open(f"{out}/model/model_index.json", "w"), indent=1)
    inputs = {"image": image, "noise": noise, "step_noise": torch.cat(drawn)}
    save_file({k: v.contiguous() for k, v in inputs.items()}, f"{out}/inputs.safetensors")
    save_file({k: v.contiguous() for k, v in expected.items()}, f"{out}/expected.safetensors")
    json.dump(dict(prompt=prompt, negative_prompt=negative, steps=steps, guidance_scale=7.5, image_guidance_scale=1.5,
                   poor_scores=POOR, poor_words=POOR_WORDS), open(f"{out}/case.json", "w"), indent=1)


if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("authors")
    ap.add_argument("out")
    ap.add_argument("--seed", type=int, default=11)
    ap.add_argument("--manifest")
    args = ap.parse_args()
    out = os.path.join(args.out, "rewarded")
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(f"{out}/model")
    case(args.authors, out, args.seed)
    if args.manifest:
        manifest(args.authors, args.manifest)
