#!/usr/bin/env python3
"""A small random Segment Anything and what transformers makes of two pictures with it.

  pip install torch torchvision transformers pillow safetensors
  python make_sam.py tests/parity/cases
"""
import gzip, json, os, shutil, sys
import torch, transformers
from PIL import Image
from safetensors.torch import save_file
from transformers import SamConfig, SamImageProcessor, SamModel

torch.set_grad_enabled(False)
out = f"{sys.argv[1]}/sam"
shutil.rmtree(out, ignore_errors=True)
os.makedirs(out)


def picture(seed, h, w):
    """Waves and a hard edge, (1, 3, h, w) in whole steps of 1/255."""
    g = torch.Generator().manual_seed(seed)
    y, x = torch.meshgrid(torch.arange(h) / 17, torch.arange(w) / 13, indexing="ij")
    waves = torch.stack([0.5 + 0.4 * torch.sin(x * a + y * b) for a, b in (2 * torch.rand(3, 2, generator=g)).tolist()])
    waves[:, h // 3:, : w // 2] *= 0.4
    return ((waves.clamp(0, 1) * 255).round() / 255)[None]


torch.manual_seed(7)
# 5 × 5 patches in windows of 3, so that the last windows are filled up
model = SamModel(SamConfig(
    vision_config=dict(hidden_size=24, output_channels=16, num_hidden_layers=3, num_attention_heads=3, image_size=80, patch_size=16,
                       window_size=3, global_attn_indexes=[1], num_pos_feats=8, mlp_ratio=2.0, mlp_dim=48),
    prompt_encoder_config=dict(hidden_size=16, image_size=80, patch_size=16, mask_input_channels=8),
    mask_decoder_config=dict(hidden_size=16, mlp_dim=32, num_attention_heads=2, iou_head_hidden_dim=16))).eval()
for p in model.parameters():
    p.copy_(torch.randn(p.shape) * (0.3 if p.dim() > 1 else 0.2) + (1 if p.dim() == 1 and p.mean() > 0.5 else 0))
model.prompt_encoder.shared_embedding.positional_embedding = model.shared_image_embedding.positional_embedding
processor = SamImageProcessor(size={"longest_edge": 80}, pad_size={"height": 80, "width": 80})
images = {"image_first": picture(1, 60, 97), "image_second": picture(2, 133, 51)}
expected, asked = {}, {}
for name, x in images.items():
    pil = Image.fromarray((x[0].permute(1, 2, 0).numpy() * 255).round().astype("uint8"))
    px = processor(images=pil, return_tensors="pt")["pixel_values"]
    expected[f"{name}.pixel_values"] = px
    seen = model.get_image_embeddings(px)
    expected[f"{name}.image_embeds"] = seen
    points, labels, box = [[30.0, 20.5], [61.0, 47.0]], [1, 0], [8.0, 12.0, 55.0, 70.5]
    first = dict(input_points=torch.tensor([[points[:1]]]), input_labels=torch.tensor([[labels[:1]]]))
    both = dict(input_points=torch.tensor([[points]]), input_labels=torch.tensor([[labels]]), input_boxes=torch.tensor([[box]]))
    one = model(image_embeddings=seen, multimask_output=True, **first)
    two = model(image_embeddings=seen, multimask_output=False, **both)
    three = model(image_embeddings=seen, multimask_output=True, input_masks=one.pred_masks[:, 0, 1:2], **first)
    for key, r in dict(point=one, box=two, mask=three).items():
        expected[f"{name}.{key}.masks"] = r.pred_masks[0, 0]
        expected[f"{name}.{key}.fits"] = r.iou_scores[0, 0]
asked = dict(points=points, labels=labels, box=box)
model.save_pretrained(f"{out}/model")
processor.save_pretrained(f"{out}/model")
save_file({k: v.contiguous() for k, v in images.items()}, f"{out}/inputs.safetensors")
save_file({k: v.contiguous().clone() for k, v in expected.items()}, f"{out}/expected.safetensors")
json.dump(dict(asked, versions=dict(torch=torch.__version__, transformers=transformers.__version__)),
          open(f"{out}/case.json", "w"), indent=1, sort_keys=True)

# names and shapes of the whole size, without numbers: facebook/sam-vit-base as transformers builds it
with torch.device("meta"):
    whole = SamModel(SamConfig())
shapes = {k: list(v.shape) for k, v in whole.state_dict().items() if k != "prompt_encoder.shared_embedding.positional_embedding"}
count = sum(int(torch.tensor(s).prod()) for s in shapes.values())
with gzip.GzipFile(f"{sys.argv[1]}/../manifests/sam-vit-base.json.gz", "wb", mtime=0) as f:
    f.write(json.dumps(dict(parameters=count, config=whole.config.to_dict(), tensors=shapes)).encode())
