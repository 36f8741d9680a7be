#!/usr/bin/env python3
"""Reference results for the language models with eyes: pictures of awkward sizes, an adapter, and heads that give
rewards. The small checkpoints qwen2_5_vl and qwen3_vl must be in the folder of cases already.

  pip install torch torchvision transformers tokenizers pillow safetensors
  python make_vlm.py tests/parity/cases
"""
import json, os, shutil, sys
import torch, transformers
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer, Qwen2_5_VLForConditionalGeneration, Qwen3VLForConditionalGeneration
from transformers.models.qwen2_vl.image_processing_qwen2_vl import Qwen2VLImageProcessor

torch.set_grad_enabled(False)
cases = sys.argv[1]
CLASSES = {"qwen2_5_vl": Qwen2_5_VLForConditionalGeneration, "qwen3_vl": Qwen3VLForConditionalGeneration}
REWARD = "<|Reward|>"


def picture(seed, h, w):
    """Waves and a hard edge, (1, 3, h, w) in [0, 1], in whole steps of 1/255."""
    g = torch.Generator().manual_seed(seed)
    y, x = torch.meshgrid(torch.arange(h) / 17, torch.arange(w) / 13, indexing="ij")
    waves = torch.stack([0.5 + 0.4 * torch.sin(x * a + y * b) for a, b in (2 * torch.rand(3, 2, generator=g)).tolist()])
    waves += 0.1 * torch.rand(3, h, w, generator=g)
    waves[:, h // 2:, : w // 3] *= 0.4
    return ((waves.clamp(0, 1) * 255).round() / 255)[None]


def ask(model, folder, images, question):
    """What goes in, and the name of the prompt."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    processor = Qwen2VLImageProcessor.from_pretrained(folder)
    pils = [Image.fromarray((x[0].permute(1, 2, 0).numpy() * 255).round().astype("uint8")) for x in images]
    px = processor(images=pils, return_tensors="pt")
    content = [{"type": "image"} for _ in images] + [{"type": "text", "text": question}]
    prompt = tokenizer.apply_chat_template([{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True)
    counts = [int(t * h * w) // 4 for t, h, w in px["image_grid_thw"].tolist()]
    parts = prompt.split("<|image_pad|>")
    text = parts[0] + "".join("<|image_pad|>" * n + part for n, part in zip(counts, parts[1:]))
    ids = torch.tensor([tokenizer.encode(text, add_special_tokens=False)])
    kinds = (ids == model.config.image_token_id).long()
    kw = dict(input_ids=ids, attention_mask=torch.ones_like(ids), mm_token_type_ids=kinds,
              pixel_values=px["pixel_values"], image_grid_thw=px["image_grid_thw"])
    return kw, prompt, counts


def write(name, images, kw, expected, settings):
    out = f"{cases}/{name}"
    inputs = {f"image_{i}": x for i, x in enumerate(images)} | {"input_ids": kw["input_ids"]}
    expected |= {"pixel_values": kw["pixel_values"], "image_grid_thw": kw["image_grid_thw"]}
    for file, tensors in (("inputs", inputs), ("expected", expected)):
        save_file({k: v.clone().contiguous() for k, v in tensors.items()}, f"{out}/{file}.safetensors")
    settings |= {"images": list(inputs)[:-1], "versions": {"torch": torch.__version__, "transformers": transformers.__version__}}
    json.dump(settings, open(f"{out}/case.json", "w"), indent=1, sort_keys=True)


def empty(name):
    shutil.rmtree(f"{cases}/{name}", ignore_errors=True)
    os.makedirs(f"{cases}/{name}")
    return f"{cases}/{name}"


def answered(model, kw):
    out = model(**kw, output_hidden_states=True)
    seen = model.model.get_image_features(kw["pixel_values"], kw["image_grid_thw"]).pooler_output
    written = model.generate(**kw, max_new_tokens=12, do_sample=False, eos_token_id=None, pad_token_id=0)
    return {"logits_last": out.logits[:, -1], "hidden_last": out.hidden_states[-1], "image_embeds": torch.cat(list(seen)),
            "generated": written[:, kw["input_ids"].shape[1]:]}


# one picture far too long, one far too small, one far too large
SIZES = [(203, 61), (9, 70), (180, 300)]
for kind, cls in CLASSES.items():
    empty(f"{kind}_sizes")
    folder = f"{cases}/{kind}/model"
    model = cls.from_pretrained(folder).eval()
    images = [picture(40 + i, h, w) for i, (h, w) in enumerate(SIZES)]
    question = "is the second image brighter than the first ? yes or no"
    kw, prompt, counts = ask(model, folder, images, question)
    write(f"{kind}_sizes", images, kw, answered(model, kw),
          dict(question=question, prompt=prompt, image_tokens=counts, model=f"../{kind}/model"))

# an adapter with the names of PEFT, on every linear layer of the language model and one of the eyes
out = empty("qwen3_vl_adapter")
folder = f"{cases}/qwen3_vl/model"
model = Qwen3VLForConditionalGeneration.from_pretrained(folder).eval()
g = torch.Generator().manual_seed(3)
rank, alpha, lora = 3, 5, {}
for name, layer in model.named_modules():
    if isinstance(layer, torch.nn.Linear) and ("language_model" in name or name.endswith("blocks.1.attn.qkv")):
        down = torch.randn(rank, layer.in_features, generator=g) * 0.2
        up = torch.randn(layer.out_features, rank, generator=g) * 0.2
        layer.weight += alpha / rank * up @ down
        lora[f"base_model.model.{name}.lora_A.weight"], lora[f"base_model.model.{name}.lora_B.weight"] = down, up
os.makedirs(f"{out}/adapter")
save_file(lora, f"{out}/adapter/adapter_model.safetensors")
json.dump({"peft_type": "LORA", "r": rank, "lora_alpha": alpha}, open(f"{out}/adapter/adapter_config.json", "w"))
images = [picture(50, 70, 90)]
question = "describe the image"
kw, prompt, counts = ask(model, folder, images, question)
write("qwen3_vl_adapter", images, kw, answered(model, kw),
      dict(question=question, prompt=prompt, image_tokens=counts, model="../qwen3_vl/model", adapter="adapter"))

# two heads on the last state at a token that was added, after embeddings without places of their own, as EditReward
# computes it on Qwen2.5-VL: the language model is handed embeddings and counts its tokens plainly
out = empty("qwen2_5_vl_heads")
shutil.copytree(f"{cases}/qwen2_5_vl/model", f"{out}/model")
tokenizer = AutoTokenizer.from_pretrained(f"{out}/model")
model = Qwen2_5_VLForConditionalGeneration.from_pretrained(f"{out}/model").eval()
tokenizer.add_special_tokens({"additional_special_tokens": [REWARD]})
torch.manual_seed(9)
model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
width = model.config.text_config.hidden_size
heads = torch.nn.ModuleDict({f"head_{i}": torch.nn.Sequential(
    torch.nn.Linear(width, 24), torch.nn.ReLU(), torch.nn.Dropout(0.05), torch.nn.Linear(24, 16), torch.nn.ReLU(),
    torch.nn.Linear(16, 2)) for i in range(2)}).eval()
state = {k.replace("model.language_model.", "model.").replace("model.visual.", "visual."): v for k, v in model.state_dict().items()}
state |= {f"rm_heads.{k}": v for k, v in heads.state_dict().items()}
save_file({k: v.contiguous() for k, v in state.items()}, f"{out}/model/model.safetensors", metadata={"format": "pt"})
# the published folder has the tokenizer of the base model, which lacks the token: it gets the next free number
images = [picture(60, 84, 112), picture(61, 84, 112)]
question = "is the sky warm ? the overall score is " + REWARD
tokenizer.save_pretrained("/tmp/tokenizer_with_reward")
shutil.copy(f"{out}/model/preprocessor_config.json", "/tmp/tokenizer_with_reward/")
kw, prompt, counts = ask(model, "/tmp/tokenizer_with_reward", images, question)
embeds = model.get_input_embeddings()(kw["input_ids"])
seen = torch.cat(list(model.model.get_image_features(kw["pixel_values"], kw["image_grid_thw"]).pooler_output))
embeds[kw["input_ids"] == model.config.image_token_id] = seen
states = model.model.language_model(inputs_embeds=embeds, attention_mask=kw["attention_mask"])[0]
at = (kw["input_ids"] == tokenizer.convert_tokens_to_ids(REWARD))[0]
rewards = torch.cat([head(states[0, at]) for head in heads.values()])
write("qwen2_5_vl_heads", images, kw, {"hidden_last": states, "image_embeds": seen, "rewards": rewards},
      dict(question=question, prompt=prompt, image_tokens=counts))
