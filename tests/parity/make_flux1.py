#!/usr/bin/env python3
"""Writes the small cases of FLUX.1 Kontext in `cases/`, as `make_cases.py` does those of InstructPix2Pix.

  pip install torch diffusers transformers accelerate sentencepiece protobuf
  python make_flux1.py OUT_DIR [--seed 7]

`flux_kontext_old` has the names, the single files and the end-of-text rule (token "2") of the published repository, and
T5's normalising table; `flux_kontext_new` has today's names, 16-bit weights in shards, other sizes and heads, no guidance
embedding, and a text that is cut. Norms and biases are neither ones nor zeros.
"""
import argparse, io, json, os, shutil
import torch
from diffusers import AutoencoderKL, FlowMatchEulerDiscreteScheduler, FluxKontextPipeline, FluxTransformer2DModel
from make_cases import WORDS, photo, rename, tokenizer
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, PreTrainedTokenizerFast, T5Config, T5EncoderModel

torch.set_grad_enabled(False)
# characters that the table of T5 brings into their plain form: ligature, full width, composed, odd spaces
RULES = [("\ufb01", "fi"), ("\uff21", "A"), ("e\u0301", "\u00e9"), ("\u00a0", " "), ("\u3000", " "), ("\u2026", "...")]


def pieces(folder):
    """Pieces of words with T5's three special tokens and a table of characters, as tokenizer.json."""
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2 as proto
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
    rules = f"{folder}.tsv"
    with open(rules, "w") as file:
        for odd, plain in RULES:
            file.write(" ".join(f"{ord(c):X}" for c in odd) + "\t" + " ".join(f"{ord(c):X}" for c in plain) + "\n")
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter([" ".join(WORDS)] * 4 + WORDS * 4), model_writer=model,
        vocab_size=90, model_type="unigram", pad_id=0, eos_id=1, unk_id=2, bos_id=-1, normalization_rule_tsv=rules,
        hard_vocab_limit=False, minloglevel=2)
    os.remove(rules)
    trained = proto.ModelProto.FromString(model.getvalue())
    tok = Tokenizer(models.Unigram([(p.piece, p.score) for p in trained.pieces], unk_id=2, byte_fallback=False))
    tok.normalizer = normalizers.Sequence([normalizers.Precompiled(trained.normalizer_spec.precompiled_charsmap),
        normalizers.Strip(left=False, right=True), normalizers.Replace(Regex(" {2,}"), "\u2581")])
    tok.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    tok.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    fast = PreTrainedTokenizerFast(tokenizer_object=tok, eos_token="</s>", pad_token="<pad>", unk_token="<unk>", model_max_length=512,
                                   extra_special_tokens=["<extra_id_0>"])
    fast.save_pretrained(folder)
    return fast, len(fast)


