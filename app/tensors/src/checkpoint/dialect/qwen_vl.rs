//! The names that llama.cpp gives the tensors of Qwen2.5-VL and Qwen3-VL in GGUF files, one file for the language model
//! and one (mmproj) for its eyes, beside the names in published folders.
//! Facts from its conversion (`conversion/qwen.py`, `qwenvl.py`, `qwen3vl.py`) and the tables of its package gguf 0.19.

use super::Ours::{Joined, Ranked, Woven};
use super::{Dialect, Row, same};

/// Qwen2.5-VL.
pub(super) const QWEN25_VL: Dialect = &[LANGUAGE, EYES, EYES_OF_QWEN25];

/// Qwen3-VL.
pub(super) const QWEN3_VL: Dialect = &[LANGUAGE, EYES, EYES_OF_QWEN3];

const LANGUAGE: &[Row] = &[
    same("token_embd", "embed_tokens"),
    same("output_norm", "norm"),
    same("output", "lm_head"),
    same("blk.{}.attn_norm", "layers.{}.input_layernorm"),
    same("blk.{}.attn_q", "layers.{}.self_attn.q_proj"),
    same("blk.{}.attn_k", "layers.{}.self_attn.k_proj"),
    same("blk.{}.attn_v", "layers.{}.self_attn.v_proj"),
    same("blk.{}.attn_q_norm", "layers.{}.self_attn.q_norm"),
    same("blk.{}.attn_k_norm", "layers.{}.self_attn.k_norm"),
    same("blk.{}.attn_output", "layers.{}.self_attn.o_proj"),
    same("blk.{}.ffn_norm", "layers.{}.post_attention_layernorm"),
    same("blk.{}.ffn_gate", "layers.{}.mlp.gate_proj"),
    same("blk.{}.ffn_up", "layers.{}.mlp.up_proj"),
    same("blk.{}.ffn_down", "layers.{}.mlp.down_proj"),
];

const EYES: &[Row] = &[
    // the two moments of a patch, each a tensor of its own
    Row(
        "v.patch_embd.weight",
        Woven("visual.patch_embed.proj.weight", 0),
    ),
    Row(
        "v.patch_embd.weight.1",
        Woven("visual.patch_embed.proj.weight", 1),
    ),
    same("v.patch_embd", "visual.patch_embed.proj"),
    same("v.blk.{}.ln1", "visual.blocks.{}.norm1"),
    same("v.blk.{}.ln2", "visual.blocks.{}.norm2"),
    same("v.blk.{}.attn_qkv", "visual.blocks.{}.attn.qkv"),
    Row("v.blk.{}.attn_q", Joined("visual.blocks.{}.attn.qkv", 0, 3)),
    Row("v.blk.{}.attn_k", Joined("visual.blocks.{}.attn.qkv", 1, 3)),
    Row("v.blk.{}.attn_v", Joined("visual.blocks.{}.attn.qkv", 2, 3)),
    same("v.blk.{}.attn_out", "visual.blocks.{}.attn.proj"),
];

const EYES_OF_QWEN25: &[Row] = &[
    same("v.blk.{}.ffn_gate", "visual.blocks.{}.mlp.gate_proj"),
    same("v.blk.{}.ffn_up", "visual.blocks.{}.mlp.up_proj"),
    same("v.blk.{}.ffn_down", "visual.blocks.{}.mlp.down_proj"),
    same("v.post_ln", "visual.merger.ln_q"),
    same("mm.0", "visual.merger.mlp.0"),
    same("mm.2", "visual.merger.mlp.2"),
];

const EYES_OF_QWEN3: &[Row] = &[
    same("v.position_embd", "visual.pos_embed"),
    same("v.blk.{}.ffn_up", "visual.blocks.{}.mlp.linear_fc1"),
    same("v.blk.{}.ffn_down", "visual.blocks.{}.mlp.linear_fc2"),
    same("v.post_ln", "visual.merger.norm"),
    same("mm.0", "visual.merger.linear_fc1"),
    same("mm.2", "visual.merger.linear_fc2"),
    // theirs are counted by the block that they follow, ours one after another
    Row(
        "v.deepstack.{}.norm",
        Ranked("visual.deepstack_merger_list.{}.norm"),
    ),
    Row(
        "v.deepstack.{}.fc1",
        Ranked("visual.deepstack_merger_list.{}.linear_fc1"),
    ),
    Row(
        "v.deepstack.{}.fc2",
        Ranked("visual.deepstack_merger_list.{}.linear_fc2"),
    ),
];
