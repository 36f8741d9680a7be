//! Which editor, rewards, strategy and selector a run is done with.

use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use retake_core::{Instruction, Reward, Selector};
use retake_darkroom::{Darkroom, Device};
use retake_engine::Tools;
use retake_language::{Lexicon, understand, understand_with_mask};
use retake_search::{PowerProduct, STRATEGIES, strategy};

use super::config::Config;
use super::config::{SelectorConfig, Settings};
use super::picture;

/// The tools of an `edit`, and the name of the device.
pub(crate) fn tools(settings: &Settings) -> Result<(Tools, String)> {
    let device = Device::choose(settings.device)?;
    let how = &settings.config.selector;
    let strategy = strategy(settings.strategy).unwrap_or(&STRATEGIES[0]);
    let name = device.name();
    let tools = Tools {
        editor: Arc::new(Darkroom::new(device)),
        rewards: rewards().into(),
        strategy: (strategy.make)(None, selector(how)),
        selector: selector(how),
    };
    Ok((tools, name))
}

/// The built-in rewards: the first of the table fills every dimension.
pub(crate) fn rewards() -> Vec<Box<dyn Reward>> {
    retake_rewards::REWARDS
        .iter()
        .take(1)
        .map(|entry| (entry.new)())
        .collect()
}

/// The default selector with these settings.
pub(crate) fn selector(config: &SelectorConfig) -> Box<dyn Selector> {
    let built_in = PowerProduct::default();
    Box::new(PowerProduct {
        following: config.following.unwrap_or(built_in.following),
        good_enough: config.good_enough.unwrap_or(built_in.good_enough),
        bearable: config.bearable.unwrap_or(built_in.bearable),
        sure: config.sure.unwrap_or(built_in.sure),
        ..built_in
    })
}

/// Reads an instruction with the built-in words and those of the configuration. A mask says where its things are.
pub(crate) fn instruction(text: &str, config: &Config, masked: bool) -> Result<Instruction> {
    let read = if masked {
        understand_with_mask
    } else {
        understand
    };
    let Some(path) = &config.lexicon else {
        return Ok(read(text, Lexicon::built_in())?);
    };
    let words = picture::text(path).context("the lexicon cannot be read")?;
    let lexicon = Lexicon::built_in()
        .with_extra(&words)
        .map_err(|error| anyhow!("the lexicon is not right ({error}): {}", path.display()))?;
    Ok(read(text, &lexicon)?)
}
