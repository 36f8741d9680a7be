//! CLIP's byte pairs, from the `vocab.json` and `merges.txt` that published checkpoints have alone.

use std::path::Path;

use tokenizers::models::bpe::BPE;
use tokenizers::normalizers::replace::ReplacePattern;
use tokenizers::normalizers::{Lowercase, NFC, Replace, Sequence as Normalizers};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::sequence::Sequence as PreTokenizers;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{NormalizerWrapper, PreTokenizerWrapper, SplitDelimiterBehavior};

use crate::ModelError;
use crate::checkpoint::config::Settings;

/// Words, contractions, single digits, and runs of anything else that is no space (openai/CLIP, simple_tokenizer.py).
const WORDS: &str = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+";

/// Text as CLIP sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// the beginning, the text, the end, and padding: exactly as many as the model has places
    pub ids: Vec<u32>,
    /// tokens of the text that found no place
    pub cut: usize,
}

/// From text to tokens.
pub struct Tokenizer {
    inner: tokenizers::Tokenizer,
    begin: u32,
    end: u32,
    pad: u32,
    /// places of the model
    length: usize,
}

/// A special token is written as its text or as an object that has it.
#[derive(Clone, serde::Deserialize)]
#[serde(untagged)]
pub(crate) enum Special {
    /// the text alone
    Text(String),
    /// with what surrounds it
    Object {
        /// the text
        content: String,
    },
}

impl Special {
    /// Its text.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Object { content: text } => text,
        }
    }
}

#[derive(serde::Deserialize)]
struct Config {
    bos_token: Special,
    eos_token: Special,
    unk_token: Special,
    pad_token: Option<Special>,
    model_max_length: usize,
}

impl Tokenizer {
    /// Reads `vocab.json`, `merges.txt` and `tokenizer_config.json`; `places` is how many tokens the text encoder takes.
    pub fn open(folder: &Path, places: usize) -> Result<Self, ModelError> {
        let settings = Settings::read(&folder.join("tokenizer_config.json"))?;
        let config: Config = settings.typed()?;
        let (vocabulary, merges) = (folder.join("vocab.json"), folder.join("merges.txt"));
        for path in [&vocabulary, &merges] {
            if !path.is_file() {
                return Err(ModelError::NotACheckpoint {
                    what: "a file of the tokenizer is missing".to_owned(),
                    path: path.clone(),
                });
            }
        }
        let damaged = |error: tokenizers::Error| ModelError::Damaged {
            what: format!("the tokenizer cannot be understood ({error})"),
            path: folder.to_owned(),
        };
        let model = BPE::from_file(&vocabulary.to_string_lossy(), &merges.to_string_lossy())
            .unk_token(config.unk_token.text().to_owned())
            .end_of_word_suffix("</w>".to_owned())
            .build()
            .map_err(damaged)?;
        let mut inner = tokenizers::Tokenizer::new(model);
        inner
            .with_normalizer(Some(normal_form().map_err(damaged)?))
            .map_err(damaged)?
            .with_pre_tokenizer(Some(words().map_err(damaged)?));
        let id = |special: &Special| {
            inner.token_to_id(special.text()).ok_or_else(|| {
                settings.unsupported(format!(
                    "the special token {} is not in the vocabulary",
                    special.text()
                ))
            })
        };
        let (begin, end) = (id(&config.bos_token)?, id(&config.eos_token)?);
        let pad = id(config.pad_token.as_ref().unwrap_or(&config.eos_token))?;
        let length = config.model_max_length.min(places);
        if length < 2 {
            return Err(settings.unsupported("the model takes no text".to_owned()));
        }
        Ok(Self {
            inner,
            begin,
            end,
            pad,
            length,
        })
    }

    /// How many tokens there are.
    pub fn size(&self) -> usize {
        self.inner.get_vocab_size(false)
    }

    /// The tokens of a text, cut or padded to the model's length.
    pub fn tokens(&self, text: &str) -> Result<Tokens, ModelError> {
        let encoded = self
            .inner
            .encode(text, false)
            .map_err(|error| ModelError::Machine(format!("the text cannot be read ({error})")))?;
        let all = encoded.get_ids();
        let kept = all.len().min(self.length - 2);
        let mut ids = Vec::with_capacity(self.length);
        ids.push(self.begin);
        ids.extend_from_slice(&all[..kept]);
        ids.push(self.end);
        ids.resize(self.length, self.pad);
        Ok(Tokens {
            ids,
            cut: all.len() - kept,
        })
    }
}

/// Composed characters, one space for any run of spaces, lower case.
fn normal_form() -> tokenizers::Result<NormalizerWrapper> {
    let spaces = Replace::new(ReplacePattern::Regex(r"\s+".to_owned()), " ")?;
    Ok(Normalizers::new(vec![NFC.into(), spaces.into(), Lowercase.into()]).into())
}

/// Words, then their bytes as letters.
fn words() -> tokenizers::Result<PreTokenizerWrapper> {
    let split = Split::new(
        SplitPattern::Regex(WORDS.to_owned()),
        SplitDelimiterBehavior::Removed,
        true,
    )?;
    Ok(PreTokenizers::new(vec![
        split.into(),
        ByteLevel::new(false, true, false).into(),
    ])
    .into())
}