def case(out, seed, new):
    torch.manual_seed(seed)
    tok, vocab = tokenizer(f"{out}/model/tokenizer")
    tok2, vocab2 = pieces(f"{out}/model/tokenizer_2")
    clip = CLIPTextModel(CLIPTextConfig(vocab_size=vocab, hidden_size=16, intermediate_size=32, num_hidden_layers=2,
        num_attention_heads=2, max_position_embeddings=77, projection_dim=16, hidden_act="gelu" if new else "quick_gelu",
        bos_token_id=vocab - 2, eos_token_id=vocab - 1 if new else 2, pad_token_id=vocab - 1)).eval()
    t5 = T5EncoderModel(T5Config(vocab_size=vocab2 + 8, d_model=24, d_kv=8, d_ff=40, num_layers=3 if new else 2, num_heads=3 if new else 2,
        relative_attention_num_buckets=16 if new else 32, relative_attention_max_distance=40 if new else 128,
        feed_forward_proj="gated-gelu", is_encoder_decoder=False)).eval()
    flux = FluxTransformer2DModel(patch_size=1, in_channels=16, num_layers=2 if new else 1, num_single_layers=1 if new else 2,
        attention_head_dim=12 if new else 8, num_attention_heads=3 if new else 2, joint_attention_dim=24, pooled_projection_dim=16,
        guidance_embeds=not new, axes_dims_rope=(6, 2, 4) if new else (2, 2, 4)).eval()
    vae = AutoencoderKL(in_channels=3, out_channels=3, latent_channels=4, block_out_channels=(8, 8, 16) if new else (8, 16), layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * (3 if new else 2), up_block_types=("UpDecoderBlock2D",) * (3 if new else 2), norm_num_groups=4,
        sample_size=32, scaling_factor=0.3611, shift_factor=0.1159, use_quant_conv=False, use_post_quant_conv=False).eval()
    parts = dict(text_encoder=clip, text_encoder_2=t5, transformer=flux, vae=vae)
    held = torch.float32
    for name, part in parts.items():
        for key, p in part.named_parameters():
            if key.endswith("bias") or "norm" in key:
                p.add_(torch.randn(p.shape) * 0.1)
            if "relative_attention_bias" in key:
                p.copy_(torch.randn(p.shape))
            if new:
                held = torch.float16 if name == "vae" else torch.bfloat16
                p.copy_(p.to(held).float())
    sched = FlowMatchEulerDiscreteScheduler(shift=3.0, use_dynamic_shifting=True, base_shift=0.5, max_shift=1.15,
                                            base_image_seq_len=256, max_image_seq_len=4096)
    pipe = FluxKontextPipeline(scheduler=sched, vae=vae, text_encoder=clip, tokenizer=tok, text_encoder_2=t5, tokenizer_2=tok2, transformer=flux)
    pipe.set_progress_bar_config(disable=True)
    prompt = "turn the photo into a moody black and white film" if new else "Make the sky more dramatic\u2026 \u3000golden  hour, \ufb01lm \uff21 caf\u00e9 cafe\u0301!"
    places = 12 if new else 40
    h, w = (40, 24) if new else (24, 32)
    image = photo(seed + 1, h, w)
    first, made, trail = {}, {}, []
    forward, prepare = flux.forward, pipe.prepare_latents

    def watched(**given):
        answer = forward(**given)
        first.update({} if first else dict(given, answer=answer[0].clone()))
        return answer

    def prepared(*a, **k):
        result = prepare(*a, **k)
        made["noise"], made["picture"] = result[0].clone(), result[1].clone()
        return result

    flux.forward, pipe.prepare_latents = watched, prepared
    result = pipe(image=image, prompt=prompt, height=h, width=w, guidance_scale=2.5, num_inference_steps=4, output_type="pt",
        generator=torch.Generator().manual_seed(seed + 2), max_sequence_length=places, _auto_resize=False, max_area=h * w,
        callback_on_step_end=lambda p, i, t, k: (trail.append(k["latents"].clone()), {})[1])
    flux.forward = forward
    ids = lambda t, n: t(prompt, padding="max_length", max_length=n, truncation=True, return_tensors="pt").input_ids
    expected = dict(prompt_ids=ids(tok, 77), prompt_ids_2=ids(tok2, places), prompt_embeds=first["encoder_hidden_states"],
        pooled=first["pooled_projections"], image_latents_packed=made["picture"], transformer_in=first["hidden_states"],
        transformer_t=first["timestep"], img_ids=first["img_ids"], txt_ids=first["txt_ids"], transformer_out=first["answer"],
        timesteps=sched.timesteps.float(), sigmas=sched.sigmas.float(), latents=torch.cat(trail), image=torch.as_tensor(result.images))
    if first["guidance"] is not None:
        expected["guidance"] = first["guidance"]
    pipe.save_pretrained(f"{out}/tmp")
    for name, part in parts.items():
        if new:
            shutil.rmtree(f"{out}/tmp/{name}")
            part.to(torch.float16 if name == "vae" else torch.bfloat16).save_pretrained(
                f"{out}/tmp/{name}", max_shard_size="60KB" if name == "transformer" else "5GB")
    for part in (*parts, "scheduler"):
        shutil.copytree(f"{out}/tmp/{part}", f"{out}/model/{part}")
    shutil.copy(f"{out}/tmp/model_index.json", f"{out}/model/model_index.json")
    shutil.rmtree(f"{out}/tmp")
    if not new:
        rename(f"{out}/model/text_encoder/model.safetensors", lambda k: k if k.startswith("text_model.") else f"text_model.{k}")
    save_file({"image": image, "noise_packed": made["noise"].contiguous()}, f"{out}/inputs.safetensors")
    save_file({k: v.clone().contiguous() for k, v in expected.items()}, f"{out}/expected.safetensors")
    json.dump(dict(prompt=prompt, steps=4, guidance_scale=2.5, height=h, width=w, max_sequence_length=places),
              open(f"{out}/case.json", "w"), indent=1)


if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("out")
    ap.add_argument("--seed", type=int, default=7)
    args = ap.parse_args()
    for name, new in (("old", False), ("new", True)):
        out = os.path.join(args.out, f"flux_kontext_{name}")
        shutil.rmtree(out, ignore_errors=True)
        os.makedirs(f"{out}/model")
        case(out, args.seed, new)
