//! The layers: attention to what came before with shared keys, and a gated perceptron, each after a norm and beside a
//! shortcut.

use candle_core::{Device, Result, Tensor};

use super::Qwen3Config;
use crate::checkpoint::Weights;
use crate::kernels::{Pairs, Turns, attention, attention_after, rms_norm, swiglu, turned};
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

/// Keys and values of the tokens so far, for going on without computing them again.
#[derive(Default)]
pub struct Memory {
    layers: Vec<(Tensor, Tensor)>,
}

impl Memory {
    /// Tokens so far.
    pub fn length(&self) -> usize {
        self.layers.first().map_or(0, |(keys, _)| keys.dims()[1])
    }
}

impl Decoder {
    /// Reads all layers and keeps the first `keep`.
    pub(crate) fn new(config: &Qwen3Config, keep: usize, vb: Weights) -> Result<Self> {
        let depth = config.num_hidden_layers;
        let mut layers = Vec::new();
        for index in 0..depth {
            let layer = Layer::new(config, vb.pp("layers").pp(index))?;
            if index < keep {
                layers.push(layer);
            }
        }
        Ok(Self {
            layers,
            norm: vb.get(config.hidden_size, "norm.weight")?,
            eps: config.rms_norm_eps,
            head_width: config.head_dim,
            theta: config.theta(),
            depth,
        })
    }

    /// The turns of tokens that follow each other, the first of them at place `first`. In 32-bit floats, as the
    /// reference multiplies place and frequency.
    pub fn turns(&self, first: usize, rows: usize, device: &Device) -> Result<Turns> {
        let half = self.head_width / 2;
        let angles: Vec<f64> = (first..first + rows)
            .flat_map(|place| {
                (0..half).map(move |i| {
                    let share = (2 * i) as f64 / self.head_width as f64;
                    f64::from(place as f32 * (self.theta.powf(-share) as f32))
                })
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
        if self.layers.len() < self.depth {
            candle_core::bail!("the language model was loaded without its last layers");
        }
        let first = memory.length();
        let mut x = x.clone();
        for (index, layer) in self.layers.iter().enumerate() {
            x = layer.forward(&x, turns, self.eps, |q, k, v, heads| {
                let (k, v) = match memory.layers.get(index) {
                    Some((old_k, old_v)) => {
                        (Tensor::cat(&[old_k, &k], 1)?, Tensor::cat(&[old_v, &v], 1)?)
                    }
                    None => (k, v),
                };
                let seen = attention_after(&q, &k, &v, heads, first)?;
                match memory.layers.get_mut(index) {
                    Some(old) => *old = (k, v),
                    None => memory.layers.push((k, v)),
                }
                Ok(seen)
            })?;
        }
        rms_norm(&x, &self.norm, self.eps)
    }
}

/// Qwen3DecoderLayer.
struct Layer {
    input_layernorm: Tensor,
    q_proj: Linear,
    k_proj: Linear,
    v_proj: Linear,
    q_norm: Tensor,
    k_norm: Tensor,
    o_proj: Linear,
    post_attention_layernorm: Tensor,
    gate_proj: Linear,
    up_proj: Linear,
    down_proj: Linear,
    heads: usize,
}

impl Layer {
    fn new(config: &Qwen3Config, vb: Weights) -> Result<Self> {
        let (width, inner) = (config.hidden_size, config.intermediate_size);
        let (heads, shared) = (config.num_attention_heads, config.num_key_value_heads);
        let head = config.head_dim;
        let (attention, mlp) = (vb.pp("self_attn"), vb.pp("mlp"));
        Ok(Self {
            input_layernorm: vb.get(width, "input_layernorm.weight")?,
            q_proj: Linear::no_bias(width, heads * head, attention.pp("q_proj"))?,
            k_proj: Linear::no_bias(width, shared * head, attention.pp("k_proj"))?,
            v_proj: Linear::no_bias(width, shared * head, attention.pp("v_proj"))?,
            q_norm: attention.get(head, "q_norm.weight")?,
            k_norm: attention.get(head, "k_norm.weight")?,
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
        let q = turned(&self.q_proj.forward(&h)?, Some(&self.q_norm), eps, turns)?;
        let k = turned(&self.k_proj.forward(&h)?, Some(&self.k_norm), eps, turns)?;
        let v = self.v_proj.forward(&h)?;
        let x = (x + self.o_proj.forward(&attend(q, k, v, self.heads)?)?)?;
        let h = rms_norm(&x, &self.post_attention_layernorm, eps)?;
        let h = swiglu(&self.gate_proj.forward(&h)?, &self.up_proj.forward(&h)?)?;
        x + self.down_proj.forward(&h)?
    }
}
