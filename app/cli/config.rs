//! Settings: built in, then the file of `--config`, then what was typed.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use retake_core::{Selector, Strategy};
use retake_files::record::SelectorRecord;
use retake_files::save::{FORMATS, Format, MetadataPolicy, OutputSpace};
use retake_models::diffusion::{Precision, Wishes};
use retake_search::{COMMON, SELECTORS, STRATEGIES, SelectorEntry};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::args::{EditArgs, EditorArgs};
use super::budget::BudgetConfig;
use super::drift::DriftConfig;
use super::judging::JudgeConfig;
use super::picture;
use super::presets::{self, Preset, Presets};

/// What a configuration file may hold; everything is optional and nothing else is allowed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Config {
    candidates: Option<u32>,
    seed: Option<u64>,
    size: Option<u32>,
    format: Option<String>,
    quality: Option<u32>,
    space: Option<String>,
    metadata: Option<String>,
    device: Option<String>,
    strategy: Option<StrategyConfig>,
    /// candidates, strategy, selector and budget under one name
    preset: Option<String>,
    /// further presets, by their names
    #[serde(default)]
    presets: Presets,
    /// what a run may spend
    #[serde(default)]
    budget: BudgetConfig,
    /// how far an edit may go from the photo
    #[serde(default)]
    drift: DriftConfig,
    /// a diffusion model, and how it works
    #[serde(default)]
    editor: EditorConfig,
    /// judges beside the measures, and how they are asked
    #[serde(default)]
    pub(crate) judge: JudgeConfig,
    /// judges and rewards that take no part in the choice and watch over it
    #[serde(default)]
    held_out: Vec<String>,
    /// whether the lab counts what was done with takes as preferences, beside what was said of them
    pub(crate) learn_from_acts: Option<bool>,
    /// further words for the instruction, a lexicon file beside the configuration
    pub(crate) lexicon: Option<PathBuf>,
    /// how the winner is chosen
    #[serde(default)]
    pub(crate) selector: SelectorConfig,
}

/// A diffusion model and its settings.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct EditorConfig {
    /// its folder, or the name of one that is installed
    model: Option<String>,
    steps: Option<u32>,
    guidance: Option<f64>,
    image_guidance: Option<f64>,
    strength: Option<f64>,
    sampler: Option<String>,
    unwanted: Option<String>,
    precision: Option<String>,
    /// as `--lora` takes them
    #[serde(default)]
    loras: Vec<String>,
}

/// How takes are spent: the name of a strategy, or a table of its name and its settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum StrategyConfig {
    /// as it is by itself
    Id(String),
    /// as it is set
    Set {
        /// which of the table
        id: String,
        /// its settings, by name
        #[serde(flatten)]
        settings: Map<String, Value>,
    },
}

impl StrategyConfig {
    /// Its id.
    pub(crate) fn id(&self) -> Result<&'static str> {
        match self {
            Self::Id(id) | Self::Set { id, .. } => strategy(id),
        }
    }

    /// Its settings, where there are any.
    pub(crate) fn settings(&self) -> Value {
        match self {
            Self::Id(_) => Value::Null,
            Self::Set { settings, .. } => Value::Object(settings.clone()),
        }
    }

    /// The strategy.
    pub(crate) fn make(&self) -> Result<Box<dyn Strategy>> {
        strategy_set(self.id()?, &self.settings())
    }
}

/// The strategy of this id, set so.
pub(crate) fn strategy_set(id: &str, settings: &Value) -> Result<Box<dyn Strategy>> {
    let entry = retake_search::strategy(id).unwrap_or(&STRATEGIES[0]);
    (entry.set)(settings).map_err(|error| anyhow!("{}", error.to_string().trim_end_matches('.')))
}

/// How the winner is chosen.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct SelectorConfig {
    /// which of the table; the default's settings otherwise
    id: Option<String>,
    /// its settings, by name
    #[serde(flatten)]
    settings: Map<String, Value>,
}

