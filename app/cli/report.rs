//! A run in words and as a record.

use std::collections::BTreeMap;
use std::path::Path;

use retake_core::{Instruction, LeftOut, Photo, Said, Selection};
use retake_engine::{Agreement, Fate, Glimpse, GuardVerdict, Node, Outcome, PROGRAM, Tools};
use retake_files::record::{
    CandidateRecord, EditorRecord, FailureRecord, GlimpseRecord, InstructionRecord, LookRecord,
    NodeRecord, RUN_VERSION, ReferenceRecord, RewardRecord, RunRecord, SelectedRecord,
    SelectorRecord, SettingsRecord, SourceRecord, SpentRecord, UnderstandingRecord, WholeRecord,
    place_text, raw, scores, unknown,
};
use retake_models::diffusion::Reference;
use retake_search::curve::{Buys, curve};

use super::budget::BudgetConfig;
use super::config::{METADATA, ModelChoice, SPACES, Settings};
use super::drift::DriftConfig;
use super::edit::{Assignment, Made, sha256};
use super::{picture, places};

/// A map that was written.
pub(crate) struct EvidenceFile {
    pub(crate) index: usize,
    pub(crate) dimension: String,
    pub(crate) file: String,
}

/// Where a candidate stands in the run's folder.
pub(crate) fn candidate_file(index: usize, extension: &str) -> String {
    format!("candidates/{index:03}.{extension}")
}

/// The wishes that were understood, on one line.
pub(crate) fn wishes(understood: &UnderstandingRecord) -> String {
    let goals = understood.goals.iter().map(|goal| &goal.in_words);
    let all: Vec<&str> = goals
        .chain(&understood.generative)
        .chain(&understood.constraints)
        .map(String::as_str)
        .collect();
    if all.is_empty() {
        return "The model reads it as written; no wish in it can be measured here".to_owned();
    }
    format!("Understood: {}", all.join(" · "))
}

/// What was understood and what was not, on one line.
pub(crate) fn understood(instruction: &Instruction) -> String {
    let mut text = wishes(&UnderstandingRecord::from(&instruction.understood));
    if !instruction.understood.not_understood.is_empty() {
        text.push_str(&format!(
            ". Not understood: {}",
            instruction.understood.not_understood.join(", ")
        ));
    }
    text
}

/// "mountain-path.jpg, 3264 × 2448 px".
pub(crate) fn source_name(path: &Path, photo: &Photo) -> String {
    let name = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy();
    format!("{name}, {} × {} px", photo.width(), photo.height())
}

/// What could not be counted.
pub(crate) fn left_out(left: &LeftOut) -> String {
    let dimension = left.dimension.0.replace('_', " ");
    let why = left.why.to_string();
    format!(
        "Take {}: {dimension} is unknown and was left out ({}).",
        left.candidate,
        why.trim_end_matches('.')
    )
}

/// Who won and how sure that is.
pub(crate) fn verdict(selection: &Selection) -> String {
    let best = selection.order[0];
    let score = selection.overall[best] * 10.0;
    if !selection.good_enough {
        return format!(
            "None is good enough: the best is take {best} with {score:.1} of 10. Try more candidates, say how much, or name one change at a time."
        );
    }
    if selection.order.len() == 1 {
        return format!("Take {best}: {score:.1} of 10.");
    }
    let second = selection.order[1];
    let percent = selection.confidence * 100.0;
    if selection.confident {
        format!(
            "Take {best} is best: {score:.1} of 10, ahead of take {second} by {:.1}, {percent:.0} % sure.",
            selection.margin * 10.0
        )
    } else {
        let near: Vec<String> = selection.order[1..]
            .iter()
            .filter(|&&other| {
                selection.overall[best] - selection.overall[other] <= selection.margin + 0.015
            })
            .map(usize::to_string)
            .collect();
        if let [others @ .., last] = &near[..]
            && !others.is_empty()
        {
            return format!(
                "Take {best} is ahead with {score:.1} of 10, but takes {} and {last} are about as good ({:.1} behind or little more): choose by eye.",
                others.join(", "),
                selection.margin * 10.0
            );
        }
        format!(
            "Take {best} is ahead with {score:.1} of 10, but take {second} is about as good ({:.1} behind, {percent:.0} % sure): look at both.",
            selection.margin * 10.0
        )
    }
}

