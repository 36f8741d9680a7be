#!/usr/bin/env python3
"""Writes `tiny_vae/`: a small random AutoencoderTiny beside an otherwise empty model, with what diffusers decodes with it on
the CPU in float32; and `taesd/`, another in a folder of its own, as they are published, that fits the small models.

  pip install torch diffusers
  python make_tiny_vae.py OUT_DIR
"""
import json, os, sys
import torch
from diffusers import AutoencoderTiny
from safetensors.torch import save_file

out = sys.argv[1]
torch.manual_seed(5)
torch.set_grad_enabled(False)
vae = AutoencoderTiny(latent_channels=4, encoder_block_out_channels=(8, 8), decoder_block_out_channels=(8, 8, 8),
                      num_encoder_blocks=(1, 1), num_decoder_blocks=(2, 1, 1)).eval()
vae.save_pretrained(f"{out}/model/tiny_vae")
json.dump({"_class_name": "StableDiffusionInstructPix2PixPipeline"}, open(f"{out}/model/model_index.json", "w"))
latents = torch.randn(1, 4, 7, 9) * 2
save_file({"latents": latents}, f"{out}/inputs.safetensors")
save_file({"picture": vae.decode(latents).sample.contiguous()}, f"{out}/expected.safetensors")
AutoencoderTiny(latent_channels=4, encoder_block_out_channels=(8, 8), decoder_block_out_channels=(8, 8),
                num_encoder_blocks=(1, 1), num_decoder_blocks=(1, 1)).eval().save_pretrained(f"{out}/taesd")
