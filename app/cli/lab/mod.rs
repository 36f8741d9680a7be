//! `retake lab`: benchmarks of rewards against human opinion.

mod agreement;
mod analyse;
mod bench;
pub(crate) mod curves;
mod degrade;
mod export;
mod filter;
mod lists;
mod made;
mod refine;
pub(crate) mod scorer;
mod sit;
mod taste;
mod words;

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use clap::{Args, Subcommand};
use retake_lab::analyse::Order;
use retake_lab::curves::Compute;
use retake_lab::dataset::Dataset;
use retake_lab::degrade::Way;
use retake_lab::filter::Keep;
use retake_lab::formats::{FORMATS, Format, format};
use retake_lab::picks::Shape;
use retake_lab::recorded::FORMULAS;
use retake_lab::rows::{Container, TEXT_CONTAINERS};
use retake_lab::scoring::Manner;
use retake_lab::sittings::plan::MOST;
use retake_tables::TABLE_CONTAINERS;

use super::DONE;
use super::args::ListArgs;
use super::judging::JudgeArgs;
use super::say::{print, say};

/// What the lab does.
#[derive(Subcommand)]
pub(crate) enum LabCommand {
    /// Hold scores against human opinion: agreement, pair accuracy, what best-of-N gains, each with its interval
    Bench(Box<BenchArgs>),
    /// Analyse where a reward is wrong: its worst cases with their pictures, and probes that show which dimension breaks
    Analyse(Box<AnalyseArgs>),
    /// Draw curves as SVG and PNG: what the best of N is worth, what compute buys, how far looks on the way tell the end, whether chances come true, how scores are spread
    Curves(CurvesArgs),
    /// Bring the picks of your sessions out as preference data
    Export(ExportArgs),
    /// Learn a taste from the picks of your sessions, and say whether it is better than the default
    Taste(TasteArgs),
    /// Refine a formula by a sentence, or a formula or rubric by your picks; the change is shown, and only --out keeps it, as a new version
    Refine(RefineArgs),
    /// Ask people which edit is better, without telling who made it: pairs or best-of-N, kept answer by answer
    Sit(SitArgs),
    /// Tell how far raters of sittings agree, with each other and with rewards, and bring out what they said
    Agreement(AgreementArgs),
    /// Keep the edits of a data set that a reward scores highest, and tell whether people or another reward like these better
    Filter(Box<FilterArgs>),
    /// Make good edits worse on purpose, half done, overdone and damaged, each with the score that it deserves: data to hold a reward against
    Degrade(DegradeArgs),
    /// List the formats of data sets that can be read
    Formats(FormatsArgs),
    /// List the ways to spend takes: what --strategy may be
    Strategies(ListArgs),
    /// List the ways to choose the best: what --selector may be
    Selectors(ListArgs),
    /// List what --preset may be
    Presets(ListArgs),
}

/// Which data.
#[derive(Args)]
pub(crate) struct DataArgs {
    /// The data set: a file, or the folder of its shards
    pub(crate) data: PathBuf,
    /// How it is written; retake lab formats lists them
    #[arg(short, long, value_name = "FORMAT", value_parser = known_format)]
    pub(crate) format: &'static Format,
    /// Where pictures that the data names are looked for first
    #[arg(long, value_name = "DIR")]
    pub(crate) images: Option<PathBuf>,
    /// Use at most so many cases
    #[arg(long, value_name = "N", value_parser = known_limit)]
    pub(crate) limit: Option<usize>,
}

/// Fewer rounds say nothing of how far a figure may be off, and more take memory for no digit.
fn known_rounds(text: &str) -> Result<usize, String> {
    let rounds = text.parse().ok();
    let known = rounds.filter(|rounds| (10..=100_000).contains(rounds));
    known.ok_or_else(|| "name a number from 10 to 100000".to_owned())
}

fn known_limit(text: &str) -> Result<usize, String> {
    let limit = text.parse().ok().filter(|limit| *limit > 0);
    limit.ok_or_else(|| "name a number of cases, 1 or more".to_owned())
}

#[derive(Args)]
pub(crate) struct BenchArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// How what was said becomes one number: a formula of the list below, as viescore or power-0.8 [default: viescore for recorded judges, else the studio's own]
    #[arg(long, value_name = "ID")]
    pub(crate) selector: Option<String>,
    /// Compare with another: JUDGE or JUDGE:SELECTOR among recorded ones, or the folder of another run (its --out)
    #[arg(long, value_name = "JUDGE[:SELECTOR]|DIR")]
    pub(crate) against: Option<String>,
    /// Rounds of the bootstrap behind the intervals, 10 to 100000
    #[arg(long, default_value_t = 1000, value_name = "N", value_parser = known_rounds)]
    pub(crate) rounds: usize,
    /// Seed of the bootstrap
    #[arg(long, default_value_t = 0, value_name = "SEED")]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) scoring: ScoringArgs,
    #[command(flatten)]
    pub(crate) judging: JudgeArgs,
    /// Print one object on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

