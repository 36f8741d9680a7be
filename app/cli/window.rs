//! `retake [PHOTO…]`: the window, with the built-in editor and rewards.

use std::path::PathBuf;

use anyhow::{Result, anyhow};
use retake_engine::Kit;

use super::DONE;
use super::config::Config;
use super::tools;

/// Opens the window and stays until it is closed.
pub(crate) fn open(photos: Vec<PathBuf>) -> Result<u8> {
    let (tools, device) = tools::tools("auto", &Config::default())?;
    let kit = Kit {
        editor: tools.editor,
        rewards: tools.rewards,
        device,
    };
    retake_studio::open_window(kit, photos).map_err(|sentence| anyhow!(sentence))?;
    Ok(DONE)
}
