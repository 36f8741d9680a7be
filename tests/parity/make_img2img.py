#!/usr/bin/env python3
"""Writes the cases of plain Stable Diffusion, which begins from the photo under noise: random checkpoints and what
diffusers' StableDiffusionImg2ImgPipeline made of them on the CPU in float32.

  pip install torch diffusers transformers accelerate
  python make_img2img.py OUT_DIR [--seed 7]

`img2img_21` has the settings of Stable Diffusion 2.1 (linear projections, heads of one width, v-prediction, the exact
GELU in the text encoder) and guidance; `img2img_turbo` is distilled as sd-turbo is: Euler steps counted from the end, and
no guidance.
"""
import argparse, json, os, shutil
import torch
from diffusers import (AutoencoderKL, DDIMScheduler, DPMSolverMultistepScheduler, EulerAncestralDiscreteScheduler, EulerDiscreteScheduler,
                       StableDiffusionImg2ImgPipeline, UNet2DConditionModel)
import diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_img2img as module
import diffusers.schedulers.scheduling_euler_ancestral_discrete as ancestral
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel
from make_cases import photo, tokenizer

torch.set_grad_enabled(False)


def img2img(out, seed, turbo):
    torch.manual_seed(seed)
    tok, vocab = tokenizer(f"{out}/model/tokenizer")
    text = CLIPTextModel(CLIPTextConfig(vocab_size=vocab, hidden_size=16, intermediate_size=32, num_hidden_layers=2,
        num_attention_heads=2, max_position_embeddings=77, projection_dim=16, hidden_act="gelu",
        bos_token_id=vocab - 2, eos_token_id=vocab - 1, pad_token_id=vocab - 1)).eval()
    unet = UNet2DConditionModel(sample_size=16, in_channels=4, out_channels=4, norm_num_groups=8, block_out_channels=(8, 16),
        layers_per_block=1, down_block_types=["CrossAttnDownBlock2D", "DownBlock2D"], up_block_types=["UpBlock2D", "CrossAttnUpBlock2D"],
        cross_attention_dim=16, attention_head_dim=(1, 2), use_linear_projection=True).eval()
    vae = AutoencoderKL(in_channels=3, out_channels=3, latent_channels=4, block_out_channels=(8, 16), layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2, norm_num_groups=8,
        sample_size=32, scaling_factor=0.18215).eval()
    for part in (text, unet, vae):
        for name, p in part.named_parameters():
            if name.endswith("bias") or "norm" in name:  # neither zero nor one, as trained ones are not
                p.add_(torch.randn(p.shape) * 0.1)
    base = dict(num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1)
    if turbo:
        base.update(timestep_spacing="trailing", prediction_type="epsilon")
        runs = [("euler", EulerDiscreteScheduler, 4, 0.5, 0.0)]
    else:
        base.update(timestep_spacing="leading", prediction_type="v_prediction")
        runs = [("ddim", DDIMScheduler, 6, 0.7, 7.5), ("dpm_solver_2m", DPMSolverMultistepScheduler, 6, 0.55, 7.5),
                ("euler_ancestral", EulerAncestralDiscreteScheduler, 6, 0.7, 4.0), ("euler", EulerDiscreteScheduler, 6, 0.7, 4.0)]
    prompt, negative = "a moody black and white film photo", "" if turbo else "red hat"
    image = photo(seed + 1, 24, 32)
    noise = torch.randn(1, 4, 12, 16, generator=torch.Generator().manual_seed(seed + 2))
    encoded = vae.encode(image * 2 - 1).latent_dist.mode() * vae.config.scaling_factor
    inputs, expected, told = {"image": image, "noise": noise}, {"image_latents": encoded}, []
    module.randn_tensor = lambda *a, **k: noise.clone()
    for name, kind, steps, strength, guidance in runs:
        more = dict(clip_sample=False, set_alpha_to_one=False) if kind is DDIMScheduler else {}
        pipe = StableDiffusionImg2ImgPipeline(vae=vae, text_encoder=text, tokenizer=tok, unet=unet, scheduler=kind(**base, **more),
            safety_checker=None, feature_extractor=None, requires_safety_checker=False)
        pipe.set_progress_bar_config(disable=True)
        trail, drawn, g = [], [], torch.Generator().manual_seed(seed + 3)
        def draw(shape, **_):
            drawn.append(torch.randn(shape, generator=g))
            return drawn[-1]
        ancestral.randn_tensor, real = draw, ancestral.randn_tensor
        res = pipe(prompt=prompt, negative_prompt=negative, image=encoded.clone(), num_inference_steps=steps, strength=strength,
                   guidance_scale=guidance, output_type="pt",
                   callback_on_step_end=lambda p, i, t, k: (trail.append(k["latents"].clone()), {})[1])
        ancestral.randn_tensor = real
        if drawn:
            inputs[f"{name}_step_noise"] = torch.cat(drawn)
        expected[f"{name}_latents"] = torch.cat(trail)
        expected[f"{name}_image"] = torch.as_tensor(res.images)
        told.append(dict(sampler=name, steps=steps, strength=strength, guidance=guidance))
        if len(told) == 1:
            pipe.save_pretrained(f"{out}/tmp")
    for part in ("unet", "vae", "text_encoder", "scheduler"):
        shutil.copytree(f"{out}/tmp/{part}", f"{out}/model/{part}")
    index = json.load(open(f"{out}/tmp/model_index.json"))
    index["_class_name"] = "StableDiffusionPipeline"  # as such checkpoints are published
    json.dump(index, open(f"{out}/model/model_index.json", "w"), indent=1)
    shutil.rmtree(f"{out}/tmp")
    save_file({k: v.contiguous() for k, v in inputs.items()}, f"{out}/inputs.safetensors")
    save_file({k: v.contiguous() for k, v in expected.items()}, f"{out}/expected.safetensors")
    json.dump(dict(prompt=prompt, negative_prompt=negative, runs=told), open(f"{out}/case.json", "w"), indent=1)


if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("out")
    ap.add_argument("--seed", type=int, default=7)
    args = ap.parse_args()
    for name, turbo in (("img2img_21", False), ("img2img_turbo", True)):
        out = os.path.join(args.out, name)
        shutil.rmtree(out, ignore_errors=True)
        os.makedirs(f"{out}/model")
        img2img(out, args.seed, turbo)