/// How edits are scored now, where the data does not hold scores.
#[derive(Args)]
pub(crate) struct ScoringArgs {
    /// A folder for the scores as they come; a run that was broken off goes on where it was
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Long edge in pixels at which edits are judged, 64 to 4096
    #[arg(long, value_name = "LONG_EDGE", default_value_t = 512, value_parser = clap::value_parser!(u32).range(64..=4096))]
    pub(crate) size: u32,
    /// Cases side by side [default: one a processor]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
    /// Settings in TOML
    #[arg(long, value_name = "TOML")]
    pub(crate) config: Option<PathBuf>,
    /// Keep scores and reasons alone in --out: no raw answers, no distributions over tokens, no evidence maps (told.jsonl, at most 65 KB an edit)
    #[arg(long)]
    pub(crate) no_raw: bool,
}

impl ScoringArgs {
    pub(crate) fn manner(&self) -> Manner {
        Manner {
            raw: !self.no_raw,
            ..manner(self.size, self.threads)
        }
    }
}

fn manner(size: u32, threads: Option<usize>) -> Manner {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    Manner {
        long_edge: size as usize,
        threads: threads.unwrap_or(processors).clamp(1, 64),
        raw: false,
    }
}

#[derive(Args)]
pub(crate) struct AnalyseArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[command(flatten)]
    pub(crate) scoring: ScoringArgs,
    /// What the worst cases are worst by: people, dimensions, passes, paraphrases, languages, unsure, or the scores of another run (--against)
    #[arg(long, default_value = "people", value_parser = analyse::known_order)]
    pub(crate) by: Order,
    /// The folder of another run (lab bench --out) over the same data
    #[arg(long, value_name = "DIR")]
    pub(crate) against: Option<PathBuf>,
    /// Ask the rewards again in other words: a table with the columns instruction, wording and, for another language, language [default: with --by paraphrases or languages, what the data has itself]
    #[arg(long, value_name = "FILE")]
    pub(crate) wordings: Option<PathBuf>,
    /// How many cases the report shows
    #[arg(long, default_value_t = 24, value_name = "N")]
    pub(crate) top: usize,
    /// How many cases are probed; 0 for none
    #[arg(long, default_value_t = 24, value_name = "N")]
    pub(crate) probes: usize,
    #[command(flatten)]
    pub(crate) judging: JudgeArgs,
    /// Print one object on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct CurvesArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// The scores of a run (lab bench --out) over the same data
    #[arg(long, value_name = "DIR", conflicts_with_all = ["judge", "compute"])]
    pub(crate) scores: Option<PathBuf>,
    /// The recorded judge that is meant [default: the one that said most]
    #[arg(long, value_name = "NAME")]
    pub(crate) judge: Option<String>,
    /// How what a recorded judge said becomes one number
    #[arg(long, value_name = "ID", default_value = "viescore")]
    pub(crate) selector: String,
    /// Only this one: best-of, compute, looks, reliability or scores; may be given again
    #[arg(long, value_name = "CURVE", value_parser = curves::known_curve)]
    pub(crate) curve: Vec<String>,
    /// What lies across the curve of compute, of runs: network-evaluations, edits, steps, judge-calls, seconds or money [default: network-evaluations, or edits where no network worked]
    #[arg(long, value_name = "WHAT", value_parser = curves::known_compute)]
    pub(crate) compute: Option<Compute>,
    /// A folder for an SVG and a PNG of every curve, or one file ending in .svg or .png for the one that --curve names
    #[arg(short, long, value_name = "DIR|FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Rounds of the bootstrap behind the bands, 10 to 100000
    #[arg(long, default_value_t = 1000, value_name = "N", value_parser = known_rounds)]
    pub(crate) rounds: usize,
    /// Print one object on standard output, with every point
    #[arg(long)]
    pub(crate) json: bool,
}

