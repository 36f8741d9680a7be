//! What `config.json` and `preprocessor_config.json` of a Segment Anything say.

use retake_models::clip::Activation;
use retake_tensors::ModelError;
use retake_tensors::checkpoint::config::{Neutral, Settings};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The settings of the three networks.
#[derive(Clone, Debug)]
pub struct SamConfig {
    pub(super) vision: Vision,
    pub(super) prompts: Prompts,
    pub(super) decoder: Decoder,
}

/// Of the image encoder.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Vision {
    pub(super) hidden_size: usize,
    pub(super) output_channels: usize,
    pub(super) num_hidden_layers: usize,
    pub(super) num_attention_heads: usize,
    /// px
    pub(super) image_size: usize,
    /// px
    pub(super) patch_size: usize,
    pub(super) layer_norm_eps: f64,
    pub(super) hidden_act: Activation,
    qkv_bias: bool,
    use_abs_pos: bool,
    use_rel_pos: bool,
    mlp_ratio: f64,
    mlp_dim: Option<usize>,
    /// the side of a window, in patches
    pub(super) window_size: usize,
    /// layers that see the whole picture
    pub(super) global_attn_indexes: Vec<usize>,
    pub(super) num_pos_feats: usize,
}

impl Vision {
    /// The side of the picture in patches.
    pub(super) fn patches(&self) -> usize {
        self.image_size / self.patch_size
    }

    /// Features inside a perceptron.
    pub(super) fn inner(&self) -> usize {
        self.mlp_dim
            .unwrap_or((self.hidden_size as f64 * self.mlp_ratio) as usize)
    }
}

/// Of the encoder of points, boxes and outlines.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Prompts {
    pub(super) hidden_size: usize,
    pub(super) mask_input_channels: usize,
    pub(super) num_point_embeddings: usize,
    pub(super) hidden_act: Activation,
    pub(super) layer_norm_eps: f64,
}

/// Of the decoder of outlines.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Decoder {
    pub(super) hidden_size: usize,
    pub(super) mlp_dim: usize,
    pub(super) num_hidden_layers: usize,
    pub(super) num_attention_heads: usize,
    pub(super) attention_downsample_rate: usize,
    pub(super) num_multimask_outputs: usize,
    pub(super) iou_head_depth: usize,
    pub(super) iou_head_hidden_dim: usize,
    pub(super) layer_norm_eps: f64,
}

/// Settings that are fixed here.
const NEUTRAL: [(&str, Neutral); 2] = [
    ("vision_config", &[("num_channels", "3")]),
    ("mask_decoder_config", &[("hidden_act", "\"relu\"")]),
];

/// What transformers takes where the file says nothing: the sizes of ViT-B.
fn silent(part: &str) -> Value {
    match part {
        "vision_config" => json!({
            "hidden_size": 768, "output_channels": 256, "num_hidden_layers": 12, "num_attention_heads": 12,
            "image_size": 1024, "patch_size": 16, "hidden_act": "gelu", "layer_norm_eps": 1e-6, "qkv_bias": true,
            "mlp_ratio": 4.0, "use_abs_pos": true, "use_rel_pos": true, "window_size": 14,
            "global_attn_indexes": [2, 5, 8, 11], "num_pos_feats": 128,
        }),
        "prompt_encoder_config" => json!({
            "hidden_size": 256, "mask_input_channels": 16, "num_point_embeddings": 4, "hidden_act": "gelu",
            "layer_norm_eps": 1e-6,
        }),
        _ => json!({
            "hidden_size": 256, "mlp_dim": 2048, "num_hidden_layers": 2, "num_attention_heads": 8,
            "attention_downsample_rate": 2, "num_multimask_outputs": 3, "iou_head_depth": 3,
            "iou_head_hidden_dim": 256, "layer_norm_eps": 1e-6,
        }),
    }
}

impl SamConfig {
    /// Reads it.
    pub fn of(settings: &Settings) -> Result<Self, ModelError> {
        let within = |part: &str| {
            let said = settings.part(part);
            said.unwrap_or_else(|| Settings::of("config.json", Map::new()))
        };
        for (part, neutral) in NEUTRAL {
            for (key, _) in neutral {
                if within(part).has(key) {
                    within(part).only(key).refuse_unknown(&[], neutral)?;
                }
            }
        }
        let full = |part: &str| within(part).or(&silent(part));
        let config = Self {
            vision: full("vision_config").typed()?,
            prompts: full("prompt_encoder_config").typed()?,
            decoder: full("mask_decoder_config").typed()?,
        };
        match config.fault() {
            Some(fault) => Err(settings.unsupported(fault)),
            None => Ok(config),
        }
    }

    /// What cannot be, or is not known here, as a sentence without full stop.
    fn fault(&self) -> Option<String> {
        let Self {
            vision,
            prompts,
            decoder,
        } = self;
        if !(vision.qkv_bias && vision.use_abs_pos && vision.use_rel_pos) {
            return Some("qkv_bias, use_abs_pos and use_rel_pos must be on".to_owned());
        }
        let shared = |width: usize, heads: usize| heads > 0 && width.is_multiple_of(heads);
        let rate = decoder.attention_downsample_rate.max(1);
        if !shared(vision.hidden_size, vision.num_attention_heads)
            || !shared(decoder.hidden_size, decoder.num_attention_heads)
            || !shared(decoder.hidden_size / rate, decoder.num_attention_heads)
        {
            return Some("the widths cannot be shared by the heads".to_owned());
        }
        let width = decoder.hidden_size;
        let widths = [
            vision.output_channels,
            prompts.hidden_size,
            2 * vision.num_pos_feats,
        ];
        if widths.iter().any(|&other| other != width) || !width.is_multiple_of(8) {
            return Some(format!(
                "the three networks do not speak of the same features: {widths:?} and {width}"
            ));
        }
        if vision.patch_size == 0 || vision.patches() == 0 || prompts.num_point_embeddings != 4 {
            return Some("the picture has no patches, or points are not of four kinds".to_owned());
        }
        (decoder.iou_head_depth < 2).then(|| "iou_head_depth must be at least 2".to_owned())
    }
}

/// The settings of the processor, whole.
pub(super) fn processor(settings: &Settings, side: usize) -> Result<Settings, ModelError> {
    let said = settings.or(&json!({
        "resample": 2, "do_rescale": true, "rescale_factor": 1.0 / 255.0, "do_normalize": true,
        "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225],
    }));
    let longest = said
        .part("size")
        .and_then(|size| size.number("longest_edge"));
    match longest {
        Some(longest) if longest != side => Err(settings.unsupported(format!(
            "the pictures are brought to {longest} px where config.json calls for {side}"
        ))),
        _ => Ok(said),
    }
}
