//! `retake edit` for one photo: candidates, scores, and a folder with all of it.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use rayon::prelude::*;
use retake_core::{EditRequest, Instruction, Photo, PhotoId, Picture, Provenance, Said};
use retake_engine::{
    Accepted, Drift, Hear, Job, Outcome, Tools, consolidate, provenance_json, run_told,
};
use retake_files::NewFolder;
use retake_files::record::RunRecord;
use retake_files::save::{self, Format, SaveOptions};
use retake_pixels::resize::{self, size_within};
use retake_sheet::{Sheet, Take, contact_sheet, overlay};
use sha2::{Digest, Sha256};

use super::config::Settings;
use super::{exchange, lab, picture, places, report};

/// One photo and what is to be done with it.
pub(crate) struct Assignment<'a> {
    pub(crate) photo_path: &'a Path,
    pub(crate) mask_path: Option<&'a Path>,
    pub(crate) instruction: &'a Instruction,
    pub(crate) settings: &'a Settings,
    pub(crate) device: &'a str,
    /// folder of the model that makes the candidates; none for the darkroom
    pub(crate) model: Option<&'a Path>,
}

/// What a run made, before it is written.
pub(crate) struct Made {
    pub(crate) photo: Photo,
    pub(crate) instruction: Instruction,
    pub(crate) outcome: Outcome,
    pub(crate) format: Format,
    /// encoded files of the candidates
    pub(crate) files: Vec<Vec<u8>>,
    /// encoded file of the winner at full resolution, and its size in px
    pub(crate) best: Vec<u8>,
    pub(crate) best_size: (usize, usize),
    /// how the winner was found at full resolution
    pub(crate) whole: Whole,
}

/// The winner looked at again at full resolution.
pub(crate) struct Whole {
    pub(crate) drift: Option<Drift>,
    /// checks that no longer hold
    pub(crate) broken: Vec<Said>,
    /// what was written
    pub(crate) recipe: serde_json::Value,
    /// encoded file of less of the same, where only that holds
    pub(crate) offered: Option<Vec<u8>>,
}

/// Opens, edits, scores and encodes; writes nothing.
pub(crate) fn make(assignment: &Assignment<'_>, tools: &Tools, hear: &dyn Hear) -> Result<Made> {
    let settings = assignment.settings;
    let start = Instant::now();
    let photo = picture::photo(assignment.photo_path)?;
    let mut instruction = assignment.instruction.clone();
    instruction.mask = picture::mask(assignment.mask_path, &photo)?;
    let opened = start.elapsed().as_secs_f64();
    let job = Job {
        photo: photo.clone(),
        instruction: instruction.clone(),
        budget: settings.budget.budget(settings.candidates),
        at_a_time: None,
        beyond: None,
        seed: settings.seed,
        first: 0,
        base: None,
        before: Vec::new(),
        like: None,
        settings: Default::default(),
        long_edge: settings.size,
        bounds: settings.drift.bounds(),
    };
    let mut outcome = run_told(&job, tools, hear)?;
    outcome.stages.add("open", opened);
    let format = settings.format.unwrap_or_else(|| own_format(&photo));
    let mut stages = std::mem::take(&mut outcome.stages);
    bring_back(&mut outcome, &job, tools)?;
    let files = stages.time("encode candidates", || {
        outcome
            .candidates
            .par_iter()
            .map(|candidate| {
                let options = options(assignment, &photo, format, Some(&candidate.provenance));
                let picture = Photo::from_raster(candidate.picture.clone(), PhotoId([0; 32]));
                save::encode(&picture, &options, hear)
            })
            .collect::<Result<Vec<_>, _>>()
    });
    let files = files.context("a candidate cannot be written")?;
    let winner = outcome.selection.order[0];
    let words = outcome.instructions[winner].as_ref();
    let accepted = Accepted {
        photo: &photo,
        source: &outcome.source,
        asked: &instruction,
        instruction: words.unwrap_or(&instruction),
        provenance: &outcome.candidates[winner].provenance,
        card: &outcome.cards[winner],
        bounds: &job.bounds,
    };
    let found = stages.time("look at it whole", || consolidate(&accepted, tools, hear))?;
    let encode = |picture: &dyn Picture, provenance: &Provenance| {
        let options = options(assignment, &photo, format, Some(provenance));
        save::encode(picture, &options, hear).context("the best cannot be written")
    };
    let best = stages.time("export", || {
        encode(found.picture.as_ref(), &found.provenance)
    })?;
    let best_size = found.picture.size();
    let offered = found.offered.as_ref();
    let offered = offered.map(|(provenance, picture)| encode(picture.as_ref(), provenance));
    let whole = Whole {
        drift: found.drift,
        broken: found.broken,
        recipe: found.provenance.recipe,
        offered: offered.transpose()?,
    };
    outcome.remarks.extend(found.said);
    outcome.stages = stages;
    Ok(Made {
        photo,
        instruction,
        outcome,
        format,
        files,
        best,
        best_size,
        whole,
    })
}

/// Renders the pictures again that were let go for the sake of memory: what is written holds all.
fn bring_back(outcome: &mut Outcome, job: &Job, tools: &Tools) -> Result<()> {
    for (candidate, words) in outcome.candidates.iter_mut().zip(&outcome.instructions) {
        if !candidate.picture.is_empty() {
            continue;
        }
        let request = EditRequest {
            photo: job.photo.clone(),
            instruction: words.as_ref().unwrap_or(&job.instruction).clone(),
            seed: candidate.provenance.seed,
            source: outcome.source.clone(),
            base: None,
            like: None,
            settings: job.settings.clone(),
        };
        candidate.picture = tools.editor.redo(&request, &candidate.provenance.recipe)?;
    }
    Ok(())
}

