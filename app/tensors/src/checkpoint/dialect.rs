//! The names that Black Forest Labs gave the tensors of FLUX, which GGUF files and many adapters keep, beside the names
//! in published folders. Some tensors are several of ours in one, row upon row.
//! Facts from the conversion tables of diffusers 0.42 (FluxTransformer2DModel, Flux2Transformer2DModel).

use std::ops::Range;

/// One name of theirs, without its last part, and what it is here; `{}` stands for the number of a block.
pub(super) struct Row(&'static str, Ours);

enum Ours {
    /// the tensors that it holds, the topmost first, with their shares of its rows
    Parts(&'static [(&'static str, usize)]),
    /// the same tensor with its halves exchanged: they say shift and scale, we scale and shift
    Exchanged(&'static str),
}

use Ours::{Exchanged, Parts};

/// FLUX.1.
const FLUX1: &[Row] = &[
    Row("img_in", Parts(&[("x_embedder", 1)])),
    Row("txt_in", Parts(&[("context_embedder", 1)])),
    Row(
        "time_in.in_layer",
        Parts(&[("time_text_embed.timestep_embedder.linear_1", 1)]),
    ),
    Row(
        "time_in.out_layer",
        Parts(&[("time_text_embed.timestep_embedder.linear_2", 1)]),
    ),
    Row(
        "vector_in.in_layer",
        Parts(&[("time_text_embed.text_embedder.linear_1", 1)]),
    ),
    Row(
        "vector_in.out_layer",
        Parts(&[("time_text_embed.text_embedder.linear_2", 1)]),
    ),
    Row(
        "guidance_in.in_layer",
        Parts(&[("time_text_embed.guidance_embedder.linear_1", 1)]),
    ),
    Row(
        "guidance_in.out_layer",
        Parts(&[("time_text_embed.guidance_embedder.linear_2", 1)]),
    ),
    Row(
        "double_blocks.{}.img_mod.lin",
        Parts(&[("transformer_blocks.{}.norm1.linear", 1)]),
    ),
    Row(
        "double_blocks.{}.txt_mod.lin",
        Parts(&[("transformer_blocks.{}.norm1_context.linear", 1)]),
    ),
    Row("double_blocks.{}.img_attn.qkv", Parts(IMAGE_QKV)),
    Row("double_blocks.{}.txt_attn.qkv", Parts(TEXT_QKV)),
    Row(
        "double_blocks.{}.img_attn.norm.query_norm",
        Parts(&[("transformer_blocks.{}.attn.norm_q", 1)]),
    ),
    Row(
        "double_blocks.{}.img_attn.norm.key_norm",
        Parts(&[("transformer_blocks.{}.attn.norm_k", 1)]),
    ),
    Row(
        "double_blocks.{}.txt_attn.norm.query_norm",
        Parts(&[("transformer_blocks.{}.attn.norm_added_q", 1)]),
    ),
    Row(
        "double_blocks.{}.txt_attn.norm.key_norm",
        Parts(&[("transformer_blocks.{}.attn.norm_added_k", 1)]),
    ),
    Row(
        "double_blocks.{}.img_attn.proj",
        Parts(&[("transformer_blocks.{}.attn.to_out.0", 1)]),
    ),
    Row(
        "double_blocks.{}.txt_attn.proj",
        Parts(&[("transformer_blocks.{}.attn.to_add_out", 1)]),
    ),
    Row(
        "double_blocks.{}.img_mlp.0",
        Parts(&[("transformer_blocks.{}.ff.net.0.proj", 1)]),
    ),
    Row(
        "double_blocks.{}.img_mlp.2",
        Parts(&[("transformer_blocks.{}.ff.net.2", 1)]),
    ),
    Row(
        "double_blocks.{}.txt_mlp.0",
        Parts(&[("transformer_blocks.{}.ff_context.net.0.proj", 1)]),
    ),
    Row(
        "double_blocks.{}.txt_mlp.2",
        Parts(&[("transformer_blocks.{}.ff_context.net.2", 1)]),
    ),
    Row(
        "single_blocks.{}.modulation.lin",
        Parts(&[("single_transformer_blocks.{}.norm.linear", 1)]),
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
    Row(
        "single_blocks.{}.linear2",
        Parts(&[("single_transformer_blocks.{}.proj_out", 1)]),
    ),
    Row(
        "single_blocks.{}.norm.query_norm",
        Parts(&[("single_transformer_blocks.{}.attn.norm_q", 1)]),
    ),
    Row(
        "single_blocks.{}.norm.key_norm",
        Parts(&[("single_transformer_blocks.{}.attn.norm_k", 1)]),
    ),
    Row(
        "final_layer.adaLN_modulation.1",
        Exchanged("norm_out.linear"),
    ),
    Row("final_layer.linear", Parts(&[("proj_out", 1)])),
];

/// FLUX.2.
const FLUX2: &[Row] = &[
    Row("img_in", Parts(&[("x_embedder", 1)])),
    Row("txt_in", Parts(&[("context_embedder", 1)])),
    Row(
        "time_in.in_layer",
        Parts(&[("time_guidance_embed.timestep_embedder.linear_1", 1)]),
    ),
    Row(
        "time_in.out_layer",
        Parts(&[("time_guidance_embed.timestep_embedder.linear_2", 1)]),
    ),
    Row(
        "guidance_in.in_layer",
        Parts(&[("time_guidance_embed.guidance_embedder.linear_1", 1)]),
    ),
    Row(
        "guidance_in.out_layer",
        Parts(&[("time_guidance_embed.guidance_embedder.linear_2", 1)]),
    ),
    Row(
        "double_stream_modulation_img.lin",
        Parts(&[("double_stream_modulation_img.linear", 1)]),
    ),
    Row(
        "double_stream_modulation_txt.lin",
        Parts(&[("double_stream_modulation_txt.linear", 1)]),
    ),
    Row(
        "single_stream_modulation.lin",
        Parts(&[("single_stream_modulation.linear", 1)]),
    ),
    Row("double_blocks.{}.img_attn.qkv", Parts(IMAGE_QKV)),
    Row("double_blocks.{}.txt_attn.qkv", Parts(TEXT_QKV)),
    Row(
        "double_blocks.{}.img_attn.norm.query_norm",
        Parts(&[("transformer_blocks.{}.attn.norm_q", 1)]),
    ),
    Row(
        "double_blocks.{}.img_attn.norm.key_norm",
        Parts(&[("transformer_blocks.{}.attn.norm_k", 1)]),
    ),
    Row(
        "double_blocks.{}.txt_attn.norm.query_norm",
        Parts(&[("transformer_blocks.{}.attn.norm_added_q", 1)]),
    ),
    Row(
        "double_blocks.{}.txt_attn.norm.key_norm",
        Parts(&[("transformer_blocks.{}.attn.norm_added_k", 1)]),
    ),
    Row(
        "double_blocks.{}.img_attn.proj",
        Parts(&[("transformer_blocks.{}.attn.to_out.0", 1)]),
    ),
    Row(
        "double_blocks.{}.txt_attn.proj",
        Parts(&[("transformer_blocks.{}.attn.to_add_out", 1)]),
    ),
    Row(
        "double_blocks.{}.img_mlp.0",
        Parts(&[("transformer_blocks.{}.ff.linear_in", 1)]),
    ),
    Row(
        "double_blocks.{}.img_mlp.2",
        Parts(&[("transformer_blocks.{}.ff.linear_out", 1)]),
    ),
    Row(
        "double_blocks.{}.txt_mlp.0",
        Parts(&[("transformer_blocks.{}.ff_context.linear_in", 1)]),
    ),
    Row(
        "double_blocks.{}.txt_mlp.2",
        Parts(&[("transformer_blocks.{}.ff_context.linear_out", 1)]),
    ),
    Row(
        "single_blocks.{}.linear1",
        Parts(&[("single_transformer_blocks.{}.attn.to_qkv_mlp_proj", 1)]),
    ),
    Row(
        "single_blocks.{}.linear2",
        Parts(&[("single_transformer_blocks.{}.attn.to_out", 1)]),
    ),
    Row(
        "single_blocks.{}.norm.query_norm",
        Parts(&[("single_transformer_blocks.{}.attn.norm_q", 1)]),
    ),
    Row(
        "single_blocks.{}.norm.key_norm",
        Parts(&[("single_transformer_blocks.{}.attn.norm_k", 1)]),
    ),
    Row(
        "final_layer.adaLN_modulation.1",
        Exchanged("norm_out.linear"),
    ),
    Row("final_layer.linear", Parts(&[("proj_out", 1)])),
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

/// By the class in `transformer/config.json`.
const DIALECTS: &[(&str, &[Row])] = &[
    ("FluxTransformer2DModel", FLUX1),
    ("Flux2Transformer2DModel", FLUX2),
];

/// The other names of a class of networks; none for most.
pub(super) fn of_class(class: &str) -> &'static [Row] {
    DIALECTS
        .iter()
        .find(|(name, _)| *name == class)
        .map_or(&[], |(_, rows)| rows)
}

/// A tensor of ours within one of theirs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// our name, without its last part
    pub(super) stem: String,
    /// its rows in their tensor, in this order, in shares
    pub(super) shares: Vec<Range<usize>>,
    /// shares in their tensor
    pub(super) of: usize,
}

