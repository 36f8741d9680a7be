//! The blocks of the transformer: first text and pictures meet only in the attention, then they go the same way.

use candle_core::{Result, Tensor};

use super::FluxConfig;
use super::places::Turned;
use crate::checkpoint::Weights;
use crate::kernels::{Turns, attention, gated_sum, gelu_tanh, modulated, turned};
use crate::layers::{Linear, bounded};

/// diffusers writes this into the code.
pub(super) const EPS: f64 = 1e-6;

/// Numbers for each feature that depend on time, guidance and text (Peebles & Xie 2023, adaptive layer norm).
pub(super) struct Modulation {
    linear: Linear,
    parts: usize,
}

impl Modulation {
    pub(super) fn new(width: usize, parts: usize, vb: Weights) -> Result<Self> {
        Ok(Self {
            linear: Linear::new(width, parts * width, vb.pp("linear"))?,
            parts,
        })
    }

    /// `condition` is (batch, 1, width), through SiLU already; each part is (batch, width).
    pub(super) fn of(&self, condition: &Tensor) -> Result<Vec<Tensor>> {
        let all = self.linear.forward(condition)?.squeeze(1)?;
        all.chunk(self.parts, 1)
    }
}

/// Queries, keys and values.
struct Projections {
    q: Linear,
    k: Linear,
    v: Linear,
    norm_q: Tensor, // (width of a head)
    norm_k: Tensor,
}

impl Projections {
    /// `names` of q, k, v and the norms of q and k.
    fn new(config: &FluxConfig, names: [&str; 5], vb: &Weights) -> Result<Self> {
        let (width, [q, k, v, norm_q, norm_k]) = (config.width(), names);
        let project = |name: &str| Linear::new(width, width, vb.pp(name));
        let norm = |name: &str| vb.pp(name).get(config.attention_head_dim, "weight");
        Ok(Self {
            q: project(q)?,
            k: project(k)?,
            v: project(v)?,
            norm_q: norm(norm_q)?,
            norm_k: norm(norm_k)?,
        })
    }

    /// Of (batch, tokens, width), each of the same size.
    fn of(&self, x: &Tensor, turns: &Turns) -> Result<[Tensor; 3]> {
        Ok([
            turned(&self.q.forward(x)?, Some(&self.norm_q), EPS, turns)?,
            turned(&self.k.forward(x)?, Some(&self.norm_k), EPS, turns)?,
            self.v.forward(x)?,
        ])
    }
}

/// Text or pictures in a block where each has weights of its own.
struct Stream {
    norm1: Modulation,
    projections: Projections,
    to_out: Linear,
    ff_in: Linear,
    ff_out: Linear,
}

/// What the checkpoint calls the parts of a stream.
struct Names {
    norm: &'static str,
    projections: [&'static str; 5],
    out: &'static str,
    ff: &'static str,
}

const TEXT: Names = Names {
    norm: "norm1_context",
    projections: [
        "add_q_proj",
        "add_k_proj",
        "add_v_proj",
        "norm_added_q",
        "norm_added_k",
    ],
    out: "to_add_out",
    ff: "ff_context.net",
};

const PICTURES: Names = Names {
    norm: "norm1",
    projections: ["to_q", "to_k", "to_v", "norm_q", "norm_k"],
    out: "to_out.0",
    ff: "ff.net",
};

impl Stream {
    fn new(config: &FluxConfig, names: &Names, vb: &Weights) -> Result<Self> {
        let width = config.width();
        let (attn, ff) = (vb.pp("attn"), vb.pp(names.ff));
        Ok(Self {
            norm1: Modulation::new(width, 6, vb.pp(names.norm))?,
            projections: Projections::new(config, names.projections, &attn)?,
            to_out: Linear::new(width, width, attn.pp(names.out))?,
            ff_in: Linear::new(width, 4 * width, ff.pp("0.proj"))?,
            ff_out: Linear::new(4 * width, width, ff.pp("2"))?,
        })
    }

