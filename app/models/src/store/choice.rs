//! Which files of a published model an editor needs: the settings, the tokenizers, and each network's weights once.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::hub::Published;
use crate::checkpoint::WEIGHTS;

/// Files beside the parts that are worth having.
const BESIDE: &[&str] = &[
    "model_index.json",
    "LICENSE",
    "LICENSE.md",
    "LICENSE.txt",
    "README.md",
];

/// Endings of settings and tokenizers.
const SMALL: &[&str] = &[".json", ".txt", ".jinja"];

/// Parts of a pipeline that no editor here uses.
const UNUSED: &[&str] = &["safety_checker", "feature_extractor", "image_encoder"];

/// The files to load, or a sentence on why the model is none for us. `index` is the text of its `model_index.json`.
pub(super) fn needed(published: &[Published], index: &str) -> Result<Vec<Published>, String> {
    let index: BTreeMap<String, Value> = serde_json::from_str(index)
        .map_err(|error| format!("its model_index.json cannot be understood ({error})"))?;
    let by_name: BTreeMap<&str, &Published> = published
        .iter()
        .map(|file| (file.name.as_str(), file))
        .collect();
    let mut names: BTreeSet<&str> = BESIDE
        .iter()
        .copied()
        .filter(|name| by_name.contains_key(name))
        .collect();
    for part in index
        .iter()
        .filter(|(_, value)| is_part(value))
        .map(|(part, _)| part.as_str())
    {
        if UNUSED.contains(&part) {
            continue;
        }
        let inside: Vec<&str> = by_name
            .keys()
            .filter_map(|name| name.strip_prefix(part)?.strip_prefix('/'))
            .filter(|name| !name.contains('/'))
            .collect();
        let whole = |name: &str| {
            by_name
                .get_key_value(format!("{part}/{name}").as_str())
                .map(|(name, _)| *name)
        };
        let is_small = |name: &&&str| {
            SMALL.iter().any(|ending| name.ends_with(ending)) && !name.ends_with(".index.json")
        };
        names.extend(
            inside
                .iter()
                .filter(is_small)
                .filter_map(|name| whole(name)),
        );
        let weights = weights(&inside);
        let pickled = inside
            .iter()
            .any(|name| name.ends_with(".bin") || name.ends_with(".ckpt"));
        if weights.is_empty() && pickled {
            return Err(format!(
                "its {part} is there only as a pickle file, which could run code; Retake reads safetensors"
            ));
        }
        names.extend(weights.iter().filter_map(|name| whole(name)));
    }
    Ok(names
        .into_iter()
        .map(|name| by_name[name].clone())
        .collect())
}

/// In the index, a part is `[library, class]`; what a model does without is `[null, null]`.
fn is_part(value: &Value) -> bool {
    matches!(
        value.as_array().map(Vec::as_slice),
        Some([Value::String(_), _])
    )
}

/// The weights of a part in the most exact form that is published, in one file or in shards with their list.
fn weights<'a>(inside: &[&'a str]) -> Vec<&'a str> {
    for stem in WEIGHTS {
        let single = format!("{stem}.safetensors");
        if let Some(name) = inside.iter().find(|name| **name == single) {
            return vec![name];
        }
        let list = format!("{stem}.safetensors.index.json");
        if let Some(list) = inside.iter().find(|name| **name == list) {
            let shards = inside.iter().filter(|name| is_shard(name, stem));
            return shards.chain([list]).copied().collect();
        }
    }
    Vec::new()
}

/// `STEM-00001-of-00003.safetensors`; of the variant `fp16`, `BARE.fp16-00001-of-00003.safetensors` or
/// `BARE-00001-of-00003.fp16.safetensors`.
fn is_shard(name: &str, stem: &str) -> bool {
    let (bare, variant) = stem.split_once('.').unwrap_or((stem, ""));
    let Some(middle) = name
        .strip_prefix(bare)
        .and_then(|rest| rest.strip_suffix(".safetensors"))
    else {
        return false;
    };
    let numbers = match variant {
        "" => Some(middle),
        variant => middle
            .strip_prefix(&format!(".{variant}"))
            .or_else(|| middle.strip_suffix(&format!(".{variant}"))),
    };
    numbers
        .and_then(|numbers| numbers.strip_prefix('-'))
        .is_some_and(|numbers| {
            let digits =
                |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            numbers
                .split_once("-of-")
                .is_some_and(|(number, of)| digits(number) && digits(of))
        })
}
