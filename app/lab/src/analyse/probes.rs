//! Probes: the same edit changed in a way of which it is known what must follow. A reward that lets the wrong score stand,
//! or lets the right one fall, breaks there.

use std::collections::BTreeMap;

use retake_core::Raster;
use retake_pixels::{blur, resize};
use serde::Serialize;

use crate::scoring::{Opened, Question, Scorer, Scores};

/// The name under which the joined score is told.
pub const OVERALL: &str = "overall";
/// A score that must fall has to fall by this much, one that must hold may move by this much.
const FALLS_BY: f64 = 0.01;
const HOLDS_WITHIN: f64 = 0.1;

/// What must follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Must {
    /// become less
    Fall,
    /// not become more
    NotRise,
    /// stay nearly as it was
    Hold,
}

/// A case, and another one that things are swapped with.
pub struct Subject<'a> {
    /// the pictures
    pub opened: &'a Opened,
    /// what was asked
    pub instruction: &'a str,
    /// the source of another case
    pub other_source: Option<&'a Raster>,
    /// what was asked of another case
    pub other_instruction: Option<&'a str>,
}

/// What is put to the reward instead.
pub struct Variant {
    source: Raster,
    edits: Vec<Raster>,
    instruction: String,
    /// the place of each edit before
    places: Vec<usize>,
}

/// A probe in the table.
pub struct Probe {
    /// short name
    pub id: &'static str,
    /// what is done
    pub about: &'static str,
    /// what must follow, by dimension
    pub must: &'static [(&'static str, Must)],
    make: fn(&Subject<'_>) -> Option<Variant>,
}

const FOLLOWING: &str = "instruction_following";
const PRESERVING: &str = "detail_preserving";
const QUALITY: &str = "generation_quality";

/// Every probe, in the order in which they are told.
pub const PROBES: &[Probe] = &[
    Probe {
        id: "shifted",
        about: "the edit moved by one pixel, which nobody sees",
        must: &[(FOLLOWING, Must::Hold), (QUALITY, Must::Hold)],
        make: |subject| edited(subject, shifted),
    },
    Probe {
        id: "blurred",
        about: "the edit blurred",
        must: &[(QUALITY, Must::Fall), (OVERALL, Must::NotRise)],
        make: |subject| edited(subject, |raster| softened(raster, 0.006, 1.0)),
    },
    Probe {
        id: "sharpened",
        about: "the edit sharpened far too much",
        must: &[(QUALITY, Must::NotRise), (OVERALL, Must::NotRise)],
        make: |subject| edited(subject, |raster| softened(raster, 0.004, -2.0)),
    },
    Probe {
        id: "saturated",
        about: "the edit's colours twice as strong",
        must: &[(PRESERVING, Must::NotRise), (OVERALL, Must::NotRise)],
        make: |subject| edited(subject, saturated),
    },
    Probe {
        id: "untouched",
        about: "the source in place of the edit",
        must: &[(FOLLOWING, Must::Fall), (OVERALL, Must::Fall)],
        make: |subject| edited_with(subject, |_| Raster::clone(&subject.opened.source)),
    },
    Probe {
        id: "source_swapped",
        about: "the source of another case",
        must: &[(PRESERVING, Must::Fall), (OVERALL, Must::Fall)],
        make: |subject| {
            let own = &subject.opened.source;
            let source = resize::raster(subject.other_source?, own.width, own.height);
            Some(Variant {
                source,
                ..as_it_is(subject)
            })
        },
    },
    Probe {
        id: "instruction_swapped",
        about: "the instruction of another case",
        must: &[(FOLLOWING, Must::Fall), (OVERALL, Must::NotRise)],
        make: |subject| {
            let instruction = subject
                .other_instruction
                .filter(|other| *other != subject.instruction)?;
            Some(Variant {
                instruction: instruction.to_owned(),
                ..as_it_is(subject)
            })
        },
    },
    Probe {
        id: "order_swapped",
        about: "the edits in the other order",
        must: &[
            (FOLLOWING, Must::Hold),
            (PRESERVING, Must::Hold),
            (QUALITY, Must::Hold),
            (OVERALL, Must::Hold),
        ],
        make: |subject| {
            let mut variant = as_it_is(subject);
            variant.edits.reverse();
            variant.places.reverse();
            (variant.edits.len() > 1).then_some(variant)
        },
    },
];

fn as_it_is(subject: &Subject<'_>) -> Variant {
    Variant {
        source: Raster::clone(&subject.opened.source),
        edits: subject.opened.edits.clone(),
        instruction: subject.instruction.to_owned(),
        places: (0..subject.opened.edits.len()).collect(),
    }
}

