//! The transformer: every token sees all others, and each half of a layer is added to what went in and then normalised.

use candle_core::{Result, Tensor};
use serde::Deserialize;

use crate::ModelError;
use crate::checkpoint::Weights;
use crate::checkpoint::config::Settings;
use crate::clip::Activation;
use crate::kernels::attention;
use crate::layers::{Embedding, LayerNorm, Linear};

/// What `config.json` says.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct BertConfig {
    pub(super) vocab_size: usize,
    pub(super) hidden_size: usize,
    pub(super) intermediate_size: usize,
    pub(super) num_hidden_layers: usize,
    pub(super) num_attention_heads: usize,
    pub(super) max_position_embeddings: usize,
    pub(super) type_vocab_size: usize,
    pub(super) hidden_act: Activation,
    pub(super) layer_norm_eps: f64,
    #[serde(default = "absolute")]
    position_embedding_type: String,
}

fn absolute() -> String {
    "absolute".to_owned()
}

impl BertConfig {
    pub(super) fn of(settings: &Settings) -> std::result::Result<Self, ModelError> {
        let config: Self = settings.typed()?;
        let heads = config.num_attention_heads;
        if heads == 0 || !config.hidden_size.is_multiple_of(heads) {
            return Err(settings.unsupported(format!(
                "a width of {} cannot be shared by {heads} heads",
                config.hidden_size
            )));
        }
        if config.position_embedding_type != "absolute" {
            return Err(settings.unsupported(format!(
                "places are told as {}, and only absolute ones are known",
                config.position_embedding_type
            )));
        }
        Ok(config)
    }
}

/// BertModel without its pooler.
pub(super) struct Bert {
    word_embeddings: Embedding,
    position_embeddings: Embedding,
    token_type_embeddings: Embedding,
    norm: LayerNorm,
    layers: Vec<Layer>,
}

impl Bert {
    pub(super) fn new(config: &BertConfig, vb: Weights) -> Result<Self> {
        let embeddings = vb.pp("embeddings");
        let table =
            |rows, name: &str| Embedding::new(rows, config.hidden_size, embeddings.pp(name));
        Ok(Self {
            word_embeddings: table(config.vocab_size, "word_embeddings")?,
            position_embeddings: table(config.max_position_embeddings, "position_embeddings")?,
            token_type_embeddings: table(config.type_vocab_size, "token_type_embeddings")?,
            norm: norm(config, embeddings.pp("LayerNorm"))?,
            layers: (0..config.num_hidden_layers)
                .map(|i| Layer::new(config, vb.pp("encoder.layer").pp(i)))
                .collect::<Result<_>>()?,
        })
    }

    /// The states of the tokens of texts of one length, one text after another: (texts, tokens, width).
    pub(super) fn forward(&self, ids: &[u32], tokens: usize) -> Result<Tensor> {
        let places: Vec<u32> = (0..ids.len()).map(|i| (i % tokens) as u32).collect();
        let words = self.word_embeddings.forward(ids)?;
        // a text alone is of the first type
        let first = self.token_type_embeddings.forward(&vec![0; ids.len()])?;
        let states = ((words + self.position_embeddings.forward(&places)?)? + first)?;
        let (rows, width) = states.dims2()?;
        let states = states.reshape((rows / tokens, tokens, width))?;
        let states = self.norm.forward(&states)?;
        let mut layers = self.layers.iter();
        layers.try_fold(states, |states, layer| layer.forward(&states))
    }
}

struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    attended: Linear,
    attended_norm: LayerNorm,
    intermediate: Linear,
    output: Linear,
    output_norm: LayerNorm,
    activation: Activation,
    heads: usize,
}

impl Layer {
    fn new(config: &BertConfig, vb: Weights) -> Result<Self> {
        let (width, inner) = (config.hidden_size, config.intermediate_size);
        let attention = vb.pp("attention");
        let own = |name: &str| Linear::new(width, width, attention.pp("self").pp(name));
        Ok(Self {
            query: own("query")?,
            key: own("key")?,
            value: own("value")?,
            attended: Linear::new(width, width, attention.pp("output.dense"))?,
            attended_norm: norm(config, attention.pp("output.LayerNorm"))?,
            intermediate: Linear::new(width, inner, vb.pp("intermediate.dense"))?,
            output: Linear::new(inner, width, vb.pp("output.dense"))?,
            output_norm: norm(config, vb.pp("output.LayerNorm"))?,
            activation: config.hidden_act,
            heads: config.num_attention_heads,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (q, k, v) = (
            self.query.forward(x)?,
            self.key.forward(x)?,
            self.value.forward(x)?,
        );
        let seen = self
            .attended
            .forward(&attention(&q, &k, &v, self.heads, false)?)?;
        let x = self.attended_norm.forward(&(seen + x)?)?;
        let thought = self.activation.forward(&self.intermediate.forward(&x)?)?;
        let thought = self.output.forward(&thought)?;
        self.output_norm.forward(&(thought + x)?)
    }
}

fn norm(config: &BertConfig, vb: Weights) -> Result<LayerNorm> {
    LayerNorm::new(config.hidden_size, config.layer_norm_eps, vb)
}
