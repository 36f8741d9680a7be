//! Qwen's byte pairs, from the `tokenizer.json` of the checkpoint.

use std::path::Path;

use super::template::Template;
use crate::ModelError;
use crate::checkpoint::config::Settings;

/// A text as the model gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// the tokens, and padding up to the number of places
    pub ids: Vec<u32>,
    /// how many of them are no padding
    pub real: usize,
    /// tokens that found no place
    pub cut: usize,
}

/// From text to tokens.
pub(crate) struct Tokenizer {
    inner: tokenizers::Tokenizer,
    template: Template,
    pad: u32,
}

/// A special token is written as its text or as an object that has it.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Special {
    Text(String),
    Object { content: String },
}

#[derive(serde::Deserialize)]
struct Config {
    pad_token: Special,
    padding_side: Option<String>,
    truncation_side: Option<String>,
}

impl Tokenizer {
    /// Reads `tokenizer.json`, `tokenizer_config.json` and the chat template.
    pub(crate) fn open(folder: &Path) -> Result<Self, ModelError> {
        let settings = Settings::read(&folder.join("tokenizer_config.json"))?;
        let Config {
            pad_token: Special::Text(pad) | Special::Object { content: pad },
            padding_side,
            truncation_side,
        } = settings.typed()?;
        if let Some(side) = [padding_side, truncation_side]
            .into_iter()
            .flatten()
            .find(|side| side != "right")
        {
            return Err(settings.unsupported(format!(
                "the tokenizer fills and cuts texts on the {side}, which Retake does not know how to compute"
            )));
        }
        let inner = opened(folder)?;
        let pad = inner.token_to_id(&pad).ok_or_else(|| {
            settings.unsupported(format!("the special token {pad} is not in the vocabulary"))
        })?;
        let template = Template::open(folder, &settings)?;
        Ok(Self {
            inner,
            template,
            pad,
        })
    }

    /// One more than the highest token.
    pub(crate) fn size(&self) -> usize {
        let ids = self.inner.get_vocab(true).into_values();
        ids.max().map_or(0, |highest| highest as usize + 1)
    }

    /// A text in the words of the chat template, cut or filled up to `places`.
    pub(crate) fn prompt(&self, text: &str, places: usize) -> Result<Prompt, ModelError> {
        let asked = self.template.asked(text)?;
        let encoded = self
            .inner
            .encode(asked, true)
            .map_err(|error| ModelError::Machine(format!("the text cannot be read ({error})")))?;
        let all = encoded.get_ids();
        let real = all.len().min(places);
        let mut ids = all[..real].to_vec();
        ids.resize(places, self.pad);
        Ok(Prompt {
            ids,
            real,
            cut: all.len() - real,
        })
    }
}

/// Reads `tokenizer.json`, without what it says about cutting and filling texts.
pub(super) fn opened(folder: &Path) -> Result<tokenizers::Tokenizer, ModelError> {
    let path = folder.join("tokenizer.json");
    if !path.is_file() {
        return Err(ModelError::NotACheckpoint {
            what: "a file of the tokenizer is missing".to_owned(),
            path,
        });
    }
    let damaged = |error: tokenizers::Error| ModelError::Damaged {
        what: format!("the tokenizer cannot be understood ({error})"),
        path: path.clone(),
    };
    let mut inner = tokenizers::Tokenizer::from_file(&path).map_err(damaged)?;
    inner.with_padding(None);
    inner.with_truncation(None).map_err(damaged)?;
    Ok(inner)
}
