//! Which editor, rewards, strategy and selector a run is done with.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use anyhow::{Context, Result, anyhow, bail};
use retake_core::{Editor, Eyes, Instruction, NearestKnown, Reward, TextReader};
use retake_darkroom::{Darkroom, Device};
use retake_engine::Tools;
use retake_judges::server::{Address, Manners, Secret, ServerEditor};
use retake_language::{InstructionError, Lexicon, Nearest, as_known, understand_nearest};
use retake_models::bert::InstalledEncoder;
use retake_models::diffusion::{self, Wishes};

use super::config::{Config, Settings, strategy_set};
use super::{picture, say};

/// What an `edit` is done with.
pub(crate) struct Workshop {
    pub(crate) tools: Tools,
    /// what computes: "cpu", or the name of the graphics card
    pub(crate) device: String,
    /// folder of the model that makes the candidates; none for the darkroom
    pub(crate) model: Option<PathBuf>,
}

/// Sets it up; a model is loaded.
pub(crate) fn workshop(settings: &Settings) -> Result<Workshop> {
    let selector = || settings.config.selector.make(settings.selector);
    // before a large model is loaded: a slip among the judges is told at once
    let rewards = settings.judge.rewards()?.into();
    let strategy = strategy_set(settings.strategy, &settings.strategy_settings)?;
    let (editor, device, model): (Arc<dyn Editor>, String, _) = match &settings.model {
        Some(choice) if Address::looks_like_one(&choice.name) => {
            if choice.wishes != Wishes::default() {
                bail!(
                    "an editor behind a server works in its own way; steps, guidance, strength, sampler, unwanted, lora, precision and reference are for a model on this machine"
                );
            }
            let address = Address::read(&choice.name).map_err(|why| anyhow!("{why}"))?;
            let model = Address::model_in(&choice.name).unwrap_or_default();
            let key = Secret::of_this_machines_editor();
            let device = address.shown();
            let editor = ServerEditor::new(address, model, key, Manners::default());
            (Arc::new(editor), device, None)
        }
        Some(choice) => {
            say::say(format_args!("Loading {} …", choice.name));
            let folder = retake_models::store::resolve(&choice.name)?;
            let editor = diffusion::open(&folder, &choice.wishes)?;
            editor.notices().iter().for_each(say::say);
            (editor, diffusion::device_name().to_owned(), Some(folder))
        }
        None => {
            let device = Device::choose(settings.device)?;
            let name = device.name();
            (
                Arc::new(Darkroom::new(device).with_finder(eyes().subject)),
                name,
                None,
            )
        }
    };
    Ok(Workshop {
        tools: Tools {
            editor,
            rewards,
            strategy,
            selector: selector()?,
            held_out: settings.held_out.watching()?.into(),
            reader: reader(settings),
        },
        device,
        model,
    })
}

/// Reads words that a strategy finds, as the person's are read.
fn reader(settings: &Settings) -> retake_engine::Reader {
    let (config, reader) = (settings.config.clone(), Reader::of(settings));
    Arc::new(move |words| instruction(words, &config, false, reader).ok())
}

/// The networks that look at photos, the same for all who ask.
pub(crate) fn eyes() -> Eyes {
    static EYES: LazyLock<Eyes> = LazyLock::new(|| {
        let (mut eyes, faults) = retake_vision::installed_eyes();
        faults.iter().for_each(say::say);
        match retake_reading::Reader::imported() {
            Ok(reader) => eyes.text = reader.map(|reader| Arc::new(reader) as Arc<dyn TextReader>),
            Err(fault) => say::say(fault),
        }
        eyes
    });
    EYES.clone()
}

/// The built-in rewards: the first of the table fills every dimension.
pub(crate) fn rewards() -> Vec<Box<dyn Reward>> {
    retake_rewards::REWARDS
        .iter()
        .take(1)
        .map(|entry| (entry.new)(eyes()))
        .collect()
}

/// Who goes by an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// the darkroom or a reward, which need to understand it
    Ours,
    /// a model, which reads the text itself: what means nothing here is no fault of it
    Model,
}

impl Reader {
    /// Who reads in a run with these settings.
    pub(crate) fn of(settings: &Settings) -> Self {
        match settings.model {
            Some(_) => Self::Model,
            None => Self::Ours,
        }
    }
}

/// Finds the nearest known words to those that are not, if the network for it is installed.
fn nearest() -> Option<&'static Nearest> {
    static NEAREST: LazyLock<Option<Nearest>> = LazyLock::new(|| {
        let encoder = InstalledEncoder::find()?;
        if let Err(error) = encoder.open() {
            say::say(format_args!(
                "the nearest look cannot be looked for: {error}"
            ));
            return None;
        }
        Some(Nearest::new(Arc::new(encoder)))
    });
    NEAREST.as_ref()
}

/// Reads an instruction with the built-in words and those of the configuration. A mask says where its things are. What is
/// not understood at all is read as the nearest known words, which is said.
pub(crate) fn instruction(
    text: &str,
    config: &Config,
    masked: bool,
    reader: Reader,
) -> Result<Instruction> {
    let words = lexicon(config)?;
    match (understand_nearest(text, &words, masked, None), reader) {
        (Err(error), Reader::Model) if !error.is_about_the_text() => Ok(Instruction {
            text: text.to_owned(),
            ..Instruction::default()
        }),
        (Err(error), Reader::Ours) if error.is_about_unknown_words() => match nearest() {
            None => bail!("{error}; {}", InstructionError::what_would_help()),
            Some(nearest) => {
                let read = understand_nearest(text, &words, masked, Some(nearest))?;
                if let Some(known) = &read.understood.nearest {
                    say::say(known.said(text));
                }
                Ok(read)
            }
        },
        (read, _) => Ok(read?),
    }
}

/// Reads an instruction as a run did that took known words for it.
pub(crate) fn instruction_as(
    text: &str,
    config: &Config,
    known: NearestKnown,
) -> Result<Instruction> {
    let words = lexicon(config)?;
    Ok(as_known(text, &words, known)?)
}

/// The built-in words, and those of the configuration.
fn lexicon(config: &Config) -> Result<Cow<'static, Lexicon>> {
    let Some(path) = &config.lexicon else {
        return Ok(Cow::Borrowed(Lexicon::built_in()));
    };
    let words = picture::text(path).context("the lexicon cannot be read")?;
    let lexicon = Lexicon::built_in()
        .with_extra(&words)
        .map_err(|error| anyhow!("the lexicon is not right ({error}): {}", path.display()))?;
    Ok(Cow::Owned(lexicon))
}
