"""One double and one single block of FLUX.2 klein 4B at full width, in 32-bit floats on the processor, beside PyTorch and
diffusers: 512 tokens of text, 1024 of the picture and 1024 of a reference. Both are measured in turn, so that whatever
else the machine does meets both alike.

  pip install torch diffusers transformers accelerate
  cargo build --release -p retake-models --example speed_flux2
  python tests/benches/flux2_beside_diffusers.py FOLDER target/release/examples/speed_flux2 [RUNS]

FOLDER takes the random checkpoints (2.2 GB), written if they are not there.
"""
import os, shutil, statistics, subprocess, sys, time
import torch
from diffusers import Flux2Transformer2DModel
from safetensors.torch import load_file, save_file

torch.set_grad_enabled(False)
folder, program = sys.argv[1], sys.argv[2]
runs = int(sys.argv[3]) if len(sys.argv) > 3 else 5
small = os.path.join(os.path.dirname(__file__), "../parity/cases/flux2_klein/model")
side, words, channels, width = 32, 512, 8, 24  # channels and width of the text are the small checkpoint's


def ids(times):
    grid = [torch.cartesian_prod(torch.tensor([t]), torch.arange(side), torch.arange(side), torch.arange(1)) for t in times]
    return torch.cat(grid).float()


def packed(x):
    return x.flatten(2).transpose(1, 2)


def answer(model, given):
    text_ids = torch.cartesian_prod(torch.arange(1), torch.arange(1), torch.arange(1), torch.arange(words)).float()
    tokens = torch.cat([packed(given["latents"]), packed(given["reference"])], 1)
    return model(hidden_states=tokens, encoder_hidden_states=given["text"], timestep=torch.tensor([0.5]), img_ids=ids([0, 10]),
                 txt_ids=text_ids, return_dict=False)[0]


def write(case, double, single):
    shutil.copytree(small, f"{case}/model")
    shutil.rmtree(f"{case}/model/transformer")
    torch.manual_seed(1)
    model = Flux2Transformer2DModel(in_channels=channels, num_layers=double, num_single_layers=single, num_attention_heads=24,
                                    joint_attention_dim=width, guidance_embeds=False).eval()
    model.save_pretrained(f"{case}/model/transformer")
    given = dict(latents=torch.randn(1, channels, side, side), reference=torch.randn(1, channels, side, side),
                 text=torch.randn(1, words, width))
    save_file({**given, "answers": answer(model, given).contiguous()}, f"{case}/given.safetensors")


threads = torch.get_num_threads()
print(threads, "threads")
child = subprocess.Popen([program, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                         env={**os.environ, "RAYON_NUM_THREADS": str(threads)})
for name, double, single in (("double", 1, 0), ("single", 0, 1)):
    case = os.path.join(folder, name)
    if not os.path.exists(f"{case}/given.safetensors"):
        shutil.rmtree(case, ignore_errors=True)
        write(case, double, single)
    model = Flux2Transformer2DModel.from_pretrained(f"{case}/model/transformer", torch_dtype=torch.float32).eval()
    given = load_file(f"{case}/given.safetensors")
    rows = []
    for _ in range(runs + 1):
        clock, spent = time.perf_counter(), time.process_time()
        answer(model, given)
        clock, spent = time.perf_counter() - clock, time.process_time() - spent
        child.stdin.write(name + "\n")
        child.stdin.flush()
        rows.append((*map(float, child.stdout.readline().split()), clock, spent))
    rows = rows[1:]  # the first of each warms up
    for what, ours, theirs in (("on the clock", 0, 3), ("of the processor", 1, 4)):
        ratios = [row[ours] / row[theirs] for row in rows]
        print(f"{name} block, seconds {what}: {statistics.median(row[ours] for row in rows):.2f}, PyTorch "
              f"{statistics.median(row[theirs] for row in rows):.2f}, ratio {statistics.median(ratios):.2f} "
              f"({min(ratios):.2f} to {max(ratios):.2f})", flush=True)
    print(f"{name} block: {max(row[2] for row in rows):.1e} apart", flush=True)
child.stdin.close()
child.wait()
