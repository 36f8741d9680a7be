"""The figures of `app/models/examples/speed_models.rs` for PyTorch and diffusers, on the same checkpoint and threads.

  pip install torch diffusers transformers accelerate
  python tests/benches/beside_diffusers.py FOLDER [RUNS]
"""
import resource, sys, time
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextModel

torch.set_grad_enabled(False)
folder, runs = sys.argv[1], int((sys.argv + ["3"])[2])


def timed(name, work):
    seconds, before = [], time.process_time()
    for _ in range(runs):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
    print(f"{name}: {min(seconds):.3f} s, processor {(time.process_time() - before) / runs:.2f} s", flush=True)
    return result


print(torch.get_num_threads(), "threads")
unet = UNet2DConditionModel.from_pretrained(f"{folder}/unet", torch_dtype=torch.float32).eval()
vae = AutoencoderKL.from_pretrained(f"{folder}/vae", torch_dtype=torch.float32).eval()
clip = CLIPTextModel.from_pretrained(f"{folder}/text_encoder", torch_dtype=torch.float32).eval()
text = timed("text", lambda: clip(torch.zeros(1, 77, dtype=torch.long))[0])
photo, noise = torch.randn(1, 3, 512, 512) * 0.3, torch.randn(1, 4, 64, 64)
latents = timed("photo to latents, 512 × 512", lambda: vae.encode(photo).latent_dist.mode())
timed("denoiser, one call at 64 × 64", lambda: unet(torch.cat([noise, latents], 1), torch.tensor([500]), encoder_hidden_states=text).sample)
timed("latents to photo, 512 × 512", lambda: vae.decode(noise / 0.18215).sample)
print("VmHWM:", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, "kB")