fn name_of<T: PartialEq>(table: &[(&str, T)], value: &T) -> String {
    table
        .iter()
        .find(|(_, known)| known == value)
        .map_or(String::new(), |(word, _)| (*word).to_owned())
}

/// The record of a run.
pub(crate) fn record(
    assignment: &Assignment<'_>,
    tools: &Tools,
    made: &Made,
    maps: &[EvidenceFile],
) -> RunRecord {
    let (outcome, settings) = (&made.outcome, assignment.settings);
    let extension = made.format.info().extension;
    let editor = tools.editor.info();
    let selection = &outcome.selection;
    let best = selection.order[0];
    let mut candidates: Vec<CandidateRecord> = outcome
        .candidates
        .iter()
        .enumerate()
        .map(|(index, candidate)| CandidateRecord {
            index,
            file: candidate_file(index, extension),
            sha256: sha256(&made.files[index]),
            seed: candidate.provenance.seed,
            label: candidate.provenance.label.to_string(),
            recipe: candidate.provenance.recipe.clone(),
            scores: scores(&outcome.cards[index]),
            unknown: unknown(&outcome.cards[index]),
            raw: raw(&outcome.cards[index]),
            overall: selection.overall[index],
            rank: selection
                .order
                .iter()
                .position(|&at| at == index)
                .map_or(0, |rank| rank + 1),
            terms: selection.terms.get(index).cloned().unwrap_or_default(),
            why: selection
                .why
                .get(index)
                .map(Said::to_string)
                .unwrap_or_default(),
        })
        .collect();
    for map in maps {
        if let Some(score) = candidates[map.index].scores.get_mut(&map.dimension) {
            score.evidence = Some(map.file.clone());
        }
    }
    RunRecord {
        version: RUN_VERSION,
        program: PROGRAM.to_owned(),
        source: SourceRecord {
            path: place_text(assignment.photo_path),
            sha256: made.photo.id().to_string(),
            width: made.photo.width(),
            height: made.photo.height(),
            notes: made
                .photo
                .carried()
                .notes
                .iter()
                .map(Said::to_string)
                .collect(),
        },
        instruction: InstructionRecord {
            text: made.instruction.text.clone(),
            understood: UnderstandingRecord::from(&made.instruction.understood),
            not_understood: made.instruction.understood.not_understood.clone(),
            mask: assignment.mask_path.map(place_text),
        },
        editor: EditorRecord {
            id: editor.id.to_owned(),
            version: editor.version.to_owned(),
            model: assignment.model.map(place_text),
            settings: settings
                .model
                .as_ref()
                .and_then(|choice| serde_json::to_value(&choice.wishes).ok())
                .unwrap_or_default(),
            references: settings.model.as_ref().map_or(Vec::new(), references),
            notices: tools.editor.notices().iter().map(Said::to_string).collect(),
        },
        device: assignment.device.to_owned(),
        seed: settings.seed,
        settings: SettingsRecord {
            candidates: settings.candidates,
            size: settings.size,
            format: made.format.info().id.to_owned(),
            quality: settings.quality,
            space: name_of(SPACES, &settings.space),
            metadata: name_of(METADATA, &settings.metadata),
            strategy: tools.strategy.id().to_owned(),
            strategy_settings: tools.strategy.settings(),
            budget: recorded_budget(settings),
            drift: match settings.drift == DriftConfig::default() {
                true => serde_json::Value::Null,
                false => serde_json::to_value(settings.drift).unwrap_or_default(),
            },
            judge: settings.judge.recorded(),
            held_out: settings.held_out.recorded(),
            config: settings.config_path.as_deref().map(place_text),
        },
        rewards: tools
            .rewards
            .iter()
            .map(|reward| reward_record(reward.as_ref()))
            .collect(),
        selector: SelectorRecord {
            id: tools.selector.id().to_owned(),
            settings: tools.selector.settings(),
        },
        candidates,
        failures: outcome
            .failures
            .iter()
            .map(|(index, why)| FailureRecord {
                index: *index,
                why: why.to_string(),
            })
            .collect(),
        selected: SelectedRecord {
            index: best,
            margin: selection.margin,
            confidence: selection.confidence,
            confident: selection.confident,
            good_enough: selection.good_enough,
            file: format!("best.{extension}"),
            sha256: sha256(&made.best),
            width: made.best_size.0,
            height: made.best_size.1,
            left_out: selection.left_out.iter().map(left_out).collect(),
            settled: selection.settled,
            notes: selection.notes.iter().map(Said::to_string).collect(),
        },
        spent: SpentRecord {
            edits: outcome.spent.edits,
            judge_calls: outcome.spent.judge_calls,
            steps: outcome.spent.steps,
            network_evaluations: outcome.spent.network_evaluations,
            seconds: outcome.spent.seconds,
            money: outcome.spent.money,
            memory: outcome.spent.memory,
        },
        search: searched(outcome),
        places: places::records(&places::of(&outcome.nodes)),
        looks: outcome.agreement.iter().map(look).collect(),
        remarks: outcome.remarks.iter().map(Said::to_string).collect(),
        out_of_time: outcome.out_of_time,
        guard: guard(outcome),
        at_full_resolution: Some(at_full_resolution(made, extension)),
        more_would_buy: more_would_buy(outcome),
        seconds: outcome
            .stages
            .iter()
            .map(|(name, s)| (name.replace(' ', "_"), s))
            .collect::<BTreeMap<_, _>>(),
        peak_memory_mib: picture::peak_memory_mib(),
    }
}

