//! Whether a model is complete, and what it takes on this machine. Only headers are read: every network is built of
//! zeros that take no memory, by the code that builds the real one.

use std::path::{Path, PathBuf};

use candle_core::Device;
use serde::Serialize;

use super::machine::Machine;
use super::work::{self, Shapes, Size, Work};
use crate::checkpoint::config::Settings;
use crate::checkpoint::names::{self, Rename};
use crate::checkpoint::{Tensors, Weights};
use crate::clip::{TextConfig, TextEncoder, Tokenizer};
use crate::diffusion::{Kind, Way, best_device};
use crate::flux1::{FluxConfig, FluxTransformer};
use crate::flux2::{Flux2Config, Flux2Vae, Flux2VaeConfig, Transformer};
use crate::qwen3::{Keep, Qwen3, Qwen3Config};
use crate::t5::{T5Config, T5Encoder};
use crate::unet::{Unet, UnetConfig};
use crate::vae::{Vae, VaeConfig};
use crate::{Checkpoint, ModelError};

/// What is known of a model on this machine.
#[derive(Debug, Serialize)]
pub struct Report {
    /// where it lies
    pub folder: PathBuf,
    /// what `model_index.json` calls it
    pub pipeline: String,
    /// the editor that it makes, for people
    pub editor: Option<&'static str>,
    /// what is missing, damaged or unknown, a sentence each; empty if it can be used
    pub problems: Vec<String>,
    /// what works one after the other
    pub stages: Vec<StageReport>,
    /// the picture that all figures are for, height and width in px
    pub work_size_px: (usize, usize),
    /// calls of the denoiser for one candidate
    pub steps: usize,
    /// pictures that go through it together for one candidate
    pub guided: usize,
    /// candidates that were asked about
    pub candidates: usize,
    /// of the finished pictures of all candidates, which are made one after the other
    pub bytes_for_candidates: u64,
    /// how to load it here; none where nothing has to be asked
    pub advice: Option<String>,
    /// ways to hold the weights
    pub variants: Vec<Variant>,
    /// this machine
    pub machine: Machine,
    /// an estimate for all candidates, from the operations and the measured speed; real runs take somewhat longer
    pub expected_seconds: f64,
}

/// A stage of the work.
#[derive(Debug, Serialize)]
pub struct StageReport {
    /// "text encoder", "denoiser", "autoencoder"
    pub stage: &'static str,
    /// folders of the checkpoint
    pub parts: Vec<String>,
    /// numbers that were trained
    pub parameters: u64,
    /// of the weights in their files
    pub bytes_on_disk: u64,
    /// of intermediate results, for one candidate
    pub working_bytes: u64,
    /// of weights and intermediate results, as the editor holds them where nothing is asked
    pub memory_bytes: u64,
    /// multiplications and additions for one candidate
    pub operations: f64,
    /// an estimate for one candidate
    pub seconds: f64,
}

/// One way to hold the weights, and whether it fits.
#[derive(Debug, Serialize)]
pub struct Variant {
    /// "as loaded" where nothing is asked, or with `--precision` "f32" or "bf16"; what lies in the blocks of a GGUF file stays so
    pub held: &'static str,
    /// all weights and the largest stage at work, bytes
    pub together_bytes: u64,
    /// the largest stage alone, with its weights, bytes
    pub in_turn_bytes: u64,
    /// whether all stages fit at once
    pub fits: Option<bool>,
    /// whether they fit one after the other
    pub fits_in_turn: Option<bool>,
    /// candidates that fit side by side, with all stages in memory
    pub batch: Option<usize>,
}

/// A network that is known: its class in `model_index.json`, its stage, and how it is built and counted.
struct Class {
    name: &'static str,
    stage: usize,
    renames: &'static [Rename],
    /// whether the editor holds it in what its files have it in, instead of in 32 bits
    as_written: bool,
    build: fn(&Settings, Weights) -> Result<candle_core::Result<()>, ModelError>,
    work: fn(&Shapes, Size) -> Work,
}

/// How the matrices of the weights may be held.
const HELD: [&str; 3] = ["as loaded", "f32", "bf16"];

/// In the order of the work.
const STAGES: [&str; 3] = ["text encoder", "denoiser", "autoencoder"];

