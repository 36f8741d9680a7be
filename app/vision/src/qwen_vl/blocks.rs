//! What the eyes are made of: blocks of attention and perceptron beside shortcuts, and the merger that makes one token of
//! neighbouring patches.

use candle_core::{Result, Tensor};
use retake_models::qwen3::Turns;
use retake_tensors::checkpoint::Weights;
use retake_tensors::kernels::{attention, gelu_erf, gelu_tanh, rms_norm, swiglu, turned};
use retake_tensors::layers::{LayerNorm, Linear};

/// Added to variances and mean squares, in both families.
const EPS: f64 = 1e-6;

/// By mean and deviation in Qwen3, by root mean square in Qwen2.5.
enum Norm {
    Layer(LayerNorm),
    Root(Tensor),
}

impl Norm {
    fn new(width: usize, layer: bool, vb: Weights) -> Result<Self> {
        match layer {
            true => LayerNorm::new(width, EPS, vb).map(Self::Layer),
            false => vb.get(width, "weight").map(Self::Root),
        }
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        match self {
            Self::Layer(norm) => norm.forward(x),
            Self::Root(weight) => rms_norm(x, weight, EPS),
        }
    }
}

/// Plain in Qwen3, gated in Qwen2.5.
enum Perceptron {
    Plain {
        up: Linear,
        down: Linear,
    },
    Gated {
        gate: Linear,
        up: Linear,
        down: Linear,
    },
}

impl Perceptron {
    fn new(width: usize, inner: usize, plain: bool, vb: Weights) -> Result<Self> {
        Ok(match plain {
            true => Self::Plain {
                up: Linear::new(width, inner, vb.pp("linear_fc1"))?,
                down: Linear::new(inner, width, vb.pp("linear_fc2"))?,
            },
            false => Self::Gated {
                gate: Linear::new(width, inner, vb.pp("gate_proj"))?,
                up: Linear::new(width, inner, vb.pp("up_proj"))?,
                down: Linear::new(inner, width, vb.pp("down_proj"))?,
            },
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        match self {
            Self::Plain { up, down } => down.forward(&gelu_tanh(&up.forward(x)?)?),
            Self::Gated { gate, up, down } => {
                down.forward(&swiglu(&gate.forward(x)?, &up.forward(x)?)?)
            }
        }
    }
}

/// One block.
pub(super) struct Block {
    norm1: Norm,
    qkv: Linear,
    proj: Linear,
    norm2: Norm,
    mlp: Perceptron,
    width: usize,
    heads: usize,
}

impl Block {
    pub(super) fn new(
        width: usize,
        inner: usize,
        heads: usize,
        qwen3: bool,
        vb: Weights,
    ) -> Result<Self> {
        Ok(Self {
            norm1: Norm::new(width, qwen3, vb.pp("norm1"))?,
            qkv: Linear::new(width, 3 * width, vb.pp("attn.qkv"))?,
            proj: Linear::new(width, width, vb.pp("attn.proj"))?,
            norm2: Norm::new(width, qwen3, vb.pp("norm2"))?,
            mlp: Perceptron::new(width, inner, qwen3, vb.pp("mlp"))?,
            width,
            heads,
        })
    }

    /// `x` is (1, patches, width); `runs` are (how many, patches of each): parts that see only themselves, in their order.
    pub(super) fn forward(
        &self,
        x: &Tensor,
        turns: &Turns,
        runs: &[(usize, usize)],
    ) -> Result<Tensor> {
        let qkv = self.qkv.forward(&self.norm1.forward(x)?)?;
        let third = |index: usize| qkv.narrow(2, index * self.width, self.width);
        let q = turned(&third(0)?, None, EPS, turns)?;
        let k = turned(&third(1)?, None, EPS, turns)?;
        let v = third(2)?.contiguous()?;
        let mut first = 0;
        let mut seen = Vec::with_capacity(runs.len());
        for &(count, patches) in runs {
            let part = |x: &Tensor| {
                x.narrow(1, first, count * patches)?
                    .reshape((count, patches, self.width))
            };
            let part = attention(&part(&q)?, &part(&k)?, &part(&v)?, self.heads, false)?;
            seen.push(part.reshape((1, count * patches, self.width))?);
            first += count * patches;
        }
        let x = (x + self.proj.forward(&Tensor::cat(&seen, 1)?)?)?;
        let more = self.mlp.forward(&self.norm2.forward(&x)?)?;
        x + more
    }
}

/// From neighbouring patches to a token of the language model.
pub(super) struct Merger {
    norm: Norm,
    fc1: Linear,
    fc2: Linear,
    wide: usize,
    /// whether the neighbours are laid side by side before they are normalised
    after: bool,
}

impl Merger {
    /// Sizes are (width, patches that become one token, width of the language model).
    pub(super) fn of_qwen3(
        (width, unit, out): (usize, usize, usize),
        after: bool,
        vb: Weights,
    ) -> Result<Self> {
        let wide = width * unit;
        Ok(Self {
            norm: Norm::new(if after { wide } else { width }, true, vb.pp("norm"))?,
            fc1: Linear::new(wide, wide, vb.pp("linear_fc1"))?,
            fc2: Linear::new(wide, out, vb.pp("linear_fc2"))?,
            wide,
            after,
        })
    }

    /// The same.
    pub(super) fn of_qwen25(
        (width, unit, out): (usize, usize, usize),
        vb: Weights,
    ) -> Result<Self> {
        let wide = width * unit;
        Ok(Self {
            norm: Norm::new(width, false, vb.pp("ln_q"))?,
            fc1: Linear::new(wide, wide, vb.pp("mlp.0"))?,
            fc2: Linear::new(wide, out, vb.pp("mlp.2"))?,
            wide,
            after: false,
        })
    }

    /// (1, patches, width) to (1, tokens, width of the language model).
    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let x = match self.after {
            true => self.norm.forward(&x.reshape((1, (), self.wide))?)?,
            false => self.norm.forward(x)?.reshape((1, (), self.wide))?,
        };
        self.fc2.forward(&gelu_erf(&self.fc1.forward(&x)?)?)
    }
}