fn at_full_resolution(made: &Made, extension: &str) -> WholeRecord {
    let (whole, winner) = (&made.whole, made.outcome.selection.order[0]);
    let accepted = &made.outcome.candidates[winner].provenance.recipe;
    WholeRecord {
        drift: whole.drift.map(|drift| drift.overall),
        drift_outside: whole.drift.and_then(|drift| drift.outside),
        no_longer_passed: whole.broken.iter().map(Said::to_string).collect(),
        held_back: match whole.recipe == *accepted {
            true => serde_json::Value::Null,
            false => whole.recipe.clone(),
        },
        offered: whole.offered.as_ref().map(|_| offered_file(extension)),
    }
}

/// The file of less of the same, beside the best.
pub(crate) fn offered_file(extension: &str) -> String {
    format!("best-held-back.{extension}")
}

/// Limits beside the number of candidates, or nothing.
fn recorded_budget(settings: &Settings) -> serde_json::Value {
    match settings.budget == BudgetConfig::default() {
        true => serde_json::Value::Null,
        false => serde_json::to_value(&settings.budget).unwrap_or_default(),
    }
}

/// The verdict, and the guard's sentence where it raises the alarm.
pub(crate) fn verdict_and_alarm(outcome: &Outcome) -> String {
    let verdict = verdict(&outcome.selection);
    match &outcome.guarded {
        Some(guarded) if guarded.verdict == GuardVerdict::Hacked => {
            format!("{verdict} {}", guarded.said)
        }
        _ => verdict,
    }
}

/// What the guard says, its sentence as people read it.
fn guard(outcome: &Outcome) -> serde_json::Value {
    let Some(guarded) = &outcome.guarded else {
        return serde_json::Value::Null;
    };
    let mut value = serde_json::to_value(guarded).unwrap_or_default();
    value["said"] = guarded.said.to_string().into();
    value
}