const CLASSES: &[Class] = &[
    Class {
        name: "CLIPTextModel",
        stage: 0,
        renames: names::CLIP_TEXT,
        as_written: false,
        build: |settings, vb| Ok(TextEncoder::new(&TextConfig::of(settings)?, vb).map(drop)),
        work: work::text,
    },
    Class {
        name: "T5EncoderModel",
        stage: 0,
        renames: names::T5_ENCODER,
        as_written: true,
        build: |settings, vb| Ok(T5Encoder::new(&T5Config::of(settings)?, vb).map(drop)),
        work: work::text,
    },
    Class {
        name: "Qwen3ForCausalLM",
        stage: 0,
        renames: names::QWEN3,
        as_written: true,
        build: |settings, vb| {
            let config = Qwen3Config::of(settings)?;
            let keep = Keep {
                layers: config.num_hidden_layers,
                words: false,
            };
            Ok(Qwen3::new(&config, keep, vb).map(drop))
        },
        work: work::text,
    },
    Class {
        name: "UNet2DConditionModel",
        stage: 1,
        renames: &[],
        as_written: false,
        build: |settings, vb| Ok(Unet::new(&UnetConfig::of(settings)?, vb).map(drop)),
        work: work::unet,
    },
    Class {
        name: "FluxTransformer2DModel",
        stage: 1,
        renames: &[],
        as_written: true,
        build: |settings, vb| Ok(FluxTransformer::new(&FluxConfig::of(settings)?, vb).map(drop)),
        work: work::flux,
    },
    Class {
        name: "Flux2Transformer2DModel",
        stage: 1,
        renames: &[],
        as_written: true,
        build: |settings, vb| Ok(Transformer::new(&Flux2Config::of(settings)?, vb).map(drop)),
        work: work::flux,
    },
    Class {
        name: "AutoencoderKLFlux2",
        stage: 2,
        renames: names::AUTOENCODER,
        as_written: false,
        build: |settings, vb| Ok(Flux2Vae::new(&Flux2VaeConfig::of(settings)?, vb).map(drop)),
        work: both_halves,
    },
    Class {
        name: "AutoencoderKL",
        stage: 2,
        renames: names::AUTOENCODER,
        as_written: false,
        build: |settings, vb| Ok(Vae::new(&VaeConfig::of(settings)?, vb).map(drop)),
        work: both_halves,
    },
];

fn both_halves(shapes: &Shapes, size: Size) -> Work {
    let [encoder, decoder] =
        ["encoder", "decoder"].map(|half| work::autoencoder(shapes, half, size));
    Work {
        operations: encoder.operations + decoder.operations,
        convolved: encoder.convolved + decoder.convolved,
        bytes: encoder.bytes.max(decoder.bytes),
    }
}

/// Parts that hold no weights.
const WITHOUT_WEIGHTS: &[&str] = &["scheduler", "tokenizer", "tokenizer_2"];
/// Parts that no editor here uses.
const UNUSED: &[&str] = &["safety_checker", "feature_extractor", "image_encoder"];

/// A network of the model.
struct Part {
    name: String,
    class: &'static Class,
    shapes: Vec<(String, Vec<usize>)>,
    stored: u64,
    /// in memory, as [`HELD`]
    held: [u64; 3],
}

