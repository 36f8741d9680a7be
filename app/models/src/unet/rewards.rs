//! What the denoiser of "Multi-Reward as Condition for Instruction-based Image Editing" (Gu et al. 2024,
//! arXiv 2411.04713; github.com/bytedance/Multi-Reward-Editing) has beside that of InstructPix2Pix: it is
//! told how well the edit shall be judged, in three scores and in words. Both are added to the time, and the first
//! features of the picture attend to both. The picture's CLIP embedding, which that repository hands to its network
//! too, is read nowhere in it.

use candle_core::{Device, Result, Tensor};

use super::UnetConfig;
use crate::checkpoint::Weights;
use crate::kernels::attention;
use crate::layers::{GroupNorm, LayerNorm, Linear, waves};

/// A tensor that such a denoiser has and a plain one has not.
pub(crate) const REWARDS_MARK: &str = "text_linear2.weight";

/// Scores that it is told: instruction following, detail preserving, quality.
pub(crate) const SCORES: usize = 3;

/// Sines and cosines for each score.
const WAVES: usize = 256;
/// Heads of the attention to the rewards.
const HEADS: usize = 8;

/// The networks that tell the denoiser of the rewards.
pub(super) struct Rewards {
    add_embedding: ScoreEmbedding,
    add_embedding2: ScoreEmbedding,
    text_linear: Linear,
    text_linear2: Linear,
    proj_deal: Surround,
    ca: Cross,
    cosines_first: bool,
    freq_shift: f32,
    device: Device,
}

/// How well the edit shall be judged, as the denoiser reads it.
pub struct Wish {
    /// what is added to the embedded time, (1, width of the time)
    pub(super) time: Tensor,
    /// what the picture attends to: scores and words, (1, 2, width)
    pub(super) tokens: Tensor,
}

impl Rewards {
    /// For a denoiser whose time has `time` numbers.
    pub(super) fn new(config: &UnetConfig, time: usize, vb: &Weights) -> Result<Self> {
        let (width, text) = (config.floors[0].width, config.text_width());
        Ok(Self {
            add_embedding: ScoreEmbedding::new(time, vb.pp("add_embedding"))?,
            add_embedding2: ScoreEmbedding::new(width, vb.pp("add_embedding2"))?,
            text_linear: Linear::new(text, width, vb.pp("text_linear"))?,
            text_linear2: Linear::new(text, time, vb.pp("text_linear2"))?,
            proj_deal: Surround::new(config, width, vb.pp("proj_deal"))?,
            ca: Cross::new(width, vb.pp("ca"))?,
            cosines_first: config.flip_sin_to_cos,
            freq_shift: config.freq_shift,
            device: vb.device().clone(),
        })
    }

    /// `text` is the pooled state of the words, (1, width of the text).
    pub(super) fn wish(&self, scores: [f32; SCORES], text: &Tensor) -> Result<Wish> {
        let waves: Vec<f32> = scores
            .iter()
            .flat_map(|&score| waves(score, WAVES, self.cosines_first, self.freq_shift))
            .collect();
        let waves = Tensor::from_vec(waves, (1, 1, SCORES * WAVES), &self.device)?
            .to_dtype(text.dtype())?;
        let text = text.unsqueeze(1)?; // (1, 1, width of the text)
        let time = self.add_embedding.forward(&waves)? + self.text_linear2.forward(&text)?;
        let scores = self.add_embedding2.forward(&waves)?;
        let words = self.text_linear.forward(&text)?;
        Ok(Wish {
            time: time?.squeeze(1)?,
            tokens: Tensor::cat(&[scores, words], 1)?,
        })
    }

    /// The first features of the picture, (batch, width, height, width), after they have attended to the wish.
    pub(super) fn forward(&self, x: &Tensor, wish: &Wish) -> Result<Tensor> {
        let (_, tokens, width) = wish.tokens.dims3()?;
        let wish = wish.tokens.broadcast_as((x.dim(0)?, tokens, width))?;
        let own = self
            .ca
            .forward(&self.proj_deal.before(x)?, &wish.contiguous()?)?;
        self.proj_deal.after(&own, x)
    }
}

