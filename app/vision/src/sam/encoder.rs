//! The image encoder (ViTDet, Li et al. 2022): a transformer over patches, most of whose layers see windows; where a patch
//! lies from another is learned for rows and columns apart.

use candle_core::{Result, Tensor};
use retake_models::clip::Activation;
use retake_tensors::checkpoint::Weights;
use retake_tensors::kernels::attention_with_distances;
use retake_tensors::layers::{Conv2d, LayerNorm, Linear};

use super::config::Vision;

/// What the norms behind the last layer add to the variance, whatever the file says.
const NECK_EPS: f64 = 1e-6;

/// The network.
pub(super) struct ImageEncoder {
    patch_embed: Conv2d,
    pos_embed: Tensor, // (1, rows, columns, width)
    layers: Vec<Layer>,
    neck: Neck,
}

impl ImageEncoder {
    pub(super) fn new(config: &Vision, vb: Weights) -> Result<Self> {
        let (width, side) = (config.hidden_size, config.patches());
        let patch = config.patch_size;
        let layer = |index: usize| {
            let whole = config.window_size == 0 || config.global_attn_indexes.contains(&index);
            let window = (!whole).then_some(config.window_size);
            Layer::new(config, window, vb.pp("layers").pp(index))
        };
        Ok(Self {
            patch_embed: Conv2d::new(3, width, patch, patch, 0, vb.pp("patch_embed.projection"))?,
            pos_embed: vb.get((1, side, side, width), "pos_embed")?,
            layers: (0..config.num_hidden_layers)
                .map(layer)
                .collect::<Result<_>>()?,
            neck: Neck::new(config, vb.pp("neck"))?,
        })
    }

    /// (1, 3, side, side) to (1, places, channels).
    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let x = self.patch_embed.forward(x)?.permute((0, 2, 3, 1))?;
        let mut x = (x + &self.pos_embed)?; // (1, rows, columns, width)
        for layer in &self.layers {
            x = layer.forward(&x)?;
        }
        self.neck.forward(&x)
    }
}

struct Layer {
    layer_norm1: LayerNorm,
    attn: Attention,
    layer_norm2: LayerNorm,
    lin1: Linear,
    lin2: Linear,
    activation: Activation,
    window: Option<usize>,
}

impl Layer {
    fn new(config: &Vision, window: Option<usize>, vb: Weights) -> Result<Self> {
        let (width, inner, eps) = (config.hidden_size, config.inner(), config.layer_norm_eps);
        let side = window.unwrap_or(config.patches());
        Ok(Self {
            layer_norm1: LayerNorm::new(width, eps, vb.pp("layer_norm1"))?,
            attn: Attention::new(width, config.num_attention_heads, side, vb.pp("attn"))?,
            layer_norm2: LayerNorm::new(width, eps, vb.pp("layer_norm2"))?,
            lin1: Linear::new(width, inner, vb.pp("mlp.lin1"))?,
            lin2: Linear::new(inner, width, vb.pp("mlp.lin2"))?,
            activation: config.hidden_act,
            window,
        })
    }

    /// (1, rows, columns, width).
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (_, rows, columns, width) = x.dims4()?;
        let h = self.layer_norm1.forward(x)?;
        let h = match self.window {
            None => self.attn.forward(&h)?,
            Some(side) => {
                let windows = apart(&h, side)?;
                together(&self.attn.forward(&windows)?, rows, columns)?
            }
        };
        let x = (x + h)?;
        let h = self.layer_norm2.forward(&x)?;
        let h = self.lin1.forward(&h.reshape((1, rows * columns, width))?)?;
        let h = self.lin2.forward(&self.activation.forward(&h)?)?;
        x + h.reshape((1, rows, columns, width))?
    }
}

/// Windows of a picture, (1, rows, columns, width) to (windows, side, side, width); zeros fill up the last.
fn apart(x: &Tensor, side: usize) -> Result<Tensor> {
    let (_, rows, columns, width) = x.dims4()?;
    let (down, across) = (rows.div_ceil(side), columns.div_ceil(side));
    x.pad_with_zeros(1, 0, down * side - rows)?
        .pad_with_zeros(2, 0, across * side - columns)?
        .reshape((down, side, across, side, width))?
        .permute((0, 2, 1, 3, 4))?
        .contiguous()?
        .reshape((down * across, side, side, width))
}

