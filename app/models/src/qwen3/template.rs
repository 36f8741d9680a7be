//! The chat template of a checkpoint: the Jinja program that turns messages into the text that the model was trained on.

use std::path::Path;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, context};

use crate::ModelError;
use crate::checkpoint::config::Settings;

const NAME: &str = "chat template";

/// A compiled chat template.
pub(crate) struct Template(Environment<'static>);

impl Template {
    /// From `chat_template.jinja`, or from `chat_template.json` or `tokenizer_config.json` as older checkpoints have it.
    pub(crate) fn open(folder: &Path, settings: &Settings) -> Result<Self, ModelError> {
        let path = folder.join("chat_template.jinja");
        let older = folder.join("chat_template.json");
        let source = if !path.is_file() && older.is_file() {
            let older = Settings::read(&older)?;
            written(&older)
                .ok_or_else(|| older.unsupported("the chat template is missing".to_owned()))?
        } else if path.is_file() {
            std::fs::read_to_string(&path).map_err(|error| ModelError::Damaged {
                what: format!("the chat template cannot be read ({error})"),
                path: path.clone(),
            })?
        } else {
            written(settings).ok_or_else(|| ModelError::NotACheckpoint {
                what: "the chat template is missing".to_owned(),
                path: path.clone(),
            })?
        };
        Self::of(source).map_err(|error| ModelError::Damaged {
            what: format!("the chat template cannot be understood ({error})"),
            path: folder.to_owned(),
        })
    }

    /// Compiles it, with what transformers gives to templates.
    pub(super) fn of(source: String) -> Result<Self, Error> {
        let mut environment = Environment::new();
        environment.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .build()?,
        );
        environment.add_function(
            "raise_exception",
            |message: String| -> Result<Value, Error> {
                Err(Error::new(ErrorKind::InvalidOperation, message))
            },
        );
        environment.set_unknown_method_callback(|_, value, method, arguments| {
            let argument = |index: usize| arguments.get(index).and_then(Value::as_str);
            match value.as_str() {
                Some(text) => of_text(text, method, argument(0), argument(1)),
                None if value.kind() == ValueKind::Map && method == "get" => {
                    let key = arguments.first().cloned().unwrap_or_default();
                    let found = value.get_item(&key)?;
                    let other = || arguments.get(1).cloned().unwrap_or_else(|| Value::from(()));
                    Ok(if found.is_undefined() { other() } else { found })
                }
                None => Err(Error::from(ErrorKind::UnknownMethod)),
            }
        });
        environment.add_template_owned(NAME, source)?;
        Ok(Self(environment))
    }

    /// One message from the user, and the beginning of an answer that is given without thinking aloud.
    pub(crate) fn asked(&self, text: &str) -> Result<String, ModelError> {
        let messages = Value::from(vec![context! { role => "user", content => text }]);
        self.rendered(context! {
            messages,
            add_generation_prompt => true,
            enable_thinking => false,
        })
    }

    /// A message from the user that is made of texts and pictures, after one of the system where there is one, and the
    /// beginning of an answer as the model gives it by itself. Pictures are `None`.
    pub(super) fn shown(
        &self,
        system: Option<&str>,
        pieces: &[Option<&str>],
    ) -> Result<String, ModelError> {
        let pieces = pieces.iter().map(|piece| match *piece {
            Some(text) => context! { type => "text", text },
            None => context! { type => "image" },
        });
        let content: Value = pieces.collect();
        let system = system.map(|text| context! { role => "system", content => text });
        let messages = system
            .into_iter()
            .chain([context! { role => "user", content }])
            .collect::<Value>();
        self.rendered(context! { messages, add_generation_prompt => true })
    }

    fn rendered(&self, given: Value) -> Result<String, ModelError> {
        self.0
            .get_template(NAME)
            .and_then(|template| template.render(given))
            .map_err(|error| {
                ModelError::Machine(format!("the chat template cannot be followed ({error})"))
            })
    }
}

/// The template in `tokenizer_config.json`: its text, or a list of templates of which one is the default.
fn written(settings: &Settings) -> Option<String> {
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Written {
        One(String),
        Several(Vec<Named>),
    }
    #[derive(serde::Deserialize)]
    struct Named {
        name: String,
        template: String,
    }
    #[derive(serde::Deserialize)]
    struct Config {
        chat_template: Option<Written>,
    }
    match settings.typed::<Config>().ok()?.chat_template? {
        Written::One(template) => Some(template),
        Written::Several(named) => named
            .into_iter()
            .find(|one| one.name == "default")
            .map(|one| one.template),
    }
}

/// The methods of Python's strings that templates call.
fn of_text(
    text: &str,
    method: &str,
    first: Option<&str>,
    second: Option<&str>,
) -> Result<Value, Error> {
    let any = |c: char| first.map_or(c.is_whitespace(), |set| set.contains(c));
    Ok(match (method, first, second) {
        ("startswith", Some(start), _) => text.starts_with(start).into(),
        ("endswith", Some(end), _) => text.ends_with(end).into(),
        ("strip", ..) => text.trim_matches(any).into(),
        ("lstrip", ..) => text.trim_start_matches(any).into(),
        ("rstrip", ..) => text.trim_end_matches(any).into(),
        ("split", Some(between), _) => text.split(between).map(Value::from).collect(),
        ("replace", Some(old), Some(new)) => text.replace(old, new).into(),
        ("upper", ..) => text.to_uppercase().into(),
        ("lower", ..) => text.to_lowercase().into(),
        _ => return Err(Error::from(ErrorKind::UnknownMethod)),
    })
}
