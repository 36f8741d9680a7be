//! `retake [PHOTO…]`: the window, with the built-in editor and rewards.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use retake_darkroom::{Darkroom, Device};
use retake_engine::Kit;

use super::DONE;
use super::tools;

/// Opens the window and stays until it is closed; `device` is the word for what renders.
pub(crate) fn open(photos: Vec<PathBuf>, device: &str) -> Result<u8> {
    let kit = |device: Device| Kit {
        editors: retake_engine::Editors::default(),
        device: device.name(),
        editor: Arc::new(Darkroom::new(device)),
        rewards: tools::rewards().into(),
    };
    let home = retake_files::journal::home();
    if let Some(home) = &home {
        // a home that cannot be made is told of in the window, when there is something to keep
        let _ = std::fs::create_dir_all(home);
    }
    retake_studio::open_window(device, kit, photos, home).map_err(|sentence| anyhow!(sentence))?;
    Ok(DONE)
}
