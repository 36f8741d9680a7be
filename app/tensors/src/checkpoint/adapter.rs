//! A file of small changes to a model's weights (LoRA, Hu et al. 2021): for a layer, two thin matrices whose product is
//! added to its own. Sorted here by the network they are for, whatever tool named them; nothing is added yet.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::config::Settings;
use super::file::{Stored, WeightFile};
use crate::ModelError;

/// An adapter and how strongly it is added.
pub(super) struct Adapter {
    pub(super) file: WeightFile,
    pub(super) scale: f64,
    pub(super) changes: Vec<Change>,
    /// of the file and the scale
    pub(super) hash: [u8; 32],
}

/// What is added to one layer.
pub(super) struct Change {
    /// where the network lies in the checkpoint: "unet", "transformer", "text_encoder", …
    pub(super) part: String,
    /// the layer as the adapter calls it within that network
    pub(super) layer: String,
    /// a name in the file, for sentences
    pub(super) written: String,
    /// (rank, in, …)
    pub(super) down: Stored,
    /// (out, rank, …)
    pub(super) up: Stored,
    /// the strength that it was trained with is this over the rank; 1 if it says nothing
    pub(super) alpha: Option<f64>,
}

impl std::fmt::Debug for Adapter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} × {}", self.file.path().display(), self.scale)
    }
}

/// Beginnings that say which network a name belongs to. PEFT and diffusers write dots, kohya's scripts underscores.
const PARTS: &[(&str, &str)] = &[
    ("unet.", DENOISER),
    ("transformer.", DENOISER),
    ("diffusion_model.", DENOISER),
    ("model.diffusion_model.", DENOISER),
    ("lora_unet_", DENOISER),
    ("lora_transformer_", DENOISER),
    ("text_encoder_2.", "text_encoder_2"),
    ("text_encoder.", "text_encoder"),
    ("lora_te2_", "text_encoder_2"),
    ("lora_te1_", "text_encoder"),
    ("lora_te_", "text_encoder"),
];

/// The network that makes the picture, which lies in `unet` or `transformer`.
const DENOISER: &str = "denoiser";

/// Endings of the names: the matrix that goes down to the rank, the one that goes up again, and the strength.
const ENDINGS: &[(&str, Piece)] = &[
    (".lora_A.weight", Piece::Down),
    (".lora_A.default.weight", Piece::Down),
    (".lora_down.weight", Piece::Down),
    (".lora.down.weight", Piece::Down),
    (".lora_linear_layer.down.weight", Piece::Down),
    ("_lora.down.weight", Piece::Down),
    (".lora_B.weight", Piece::Up),
    (".lora_B.default.weight", Piece::Up),
    (".lora_up.weight", Piece::Up),
    (".lora.up.weight", Piece::Up),
    (".lora_linear_layer.up.weight", Piece::Up),
    ("_lora.up.weight", Piece::Up),
    (".alpha", Piece::Alpha),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    Down,
    Up,
    Alpha,
}

/// Layers of attention as diffusers named them before 0.22: (old end, today's end).
const PROCESSORS: &[(&str, &str)] = &[
    (".processor.to_q", ".to_q"),
    (".processor.to_k", ".to_k"),
    (".processor.to_v", ".to_v"),
    (".processor.to_out", ".to_out.0"),
    (".self_attn.to_q", ".self_attn.q_proj"),
    (".self_attn.to_k", ".self_attn.k_proj"),
    (".self_attn.to_v", ".self_attn.v_proj"),
    (".self_attn.to_out", ".self_attn.out_proj"),
];

impl Adapter {
    /// What the only network of a folder is called.
    pub(super) const ALONE: &str = "network";

    /// Opens a file, or a folder as PEFT writes it, for a network that is alone.
    pub(super) fn open_alone(path: &Path, scale: f64) -> Result<Arc<Self>, ModelError> {
        Self::sorted(path, scale, None)
    }

    /// Opens a file, or a folder as PEFT writes it, for the checkpoint in `folder`.
    pub(super) fn open(path: &Path, scale: f64, folder: &Path) -> Result<Arc<Self>, ModelError> {
        Self::sorted(path, scale, Some(folder))
    }

