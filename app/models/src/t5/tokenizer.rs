//! T5's pieces of words, from the `tokenizer.json` that published checkpoints have.

use std::path::Path;

use serde::Deserialize;

use crate::ModelError;
use crate::checkpoint::config::Settings;
use crate::clip::{Special, Tokens};

/// From text to tokens.
pub struct T5Tokenizer {
    inner: tokenizers::Tokenizer,
    end: u32,
    pad: u32,
    /// the most tokens that the model was trained with
    longest: usize,
}

#[derive(Deserialize)]
struct Config {
    #[serde(default = "end")]
    eos_token: Special,
    #[serde(default = "pad")]
    pad_token: Special,
    /// an absurd number where there is no limit
    #[serde(default = "longest")]
    model_max_length: f64,
}

fn end() -> Special {
    Special::Text("</s>".to_owned())
}

fn pad() -> Special {
    Special::Text("<pad>".to_owned())
}

/// What FLUX.1 was trained with.
fn longest() -> f64 {
    512.0
}

impl T5Tokenizer {
    /// Reads `tokenizer.json` and `tokenizer_config.json`.
    pub fn open(folder: &Path) -> Result<Self, ModelError> {
        let path = folder.join("tokenizer.json");
        if !path.is_file() {
            return Err(ModelError::NotACheckpoint {
                what: if folder.join("spiece.model").is_file() {
                    "the tokenizer is there only as spiece.model, and tokenizer.json is needed"
                        .to_owned()
                } else {
                    "a file of the tokenizer is missing".to_owned()
                },
                path,
            });
        }
        let settings = Settings::read(&folder.join("tokenizer_config.json"))?;
        let config: Config = settings.typed()?;
        let mut inner =
            tokenizers::Tokenizer::from_file(&path).map_err(|error| ModelError::Damaged {
                what: format!("the tokenizer cannot be understood ({error})"),
                path: path.clone(),
            })?;
        inner.with_padding(None);
        let id = |special: &Special| {
            inner.token_to_id(special.text()).ok_or_else(|| {
                settings.unsupported(format!(
                    "the special token {} is not in the vocabulary",
                    special.text()
                ))
            })
        };
        let (end, pad) = (id(&config.eos_token)?, id(&config.pad_token)?);
        // the file may cut texts of its own accord
        inner.with_truncation(None).map_err(|error| {
            settings.unsupported(format!("the tokenizer cannot be used ({error})"))
        })?;
        Ok(Self {
            inner,
            end,
            pad,
            longest: config.model_max_length.clamp(2.0, 4096.0) as usize,
        })
    }

    /// The highest token and 1.
    pub fn size(&self) -> usize {
        let ids = self.inner.get_vocab(true).into_values();
        ids.max().map_or(0, |highest| highest as usize + 1)
    }

    /// The tokens of a text, cut or padded to `places`, or to the most that the model takes.
    pub fn tokens(&self, text: &str, places: usize) -> Result<Tokens, ModelError> {
        let places = places.clamp(2, self.longest);
        let encoded = self
            .inner
            .encode(text, false)
            .map_err(|error| ModelError::Machine(format!("the text cannot be read ({error})")))?;
        let all = encoded.get_ids();
        let kept = all.len().min(places - 1);
        let mut ids = all[..kept].to_vec();
        ids.push(self.end);
        ids.resize(places, self.pad);
        Ok(Tokens {
            ids,
            cut: all.len() - kept,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokenizer() -> T5Tokenizer {
        let folder = "../../tests/parity/cases/flux_kontext_old/model/tokenizer_2";
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        T5Tokenizer::open(&folder).expect("a tokenizer")
    }

    #[test]
    fn a_text_is_padded_and_keeps_its_end_when_it_is_cut() {
        let tokenizer = tokenizer();
        let whole = tokenizer.tokens("sky", 12).expect("tokens");
        let end = whole.ids.iter().position(|&id| id == 1).expect("an end");
        assert_eq!((whole.ids.len(), whole.cut), (12, 0));
        assert!(whole.ids[end + 1..].iter().all(|&id| id == 0));
        let cut = tokenizer.tokens("sky sky sky", end + 1).expect("tokens");
        assert_eq!(cut.ids, whole.ids[..=end]);
        assert_eq!(cut.cut, 2 * end);
    }

    #[test]
    fn odd_characters_are_read_as_plain_ones() {
        let tokenizer = tokenizer();
        let ids = |text: &str| tokenizer.tokens(text, 30).expect("tokens").ids;
        assert_eq!(ids("\u{fb01}lm \u{ff21}"), ids("film A"));
        assert_eq!(ids("a\u{3000}b"), ids("a b"));
        assert_eq!(ids("a   b "), ids("a b"));
    }

    #[test]
    fn no_text_has_an_end_too() {
        let none = tokenizer().tokens("", 4).expect("tokens");
        assert_eq!((none.ids, none.cut), (vec![1, 0, 0, 0], 0));
    }
}