impl SelectorConfig {
    /// As a record has it: which, and every number that it went by. One that is not known any more is the default, and
    /// is reported as a difference.
    pub(crate) fn of_record(record: &SelectorRecord) -> Self {
        if retake_search::selector(&record.id).is_none() {
            return Self::default();
        }
        Self {
            id: Some(record.id.clone()),
            settings: record.settings.as_object().cloned().unwrap_or_default(),
        }
    }
    /// Whether it says nothing.
    fn is_silent(&self) -> bool {
        self.id.is_none() && self.settings.is_empty()
    }
    /// The selector that was typed, or else this one. Settings of another one than was typed do not count, but for those
    /// that all have.
    pub(crate) fn make(&self, typed: Option<&str>) -> Result<Box<dyn Selector>> {
        let written = selector_entry(self.id.as_deref().unwrap_or(SELECTORS[0].id))?;
        let entry = typed.map_or(Ok(written), selector_entry)?;
        let shared = |name: &str| {
            let name = name.replace('_', "-");
            COMMON.iter().any(|dial| dial.id == name)
        };
        let settings = self.settings.iter();
        let settings: Map<String, Value> = settings
            .filter(|(name, _)| entry.id == written.id || shared(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        entry
            .make(&Value::Object(settings))
            .map_err(|error| anyhow!("{}", error.to_string().trim_end_matches('.')))
    }
}

/// How strongly an adapter may be merged: from, to.
pub(crate) const LORA: (f64, f64) = (-4.0, 4.0);
/// How many candidates there may be: from, to.
pub(crate) const CANDIDATES: (u32, u32) = (1, 256);
/// The long edge at which candidates are made and judged, px: from, to.
pub(crate) const SIZE: (u32, u32) = (64, 4096);
/// Steps of a diffusion model: from, to.
pub(crate) const STEPS: (u32, u32) = (1, 1000);
/// How strongly a diffusion model follows: from, to.
pub(crate) const GUIDANCE: (f64, f64) = (0.0, 100.0);
/// How far from the photo a diffusion model begins: from, to.
pub(crate) const STRENGTH: (f64, f64) = (0.01, 1.0);
/// JPEG quality: from, to.
pub(crate) const QUALITY: (u32, u32) = (1, 100);

impl Config {
    /// Reads a file; without one, the built-in settings.
    pub(crate) fn read(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else {
            return Ok(Self::default());
        };
        let text = picture::text(path).context("the configuration cannot be read")?;
        let mut config: Self = toml::from_str(&text).map_err(|error| {
            let why = error
                .message()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            let line = error
                .span()
                .map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            anyhow!(
                "the configuration is not right in line {line} ({why}): {}",
                path.display()
            )
        })?;
        config.check().map_err(|error| {
            anyhow!(
                "the configuration is not right ({error}): {}",
                path.display()
            )
        })?;
        config.judge.beside(path.parent().unwrap_or(Path::new("")));
        if let Some(lexicon) = &mut config.lexicon {
            *lexicon = path.parent().unwrap_or(Path::new("")).join(&*lexicon);
        }
        Ok(config)
    }

    fn check(&self) -> Result<()> {
        let whole = |name: &str, value: Option<u32>, (low, high): (u32, u32)| match value {
            Some(value) if !(low..=high).contains(&value) => {
                bail!("{name} must be from {low} to {high}")
            }
            _ => Ok(()),
        };
        whole("candidates", self.candidates, CANDIDATES)?;
        whole("size", self.size, SIZE)?;
        whole("quality", self.quality, QUALITY)?;
        self.format.as_deref().map(format).transpose()?;
        self.space.as_deref().map(space).transpose()?;
        self.metadata.as_deref().map(metadata).transpose()?;
        self.device.as_deref().map(device).transpose()?;
        self.strategy
            .as_ref()
            .map(StrategyConfig::make)
            .transpose()?;
        for (name, preset) in &self.presets {
            preset.check(name)?;
        }
        let preset = self.preset.as_deref();
        preset
            .map(|name| presets::find(name, &self.presets))
            .transpose()?;
        self.judge.check()?;
        self.budget.check()?;
        self.drift.check()?;
        let editor = &self.editor;
        editor.precision.as_deref().map(precision).transpose()?;
        whole("editor.steps", editor.steps, STEPS)?;
        for (name, value, (low, high)) in [
            ("editor.guidance", editor.guidance, GUIDANCE),
            ("editor.image-guidance", editor.image_guidance, GUIDANCE),
            ("editor.strength", editor.strength, STRENGTH),
        ] {
            if value.is_some_and(|value| !(low..=high).contains(&value)) {
                bail!("{name} must be from {low} to {high}");
            }
        }
        self.selector.make(None)?;
        Ok(())
    }
}

/// What a run goes by, all of it decided but the file format when that follows the photo.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) candidates: usize,
    pub(crate) seed: u64,
    pub(crate) size: usize,
    pub(crate) format: Option<Format>,
    pub(crate) quality: u8,
    pub(crate) space: OutputSpace,
    pub(crate) metadata: MetadataPolicy,
    pub(crate) device: &'static str,
    /// id of the strategy
    pub(crate) strategy: &'static str,
    /// how it is set; null is as it is by itself
    pub(crate) strategy_settings: Value,
    /// what the run may spend
    pub(crate) budget: BudgetConfig,
    /// how far an edit may go from the photo
    pub(crate) drift: DriftConfig,
    /// id of the selector, where it is not the configuration's
    pub(crate) selector: Option<&'static str>,
    /// a diffusion model; without one the darkroom makes the candidates
    pub(crate) model: Option<ModelChoice>,
    /// who scores
    pub(crate) judge: JudgeConfig,
    /// who watches over the choice
    pub(crate) held_out: JudgeConfig,
    pub(crate) config_path: Option<PathBuf>,
    pub(crate) config: Config,
}

/// A diffusion model that makes the candidates.
#[derive(Clone, Debug)]
pub(crate) struct ModelChoice {
    /// its folder, or the name of one that is installed
    pub(crate) name: String,
    /// how it works
    pub(crate) wishes: Wishes,
    /// files of its reference pictures, in their order
    pub(crate) references: Vec<PathBuf>,
}

/// The words for colour spaces.
pub(crate) const SPACES: &[(&str, OutputSpace)] = &[
    ("srgb", OutputSpace::Srgb),
    ("display-p3", OutputSpace::DisplayP3),
    ("adobe-rgb", OutputSpace::AdobeRgb),
    ("rec2020", OutputSpace::Rec2020),
];

/// The words for what is kept of the metadata.
pub(crate) const METADATA: &[(&str, MetadataPolicy)] = &[
    ("keep", MetadataPolicy::Keep),
    ("no-location", MetadataPolicy::NoLocation),
    ("none", MetadataPolicy::None),
];

/// The words for devices.
pub(crate) const DEVICES: &[(&str, &str)] = &[("auto", "auto"), ("gpu", "gpu"), ("cpu", "cpu")];

/// A word of a table, or a sentence with the words there are.
pub(crate) fn word<T: Copy>(what: &str, table: &[(&str, T)], given: &str) -> Result<T> {
    let found = table
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(given));
    found.map(|(_, value)| *value).ok_or_else(|| {
        let words: Vec<&str> = table.iter().map(|(word, _)| *word).collect();
        anyhow!(
            "{what} \"{given}\" is not known; choose one of {}",
            words.join(", ")
        )
    })
}

