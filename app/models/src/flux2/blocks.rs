//! The blocks of FLUX.2: first such as treat text and picture apart but for their attention, then such as treat them
//! alike, with attention and perceptron side by side (Dehghani et al. 2023).

use candle_core::{DType, Result, Tensor};

use super::config::Flux2Config;
use crate::checkpoint::Weights;
use crate::kernels::{Turns, attention, gated_sum, modulated, swiglu, turned};
use crate::layers::Linear;

/// Keys and values, (batch, tokens, width).
pub(super) type KeysAndValues = (Tensor, Tensor);

/// Shift, scale and gate of a layer, (batch, width); all blocks of a kind share theirs.
pub(super) struct Modulation {
    shift: Tensor,
    scale: Tensor,
    gate: Tensor,
}

impl Modulation {
    /// Cuts (batch, 1, 3 · sets · width) into them.
    pub(super) fn sets<const N: usize>(all: &Tensor) -> Result<[Self; N]> {
        let parts = all.squeeze(1)?.chunk(3 * N, 1)?;
        Ok(std::array::from_fn(|i| Self {
            shift: parts[3 * i].clone(),
            scale: parts[3 * i + 1].clone(),
            gate: parts[3 * i + 2].clone(),
        }))
    }
}

/// What all blocks have in common.
#[derive(Clone, Copy)]
struct Sizes {
    width: usize,
    inner: usize,
    heads: usize,
    head: usize,
    eps: f64,
}

impl Sizes {
    fn of(config: &Flux2Config) -> Self {
        Self {
            width: config.width(),
            inner: config.inner(),
            heads: config.num_attention_heads,
            head: config.attention_head_dim,
            eps: config.eps,
        }
    }
}

/// Flux2TransformerBlock.
pub(super) struct DoubleBlock {
    picture: Stream,
    text: Stream,
    heads: usize,
}

impl DoubleBlock {
    pub(super) fn new(config: &Flux2Config, vb: Weights) -> Result<Self> {
        let sizes = Sizes::of(config);
        Ok(Self {
            picture: Stream::new(sizes, &PICTURE, &vb)?,
            text: Stream::new(sizes, &TEXT, &vb)?,
            heads: sizes.heads,
        })
    }

    /// Picture and text, and the turns of each; `remembered` is seen by both, and changed by neither.
    pub(super) fn forward(
        &self,
        (picture, text): (&Tensor, &Tensor),
        (of_picture, of_text): (&[Modulation; 2], &[Modulation; 2]),
        (picture_turns, text_turns): (&Turns, &Turns),
        remembered: Option<&KeysAndValues>,
    ) -> Result<(Tensor, Tensor)> {
        let (q, k, v) = self.picture.heads(picture, &of_picture[0], picture_turns)?;
        let (text_q, text_k, text_v) = self.text.heads(text, &of_text[0], text_turns)?;
        let (k, v) = match remembered {
            Some((old_k, old_v)) => (
                Tensor::cat(&[&text_k, old_k, &k], 1)?,
                Tensor::cat(&[&text_v, old_v, &v], 1)?,
            ),
            None => (Tensor::cat(&[text_k, k], 1)?, Tensor::cat(&[text_v, v], 1)?),
        };
        let seen = attention(&Tensor::cat(&[text_q, q], 1)?, &k, &v, self.heads, false)?;
        let (words, pixels) = (text.dim(1)?, picture.dim(1)?);
        let by_text = seen.narrow(1, 0, words)?;
        let by_picture = seen.narrow(1, words, pixels)?;
        Ok((
            self.picture.forward(picture, &by_picture, of_picture)?,
            self.text.forward(text, &by_text, of_text)?,
        ))
    }

    /// Reference pictures by themselves, and the keys and values that others see of them.
    pub(super) fn remember(
        &self,
        x: &Tensor,
        modulations: &[Modulation; 2],
        turns: &Turns,
    ) -> Result<(Tensor, KeysAndValues)> {
        let (q, k, v) = self.picture.heads(x, &modulations[0], turns)?;
        let seen = attention(&q, &k, &v, self.heads, false)?;
        Ok((self.picture.forward(x, &seen, modulations)?, (k, v)))
    }
}

/// What the tensors of a stream are called.
struct Names {
    query: &'static str,
    key: &'static str,
    value: &'static str,
    norm_query: &'static str,
    norm_key: &'static str,
    out: &'static str,
    perceptron: &'static str,
}

const PICTURE: Names = Names {
    query: "attn.to_q",
    key: "attn.to_k",
    value: "attn.to_v",
    norm_query: "attn.norm_q.weight",
    norm_key: "attn.norm_k.weight",
    out: "attn.to_out.0",
    perceptron: "ff",
};

const TEXT: Names = Names {
    query: "attn.add_q_proj",
    key: "attn.add_k_proj",
    value: "attn.add_v_proj",
    norm_query: "attn.norm_added_q.weight",
    norm_key: "attn.norm_added_k.weight",
    out: "attn.to_add_out",
    perceptron: "ff_context",
};

/// Text or picture within a double block.
struct Stream {
    query: Linear,
    key: Linear,
    value: Linear,
    norm_query: Tensor,
    norm_key: Tensor,
    out: Linear,
    linear_in: Linear,
    linear_out: Linear,
    sizes: Sizes,
}