/// Looks at the model in a folder (or at a GGUF file in one), for so many candidates.
pub fn check(path: &Path, candidates: usize) -> Result<Report, ModelError> {
    let checkpoint = Checkpoint::open(path)?;
    let mut problems = Vec::new();
    let mut amiss = |error: ModelError| problems.push(error.to_string());
    let kind = Kind::of(&checkpoint).map_err(&mut amiss).ok();
    let way = kind.and_then(|kind| (kind.way)(&checkpoint).map_err(&mut amiss).ok());
    // what no editor can be made of is counted for one call
    let way = way.unwrap_or(Way {
        steps: 1,
        guided: 1,
        together: 1,
    });
    let mut parts = Vec::new();
    for (name, class) in parts_of(&checkpoint)? {
        if UNUSED.contains(&name.as_str()) {
            continue;
        }
        let looked = match CLASSES.iter().find(|known| known.name == class) {
            Some(class) => whole(&checkpoint, &name, class).map(|part| parts.push(part)),
            None if WITHOUT_WEIGHTS.contains(&name.as_str()) => small(&checkpoint, &name, &class),
            None => Err(ModelError::Unsupported {
                what: format!("the part {name} is a {class}, which Retake does not know"),
                path: checkpoint.folder().to_owned(),
            }),
        };
        problems.extend(looked.err().map(|fault| fault.to_string()));
    }
    for (stage, name) in STAGES.iter().enumerate() {
        if problems.is_empty() && !parts.iter().any(|part: &Part| part.class.stage == stage) {
            problems.push(format!(
                "the model has no {name}: {}",
                checkpoint.folder().display()
            ));
        }
    }
    let size = size(&checkpoint, &parts);
    let machine = Machine::look(&best_device())?;
    let stages: Vec<StageReport> = (0..STAGES.len())
        .map(|stage| report(stage, &parts, size, way, &machine))
        .collect();
    let seconds: f64 = stages.iter().map(|stage| stage.seconds).sum();
    // text and photo are encoded once for all
    let once = stages[0].seconds;
    let expected_seconds = once + (seconds - once) * candidates as f64;
    let variants: Vec<Variant> = (0..HELD.len())
        .map(|held| variant(held, &parts, &stages, &machine))
        .collect();
    Ok(Report {
        folder: checkpoint.folder().to_owned(),
        pipeline: checkpoint.pipeline().to_owned(),
        editor: kind.map(|kind| kind.name),
        problems,
        work_size_px: size.picture,
        steps: way.steps,
        guided: way.guided,
        candidates,
        bytes_for_candidates: candidates as u64 * picture_bytes(size),
        advice: advice(&variants),
        variants,
        stages,
        machine,
        expected_seconds,
    })
}

/// Parts and their classes as the index lists them; where it lists none, as the folders themselves say.
fn parts_of(checkpoint: &Checkpoint) -> Result<Vec<(String, String)>, ModelError> {
    let listed = checkpoint.parts()?;
    if !listed.is_empty() {
        return Ok(listed);
    }
    let known = [
        "text_encoder",
        "text_encoder_2",
        "transformer",
        "unet",
        "vae",
    ];
    let class_of = |part: &&str| {
        let settings = checkpoint.settings(part).ok()?;
        let class = settings.text("_class_name").map(str::to_owned);
        let class = class.or_else(|| settings.texts("architectures").into_iter().next())?;
        Some(((*part).to_owned(), class))
    };
    Ok(known.iter().filter_map(class_of).collect())
}

/// Builds a network of zeros and holds its tensors to its settings.
fn whole(checkpoint: &Checkpoint, name: &str, class: &'static Class) -> Result<Part, ModelError> {
    let settings = checkpoint.settings(name)?;
    let tensors = checkpoint.tensors(name, class.renames)?;
    let part = Part {
        name: name.to_owned(),
        class,
        shapes: tensors
            .shapes()
            .map(|(name, shape)| (name.to_owned(), shape.to_vec()))
            .collect(),
        stored: tensors.stored_bytes(),
        held: [
            tensors.held_bytes(if class.as_written {
                tensors.written_bytes()
            } else {
                4
            }),
            tensors.held_bytes(4),
            tensors.held_bytes(2),
        ],
    };
    built(tensors, &settings, class)?;
    Ok(part)
}

fn built(tensors: Tensors, settings: &Settings, class: &Class) -> Result<(), ModelError> {
    let mut refused = None;
    let built = tensors
        .hollow()
        .build(&Device::Cpu, candle_core::DType::F32, |vb| {
            (class.build)(settings, vb).unwrap_or_else(|fault| {
                let said = candle_core::Error::Msg(fault.to_string());
                refused = Some(fault);
                Err(said)
            })
        });
    match refused {
        Some(fault) => Err(fault),
        None => built.map(drop),
    }
}

/// Looks at a part without weights.
fn small(checkpoint: &Checkpoint, name: &str, class: &str) -> Result<(), ModelError> {
    let folder = checkpoint.folder().join(name);
    if class.starts_with("CLIPTokenizer") {
        return Tokenizer::open(&folder, usize::MAX).map(drop);
    }
    let wanted: &[&str] = match name {
        "scheduler" => &["scheduler_config.json"],
        _ => &["tokenizer.json", "vocab.json"],
    };
    match wanted.iter().any(|file| folder.join(file).is_file()) {
        true => Ok(()),
        false => Err(ModelError::NotACheckpoint {
            what: format!(
                "a file of the checkpoint is missing, {}",
                wanted.join(" or ")
            ),
            path: folder,
        }),
    }
}

