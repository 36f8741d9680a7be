//! The decoder of outlines: a few tokens look at the picture and it at them, then each token becomes a filter over the
//! picture's features.

use candle_core::{Result, Tensor};
use retake_tensors::checkpoint::Weights;
use retake_tensors::kernels::{attention, gelu_erf};
use retake_tensors::layers::{LayerNorm, Linear};

use super::config::Decoder;
use super::prompt::of_channels;

/// What two norms add to the variance, whatever the file says.
const FINAL_EPS: f64 = 1e-5;
const UPSCALE_EPS: f64 = 1e-6;

/// The network.
pub(super) struct MaskDecoder {
    tokens: Tensor, // (1, 1 + outlines, width)
    layers: Vec<TwoWay>,
    final_attn: Attention,
    final_norm: LayerNorm,
    upscale_conv1: Doubled,
    upscale_layer_norm: LayerNorm,
    upscale_conv2: Doubled,
    filters: Vec<Perceptron>,
    iou_prediction_head: Perceptron,
}

impl MaskDecoder {
    pub(super) fn new(config: &Decoder, vb: Weights) -> Result<Self> {
        let width = config.hidden_size;
        let outlines = config.num_multimask_outputs + 1;
        let iou = vb.get((1, width), "iou_token.weight")?;
        let masks = vb.get((outlines, width), "mask_tokens.weight")?;
        let inner = vb.pp("transformer");
        let rate = config.attention_downsample_rate;
        let final_attn = inner.pp("final_attn_token_to_image");
        Ok(Self {
            tokens: Tensor::cat(&[iou, masks], 0)?.unsqueeze(0)?,
            layers: (0..config.num_hidden_layers)
                .map(|index| TwoWay::new(config, index == 0, inner.pp("layers").pp(index)))
                .collect::<Result<_>>()?,
            final_attn: Attention::new(config, rate, final_attn)?,
            final_norm: LayerNorm::new(width, FINAL_EPS, inner.pp("layer_norm_final_attn"))?,
            upscale_conv1: Doubled::new(width, width / 4, vb.pp("upscale_conv1"))?,
            upscale_layer_norm: LayerNorm::new(
                width / 4,
                UPSCALE_EPS,
                vb.pp("upscale_layer_norm"),
            )?,
            upscale_conv2: Doubled::new(width / 4, width / 8, vb.pp("upscale_conv2"))?,
            filters: (0..outlines)
                .map(|index| {
                    let vb = vb.pp("output_hypernetworks_mlps").pp(index);
                    Perceptron::new([width, width, width / 8], 3, vb)
                })
                .collect::<Result<_>>()?,
            iou_prediction_head: Perceptron::new(
                [width, config.iou_head_hidden_dim, outlines],
                config.iou_head_depth,
                vb.pp("iou_prediction_head"),
            )?,
        })
    }

    /// `picture` and `places` are (1, places, width), `asked` (1, points, width). Gives (outlines, rows, columns) at four
    /// times the places, and how well each fits.
    pub(super) fn forward(
        &self,
        picture: &Tensor,
        places: &Tensor,
        asked: &Tensor,
        several: bool,
    ) -> Result<(Tensor, Vec<f32>)> {
        let points = Tensor::cat(&[&self.tokens, asked], 1)?;
        let (mut queries, mut keys) = (points.clone(), picture.clone());
        for layer in &self.layers {
            (queries, keys) = layer.forward(&queries, &keys, &points, places)?;
        }
        let (q, k) = ((&queries + &points)?, (&keys + places)?);
        let queries = (&queries + self.final_attn.forward(&q, &k, &keys)?)?;
        let queries = self.final_norm.forward(&queries)?;
        let (_, count, width) = keys.dims3()?;
        let side = count.isqrt();
        let x = keys
            .transpose(1, 2)?
            .contiguous()?
            .reshape((1, width, side, side))?;
        let x = self.upscale_conv1.forward(&x)?;
        let x = gelu_erf(&of_channels(&x, &self.upscale_layer_norm)?)?;
        let x = gelu_erf(&self.upscale_conv2.forward(&x)?)?; // (1, width / 8, rows, columns)
        let (_, channels, rows, columns) = x.dims4()?;
        let pixels = x.reshape((channels, rows * columns))?;
        let wanted = match several {
            true => 1..self.filters.len(),
            false => 0..1,
        };
        let outlines: Vec<Tensor> = wanted
            .clone()
            .map(|index| {
                let token = queries.narrow(1, 1 + index, 1)?.contiguous()?;
                self.filters[index].forward(&token)?.squeeze(0)
            })
            .collect::<Result<_>>()?;
        let outlines =
            Tensor::cat(&outlines, 0)?
                .matmul(&pixels)?
                .reshape((outlines.len(), rows, columns))?;
        let first = queries.narrow(1, 0, 1)?.contiguous()?;
        let fits: Vec<f32> = self
            .iou_prediction_head
            .forward(&first)?
            .flatten_all()?
            .to_vec1()?;
        Ok((outlines, fits[wanted].to_vec()))
    }
}

/// Tokens look at each other and at the picture, then it looks at them.
struct TwoWay {
    self_attn: Attention,
    layer_norm1: LayerNorm,
    cross_attn_token_to_image: Attention,
    layer_norm2: LayerNorm,
    lin1: Linear,
    lin2: Linear,
    layer_norm3: LayerNorm,
    layer_norm4: LayerNorm,
    cross_attn_image_to_token: Attention,
    /// whether it does without the points in its first look, and without what came before it
    first: bool,
}