fn edited(subject: &Subject<'_>, change: fn(&Raster) -> Raster) -> Option<Variant> {
    edited_with(subject, change)
}

fn edited_with(subject: &Subject<'_>, change: impl Fn(&Raster) -> Raster) -> Option<Variant> {
    let edits = subject.opened.edits.iter().map(change).collect();
    Some(Variant {
        edits,
        ..as_it_is(subject)
    })
}

fn shifted(raster: &Raster) -> Raster {
    Raster::from_fn(raster.width, raster.height, |x, y| {
        raster.at(x.saturating_sub(1), y)
    })
}

/// `amount` 1 is blurred; below 0 it is an unsharp mask of that strength. The radius is a share of the long edge.
fn softened(raster: &Raster, radius: f32, amount: f32) -> Raster {
    let sigma_px = (radius * raster.width.max(raster.height) as f32).max(0.8);
    let (width, height) = (raster.width, raster.height);
    let planes = [0, 1, 2].map(|channel| {
        let values: Vec<f32> = (0..width * height)
            .map(|i| raster.at(i % width, i / width)[channel])
            .collect();
        blur::gaussian(&values, width, height, sigma_px)
    });
    Raster::from_fn(width, height, |x, y| {
        let (own, at) = (raster.at(x, y), y * width + x);
        [0, 1, 2]
            .map(|channel| (own[channel] + amount * (planes[channel][at] - own[channel])).max(0.0))
    })
}

fn saturated(raster: &Raster) -> Raster {
    Raster::from_fn(raster.width, raster.height, |x, y| {
        let [r, g, b] = raster.at(x, y);
        // luminance of Rec.2020
        let grey = 0.2627 * r + 0.678 * g + 0.0593 * b;
        [r, g, b].map(|value| (grey + 2.0 * (value - grey)).max(0.0))
    })
}

/// What a probe found over all edits.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Broken {
    /// edits probed
    pub count: usize,
    /// by dimension: what the score changed by, on average
    pub change: BTreeMap<String, f64>,
    /// by dimension of which something must follow: the share of edits where it did not
    pub broke: BTreeMap<String, f64>,
    /// cases that the reward could not score so changed
    pub failed: usize,
}

fn value(scores: &Scores, dimension: &str) -> Option<f64> {
    match dimension {
        OVERALL => Some(scores.overall),
        dimension => scores.by_dimension.get(dimension).copied(),
    }
}

fn broke(must: Must, change: f64) -> bool {
    match must {
        Must::Fall => change > -FALLS_BY,
        Must::NotRise => change > FALLS_BY,
        Must::Hold => change.abs() > HOLDS_WITHIN,
    }
}

/// Puts one probe to a reward, over cases whose scores are known.
pub fn probe(probe: &Probe, scorer: &dyn Scorer, subjects: &[(Subject<'_>, &[Scores])]) -> Broken {
    let mut changes: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let mut broken: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let mut told = Broken::default();
    for (subject, before) in subjects {
        let Some(variant) = (probe.make)(subject) else {
            continue;
        };
        let question = Question {
            source: &variant.source,
            instruction: &variant.instruction,
            mask: subject.opened.mask.as_ref(),
            tell: false,
        };
        let Ok(after) = scorer.score(&question, &variant.edits.iter().collect::<Vec<_>>()) else {
            told.failed += 1;
            continue;
        };
        for (after, place) in after.iter().zip(&variant.places) {
            let Some(before) = before.get(*place) else {
                continue;
            };
            told.count += 1;
            let names = before
                .by_dimension
                .keys()
                .map(String::as_str)
                .chain([OVERALL]);
            for name in names {
                let Some((then, now)) = value(before, name).zip(value(after, name)) else {
                    continue;
                };
                changes.entry(name.to_owned()).or_default().push(now - then);
                let must = probe.must.iter().find(|(dimension, _)| *dimension == name);
                // what was nothing before cannot fall
                if let Some((_, must)) =
                    must.filter(|(_, must)| *must != Must::Fall || then > FALLS_BY)
                {
                    let broke = f64::from(u8::from(broke(*must, now - then)));
                    broken.entry(name.to_owned()).or_default().push(broke);
                }
            }
        }
    }
    let means = |of: BTreeMap<String, Vec<f64>>| {
        of.into_iter()
            .filter_map(|(name, values)| Some((name, crate::measures::mean(values)?)))
            .collect()
    };
    Broken {
        change: means(changes),
        broke: means(broken),
        ..told
    }
}