/// The way back.
fn together(x: &Tensor, rows: usize, columns: usize) -> Result<Tensor> {
    let (_, side, _, width) = x.dims4()?;
    let (down, across) = (rows.div_ceil(side), columns.div_ceil(side));
    x.reshape((down, across, side, side, width))?
        .permute((0, 2, 1, 3, 4))?
        .contiguous()?
        .reshape((1, down * side, across * side, width))?
        .narrow(1, 0, rows)?
        .narrow(2, 0, columns)?
        .contiguous()
}

struct Attention {
    qkv: Linear,
    proj: Linear,
    /// (side, width of a head, side): for a row, what its queries make of the distance to each
    rel_pos_h: Tensor,
    rel_pos_w: Tensor,
    heads: usize,
}

impl Attention {
    fn new(width: usize, heads: usize, side: usize, vb: Weights) -> Result<Self> {
        let head = width / heads;
        let index: Vec<u32> = (0..side)
            .flat_map(|query| (0..side).map(move |key| (query + side - 1 - key) as u32))
            .collect();
        let index = Tensor::new(index, vb.device())?;
        let distances = |name: &str| {
            vb.get((2 * side - 1, head), name)?
                .contiguous()?
                .index_select(&index, 0)?
                .reshape((side, side, head))?
                .transpose(1, 2)?
                .contiguous()
        };
        Ok(Self {
            rel_pos_h: distances("rel_pos_h")?,
            rel_pos_w: distances("rel_pos_w")?,
            qkv: Linear::new(width, 3 * width, vb.pp("qkv"))?,
            proj: Linear::new(width, width, vb.pp("proj"))?,
            heads,
        })
    }

    /// (windows, side, side, width), each window seeing itself.
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (windows, side, _, width) = x.dims4()?;
        let (tokens, heads) = (side * side, self.heads);
        let head = width / heads;
        let qkv = self.qkv.forward(&x.reshape((windows, tokens, width))?)?;
        let third = |index: usize| qkv.narrow(2, index * width, width)?.contiguous();
        let (q, k, v) = (third(0)?, third(1)?, third(2)?);
        // (windows, rows, columns, heads, head)
        let parts = q.reshape((windows, side, side, heads, head))?;
        // of each query the share of a row's or column's distance: (windows, tokens, heads · side)
        let rows = parts
            .permute((1, 0, 2, 3, 4))?
            .contiguous()?
            .reshape((side, windows * side * heads, head))?
            .matmul(&self.rel_pos_h)?
            .reshape((side, windows, side, heads * side))?
            .permute((1, 0, 2, 3))?
            .contiguous()?
            .reshape((windows, tokens, heads * side))?;
        let columns = parts
            .permute((2, 0, 1, 3, 4))?
            .contiguous()?
            .reshape((side, windows * side * heads, head))?
            .matmul(&self.rel_pos_w)?
            .reshape((side, windows, side, heads * side))?
            .permute((1, 2, 0, 3))?
            .contiguous()?
            .reshape((windows, tokens, heads * side))?;
        let h = attention_with_distances(&q, &k, &v, heads, &rows, &columns)?;
        self.proj.forward(&h)?.reshape((windows, side, side, width))
    }
}

/// To the features that the decoder knows.
struct Neck {
    conv1: Linear,
    layer_norm1: LayerNorm,
    conv2: Conv2d,
    layer_norm2: LayerNorm,
}

impl Neck {
    fn new(config: &Vision, vb: Weights) -> Result<Self> {
        let (width, channels) = (config.hidden_size, config.output_channels);
        let conv1 = vb.get((channels, width, 1, 1), "conv1.weight")?;
        Ok(Self {
            conv1: Linear::of(conv1.reshape((channels, width))?, None),
            layer_norm1: LayerNorm::new(channels, NECK_EPS, vb.pp("layer_norm1"))?,
            conv2: Conv2d::same_without_bias(channels, channels, vb.pp("conv2"))?,
            layer_norm2: LayerNorm::new(channels, NECK_EPS, vb.pp("layer_norm2"))?,
        })
    }

    /// (1, rows, columns, width) to (1, places, channels).
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (_, rows, columns, width) = x.dims4()?;
        let x = self
            .conv1
            .forward(&x.reshape((1, rows * columns, width))?)?;
        let x = self.layer_norm1.forward(&x)?;
        let channels = x.dim(2)?;
        let x = x
            .transpose(1, 2)?
            .contiguous()?
            .reshape((1, channels, rows, columns))?;
        let x = self.conv2.forward(&x)?;
        let x = x.flatten_from(2)?.transpose(1, 2)?.contiguous()?;
        self.layer_norm2.forward(&x)
    }
}