/// The format of this id; "jpeg" and "tif" are understood too.
pub(crate) fn format(id: &str) -> Result<Format> {
    let id = match id.to_ascii_lowercase().as_str() {
        "jpeg" => "jpg".to_owned(),
        "tif" => "tiff".to_owned(),
        other => other.to_owned(),
    };
    let table: Vec<(&str, Format)> = FORMATS.iter().map(|info| (info.id, info.format)).collect();
    word("the format", &table, &id)
}

/// The colour space of this name.
pub(crate) fn space(name: &str) -> Result<OutputSpace> {
    word("the colour space", SPACES, name)
}

/// The metadata policy of this name.
pub(crate) fn metadata(name: &str) -> Result<MetadataPolicy> {
    word("the metadata policy", METADATA, name)
}

/// The device of this name.
pub(crate) fn device(name: &str) -> Result<&'static str> {
    word("the device", DEVICES, name)
}

/// The id of the strategy of this name.
pub(crate) fn strategy(name: &str) -> Result<&'static str> {
    let table: Vec<_> = STRATEGIES
        .iter()
        .map(|entry| (entry.id, entry.id))
        .collect();
    word("the strategy", &table, &name.replace('-', "_"))
}

/// The selector of this name.
pub(crate) fn selector_entry(name: &str) -> Result<&'static SelectorEntry> {
    retake_search::selector(name).ok_or_else(|| {
        let ids: Vec<&str> = SELECTORS.iter().map(|entry| entry.id).collect();
        anyhow!(
            "the selector \"{name}\" is not known; choose one of {}",
            ids.join(", ")
        )
    })
}

