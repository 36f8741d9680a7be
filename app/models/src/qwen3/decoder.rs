//! The layers: attention to what came before with shared keys, and a gated perceptron, each after a norm and beside a
//! shortcut.

use candle_core::{Device, Result, Tensor};

use super::memory::Memory;
use super::shape::Shape;
use crate::checkpoint::Weights;
use crate::kernels::{Pairs, Turns, attention, attention_over, rms_norm, swiglu, turned};
use crate::layers::Linear;

/// The layers of a Qwen3, from embeddings to states.
pub struct Decoder {
    layers: Vec<Layer>,
    norm: Tensor,
    eps: f64,
    head_width: usize,
    theta: f64,
    /// layers of the checkpoint, of which the first may be all that is here
    depth: usize,
}

impl Decoder {
    /// Reads all layers and keeps the first `keep`.
    pub(crate) fn new(shape: &Shape, keep: usize, vb: Weights) -> Result<Self> {
        let depth = shape.layers;
        let mut layers = Vec::new();
        for index in 0..depth {
            let layer = Layer::new(shape, vb.pp("layers").pp(index))?;
            if index < keep {
                layers.push(layer);
            }
        }
        Ok(Self {
            layers,
            norm: vb.get(shape.width, "norm.weight")?,
            eps: shape.eps,
            head_width: shape.head_width,
            theta: shape.theta,
            depth,
        })
    }

    /// The turns of tokens that follow each other, the first of them at place `first`.
    pub fn turns(&self, first: usize, rows: usize, device: &Device) -> Result<Turns> {
        let places = (first..first + rows).map(|place| [place; 3]);
        self.turns_at(places, |_| 0, device)
    }

    /// The turns of tokens at places of three axes (time, height, width), where `axis` says which of them turns a pair.
    /// In 32-bit floats, as the reference multiplies place and frequency.
    pub fn turns_at(
        &self,
        places: impl ExactSizeIterator<Item = [usize; 3]>,
        axis: impl Fn(usize) -> usize,
        device: &Device,
    ) -> Result<Turns> {
        let rows = places.len();
        let pairs: Vec<(usize, f32)> = (0..self.head_width / 2)
            .map(|pair| {
                let share = (2 * pair) as f64 / self.head_width as f64;
                (axis(pair), self.theta.powf(-share) as f32)
            })
            .collect();
        let angles: Vec<f64> = places
            .flat_map(|place| {
                let angle =
                    move |&(axis, pace): &(usize, f32)| f64::from(place[axis] as f32 * pace);
                pairs.iter().map(angle)
            })
            .collect();
        Turns::new(&angles, rows, Pairs::Halves, device)
    }

    /// States after each of some numbers of layers, in rising order: after 0 the embeddings, after all of them
    /// normalised. `x` is (1, tokens, width), of which the first `real` are tokens and the rest padding: padding sees the
    /// tokens, and no token sees padding.
    pub fn states(
        &self,
        x: &Tensor,
        turns: &Turns,
        real: usize,
        after: &[usize],
    ) -> Result<Vec<Tensor>> {
        let Some(&last) = after.last() else {
            return Ok(Vec::new());
        };
        if last > self.layers.len() || !after.is_sorted() {
            candle_core::bail!("states after {after:?} of {} layers", self.layers.len());
        }
        let mut x = x.clone();
        let mut states = Vec::new();
        for done in 0..=last {
            if done > 0 {
                x = self.layers[done - 1].forward(&x, turns, self.eps, |q, k, v, heads| {
                    let (k, v) = (k.narrow(1, 0, real)?, v.narrow(1, 0, real)?);
                    attention(&q, &k, &v, heads, true)
                })?;
            }
            if after.contains(&done) {
                states.push(if done == self.depth {
                    rms_norm(&x, &self.norm, self.eps)?
                } else {
                    x.clone()
                });
            }
        }
        Ok(states)
    }

    /// The normalised states of tokens that follow those in `memory`, which then holds them too. `x` is (batch, tokens,
    /// width).
    pub fn forward(&self, x: &Tensor, turns: &Turns, memory: &mut Memory) -> Result<Tensor> {
        let states = self.forward_adding(x, turns, memory, &[], &|| false)?;
        states.ok_or_else(|| candle_core::Error::Msg("nobody stopped it".to_owned()))
    }

