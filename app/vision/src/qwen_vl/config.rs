//! What `config.json` of a Qwen2.5-VL or Qwen3-VL says, in the dialects of transformers 4 and 5: the first repositories
//! write the language model's settings beside those of the eyes, later ones each in an object of its own.

use retake_models::ModelError;
use retake_models::qwen3::Shape;
use retake_tensors::checkpoint::config::{Neutral, Settings};
use serde::Deserialize;

use super::eyes::EyesConfig;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// eyes that look through windows; biases in the language model
    Qwen25,
    /// eyes whose inner features join the first layers of the language model
    Qwen3,
}

/// Families by what `model_type` calls them.
const FAMILIES: [(&str, Family); 2] = [("qwen2_5_vl", Family::Qwen25), ("qwen3_vl", Family::Qwen3)];

/// Which axis of a place turns which pair of features.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Axes {
    /// pairs for time, height and width
    sections: [usize; 3],
    /// height and width in every third pair from the second and third on, instead of one section after another
    interleaved: bool,
}

impl Axes {
    /// 0 for time, 1 for height, 2 for width.
    pub(super) fn of_pair(self, pair: usize) -> usize {
        let [time, height, width] = self.sections;
        match (self.interleaved, pair % 3) {
            (true, 1) if pair < 3 * height => 1,
            (true, 2) if pair < 3 * width => 2,
            (true, _) => 0,
            (false, _) => usize::from(pair >= time) + usize::from(pair >= time + height),
        }
    }
}

/// The settings of the whole model.
#[derive(Clone, Debug)]
pub struct VlConfig {
    pub(super) family: Family,
    pub(super) text: Shape,
    pub(super) axes: Axes,
    pub(super) eyes: EyesConfig,
    /// the token that stands for a part of a picture
    pub(super) image_token: u32,
    /// the most tokens that the model was made for
    pub(super) longest: usize,
}

#[derive(Deserialize)]
struct Whole {
    image_token_id: Option<u32>,
    tie_word_embeddings: Option<bool>,
}