/// Its id.
pub(crate) fn selector(name: &str) -> Result<&'static str> {
    Ok(selector_entry(name)?.id)
}

/// What `--precision` may be; `None` is the model's own.
pub(crate) type PrecisionChoice = Option<Precision>;

/// The precision of this name.
pub(crate) fn precision(name: &str) -> Result<PrecisionChoice> {
    let known = Precision::ALL
        .iter()
        .map(|known| (known.id(), Some(*known)));
    let table: Vec<_> = std::iter::once(("auto", None)).chain(known).collect();
    word("the precision", &table, name)
}

/// A whole number within these bounds.
pub(crate) fn whole(text: &str, (low, high): (u32, u32)) -> Result<u32> {
    match text.parse() {
        Ok(number) if (low..=high).contains(&number) => Ok(number),
        _ => bail!("it must be a whole number from {low} to {high}"),
    }
}

/// A number within these bounds.
pub(crate) fn number(text: &str, (low, high): (f64, f64)) -> Result<f64> {
    match text.parse() {
        Ok(number) if (low..=high).contains(&number) => Ok(number),
        _ => bail!("it must be a number from {low} to {high}"),
    }
}

/// An adapter's file and its scale, which stands after the last `=`. The path becomes absolute, so that a run can be
/// replayed from anywhere.
pub(crate) fn lora(text: &str) -> Result<(PathBuf, f64)> {
    let (path, scale) = match text.rsplit_once('=') {
        Some((path, scale)) if !Path::new(text).exists() => (path, number(scale, LORA)?),
        _ => (text, 1.0),
    };
    Ok((std::path::absolute(path)?, scale))
}

/// A seed.
pub(crate) fn seed(text: &str) -> Result<u64> {
    match text.parse() {
        Ok(seed) => Ok(seed),
        Err(_) => bail!("it must be a whole number from 0 to {}", u64::MAX),
    }
}