impl Stream {
    fn new(sizes: Sizes, names: &Names, vb: &Weights) -> Result<Self> {
        let (width, inner) = (sizes.width, sizes.inner);
        let square = |name: &str| Linear::no_bias(width, width, vb.pp(name));
        let perceptron = vb.pp(names.perceptron);
        Ok(Self {
            query: square(names.query)?,
            key: square(names.key)?,
            value: square(names.value)?,
            norm_query: vb.get(sizes.head, names.norm_query)?,
            norm_key: vb.get(sizes.head, names.norm_key)?,
            out: square(names.out)?,
            linear_in: Linear::no_bias(width, 2 * inner, perceptron.pp("linear_in"))?,
            linear_out: Linear::no_bias(inner, width, perceptron.pp("linear_out"))?,
            sizes,
        })
    }

    /// Queries, keys and values.
    fn heads(
        &self,
        x: &Tensor,
        modulation: &Modulation,
        turns: &Turns,
    ) -> Result<(Tensor, Tensor, Tensor)> {
        let eps = self.sizes.eps;
        let h = modulated(x, &modulation.scale, &modulation.shift, eps)?;
        Ok((
            turned(&self.query.forward(&h)?, Some(&self.norm_query), eps, turns)?,
            turned(&self.key.forward(&h)?, Some(&self.norm_key), eps, turns)?,
            self.value.forward(&h)?,
        ))
    }

    /// After attention: `seen` is what it gave.
    fn forward(&self, x: &Tensor, seen: &Tensor, [one, two]: &[Modulation; 2]) -> Result<Tensor> {
        let x = gated_sum(x, &one.gate, &self.out.forward(seen)?)?;
        let h = modulated(&x, &two.scale, &two.shift, self.sizes.eps)?;
        let h = self.linear_in.forward(&h)?;
        let inner = self.sizes.inner;
        let h = swiglu(&h.narrow(2, 0, inner)?, &h.narrow(2, inner, inner)?)?;
        held(gated_sum(&x, &two.gate, &self.linear_out.forward(&h)?)?)
    }
}

/// Flux2SingleTransformerBlock: queries, keys, values and the perceptron in one product, and one product back.
pub(super) struct SingleBlock {
    to_qkv_mlp_proj: Linear,
    norm_q: Tensor,
    norm_k: Tensor,
    to_out: Linear,
    sizes: Sizes,
}

impl SingleBlock {
    pub(super) fn new(config: &Flux2Config, vb: Weights) -> Result<Self> {
        let sizes = Sizes::of(config);
        let (width, inner) = (sizes.width, sizes.inner);
        let vb = vb.pp("attn");
        Ok(Self {
            to_qkv_mlp_proj: Linear::no_bias(
                width,
                3 * width + 2 * inner,
                vb.pp("to_qkv_mlp_proj"),
            )?,
            norm_q: vb.get(sizes.head, "norm_q.weight")?,
            norm_k: vb.get(sizes.head, "norm_k.weight")?,
            to_out: Linear::no_bias(width + inner, width, vb.pp("to_out"))?,
            sizes,
        })
    }

    /// Text and picture in one row of tokens. `remembered` lies between the keys of the first `words` tokens and the
    /// others'. Gives the keys and values of `x` along.
    pub(super) fn forward(
        &self,
        x: &Tensor,
        modulation: &Modulation,
        turns: &Turns,
        remembered: Option<(&KeysAndValues, usize)>,
    ) -> Result<(Tensor, KeysAndValues)> {
        let Sizes {
            width,
            inner,
            heads,
            eps,
            ..
        } = self.sizes;
        let h = modulated(x, &modulation.scale, &modulation.shift, eps)?;
        let h = self.to_qkv_mlp_proj.forward(&h)?;
        let q = turned(&h.narrow(2, 0, width)?, Some(&self.norm_q), eps, turns)?;
        let k = turned(&h.narrow(2, width, width)?, Some(&self.norm_k), eps, turns)?;
        let v = h.narrow(2, 2 * width, width)?.contiguous()?;
        let seen = match remembered {
            Some(((old_k, old_v), words)) => {
                let between = |old: &Tensor, x: &Tensor| {
                    let rest = x.dim(1)? - words;
                    let parts = [&x.narrow(1, 0, words)?, old, &x.narrow(1, words, rest)?];
                    Tensor::cat(&parts, 1)
                };
                attention(&q, &between(old_k, &k)?, &between(old_v, &v)?, heads, false)?
            }
            None => attention(&q, &k, &v, heads, false)?,
        };
        let gates = h.narrow(2, 3 * width, inner)?;
        let values = h.narrow(2, 3 * width + inner, inner)?;
        let h = Tensor::cat(&[seen, swiglu(&gates, &values)?], 2)?;
        let x = held(gated_sum(x, &modulation.gate, &self.to_out.forward(&h)?)?)?;
        Ok((x, (k, v)))
    }
}

/// Numbers of 16 bits kept from running over, as the reference does.
fn held(x: Tensor) -> Result<Tensor> {
    match x.dtype() {
        DType::F16 => x.clamp(-65504f32, 65504f32),
        _ => Ok(x),
    }
}