    /// What follows the attention: its answer, then a perceptron, each let in through a gate.
    fn after(&self, x: &Tensor, seen: &Tensor, parts: &[Tensor]) -> Result<Tensor> {
        let [_, _, gate, shift_ff, scale_ff, gate_ff] = parts else {
            candle_core::bail!("a block is modulated by six parts");
        };
        let x = gated_sum(x, gate, &self.to_out.forward(seen)?)?;
        let inner = self
            .ff_in
            .forward(&modulated(&x, scale_ff, shift_ff, EPS)?)?;
        bounded(gated_sum(
            &x,
            gate_ff,
            &self.ff_out.forward(&gelu_tanh(&inner)?)?,
        )?)
    }
}

/// FluxTransformerBlock.
pub(super) struct DoubleBlock {
    text: Stream,
    pictures: Stream,
    heads: usize,
}

impl DoubleBlock {
    pub(super) fn new(config: &FluxConfig, vb: Weights) -> Result<Self> {
        Ok(Self {
            text: Stream::new(config, &TEXT, &vb)?,
            pictures: Stream::new(config, &PICTURES, &vb)?,
            heads: config.num_attention_heads,
        })
    }

    /// Text (batch, tokens, width) and pictures (batch, tokens, width).
    pub(super) fn forward(
        &self,
        (text, pictures): (Tensor, Tensor),
        condition: &Tensor,
        turns: &Turned,
    ) -> Result<(Tensor, Tensor)> {
        let (of_text, of_pictures) = (
            self.text.norm1.of(condition)?,
            self.pictures.norm1.of(condition)?,
        );
        let [tq, tk, tv] = self.text.projections.of(
            &modulated(&text, &of_text[1], &of_text[0], EPS)?,
            &turns.text,
        )?;
        let [pq, pk, pv] = self.pictures.projections.of(
            &modulated(&pictures, &of_pictures[1], &of_pictures[0], EPS)?,
            &turns.pictures,
        )?;
        let seen = attention(
            &Tensor::cat(&[tq, pq], 1)?,
            &Tensor::cat(&[tk, pk], 1)?,
            &Tensor::cat(&[tv, pv], 1)?,
            self.heads,
            false,
        )?;
        let (words, tokens) = (text.dim(1)?, pictures.dim(1)?);
        Ok((
            self.text
                .after(&text, &seen.narrow(1, 0, words)?, &of_text)?,
            self.pictures
                .after(&pictures, &seen.narrow(1, words, tokens)?, &of_pictures)?,
        ))
    }
}

/// FluxSingleTransformerBlock: attention and perceptron side by side.
pub(super) struct SingleBlock {
    norm: Modulation,
    projections: Projections,
    proj_mlp: Linear,
    proj_out: Linear,
    heads: usize,
}

impl SingleBlock {
    pub(super) fn new(config: &FluxConfig, vb: Weights) -> Result<Self> {
        let width = config.width();
        Ok(Self {
            norm: Modulation::new(width, 3, vb.pp("norm"))?,
            projections: Projections::new(config, PICTURES.projections, &vb.pp("attn"))?,
            proj_mlp: Linear::new(width, 4 * width, vb.pp("proj_mlp"))?,
            proj_out: Linear::new(5 * width, width, vb.pp("proj_out"))?,
            heads: config.num_attention_heads,
        })
    }

    /// Text and pictures one after the other, (batch, tokens, width).
    pub(super) fn forward(&self, x: Tensor, condition: &Tensor, turns: &Turned) -> Result<Tensor> {
        let parts = self.norm.of(condition)?;
        let normal = modulated(&x, &parts[1], &parts[0], EPS)?;
        let [q, k, v] = self.projections.of(&normal, &turns.all)?;
        let seen = attention(&q, &k, &v, self.heads, false)?;
        let inner = gelu_tanh(&self.proj_mlp.forward(&normal)?)?;
        let both = Tensor::cat(&[seen, inner], 2)?;
        bounded(gated_sum(&x, &parts[2], &self.proj_out.forward(&both)?)?)
    }
}