/// What more candidates would buy; nothing for fewer than three.
fn more_would_buy(outcome: &Outcome) -> serde_json::Value {
    let spread = |card: &retake_core::Scorecard| {
        let spreads = card.scores.values().map(|score| score.spread);
        spreads.sum::<f32>() / card.scores.len().max(1) as f32
    };
    let spreads: Vec<f32> = outcome.cards.iter().map(spread).collect();
    let points = curve(&outcome.selection.overall, &spreads).unwrap_or_default();
    let point = |buys: &Buys| {
        let mut value = serde_json::to_value(buys).unwrap_or_default();
        value["said"] = buys.said().to_string().into();
        value
    };
    match points.is_empty() {
        true => serde_json::Value::Null,
        false => points.iter().map(point).collect(),
    }
}

/// The tree of the search.
fn searched(outcome: &Outcome) -> Vec<NodeRecord> {
    let places = places::of(&outcome.nodes);
    let of = |node: &Node| {
        let (fate, why) = match &node.fate {
            Fate::Finished => ("finished", String::new()),
            Fate::Unfinished => ("unfinished", String::new()),
            Fate::LetGo(why) => ("let_go", why.to_string()),
            Fate::Failed(why) => ("failed", why.to_string()),
        };
        NodeRecord {
            index: node.index,
            parent: node.parent,
            begun: node.begun.id().to_owned(),
            why: node.why.to_string(),
            words: node.words.clone(),
            spots: node.spots.clone(),
            place: places::which(&places, node),
            steps: node.steps.0,
            of: node.steps.1,
            glimpses: node.glimpses.iter().map(glimpse).collect(),
            closer: node.closer.as_ref().map(values).unwrap_or_default(),
            passes: node.passes,
            fate: fate.to_owned(),
            fate_why: why,
            candidate: outcome.indices.iter().position(|&at| at == node.index),
        }
    };
    outcome.nodes.iter().map(of).collect()
}

fn look(look: &Agreement) -> LookRecord {
    LookRecord {
        step: look.step,
        of: look.of,
        rho: look.rho,
        interval: look.interval,
        over: look.over,
    }
}

fn glimpse(glimpse: &Glimpse) -> GlimpseRecord {
    GlimpseRecord {
        step: glimpse.step,
        scores: values(&glimpse.card),
    }
}

/// Each dimension's value.
fn values(card: &retake_core::Scorecard) -> BTreeMap<String, f32> {
    let scores = card.scores.iter();
    scores
        .map(|(dimension, score)| (dimension.0.clone(), score.value))
        .collect()
}

/// The reference pictures of a run.
fn references(choice: &ModelChoice) -> Vec<ReferenceRecord> {
    let pictures = choice.references.iter().zip(&choice.wishes.references);
    pictures
        .map(|(path, Reference(picture))| ReferenceRecord {
            path: place_text(path),
            sha256: picture.id().to_string(),
        })
        .collect()
}

fn reward_record(reward: &dyn retake_core::Reward) -> RewardRecord {
    let info = reward.info();
    RewardRecord {
        id: info.id.to_owned(),
        version: info.version.to_owned(),
        dimensions: info.dimensions.iter().map(|d| (*d).to_owned()).collect(),
        settings: reward.settings(),
        notices: reward.notices().iter().map(Said::to_string).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(overall: &[f32], confident: bool, good_enough: bool) -> Selection {
        Selection {
            overall: overall.to_vec(),
            order: (0..overall.len()).collect(),
            margin: overall[0] - overall[1],
            confidence: if confident { 0.9 } else { 0.55 },
            confident,
            good_enough,
            ..Selection::default()
        }
    }

    #[test]
    fn a_close_call_is_said_to_be_one() {
        assert!(verdict(&selection(&[0.9, 0.85], false, true)).contains("look at both"));
    }

    #[test]
    fn several_that_are_as_good_are_all_named() {
        let words = verdict(&selection(&[0.93, 0.925, 0.92, 0.7], false, true));
        assert!(words.contains("takes 1 and 2 are"), "{words}");
    }

    #[test]
    fn a_bad_group_is_said_to_be_one() {
        assert!(verdict(&selection(&[0.3, 0.2], true, false)).starts_with("None is good enough"));
    }
}