impl Settings {
    /// The settings of an `edit`.
    pub(crate) fn of(args: &EditArgs) -> Result<Self> {
        let mut config = Config::read(args.config.as_deref())?;
        let preset = match args.preset.as_deref().or(config.preset.as_deref()) {
            Some(name) => presets::find(name, &config.presets)?,
            None => Preset::default(),
        };
        if let (Some(selector), true) = (&preset.selector, config.selector.is_silent()) {
            config.selector = selector.clone();
        }
        let written = config.strategy.as_ref().or(preset.strategy.as_ref());
        let written = match written {
            Some(written) => (written.id()?, written.settings()),
            None => (STRATEGIES[0].id, Value::Null),
        };
        let (strategy, strategy_settings) = match args.strategy {
            // settings of another strategy than was typed do not count
            Some(typed) if typed != written.0 => (typed, Value::Null),
            _ => written,
        };
        let budget = config.budget.with(&args.budget).or(&preset.budget);
        let mut judge = config.judge.with(&args.judging)?;
        let mut held_out = judge.held_out(match args.held_out.is_empty() {
            true => &config.held_out,
            false => &args.held_out,
        })?;
        judge.hand_prices_to(&mut held_out);
        if budget.has_money() && !judge.has_prices() && !held_out.has_prices() {
            bail!(
                "a budget of money has nothing to count; say what a question to a judge costs with --judge-price"
            );
        }
        Ok(Self {
            candidates: args
                .candidates
                .or(config.candidates)
                .or(preset.candidates)
                .unwrap_or(8) as usize,
            seed: args.seed.or(config.seed).unwrap_or(0),
            size: args.size.or(config.size).unwrap_or(1024) as usize,
            format: match (args.format, &config.format) {
                (Some(typed), _) => Some(typed),
                (None, word) => word.as_deref().map(format).transpose()?,
            },
            quality: args.quality.or(config.quality).unwrap_or(92) as u8,
            space: match args.space {
                Some(typed) => typed,
                None => space(config.space.as_deref().unwrap_or("srgb"))?,
            },
            metadata: match args.metadata {
                Some(typed) => typed,
                None => metadata(config.metadata.as_deref().unwrap_or("keep"))?,
            },
            device: match args.device {
                Some(typed) => typed,
                None => device(config.device.as_deref().unwrap_or("auto"))?,
            },
            strategy,
            strategy_settings,
            budget,
            drift: config.drift.with(&args.drift),
            selector: args.selector,
            model: model(&args.editor, &config.editor)?,
            judge,
            held_out,
            config_path: args.config.clone(),
            config,
        })
    }
}

/// The diffusion model that is asked for: what is typed goes before the file.
fn model(typed: &EditorArgs, file: &EditorConfig) -> Result<Option<ModelChoice>> {
    let text = |typed: &Option<String>, file: &Option<String>| typed.clone().or(file.clone());
    let sampler = text(&typed.sampler, &file.sampler);
    let wishes = Wishes {
        sampler: sampler.map(|name| name.to_ascii_lowercase().replace('-', "_")),
        steps: typed.steps.or(file.steps).map(|steps| steps as usize),
        guidance: typed.guidance.or(file.guidance),
        image_guidance: typed.image_guidance.or(file.image_guidance),
        strength: typed.strength.or(file.strength),
        unwanted: text(&typed.unwanted, &file.unwanted),
        loras: match typed.lora.is_empty() {
            true => file
                .loras
                .iter()
                .map(|text| lora(text))
                .collect::<Result<_>>()?,
            false => typed.lora.clone(),
        },
        precision: match typed.precision {
            Some(typed) => typed,
            None => precision(file.precision.as_deref().unwrap_or("auto"))?,
        },
        references: typed
            .reference
            .iter()
            .map(|path| picture::reference(path))
            .collect::<Result<_>>()?,
    };
    match text(&typed.editor, &file.model) {
        Some(name) => Ok(Some(ModelChoice {
            name,
            wishes,
            references: typed.reference.clone(),
        })),
        None if wishes == Wishes::default() => Ok(None),
        None => bail!(
            "steps, guidance, strength, sampler, unwanted, lora, precision and reference belong to a diffusion model; name one with --editor"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_word_names_the_known_ones() {
        let error = word("the colour space", SPACES, "cmyk")
            .expect_err("not a space")
            .to_string();
        assert_eq!(
            error,
            "the colour space \"cmyk\" is not known; choose one of srgb, display-p3, adobe-rgb, rec2020"
        );
    }

    #[test]
    fn a_misspelt_setting_is_refused_with_its_line() {
        let path = std::env::temp_dir().join(format!("retake-config-{}.toml", std::process::id()));
        std::fs::write(&path, "seed = 1\ncandidats = 3\n").expect("writable");
        let error = Config::read(Some(&path)).expect_err("misspelt").to_string();
        assert!(
            error.contains("line 2") && error.contains("candidats"),
            "{error}"
        );
    }
}