/// The format that loses nothing the photo had.
fn own_format(photo: &Photo) -> Format {
    match photo.carried() {
        carried if carried.bits > 8 => Format::Png16,
        carried if carried.format == "JPEG" => Format::Jpeg,
        _ => Format::Png,
    }
}

fn options(
    assignment: &Assignment<'_>,
    photo: &Photo,
    format: Format,
    provenance: Option<&retake_core::Provenance>,
) -> SaveOptions {
    SaveOptions {
        format,
        quality: assignment.settings.quality,
        space: assignment.settings.space,
        metadata: assignment.settings.metadata,
        carried: Some(photo.carried().clone()),
        provenance: provenance
            .map(|provenance| provenance_json(photo, assignment.instruction, provenance)),
        sources: vec![assignment.photo_path.to_owned()],
        ..SaveOptions::default()
    }
}

/// Makes and writes a run into a new folder; the record of it.
pub(crate) fn edit(
    assignment: &Assignment<'_>,
    tools: &Tools,
    folder: NewFolder,
    hear: &dyn Hear,
) -> Result<(RunRecord, PathBuf)> {
    let start = Instant::now();
    let mut made = make(assignment, tools, hear)?;
    let writing = Instant::now();
    let extension = made.format.info().extension;
    let write = |name: &str, bytes: &[u8]| -> Result<()> {
        let path = folder.path(name)?;
        save::write_beside_and_rename(&path, |out| out.write_all(bytes))
            .map_err(|error| error.at(&folder.target().join(name)))?;
        Ok(())
    };
    for (index, bytes) in made.files.iter().enumerate() {
        write(&report::candidate_file(index, extension), bytes)?;
    }
    write(&format!("best.{extension}"), &made.best)?;
    if let Some(offered) = &made.whole.offered {
        write(&report::offered_file(extension), offered)?;
    }
    for (name, text) in exchange::files(&made) {
        write(name, text.as_bytes())?;
    }
    if !made.outcome.agreement.is_empty() {
        let looks = lab::curves::looks_plot(&made.outcome.agreement);
        write("looks.svg", looks.svg().as_bytes())?;
    }
    let maps = evidence(&made, &folder)?;
    places::write(&made.outcome, &folder)?;
    let sheet = contact_sheet(&Sheet {
        instruction: &made.instruction.text,
        understood: &report::understood(&made.instruction),
        source: &made.outcome.source,
        source_name: &report::source_name(assignment.photo_path, &made.photo),
        takes: &takes(&made),
        verdict: &report::verdict_and_alarm(&made.outcome),
    });
    save::save_rgb8(
        &folder.path("contact-sheet.jpg")?,
        sheet.width,
        sheet.height,
        &sheet.rgb,
        92,
    )
    .map_err(|error| error.at(&folder.target().join("contact-sheet.jpg")))?;
    made.outcome
        .stages
        .add("write", writing.elapsed().as_secs_f64());
    made.outcome
        .stages
        .add("total", start.elapsed().as_secs_f64());
    let record = report::record(assignment, tools, &made, &maps);
    let lines: Vec<String> = record
        .candidates
        .iter()
        .filter_map(|c| serde_json::to_string(c).ok())
        .collect();
    write("candidates.jsonl", (lines.join("\n") + "\n").as_bytes())?;
    write("run.json", record.to_json().as_bytes())?;
    let folder = folder.finish()?;
    Ok((record, folder))
}

/// Long edge of the maps, px: they are looked at, not measured.
pub(crate) const EVIDENCE_EDGE: usize = 640;

/// Writes a map a candidate and dimension; which candidate and dimension have one.
fn evidence(made: &Made, folder: &NewFolder) -> Result<Vec<report::EvidenceFile>> {
    let wanted: Vec<(usize, String, &retake_core::Mask)> = made
        .outcome
        .cards
        .iter()
        .enumerate()
        .flat_map(|(index, card)| {
            card.scores.iter().filter_map(move |(dimension, score)| {
                score
                    .evidence
                    .as_ref()
                    .map(|map| (index, dimension.0.clone(), map))
            })
        })
        .collect();
    let source = &made.outcome.source;
    let (width, height) = size_within(source.width, source.height, EVIDENCE_EDGE);
    let small = resize::raster(source, width, height);
    wanted
        .into_par_iter()
        .map(|(index, dimension, map)| {
            let file = format!("evidence/{index:03}-{dimension}.png");
            let canvas = overlay(&small, map);
            save::save_rgb8(
                &folder.path(&file)?,
                canvas.width,
                canvas.height,
                &canvas.rgb,
                92,
            )
            .map_err(|error| error.at(&folder.target().join(&file)))?;
            Ok(report::EvidenceFile {
                index,
                dimension,
                file,
            })
        })
        .collect()
}

fn takes(made: &Made) -> Vec<Take<'_>> {
    let outcome = &made.outcome;
    let take = |index: usize| Take {
        picture: &outcome.candidates[index].picture,
        card: &outcome.cards[index],
        overall: outcome.selection.overall[index],
        label: &outcome.candidates[index].provenance.label,
        winner: outcome.selection.order[0] == index && outcome.selection.good_enough,
    };
    (0..outcome.candidates.len()).map(take).collect()
}

/// Hexadecimal SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    PhotoId(Sha256::digest(bytes).into()).to_string()
}
