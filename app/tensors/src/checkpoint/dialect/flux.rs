//! The names that Black Forest Labs gave the tensors of FLUX, which GGUF files and many adapters keep, beside the names
//! in published folders. Facts from the conversion tables of diffusers 0.42 (FluxTransformer2DModel,
//! Flux2Transformer2DModel).

use super::Ours::{Exchanged, Parts};
use super::{Dialect, Row, same};

/// FLUX.1.
pub(super) const FLUX1: Dialect = &[BOTH, ONLY_FLUX1];

/// FLUX.2.
pub(super) const FLUX2: Dialect = &[BOTH, ONLY_FLUX2];

const BOTH: &[Row] = &[
    same("img_in", "x_embedder"),
    same("txt_in", "context_embedder"),
    Row("double_blocks.{}.img_attn.qkv", Parts(IMAGE_QKV)),
    Row("double_blocks.{}.txt_attn.qkv", Parts(TEXT_QKV)),
    same(
        "double_blocks.{}.img_attn.norm.query_norm",
        "transformer_blocks.{}.attn.norm_q",
    ),
    same(
        "double_blocks.{}.img_attn.norm.key_norm",
        "transformer_blocks.{}.attn.norm_k",
    ),
    same(
        "double_blocks.{}.txt_attn.norm.query_norm",
        "transformer_blocks.{}.attn.norm_added_q",
    ),
    same(
        "double_blocks.{}.txt_attn.norm.key_norm",
        "transformer_blocks.{}.attn.norm_added_k",
    ),
    same(
        "double_blocks.{}.img_attn.proj",
        "transformer_blocks.{}.attn.to_out.0",
    ),
    same(
        "double_blocks.{}.txt_attn.proj",
        "transformer_blocks.{}.attn.to_add_out",
    ),
    same(
        "single_blocks.{}.norm.query_norm",
        "single_transformer_blocks.{}.attn.norm_q",
    ),
    same(
        "single_blocks.{}.norm.key_norm",
        "single_transformer_blocks.{}.attn.norm_k",
    ),
    Row(
        "final_layer.adaLN_modulation.1",
        Exchanged("norm_out.linear"),
    ),
    same("final_layer.linear", "proj_out"),
];

const ONLY_FLUX1: &[Row] = &[
    same(
        "time_in.in_layer",
        "time_text_embed.timestep_embedder.linear_1",
    ),
    same(
        "time_in.out_layer",
        "time_text_embed.timestep_embedder.linear_2",
    ),
    same(
        "vector_in.in_layer",
        "time_text_embed.text_embedder.linear_1",
    ),
    same(
        "vector_in.out_layer",
        "time_text_embed.text_embedder.linear_2",
    ),
    same(
        "guidance_in.in_layer",
        "time_text_embed.guidance_embedder.linear_1",
    ),
    same(
        "guidance_in.out_layer",
        "time_text_embed.guidance_embedder.linear_2",
    ),
    same(
        "double_blocks.{}.img_mod.lin",
        "transformer_blocks.{}.norm1.linear",
    ),
    same(
        "double_blocks.{}.txt_mod.lin",
        "transformer_blocks.{}.norm1_context.linear",
    ),
    same(
        "double_blocks.{}.img_mlp.0",
        "transformer_blocks.{}.ff.net.0.proj",
    ),
    same(
        "double_blocks.{}.img_mlp.2",
        "transformer_blocks.{}.ff.net.2",
    ),
    same(
        "double_blocks.{}.txt_mlp.0",
        "transformer_blocks.{}.ff_context.net.0.proj",
    ),
    same(
        "double_blocks.{}.txt_mlp.2",
        "transformer_blocks.{}.ff_context.net.2",
    ),
    same(
        "single_blocks.{}.modulation.lin",
        "single_transformer_blocks.{}.norm.linear",
    ),
    Row(
        "single_blocks.{}.linear1",
        Parts(&[
            ("single_transformer_blocks.{}.attn.to_q", 1),
            ("single_transformer_blocks.{}.attn.to_k", 1),
            ("single_transformer_blocks.{}.attn.to_v", 1),
            ("single_transformer_blocks.{}.proj_mlp", 4),
        ]),
    ),
    same(
        "single_blocks.{}.linear2",
        "single_transformer_blocks.{}.proj_out",
    ),
];

const ONLY_FLUX2: &[Row] = &[
    same(
        "time_in.in_layer",
        "time_guidance_embed.timestep_embedder.linear_1",
    ),
    same(
        "time_in.out_layer",
        "time_guidance_embed.timestep_embedder.linear_2",
    ),
    same(
        "guidance_in.in_layer",
        "time_guidance_embed.guidance_embedder.linear_1",
    ),
    same(
        "guidance_in.out_layer",
        "time_guidance_embed.guidance_embedder.linear_2",
    ),
    same(
        "double_stream_modulation_img.lin",
        "double_stream_modulation_img.linear",
    ),
    same(
        "double_stream_modulation_txt.lin",
        "double_stream_modulation_txt.linear",
    ),
    same(
        "single_stream_modulation.lin",
        "single_stream_modulation.linear",
    ),
    same(
        "double_blocks.{}.img_mlp.0",
        "transformer_blocks.{}.ff.linear_in",
    ),
    same(
        "double_blocks.{}.img_mlp.2",
        "transformer_blocks.{}.ff.linear_out",
    ),
    same(
        "double_blocks.{}.txt_mlp.0",
        "transformer_blocks.{}.ff_context.linear_in",
    ),
    same(
        "double_blocks.{}.txt_mlp.2",
        "transformer_blocks.{}.ff_context.linear_out",
    ),
    same(
        "single_blocks.{}.linear1",
        "single_transformer_blocks.{}.attn.to_qkv_mlp_proj",
    ),
    same(
        "single_blocks.{}.linear2",
        "single_transformer_blocks.{}.attn.to_out",
    ),
];

const IMAGE_QKV: &[(&str, usize)] = &[
    ("transformer_blocks.{}.attn.to_q", 1),
    ("transformer_blocks.{}.attn.to_k", 1),
    ("transformer_blocks.{}.attn.to_v", 1),
];

const TEXT_QKV: &[(&str, usize)] = &[
    ("transformer_blocks.{}.attn.add_q_proj", 1),
    ("transformer_blocks.{}.attn.add_k_proj", 1),
    ("transformer_blocks.{}.attn.add_v_proj", 1),
];
