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
    let home = retake_files::journal::home();
    if let Some(home) = &home {
        // a home that cannot be made is told of in the window, when there is something to keep
        let _ = std::fs::create_dir_all(home);
    }
    retake_studio::open_window(kit, photos, home).map_err(|sentence| anyhow!(sentence))?;
    Ok(DONE)
}