    /// The same where the first layers are each followed by one more thing that is added to the states, of the shape of
    /// `x`: features of pictures. `None` once `stop` says so, which is asked before every layer; then `memory` is of no
    /// more use.
    pub fn forward_adding(
        &self,
        x: &Tensor,
        turns: &Turns,
        memory: &mut Memory,
        added: &[Tensor],
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<Tensor>> {
        let rows = x.dim(1)?;
        self.forward_together(x, turns, &mut [(memory, rows)], added, stop)
    }

    /// The same of several texts, one behind the other in `x`: each follows what its own memory holds and has so many
    /// tokens. Every weight is read once for all of them. Up to [`crate::kernels::FEW`] tokens in all, what comes of one
    /// does not depend on the others, to the last bit.
    pub fn forward_together(
        &self,
        x: &Tensor,
        turns: &Turns,
        texts: &mut [(&mut Memory, usize)],
        added: &[Tensor],
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<Tensor>> {
        if self.layers.len() < self.depth {
            candle_core::bail!("the language model was loaded without its last layers");
        }
        if added.len() > self.depth {
            candle_core::bail!("{} additions for {} layers", added.len(), self.depth);
        }
        let rows: usize = texts.iter().map(|(_, rows)| rows).sum();
        if texts.len() > 1 && x.dims()[..2] != [1, rows] {
            candle_core::bail!("{:?} are not {rows} tokens", x.shape());
        }
        let mut x = x.clone();
        for (index, layer) in self.layers.iter().enumerate() {
            if stop() {
                return Ok(None);
            }
            x = layer.forward(&x, turns, self.eps, |q, k, v, heads| {
                if let [(memory, _)] = texts {
                    return attention_over(&q, &memory.with(index, &k, &v)?, heads);
                }
                let mut first = 0;
                let mut seen = Vec::with_capacity(texts.len());
                for (memory, rows) in texts.iter_mut() {
                    let of = |x: &Tensor| x.narrow(1, first, *rows)?.contiguous();
                    let keys = memory.with(index, &of(&k)?, &of(&v)?)?;
                    seen.push(attention_over(&of(&q)?, &keys, heads)?);
                    first += *rows;
                }
                Tensor::cat(&seen, 1)
            })?;
            if let Some(more) = added.get(index) {
                x = (x + more)?;
            }
        }
        for (memory, rows) in texts {
            memory.grown_by(*rows);
        }
        rms_norm(&x, &self.norm, self.eps).map(Some)
    }
}

/// Qwen3DecoderLayer.
struct Layer {
    input_layernorm: Tensor,
    q_proj: Linear,
    k_proj: Linear,
    v_proj: Linear,
    q_norm: Option<Tensor>,
    k_norm: Option<Tensor>,
    o_proj: Linear,
    post_attention_layernorm: Tensor,
    gate_proj: Linear,
    up_proj: Linear,
    down_proj: Linear,
    heads: usize,
}

impl Layer {
    fn new(shape: &Shape, vb: Weights) -> Result<Self> {
        let Shape {
            width,
            inner,
            heads,
            shared,
            ..
        } = *shape;
        let head = shape.head_width;
        let (attention, mlp) = (vb.pp("self_attn"), vb.pp("mlp"));
        let reads = |outputs: usize, name: &str| match shape.biased {
            true => Linear::new(width, outputs, attention.pp(name)),
            false => Linear::no_bias(width, outputs, attention.pp(name)),
        };
        let norm = |name: &str| {
            let norm = shape.normed.then(|| attention.get(head, name));
            norm.transpose()
        };
        Ok(Self {
            input_layernorm: vb.get(width, "input_layernorm.weight")?,
            q_proj: reads(heads * head, "q_proj")?,
            k_proj: reads(shared * head, "k_proj")?,
            v_proj: reads(shared * head, "v_proj")?,
            q_norm: norm("q_norm.weight")?,
            k_norm: norm("k_norm.weight")?,
            o_proj: Linear::no_bias(heads * head, width, attention.pp("o_proj"))?,
            post_attention_layernorm: vb.get(width, "post_attention_layernorm.weight")?,
            gate_proj: Linear::no_bias(width, inner, mlp.pp("gate_proj"))?,
            up_proj: Linear::no_bias(width, inner, mlp.pp("up_proj"))?,
            down_proj: Linear::no_bias(inner, width, mlp.pp("down_proj"))?,
            heads,
        })
    }

    /// `attend` gets queries, keys, values and the number of heads.
    fn forward(
        &self,
        x: &Tensor,
        turns: &Turns,
        eps: f64,
        attend: impl FnOnce(Tensor, Tensor, Tensor, usize) -> Result<Tensor>,
    ) -> Result<Tensor> {
        let h = rms_norm(x, &self.input_layernorm, eps)?;
        let q = turned(&self.q_proj.forward(&h)?, self.q_norm.as_ref(), eps, turns)?;
        let k = turned(&self.k_proj.forward(&h)?, self.k_norm.as_ref(), eps, turns)?;
        let v = self.v_proj.forward(&h)?;
        let x = (x + self.o_proj.forward(&attend(q, k, v, self.heads)?)?)?;
        let h = rms_norm(&x, &self.post_attention_layernorm, eps)?;
        let h = swiglu(&self.gate_proj.forward(&h)?, &self.up_proj.forward(&h)?)?;
        x + self.down_proj.forward(&h)?
    }
}