/// What a name of theirs holds; `None` if it is no name of theirs. Underscores may stand for the dots.
pub(super) fn places(dialect: &[Row], stem: &str) -> Option<Vec<Place>> {
    dialect.iter().find_map(|Row(theirs, ours)| {
        let number =
            number_in(theirs, stem).or_else(|| number_in(&theirs.replace('.', "_"), stem))?;
        let stem = |name: &str| name.replace("{}", number);
        Some(match ours {
            Exchanged(name) => vec![Place {
                stem: stem(name),
                shares: vec![1..2, 0..1],
                of: 2,
            }],
            Parts(parts) => {
                let of = parts.iter().map(|(_, share)| share).sum();
                let mut first = 0;
                let place = |&(name, share): &(&str, usize)| {
                    let shares = std::iter::once(first..first + share).collect();
                    first += share;
                    let stem = stem(name);
                    Place { stem, shares, of }
                };
                parts.iter().map(place).collect()
            }
        })
    })
}

/// What stands for `{}`; empty where the pattern has none.
fn number_in<'a>(pattern: &str, name: &'a str) -> Option<&'a str> {
    let Some((before, after)) = pattern.split_once("{}") else {
        return (pattern == name).then_some("");
    };
    let number = name.strip_prefix(before)?.strip_suffix(after)?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    digits.then_some(number)
}