/// The picture that the model works on.
fn size(checkpoint: &Checkpoint, parts: &[Part]) -> Size {
    let named = |part: &str, key: &str| checkpoint.settings(part).ok()?.number(key);
    let blocks = checkpoint
        .settings("vae")
        .ok()
        .and_then(|settings| settings.length("block_out_channels"));
    let factor = 1 << blocks.unwrap_or(4).saturating_sub(1).min(8);
    let flow = parts.iter().any(|part| part.name == "transformer");
    let side = match flow {
        true => named("vae", "sample_size").unwrap_or(1024),
        false => named("unet", "sample_size").unwrap_or(64) * factor,
    };
    Size {
        picture: (side, side),
        factor,
        text: if flow {
            512
        } else {
            named("text_encoder", "max_position_embeddings").unwrap_or(77)
        },
        pictures: if flow { 2 } else { 1 },
    }
}

fn report(stage: usize, parts: &[Part], size: Size, way: Way, machine: &Machine) -> StageReport {
    let of_stage: Vec<&Part> = parts
        .iter()
        .filter(|part| part.class.stage == stage)
        .collect();
    let works: Vec<Work> = of_stage
        .iter()
        .map(|part| (part.class.work)(&part.shapes, size))
        .collect();
    let (calls, together) = match stage {
        1 => ((way.steps * way.guided) as f64, way.together as f64),
        _ => (1.0, 1.0),
    };
    let working = together * works.iter().map(|work| work.bytes).fold(0.0, f64::max);
    let weights: u64 = of_stage.iter().map(|part| part.held[0]).sum();
    let speeds = (
        machine.operations_per_second,
        machine.convolution_operations_per_second,
    );
    let seconds = works.iter().map(|work| work.seconds(speeds.0, speeds.1));
    StageReport {
        stage: STAGES[stage],
        parts: of_stage.iter().map(|part| part.name.clone()).collect(),
        parameters: of_stage
            .iter()
            .flat_map(|part| &part.shapes)
            .map(|(_, shape)| shape.iter().product::<usize>() as u64)
            .sum(),
        bytes_on_disk: of_stage.iter().map(|part| part.stored).sum(),
        working_bytes: working as u64,
        memory_bytes: weights + working as u64,
        operations: calls * works.iter().map(|work| work.operations).sum::<f64>(),
        seconds: calls * seconds.sum::<f64>(),
    }
}

fn variant(held: usize, parts: &[Part], stages: &[StageReport], machine: &Machine) -> Variant {
    let weights = |stage: usize| -> u64 {
        parts
            .iter()
            .filter(|part| part.class.stage == stage)
            .map(|part| part.held[held])
            .sum()
    };
    let working = |stage: usize| stages[stage].working_bytes;
    let all: u64 = (0..STAGES.len()).map(weights).sum();
    let worst = (0..STAGES.len()).map(working).max().unwrap_or(0);
    let in_turn_bytes = (0..STAGES.len())
        .map(|stage| weights(stage) + working(stage))
        .max()
        .unwrap_or(0);
    let fits = |bytes: u64| machine.free_bytes.map(|free| bytes <= free);
    Variant {
        held: HELD[held],
        together_bytes: all + worst,
        in_turn_bytes,
        fits: fits(all + worst),
        fits_in_turn: fits(in_turn_bytes),
        batch: machine
            .free_bytes
            .map(|free| (free.saturating_sub(all) / working(1).max(1)) as usize),
    }
}

/// Bytes of a finished picture: as the network made it, and as it is shown and scored; three 32-bit floats a pixel.
fn picture_bytes(size: Size) -> u64 {
    let (height, width) = size.picture;
    (2 * 3 * 4 * height * width) as u64
}

/// What to ask for where the model does not fit as it is.
fn advice(variants: &[Variant]) -> Option<String> {
    let as_loaded = variants.first()?;
    if as_loaded.fits_in_turn != Some(false) {
        return None;
    }
    let other = variants[1..]
        .iter()
        .find(|variant| variant.fits_in_turn == Some(true));
    Some(match other {
        Some(variant) => format!("it fits with --precision {}", variant.held),
        None => "it does not fit; take a smaller model, or a GGUF file of this one's transformer"
            .to_owned(),
    })
}