impl TwoWay {
    fn new(config: &Decoder, first: bool, vb: Weights) -> Result<Self> {
        let (width, eps) = (config.hidden_size, config.layer_norm_eps);
        // two in the layers, whatever the file says
        let cross = |name: &str| Attention::new(config, 2, vb.pp(name));
        let norm = |name: &str| LayerNorm::new(width, eps, vb.pp(name));
        Ok(Self {
            self_attn: Attention::new(config, 1, vb.pp("self_attn"))?,
            layer_norm1: norm("layer_norm1")?,
            cross_attn_token_to_image: cross("cross_attn_token_to_image")?,
            layer_norm2: norm("layer_norm2")?,
            lin1: Linear::new(width, config.mlp_dim, vb.pp("mlp.lin1"))?,
            lin2: Linear::new(config.mlp_dim, width, vb.pp("mlp.lin2"))?,
            layer_norm3: norm("layer_norm3")?,
            layer_norm4: norm("layer_norm4")?,
            cross_attn_image_to_token: cross("cross_attn_image_to_token")?,
            first,
        })
    }

    fn forward(
        &self,
        queries: &Tensor,
        keys: &Tensor,
        points: &Tensor,
        places: &Tensor,
    ) -> Result<(Tensor, Tensor)> {
        let queries = match self.first {
            true => self.self_attn.forward(queries, queries, queries)?,
            false => {
                let q = (queries + points)?;
                (queries + self.self_attn.forward(&q, &q, queries)?)?
            }
        };
        let queries = self.layer_norm1.forward(&queries)?;
        let (q, k) = ((&queries + points)?, (keys + places)?);
        let more = self.cross_attn_token_to_image.forward(&q, &k, keys)?;
        let queries = self.layer_norm2.forward(&(queries + more)?)?;
        let more = self.lin2.forward(&self.lin1.forward(&queries)?.relu()?)?;
        let queries = self.layer_norm3.forward(&(queries + more)?)?;
        let q = (&queries + points)?;
        let more = self.cross_attn_image_to_token.forward(&k, &q, &queries)?;
        let keys = self.layer_norm4.forward(&(keys + more)?)?;
        Ok((queries, keys))
    }
}

struct Attention {
    q_proj: Linear,
    k_proj: Linear,
    v_proj: Linear,
    out_proj: Linear,
    heads: usize,
}

impl Attention {
    /// Its inner width is the `rate`-th part.
    fn new(config: &Decoder, rate: usize, vb: Weights) -> Result<Self> {
        let (width, inner) = (config.hidden_size, config.hidden_size / rate.max(1));
        Ok(Self {
            q_proj: Linear::new(width, inner, vb.pp("q_proj"))?,
            k_proj: Linear::new(width, inner, vb.pp("k_proj"))?,
            v_proj: Linear::new(width, inner, vb.pp("v_proj"))?,
            out_proj: Linear::new(inner, width, vb.pp("out_proj"))?,
            heads: config.num_attention_heads,
        })
    }

    fn forward(&self, q: &Tensor, k: &Tensor, v: &Tensor) -> Result<Tensor> {
        let (q, k, v) = (
            self.q_proj.forward(q)?,
            self.k_proj.forward(k)?,
            self.v_proj.forward(v)?,
        );
        self.out_proj
            .forward(&attention(&q, &k, &v, self.heads, false)?)
    }
}

/// Linear layers with nothing below 0 between them.
struct Perceptron(Vec<Linear>);

impl Perceptron {
    fn new([inputs, inner, outputs]: [usize; 3], depth: usize, vb: Weights) -> Result<Self> {
        let mut layers = vec![Linear::new(inputs, inner, vb.pp("proj_in"))?];
        for index in 0..depth.saturating_sub(2) {
            layers.push(Linear::new(inner, inner, vb.pp("layers").pp(index))?);
        }
        layers.push(Linear::new(inner, outputs, vb.pp("proj_out"))?);
        Ok(Self(layers))
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let mut x = x.clone();
        for (index, layer) in self.0.iter().enumerate() {
            x = layer.forward(&if index > 0 { x.relu()? } else { x })?;
        }
        Ok(x)
    }
}

/// A transposed convolution of 2 × 2 px whose steps are 2 px: each pixel becomes four.
struct Doubled {
    weight: Linear, // (4 · out, in)
    bias: Tensor,   // (1, out, 1, 1)
    outputs: usize,
}

impl Doubled {
    fn new(inputs: usize, outputs: usize, vb: Weights) -> Result<Self> {
        let weight = vb.get((inputs, outputs, 2, 2), "weight")?;
        let weight = weight.reshape((inputs, 4 * outputs))?.t()?.contiguous()?;
        Ok(Self {
            weight: Linear::of(weight, None),
            bias: vb.get(outputs, "bias")?.reshape((1, outputs, 1, 1))?,
            outputs,
        })
    }

    /// (1, in, rows, columns) to (1, out, 2 · rows, 2 · columns).
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (_, _, rows, columns) = x.dims4()?;
        let x = x.flatten_from(2)?.transpose(1, 2)?;
        self.weight
            .forward(&x)?
            .reshape((rows, columns, self.outputs, 2, 2))?
            .permute((2, 0, 3, 1, 4))?
            .contiguous()?
            .reshape((1, self.outputs, 2 * rows, 2 * columns))?
            .broadcast_add(&self.bias)
    }
}