/// Whose picks.
#[derive(Args)]
pub(crate) struct PicksArgs {
    /// Folders of sessions, or their journals [default: all of this machine]
    pub(crate) sessions: Vec<PathBuf>,
    /// Only what was said outright (kept, dropped, stars), not what was done: exported, gone on from, taken back; learn-from-acts = false in --config says the same
    #[arg(long)]
    pub(crate) only_said: bool,
    /// Settings in TOML
    #[arg(long, value_name = "TOML")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    pub(crate) picks: PicksArgs,
    /// dpo, editreward, label-studio or all (every candidate a row); the ending of --out says whether as jsonl, json, csv or parquet
    #[arg(long = "as", default_value = "dpo", value_parser = export::known_shape)]
    pub(crate) shape: Shape,
    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Print one object on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct TasteArgs {
    #[command(flatten)]
    pub(crate) picks: PicksArgs,
    /// Write the taste that was learned to this file
    #[arg(short, long, value_name = "JSON")]
    pub(crate) out: Option<PathBuf>,
    /// Print one object on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct RefineArgs {
    #[command(flatten)]
    pub(crate) picks: PicksArgs,
    /// A formula as --reward takes it, for example "instruction_following - 0.2 * cost.noise"
    #[arg(long, value_name = "FORMULA", allow_hyphen_values = true)]
    pub(crate) formula: Option<String>,
    /// What should count otherwise, in words: "punish noise more", "less saturation bias" [default: what your picks point at]
    #[arg(long, value_name = "WORDS")]
    pub(crate) words: Option<String>,
    /// The file of a rubric; what your picks point at becomes a question of its next version
    #[arg(long, value_name = "TOML", conflicts_with_all = ["formula", "words"])]
    pub(crate) rubric: Option<PathBuf>,
    /// Keep the new version in this file, which must not exist
    #[arg(short, long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Print one object on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct SitArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// The folder of the sitting: what was said is kept there, and a sitting that was left goes on
    #[arg(short, long, value_name = "DIR")]
    pub(crate) sitting: PathBuf,
    /// Who is asked; several raters may share a folder
    #[arg(long, value_name = "NAME")]
    pub(crate) rater: String,
    /// Ask for the best of so many at a time, 3 to 9, instead of pairs
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(3..=MOST as i64))]
    pub(crate) best_of: Option<u8>,
    /// Ask at most so many questions about one photo
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) most: Option<u32>,
    /// Ask so many of a hundred questions a second time at the end, to see whether a rater says the same [default: 10]
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) again: Option<u8>,
    /// Seed of the order and the sides [default: 0]
    #[arg(long, value_name = "SEED")]
    pub(crate) seed: Option<u64>,
    /// Long edge in pixels of each picture, 64 to 4096
    #[arg(long, value_name = "LONG_EDGE", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(64..=4096))]
    pub(crate) size: u32,
    /// Print one object on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct AgreementArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// The folder of a sitting over this data; may be given again for raters who sat elsewhere
    #[arg(short, long, required = true, value_name = "DIR")]
    pub(crate) sitting: Vec<PathBuf>,
    /// Hold it against the scores of a run (lab bench --out) over the same data; may be given again
    #[arg(long, value_name = "DIR")]
    pub(crate) scores: Vec<PathBuf>,
    /// How what recorded judges said becomes one number
    #[arg(long, value_name = "ID", default_value = "viescore")]
    pub(crate) selector: String,
    /// Write what raters said as preference data
    #[arg(long, value_name = "FILE")]
    pub(crate) export: Option<PathBuf>,
    /// The shape of that file: dpo, editreward, label-studio or all
    #[arg(long = "as", default_value = "dpo", value_parser = export::known_shape)]
    pub(crate) shape: Shape,
    /// Rounds of the bootstrap behind the intervals, 10 to 100000
    #[arg(long, default_value_t = 1000, value_name = "N", value_parser = known_rounds)]
    pub(crate) rounds: usize,
    /// Print one object on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct FilterArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// How much is kept: a share of all edits as 20%, or so many as 500
    #[arg(long, value_name = "N|PERCENT", value_parser = known_keep, required_unless_present = "above")]
    pub(crate) keep: Option<Keep>,
    /// Keep every edit that scores higher than this
    #[arg(
        long,
        value_name = "SCORE",
        conflicts_with = "keep",
        allow_negative_numbers = true
    )]
    pub(crate) above: Option<f64>,
    /// The file to write, in AURORA-Bench's fields (prompt, input, gen, score, model) and with the reward's score; score is what the held-out opinion says, where there is one. The ending says whether as jsonl, json, csv or parquet
    #[arg(short, long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Filter by the scores of a run (lab bench --out) over the same data instead of scoring now
    #[arg(long, value_name = "DIR", conflicts_with_all = ["reward", "judge", "selector"])]
    pub(crate) scores: Option<PathBuf>,
    /// Who says whether that helped: another run (lab bench --out) over the same data [default: people, where the data tells what they said]
    #[arg(long, value_name = "DIR")]
    pub(crate) held_out: Option<PathBuf>,
    /// How what was said becomes one number: as for lab bench
    #[arg(long, value_name = "ID")]
    pub(crate) selector: Option<String>,
    /// Rounds of the bootstrap behind the intervals, 10 to 100000
    #[arg(long, default_value_t = 1000, value_name = "N", value_parser = known_rounds)]
    pub(crate) rounds: usize,
    /// Long edge in pixels at which edits are judged, 64 to 4096
    #[arg(long, value_name = "LONG_EDGE", default_value_t = 512, value_parser = clap::value_parser!(u32).range(64..=4096))]
    pub(crate) size: u32,
    /// Cases side by side [default: one a processor]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
    /// Settings in TOML
    #[arg(long, value_name = "TOML")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) judging: JudgeArgs,
    /// Print one object on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