    /// `folder` holds the networks that it may be for; none if there is only one.
    fn sorted(path: &Path, scale: f64, folder: Option<&Path>) -> Result<Arc<Self>, ModelError> {
        let (path, beside) = located(path)?;
        let file = WeightFile::open(&path)?;
        let in_header = || serde_json::from_str(file.note("lora_adapter_metadata")?).ok();
        let strengths = beside.or_else(|| in_header().map(Strengths));
        let fault = |what: String| ModelError::Weights {
            what,
            path: path.clone(),
        };
        let denoiser = match folder {
            None => Self::ALONE,
            Some(folder) if folder.join("transformer").is_dir() => "transformer",
            Some(_) => "unet",
        };
        let mut layers: BTreeMap<(String, String), BTreeMap<Piece, (String, Stored)>> =
            BTreeMap::new();
        for (name, stored) in file.tensors() {
            let Some((part, layer, piece)) = understood(name, folder.is_none()) else {
                return Err(fault(format!(
                    "the adapter's tensor {name} is of a kind that cannot be merged; adapters of the kinds LoRA and LoCon can"
                )));
            };
            let part = if part == DENOISER { denoiser } else { part };
            if folder.is_some_and(|folder| !folder.join(part).is_dir()) {
                return Err(fault(format!(
                    "the adapter's tensor {name} fits nowhere: the model has no {part}"
                )));
            }
            let pieces = layers.entry((part.to_owned(), layer)).or_default();
            if pieces
                .insert(piece, (name.to_owned(), stored.clone()))
                .is_some()
            {
                return Err(fault(format!(
                    "the adapter has {name} twice, under two names"
                )));
            }
        }
        let mut changes = Vec::new();
        for ((part, layer), mut pieces) in layers {
            let alpha = match pieces.remove(&Piece::Alpha) {
                Some((name, stored)) => Some(number(&file, &name, &stored)?),
                None => strengths
                    .as_ref()
                    .and_then(|said| said.alpha(&part, denoiser, &layer)),
            };
            match (pieces.remove(&Piece::Down), pieces.remove(&Piece::Up)) {
                (Some((written, down)), Some((_, up))) => changes.push(Change {
                    part,
                    layer,
                    written,
                    down,
                    up,
                    alpha,
                }),
                (half, other) => {
                    let name = half.or(other).map_or(layer, |(name, _)| name);
                    return Err(fault(format!("the adapter has only one half of {name}")));
                }
            }
        }
        if changes.is_empty() {
            return Err(fault("the adapter holds no layers".to_owned()));
        }
        let hash = hash(&path, scale)?;
        Ok(Arc::new(Self {
            file,
            scale,
            changes,
            hash,
        }))
    }
}

/// The file of weights, and the settings beside it.
fn located(path: &Path) -> Result<(PathBuf, Option<Strengths>), ModelError> {
    if !path.exists() {
        return Err(ModelError::NotACheckpoint {
            what: "there is no such adapter".to_owned(),
            path: path.to_owned(),
        });
    }
    if !path.is_dir() {
        return Ok((path.to_owned(), None));
    }
    let names = [
        "adapter_model.safetensors",
        "pytorch_lora_weights.safetensors",
    ];
    let file = names
        .map(|name| path.join(name))
        .into_iter()
        .find(|file| file.is_file());
    let file = file.ok_or_else(|| ModelError::NotACheckpoint {
        what: format!(
            "this folder is no adapter: it has no {}",
            names.join(" and no ")
        ),
        path: path.to_owned(),
    })?;
    let beside = path.join("adapter_config.json");
    let strengths = match beside.is_file() {
        true => Some(Strengths(Settings::read(&beside)?.typed()?)),
        false => None,
    };
    Ok((file, strengths))
}

/// Strengths that stand in PEFT's settings instead of beside each layer: `adapter_config.json`, or the header of the
/// file, where every setting begins with the name of its network.
struct Strengths(Map<String, Value>);

impl Strengths {
    fn alpha(&self, part: &str, denoiser: &str, layer: &str) -> Option<f64> {
        let key = |name: &str| {
            let own = self.0.get(&format!("{part}.{name}"));
            own.or_else(|| self.0.get(name).filter(|_| part == denoiser))
        };
        let of_layer = key("alpha_pattern")
            .and_then(Value::as_object)
            .and_then(|pattern| {
                pattern
                    .iter()
                    .find(|(name, _)| layer.ends_with(name.as_str()))
            })
            .and_then(|(_, alpha)| alpha.as_f64());
        let alpha = of_layer.or_else(|| key("lora_alpha")?.as_f64())?;
        match key("use_rslora").and_then(Value::as_bool) {
            // alpha over the root of the rank, instead of over the rank (Kalajdzievski 2023)
            Some(true) => Some(alpha * key("r")?.as_f64()?.sqrt()),
            _ => Some(alpha),
        }
    }
}

/// (network, layer, piece) of a tensor's name; the beginning of a name says nothing of a network that is alone.
fn understood(name: &str, alone: bool) -> Option<(&'static str, String, Piece)> {
    let bare = name.strip_prefix("base_model.model.").unwrap_or(name);
    let mut parts = PARTS.iter().filter(|_| !alone);
    let (part, bare) = parts
        .find_map(|(beginning, part)| Some((*part, bare.strip_prefix(beginning)?)))
        .unwrap_or((DENOISER, bare));
    let (layer, piece) = ENDINGS
        .iter()
        .find_map(|(ending, piece)| Some((bare.strip_suffix(ending)?, *piece)))?;
    let layer = PROCESSORS
        .iter()
        .find_map(|(old, today)| Some(format!("{}{today}", layer.strip_suffix(old)?)))
        .unwrap_or_else(|| layer.to_owned());
    Some((part, layer, piece))
}

fn number(file: &WeightFile, name: &str, stored: &Stored) -> Result<f64, ModelError> {
    let bytes = file.bytes(stored.from, stored.to)?;
    let one = stored
        .kind
        .numbers(&bytes, 1)
        .filter(|_| stored.shape.iter().product::<usize>() == 1);
    match one.as_deref() {
        Some([alpha]) if alpha.is_finite() => Ok(f64::from(*alpha)),
        _ => Err(ModelError::Weights {
            what: format!("the adapter's {name} is no number"),
            path: file.path().to_owned(),
        }),
    }
}

fn hash(path: &Path, scale: f64) -> Result<[u8; 32], ModelError> {
    let unreadable = |error: std::io::Error| ModelError::Damaged {
        what: format!("the adapter cannot be read ({error})"),
        path: path.to_owned(),
    };
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer).map_err(unreadable)? {
            0 => break,
            count => hash.update(&buffer[..count]),
        }
    }
    hash.update(scale.to_le_bytes());
    Ok(hash.finalize().into())
}
