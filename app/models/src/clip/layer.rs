//! The layer that CLIP's towers are stacked of, and SigLIP's: attention and a perceptron, each behind a normalisation.

use candle_core::{Result, Tensor};
use serde::Deserialize;

use crate::checkpoint::Weights;
use crate::kernels::{attention, gelu_erf, gelu_quick, gelu_tanh};
use crate::layers::{LayerNorm, Linear};

/// Between the two layers of a block's perceptron.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// x · σ(1.702 x)
    QuickGelu,
    /// x · Φ(x)
    Gelu,
    /// the same by its hyperbolic tangent
    GeluPytorchTanh,
}

impl Activation {
    /// Of every number.
    pub fn forward(self, x: &Tensor) -> Result<Tensor> {
        match self {
            Self::QuickGelu => gelu_quick(x),
            Self::Gelu => gelu_erf(x),
            Self::GeluPytorchTanh => gelu_tanh(x),
        }
    }
}

/// The sizes of a layer.
#[derive(Clone, Copy, Debug)]
pub struct LayerSizes {
    /// width of the states
    pub width: usize,
    /// width between the two layers of the perceptron
    pub inner: usize,
    /// heads that share the width
    pub heads: usize,
    /// what lies between the two layers of the perceptron
    pub activation: Activation,
    /// added to the variance
    pub eps: f64,
    /// whether a state sees those before it only
    pub causal: bool,
}

/// One layer.
pub struct Layer {
    layer_norm1: LayerNorm,
    q_proj: Linear,
    k_proj: Linear,
    v_proj: Linear,
    out_proj: Linear,
    layer_norm2: LayerNorm,
    mlp: Mlp,
    heads: usize,
    causal: bool,
}

impl Layer {
    /// Names as transformers has them: `layer_norm1`, `self_attn.q_proj`, `mlp.fc1`, …
    pub fn new(sizes: LayerSizes, vb: Weights) -> Result<Self> {
        let LayerSizes { width, eps, .. } = sizes;
        let attn = vb.pp("self_attn");
        let square = |name: &str| Linear::new(width, width, attn.pp(name));
        Ok(Self {
            layer_norm1: LayerNorm::new(width, eps, vb.pp("layer_norm1"))?,
            q_proj: square("q_proj")?,
            k_proj: square("k_proj")?,
            v_proj: square("v_proj")?,
            out_proj: square("out_proj")?,
            layer_norm2: LayerNorm::new(width, eps, vb.pp("layer_norm2"))?,
            mlp: Mlp::new(sizes, vb.pp("mlp"))?,
            heads: sizes.heads,
            causal: sizes.causal,
        })
    }

    /// (batch, rows, width), as many out as in.
    pub fn forward(&self, states: &Tensor) -> Result<Tensor> {
        let x = self.layer_norm1.forward(states)?;
        let (q, k, v) = (
            self.q_proj.forward(&x)?,
            self.k_proj.forward(&x)?,
            self.v_proj.forward(&x)?,
        );
        let seen = attention(&q, &k, &v, self.heads, self.causal)?;
        let states = (states + self.out_proj.forward(&seen)?)?;
        let x = self.mlp.forward(&self.layer_norm2.forward(&states)?)?;
        states + x
    }
}

/// Two layers with an activation between.
pub struct Mlp {
    fc1: Linear,
    fc2: Linear,
    activation: Activation,
}

impl Mlp {
    /// `fc1` and `fc2`.
    pub fn new(sizes: LayerSizes, vb: Weights) -> Result<Self> {
        Ok(Self {
            fc1: Linear::new(sizes.width, sizes.inner, vb.pp("fc1"))?,
            fc2: Linear::new(sizes.inner, sizes.width, vb.pp("fc2"))?,
            activation: sizes.activation,
        })
    }

    /// (batch, rows, width), as many out as in.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.fc2
            .forward(&self.activation.forward(&self.fc1.forward(x)?)?)
    }
}