impl FilterArgs {
    pub(crate) fn manner(&self) -> Manner {
        manner(self.size, self.threads)
    }
}

fn known_keep(text: &str) -> Result<Keep, String> {
    Keep::read(text).map_err(|why| why.to_string())
}

#[derive(Args)]
pub(crate) struct DegradeArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// A new folder for ratings.jsonl and its pictures
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Only so: interpolated, over-edited, blurred, noisy, blocks, elsewhere, other-wish or other-picture; may be given again
    #[arg(long, value_name = "WAY", value_parser = degrade::known_way)]
    pub(crate) way: Vec<&'static Way>,
    /// Long edge in pixels of the pictures that are written, 64 to 4096
    #[arg(long, value_name = "LONG_EDGE", default_value_t = 512, value_parser = clap::value_parser!(u32).range(64..=4096))]
    pub(crate) size: u32,
    /// Seed of noise and places
    #[arg(long, default_value_t = 0, value_name = "SEED")]
    pub(crate) seed: u64,
    /// Print one object on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct FormatsArgs {
    /// Print one object on standard output
    #[arg(long)]
    json: bool,
}

fn known_format(id: &str) -> Result<&'static Format, String> {
    format(id).ok_or_else(|| {
        let known: Vec<&str> = FORMATS.iter().map(|format| format.id).collect();
        format!("there is no format {id}; there are: {}", known.join(", "))
    })
}

/// The kinds of file that hold rows.
pub(crate) fn containers() -> Vec<&'static [Container]> {
    vec![TEXT_CONTAINERS, TABLE_CONTAINERS]
}

impl DataArgs {
    pub(crate) fn open(&self) -> Dataset<'static> {
        Dataset {
            path: self.data.clone(),
            format: self.format,
            images: self.images.clone(),
            containers: containers(),
            limit: self.limit,
        }
    }

    /// A file that is written must not be the one that is read.
    pub(crate) fn spare(&self, out: &Path, option: &str) -> Result<()> {
        let whole = |path: &Path| path.canonicalize().ok();
        match whole(&self.data) {
            Some(data) if whole(out) == Some(data.clone()) => bail!(
                "that would overwrite the data itself; name another file with {option}: {}",
                out.display()
            ),
            _ => Ok(()),
        }
    }
}

/// Obeys the command.
pub(crate) fn lab(command: &LabCommand) -> Result<u8> {
    match command {
        LabCommand::Bench(args) => bench::bench(args),
        LabCommand::Analyse(args) => analyse::analyse(args),
        LabCommand::Curves(args) => curves::curves(args),
        LabCommand::Export(args) => export::export(args),
        LabCommand::Taste(args) => taste::taste(args),
        LabCommand::Refine(args) => refine::run(args),
        LabCommand::Sit(args) => sit::sit(args),
        LabCommand::Agreement(args) => agreement::agreement(args),
        LabCommand::Filter(args) => filter::filter(args),
        LabCommand::Degrade(args) => degrade::degrade(args),
        LabCommand::Formats(args) => formats(args),
        LabCommand::Strategies(args) => lists::list_strategies(args),
        LabCommand::Selectors(args) => lists::list_selectors(args),
        LabCommand::Presets(args) => lists::list_presets(args),
    }
}

fn formats(args: &FormatsArgs) -> Result<u8> {
    if args.json {
        let of = |format: &Format| serde_json::json!({ "id": format.id, "about": format.about, "columns": format.columns });
        let formulas: Vec<_> = FORMULAS
            .iter()
            .map(|formula| serde_json::json!({ "id": formula.id, "about": formula.about }))
            .collect();
        let formats: Vec<_> = FORMATS.iter().map(of).collect();
        let files: Vec<_> = containers()
            .iter()
            .flat_map(|list| list.iter())
            .map(|container| serde_json::json!({ "name": container.name, "endings": container.endings }))
            .collect();
        let object =
            serde_json::json!({ "formats": formats, "files": files, "formulas": formulas });
        print(&format!("{object:#}\n"))?;
        return Ok(DONE);
    }
    for format in FORMATS {
        say(format_args!("{:<17} {}", format.id, format.about));
    }
    for formula in FORMULAS {
        say(format_args!(
            "--selector {:<12} {}",
            formula.id, formula.about
        ));
    }
    Ok(DONE)
}

/// An error of the lab as one of the command line.
pub(crate) fn sentence(error: retake_lab::LabError) -> anyhow::Error {
    anyhow!("{error}")
}
