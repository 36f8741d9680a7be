//! Where the reward is wrong: cases in the order of their disagreement, the pictures of the one that is looked at, what probes
//! say of it, what people noted, and the report.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use retake_core::Watch as _;
use retake_core::{Said, said};
use retake_engine::Shown;
use retake_lab::analyse::{
    self, Broken, Finding, ORDERS, Order, PROBES, Subject, findings, probe, write_report,
};
use retake_lab::case::Case;
use retake_lab::dataset::Dataset;
use retake_lab::figures::FIGURES;
use retake_lab::lines::is_light;
use retake_lab::rows::Flow;
use retake_lab::scoring::{Opened, Scorer, Scores, Told, open_case, told_of};

use super::errand::Teller;
use super::scoring::{LONG_EDGE, Scoring};

/// How many of the worst cases a report shows.
const REPORTED: usize = 24;

/// The pictures of a case, as the screen shows them.
pub(crate) struct Pictures {
    /// before
    pub(crate) source: Arc<Shown>,
    /// after, in the order of the takes
    pub(crate) edits: Vec<Arc<Shown>>,
}

/// What the rewards told of each edit of a case, or why it cannot be read; none where it was not kept.
pub(crate) type ToldOf = Vec<Option<Result<Told, Said>>>;

/// What each probe found on one case.
pub(crate) type Probed = Vec<(&'static str, Broken)>;

/// The order of this id; the first where there is none.
pub(crate) fn order(id: &str) -> Order {
    let known = ORDERS.iter().find(|order| order.id == id);
    *known.unwrap_or(&ORDERS[0])
}

/// Cases with their scores, those without left out, and the place of each among all.
fn scored(cases: &[Case], scoring: &Scoring) -> (Vec<(Case, Vec<Scores>)>, Vec<usize>) {
    let both = cases.iter().zip(scoring.scores.iter()).enumerate();
    both.filter_map(|(place, (case, scores))| {
        let scores = scores.as_ref().ok()?;
        Some(((case.clone(), scores.clone()), place))
    })
    .unzip()
}

/// The cases that disagree, the worst first; places are those among all cases.
pub(crate) fn found(
    cases: &[Case],
    scoring: &Scoring,
    against: Option<&Scoring>,
    order: Order,
) -> Vec<Finding> {
    let (with_scores, places) = scored(cases, scoring);
    let others: HashMap<String, Vec<Scores>> = against
        .map(|against| scored(cases, against).0)
        .into_iter()
        .flatten()
        .map(|(case, scores)| (case.id, scores))
        .collect();
    let mut found = findings(&with_scores, order, &others);
    for finding in &mut found {
        finding.place = places[finding.place];
    }
    found
}

/// A case with all its pictures: those that were let go are read again.
fn whole(data: &Dataset<'_>, case: &Case) -> Result<Case, Said> {
    if !is_light(case) {
        return Ok(case.clone());
    }
    let mut found = None;
    let walked = data.walk(&mut |read, _| {
        if read.id != case.id {
            return Ok(Flow::On);
        }
        found = Some(read);
        Ok(Flow::Enough)
    });
    walked.map_err(|error| error.said())?;
    found.ok_or_else(|| said!("the row is there no more"))
}

/// Opens the pictures of a case.
pub(crate) fn opened(data: &Dataset<'_>, case: &Case) -> Result<Opened, Said> {
    open_case(&whole(data, case)?, LONG_EDGE)
}

/// The pictures of a case for the screen.
pub(crate) fn pictures(data: &Dataset<'_>, case: &Case) -> Result<Pictures, Said> {
    let opened = opened(data, case)?;
    let shown = |raster| Arc::new(Shown::of(raster));
    Ok(Pictures {
        source: shown(&opened.source),
        edits: opened.edits.iter().map(shown).collect(),
    })
}

/// Puts every probe to the reward on one case. `other` is the case that things are swapped with.
pub(crate) fn probed(
    data: &Dataset<'_>,
    case: &Case,
    scores: &[Scores],
    other: Option<&Case>,
    scorer: &dyn Scorer,
    teller: &Teller,
) -> Result<Probed, Said> {
    let own = opened(data, case)?;
    let swapped = other.and_then(|other| opened(data, other).ok());
    let mut told = Vec::new();
    for (done, named) in PROBES.iter().enumerate() {
        teller.progress("probing", done, PROBES.len());
        if teller.stopped() {
            break;
        }
        let subject = Subject {
            opened: &own,
            instruction: &case.instruction,
            other_source: swapped.as_ref().map(|swapped| &*swapped.source),
            other_instruction: other.map(|other| other.instruction.as_str()),
        };
        told.push((named.about, probe(named, scorer, &[(subject, scores)])));
    }
    Ok(told)
}

/// Writes the report of the worst cases into a folder, and says where it is.
pub(crate) fn report(
    data: &Dataset<'_>,
    cases: &[Case],
    scoring: &Scoring,
    found: &[Finding],
    folder: &Path,
    teller: &Teller,
) -> Result<PathBuf, Said> {
    let mut rows = vec![
        ["figure", "value", "95 of 100", ""]
            .map(str::to_owned)
            .to_vec(),
    ];
    let figures = &scoring.report.figures;
    for figure in FIGURES {
        let Some(value) = figures.values.get(figure.id) else {
            continue;
        };
        let interval = figures.intervals.get(figure.id);
        rows.push(vec![
            figure.id.replace('_', " "),
            format!("{value:.3}"),
            interval.map_or(String::new(), |i| format!("{:.3} to {:.3}", i.low, i.high)),
            figure.about.to_owned(),
        ]);
    }
    let mut shown = Vec::new();
    for (done, finding) in found.iter().take(REPORTED).enumerate() {
        teller.progress("report", done, found.len().min(REPORTED));
        let case = &cases[finding.place];
        let Ok(scores) = &scoring.scores[finding.place] else {
            continue;
        };
        shown.push(analyse::Shown {
            case,
            scores,
            disagreement: finding.disagreement,
            opened: opened(data, case).ok(),
            told: told_of(scoring.folder.as_deref(), &case.id, scores),
        });
    }
    let title = format!("{} on {}", scoring.report.judge, data.format.id);
    let tables = [("Figures".to_owned(), rows)];
    write_report(folder, &title, &tables, &shown).map_err(|error| error.said())?;
    Ok(folder.join("report.html"))
}
