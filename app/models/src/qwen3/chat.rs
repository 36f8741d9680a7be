//! Talking to a model that was trained on conversations: from a message of texts and pictures to tokens, and from tokens
//! back to a text.

use std::path::Path;

use tokenizers::AddedToken;

use super::template::Template;
use super::tokenizer::opened;
use crate::ModelError;
use crate::checkpoint::config::Settings;

/// A piece of what the user says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// words; what looks like a special token in them is taken for words
    Words(&'a str),
    /// words in which special tokens count
    Tokens(&'a str),
    /// a picture: its token stands once where it is
    Picture,
}

/// Tokenizer and chat template.
pub struct Chat {
    tokenizer: tokenizers::Tokenizer,
    template: Template,
    /// tokens that end an answer
    ends: Vec<u32>,
}

impl Chat {
    /// Reads `tokenizer.json`, `tokenizer_config.json`, the chat template and `generation_config.json` where it is there.
    pub fn open(folder: &Path) -> Result<Self, ModelError> {
        let settings = Settings::read(&folder.join("tokenizer_config.json"))?;
        let tokenizer = opened(folder)?;
        let template = Template::open(folder, &settings)?;
        let mut ends = Vec::new();
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Ends {
            One(u32),
            Several(Vec<u32>),
        }
        #[derive(serde::Deserialize)]
        struct Generation {
            eos_token_id: Option<Ends>,
        }
        let path = folder.join("generation_config.json");
        if path.is_file() {
            match Settings::read(&path)?.typed::<Generation>()?.eos_token_id {
                Some(Ends::One(one)) => ends.push(one),
                Some(Ends::Several(several)) => ends.extend(several),
                None => {}
            }
        }
        ends.extend(
            ["<|im_end|>", "<|endoftext|>"]
                .iter()
                .filter_map(|end| tokenizer.token_to_id(end)),
        );
        Ok(Self {
            tokenizer,
            template,
            ends,
        })
    }

    /// The tokens of a user's message up to where the answer begins, after a message of the system where there is one.
    /// `begun` is the beginning of the answer; special tokens count in it.
    pub fn asked(
        &self,
        system: Option<&str>,
        pieces: &[Piece<'_>],
        begun: &str,
    ) -> Result<Vec<u32>, ModelError> {
        let texts: Vec<Option<String>> = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Words(words) => Some(self.harmless(words)),
                Piece::Tokens(words) => Some((*words).to_owned()),
                Piece::Picture => None,
            })
            .collect();
        let texts: Vec<Option<&str>> = texts.iter().map(Option::as_deref).collect();
        let system = system.map(|words| self.harmless(words));
        let text = self.template.shown(system.as_deref(), &texts)?;
        self.tokens(&(text + begun))
    }

    /// The tokens of a text, special ones too.
    pub fn tokens(&self, text: &str) -> Result<Vec<u32>, ModelError> {
        let encoded = self
            .tokenizer
            .encode(text, false)
            .map_err(|error| ModelError::Machine(format!("the text cannot be read ({error})")))?;
        Ok(encoded.get_ids().to_vec())
    }

    /// The text of tokens, without special ones.
    pub fn text(&self, tokens: &[u32]) -> Result<String, ModelError> {
        self.tokenizer
            .decode(tokens, true)
            .map_err(|error| ModelError::Machine(format!("the answer cannot be read ({error})")))
    }

    /// The text of one token, special or not.
    pub fn text_of(&self, token: u32) -> String {
        self.tokenizer.decode(&[token], false).unwrap_or_default()
    }

    /// The token that a text is, if it is a single one.
    pub fn token(&self, text: &str) -> Option<u32> {
        let special = self.tokenizer.token_to_id(text);
        special.or_else(|| match self.tokens(text).ok()?[..] {
            [one] => Some(one),
            _ => None,
        })
    }

    /// One more than the highest token.
    pub fn size(&self) -> usize {
        let ids = self.tokenizer.get_vocab(true).into_values();
        ids.max().map_or(0, |highest| highest as usize + 1)
    }

    /// Adds a special token where the tokenizer lacks it: it gets the next free number.
    pub fn with_token(&mut self, text: &str) -> Result<u32, ModelError> {
        if self.tokenizer.token_to_id(text).is_none() {
            self.tokenizer
                .add_special_tokens([AddedToken::from(text, true)])
                .map_err(|error| {
                    ModelError::Machine(format!("the tokenizer does not take {text} ({error})"))
                })?;
        }
        self.tokenizer
            .token_to_id(text)
            .ok_or_else(|| ModelError::Machine(format!("the tokenizer does not take {text}")))
    }

    /// Whether a token ends an answer.
    pub fn ends(&self, token: u32) -> bool {
        self.ends.contains(&token)
    }

    /// A text in which no special token is left, so that what a person wrote cannot end the message or bring pictures.
    fn harmless(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for added in self.tokenizer.get_added_tokens_decoder().values() {
            let mut letters = added.content.chars();
            if let (true, Some(first)) = (text.contains(&added.content), letters.next()) {
                text = text.replace(&added.content, &format!("{first} {}", letters.as_str()));
            }
        }
        text
    }
}