/// TimestepEmbedding of the scores' waves.
struct ScoreEmbedding {
    linear_1: Linear,
    linear_2: Linear,
}

impl ScoreEmbedding {
    fn new(width: usize, vb: Weights) -> Result<Self> {
        Ok(Self {
            linear_1: Linear::new(SCORES * WAVES, width, vb.pp("linear_1"))?,
            linear_2: Linear::new(width, width, vb.pp("linear_2"))?,
        })
    }

    fn forward(&self, waves: &Tensor) -> Result<Tensor> {
        self.linear_2
            .forward(&self.linear_1.forward(waves)?.silu()?)
    }
}

/// DealProj: from a picture to tokens, and from tokens back onto the picture.
struct Surround {
    norm: GroupNorm,
    proj_in: Linear,
    proj_out: Linear,
}

impl Surround {
    fn new(config: &UnetConfig, width: usize, vb: Weights) -> Result<Self> {
        Ok(Self {
            norm: GroupNorm::new(config.norm_num_groups, width, 1e-6, vb.pp("norm"))?,
            proj_in: Linear::of_one_pixel(width, width, vb.pp("proj_in"))?,
            proj_out: Linear::of_one_pixel(width, width, vb.pp("proj_out"))?,
        })
    }

    fn before(&self, x: &Tensor) -> Result<Tensor> {
        let tokens = self.norm.forward(x)?.flatten_from(2)?.transpose(1, 2)?; // (batch, px, width), a view
        self.proj_in.forward(&tokens)
    }

    fn after(&self, tokens: &Tensor, x: &Tensor) -> Result<Tensor> {
        x + self
            .proj_out
            .forward_to_picture(tokens)?
            .reshape(x.shape())?
    }
}

/// BertLayerNoMemory_Cross: attention of the picture to the wish and a perceptron, each normalised after its sum
/// (Devlin et al. 2019).
struct Cross {
    query: Linear,
    key: Linear,
    value: Linear,
    attended: Summed,
    inner: Linear,
    output: Summed,
}

impl Cross {
    fn new(width: usize, vb: Weights) -> Result<Self> {
        let own = vb.pp("attention.self");
        let square = |name: &str| Linear::new(width, width, own.pp(name));
        Ok(Self {
            query: square("query")?,
            key: square("key")?,
            value: square("value")?,
            attended: Summed::new(width, vb.pp("attention.output"))?,
            inner: Linear::new(width, width, vb.pp("hidden_intermediate.dense"))?,
            output: Summed::new(width, vb.pp("output"))?,
        })
    }

    /// (batch, px, width) and (batch, tokens, width) to (batch, px, width).
    fn forward(&self, x: &Tensor, wish: &Tensor) -> Result<Tensor> {
        let (q, k, v) = (
            self.query.forward(x)?,
            self.key.forward(wish)?,
            self.value.forward(wish)?,
        );
        let seen = attention(&q, &k, &v, HEADS, false)?;
        let x = self.attended.forward(&seen, x)?;
        let inner = self.inner.forward(&x)?.gelu_erf()?;
        self.output.forward(&inner, &x)
    }
}

/// BertSelfOutput and BertOutput: a layer, what it is added to, and the norm of the sum.
struct Summed {
    dense: Linear,
    layer_norm: LayerNorm,
}

impl Summed {
    fn new(width: usize, vb: Weights) -> Result<Self> {
        Ok(Self {
            dense: Linear::new(width, width, vb.pp("dense"))?,
            layer_norm: LayerNorm::new(width, 1e-12, vb.pp("LayerNorm"))?,
        })
    }

    fn forward(&self, x: &Tensor, to: &Tensor) -> Result<Tensor> {
        self.layer_norm.forward(&(self.dense.forward(x)? + to)?)
    }
}
