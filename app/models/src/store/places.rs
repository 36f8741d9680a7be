//! Where models lie, and what a name may look like.

use std::path::PathBuf;

use etcetera::BaseStrategy;

/// Retake's models folder: `RETAKE_MODELS`; or `models` in the program's data folder, which is `RETAKE_HOME` or the
/// usual place of this system (`~/.local/share/retake` on Linux). `None` on a system without a home.
pub fn models_home() -> Option<PathBuf> {
    if let Some(folder) = variable("RETAKE_MODELS") {
        return std::path::absolute(folder).ok();
    }
    if let Some(home) = variable("RETAKE_HOME") {
        return std::path::absolute(home.join("models")).ok();
    }
    let strategy = etcetera::choose_base_strategy().ok()?;
    Some(strategy.data_dir().join("retake").join("models"))
}

/// The cache of Hugging Face's libraries, found as they find it
/// (https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables).
pub(super) fn hub_cache() -> Option<PathBuf> {
    variable("HF_HUB_CACHE")
        .or_else(|| variable("HUGGINGFACE_HUB_CACHE"))
        .or_else(|| Some(hub_home()?.join("hub")))
}

/// Where those libraries keep what they know, the token among it.
pub(super) fn hub_home() -> Option<PathBuf> {
    variable("HF_HOME")
        .or_else(|| Some(variable("XDG_CACHE_HOME")?.join("huggingface")))
        .or_else(|| {
            let home = etcetera::home_dir().ok()?;
            Some(home.join(".cache").join("huggingface"))
        })
}

fn variable(name: &str) -> Option<PathBuf> {
    let value = std::env::var_os(name)?;
    (!value.is_empty()).then(|| PathBuf::from(value))
}

/// Whether a text can be the name of a model: an owner and a name, or a name alone, of letters, digits, `-`, `_` and `.`.
pub(super) fn is_name(text: &str) -> bool {
    let parts: Vec<&str> = text.split('/').collect();
    let plain = |part: &&str| {
        let letters = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        !part.is_empty() && !part.starts_with(['.', '-']) && part.chars().all(letters)
    };
    parts.len() <= 2 && parts.iter().all(plain) && !text.contains("..") && text.len() <= 200
}