#[derive(Deserialize)]
struct Text {
    vocab_size: usize,
    hidden_size: usize,
    intermediate_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    num_key_value_heads: Option<usize>,
    head_dim: Option<usize>,
    rms_norm_eps: Option<f64>,
    max_position_embeddings: Option<usize>,
    tie_word_embeddings: Option<bool>,
    rope_theta: Option<f64>,
    rope_scaling: Option<Rope>,
    rope_parameters: Option<Rope>,
    layer_types: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Rope {
    rope_theta: Option<f64>,
    rope_type: Option<String>,
    r#type: Option<String>,
    mrope_section: Option<[usize; 3]>,
    mrope_interleaved: Option<bool>,
}

const OF_WHOLE: &[&str] = &[
    "architectures",
    "dtype",
    "image_token_id",
    "model_type",
    "text_config",
    "tie_word_embeddings",
    "torch_dtype",
    "transformers_version",
    "video_token_id",
    "vision_config",
    "vision_end_token_id",
    "vision_start_token_id",
    "vision_token_id",
];

const OF_TEXT: &[&str] = &[
    "vocab_size",
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "num_key_value_heads",
    "head_dim",
    "rms_norm_eps",
    "max_position_embeddings",
    "tie_word_embeddings",
    "rope_theta",
    "rope_scaling",
    "rope_parameters",
    "layer_types",
    "model_type",
    // of the files and of training
    "bos_token_id",
    "dtype",
    "eos_token_id",
    "initializer_range",
    "pad_token_id",
    "torch_dtype",
    "use_cache",
    // windows are off wherever `use_sliding_window` is
    "max_window_layers",
    "sliding_window",
];

const NEUTRAL: Neutral = &[("attention_dropout", "0"), ("hidden_act", "\"silu\"")];

impl VlConfig {
    /// Reads the whole of it.
    pub fn of(settings: &Settings) -> Result<Self, ModelError> {
        let eyes = settings.part("vision_config").ok_or_else(|| {
            settings.unsupported(
                "the model has no vision_config: it cannot look at pictures".to_owned(),
            )
        })?;
        let family = family_of(settings, &eyes)?;
        let whole: Whole = settings.typed()?;
        let text = match settings.part("text_config") {
            Some(text) => {
                settings.refuse_unknown(OF_WHOLE, &[])?;
                text
            }
            None => settings.without(OF_WHOLE),
        };
        text.refuse_unknown(OF_TEXT, NEUTRAL)?;
        let text: Text = text.typed()?;
        let ropes = [&text.rope_parameters, &text.rope_scaling];
        let said = || ropes.into_iter().flatten();
        for kind in said()
            .flat_map(|rope| [&rope.rope_type, &rope.r#type])
            .flatten()
        {
            if kind != "default" && kind != "mrope" {
                return Err(settings.unsupported(format!(
                    "the language model stretches its places by {kind}, which Retake does not know how to compute"
                )));
            }
        }
        let types = text.layer_types.iter().flatten();
        if let Some(other) = types.into_iter().find(|kind| *kind != "full_attention") {
            return Err(settings.unsupported(format!(
                "the language model has layers of {other}, which Retake does not know how to compute"
            )));
        }
        // where the file is silent, transformers' own
        let (eps, theta, sections) = match family {
            Family::Qwen25 => (1e-5, 1e6, [16, 24, 24]),
            Family::Qwen3 => (1e-6, 5e5, [24, 20, 20]),
        };
        let heads = text.num_attention_heads;
        let head_width = match (family, text.head_dim) {
            (Family::Qwen3, width) => width.unwrap_or(128),
            (Family::Qwen25, _) => text.hidden_size / heads.max(1),
        };
        let axes = Axes {
            sections: said()
                .find_map(|rope| rope.mrope_section)
                .unwrap_or(sections),
            interleaved: family == Family::Qwen3,
        };
        if said().any(|rope| {
            rope.mrope_interleaved
                .is_some_and(|said| said != axes.interleaved)
        }) {
            return Err(settings.unsupported(
                "mrope_interleaved is not as this family has it, which Retake does not know how to compute".to_owned(),
            ));
        }
        let shape = Shape {
            words: text.vocab_size,
            width: text.hidden_size,
            inner: text.intermediate_size,
            layers: text.num_hidden_layers,
            heads,
            shared: text.num_key_value_heads.unwrap_or(heads),
            head_width,
            eps: text.rms_norm_eps.unwrap_or(eps),
            theta: said()
                .find_map(|rope| rope.rope_theta)
                .or(text.rope_theta)
                .unwrap_or(theta),
            tied: whole.tie_word_embeddings == Some(true) || text.tie_word_embeddings == Some(true),
            normed: family == Family::Qwen3,
            biased: family == Family::Qwen25,
        };
        let pairs: usize = axes.sections.iter().sum();
        if let Some(fault) = shape.fault() {
            return Err(settings.unsupported(fault));
        }
        if !axes.interleaved && pairs != head_width / 2 {
            return Err(settings.unsupported(format!(
                "mrope_section has {pairs} pairs where a head has {}",
                head_width / 2
            )));
        }
        let eyes = EyesConfig::of(&eyes, family)?;
        if eyes.out_hidden_size != shape.width {
            return Err(settings.unsupported(format!(
                "the eyes give {} features and the language model reads {}",
                eyes.out_hidden_size, shape.width
            )));
        }
        if eyes.deepstack_visual_indexes.len() > shape.layers {
            return Err(settings
                .unsupported("the eyes feed more layers than the language model has".to_owned()));
        }
        Ok(Self {
            family,
            text: shape,
            axes,
            eyes,
            image_token: whole.image_token_id.unwrap_or(151_655),
            longest: text.max_position_embeddings.unwrap_or(32_768),
        })
    }

    /// How large the language model is.
    pub fn text(&self) -> &Shape {
        &self.text
    }

    /// The same with another number of words: some checkpoints were trained with tokens added or cut off.
    pub fn with_words(mut self, words: usize) -> Self {
        self.text.words = words;
        self
    }
}

/// By its name, or by what only its eyes have.
fn family_of(settings: &Settings, eyes: &Settings) -> Result<Family, ModelError> {
    let Some(name) = settings.text("model_type") else {
        return Ok(match eyes.has("deepstack_visual_indexes") {
            true => Family::Qwen3,
            false => Family::Qwen25,
        });
    };
    let known = FAMILIES.iter().find(|(kind, _)| *kind == name);
    known.map(|(_, family)| *family).ok_or_else(|| {
        settings.unsupported(format!(
            "this is a network of the kind {name}; a Qwen2.5-VL or Qwen3-VL is called for"
        ))
    })
}
