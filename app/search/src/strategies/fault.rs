//! Where a fault lies: an evidence map becomes a few ellipses, if the fault is local. "Where" of GLoRe (arXiv 2402.10963)
//! for pictures; a fault that lies everywhere is asked for in words instead.

use std::collections::VecDeque;

use retake_core::{Dimension, Mask, Order, Origin, Said, Scorecard, Spot, Studio, decimals, said};

use super::words::remedy;

/// Long edge of the map that is looked at, cells: a fault smaller than a cell is none that a person sees.
const EDGE: usize = 64;
/// A map that is nowhere stronger than this shows nothing.
const WEAK: f32 = 0.1;
/// A cell belongs to a fault when it is stronger than this share of the strongest.
const STRONG: f32 = 0.4;
/// Places that are mended at once.
const PLACES: usize = 3;
/// A place smaller than this share of the picture is a speck.
const SPECK: f32 = 0.001;
/// A fault that takes more of the picture is not local.
const LARGE: f32 = 0.3;
/// So much of all that the map shows must lie in the places, or the fault is not local.
const WITHIN: f32 = 0.5;
/// The ellipse of a place's moments is made larger by this, so that its soft edge lies outside.
const LARGER: f32 = 1.25;
/// Soft edge of a mended place, of its radius.
const FEATHER: f32 = 0.3;
/// A dimension that is worth more than this has no fault worth a turn.
const FINE: f32 = 0.95;

/// A fault at some places.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fault {
    /// where
    pub(super) spots: Vec<Spot>,
    /// share of the picture that these cover
    pub(super) share: f32,
    /// what was found there
    pub(super) text: Said,
    /// the name of the reason that tells of it
    pub(super) reason: Option<String>,
}

impl Fault {
    /// The best mended where a fault lies, in every way that there is: what was edited brought back, the edit made anew there
    /// alone from another seed, and, where there are words against the fault, one more turn there. Who judges chooses.
    pub(super) fn fixes(&self, studio: &dyn Studio, best: u64) -> Vec<Order> {
        let fault = self;
        let brief = studio.brief();
        let percent = decimals(f64::from(fault.share) * 100.0, 1);
        let order = |origin, instruction, why| Order {
            parent: Some(best),
            origin,
            instruction,
            why,
        };
        let within = |anew| Origin::Within {
            spots: fault.spots.clone(),
            anew: Box::new(anew),
        };
        let mut fixes = vec![
            order(
                Origin::Without(fault.spots.clone()),
                None,
                said!(
                    "brought back in {percent} % of the picture, where a fault was found: {fault}",
                    percent = percent.clone(),
                    fault = &fault.text
                ),
            ),
            order(
                within(Origin::Run),
                None,
                said!(
                    "made anew in {percent} % of the picture, where a fault was found: {fault}",
                    percent = percent.clone(),
                    fault = &fault.text
                ),
            ),
        ];
        let language = &brief.instruction.understood.language;
        let words = (fault.reason.as_deref()).and_then(|reason| remedy(reason, language));
        let read = words.and_then(|words| Some((words, studio.read(words)?)));
        let recipe = studio.provenance(best).map(|made| made.recipe.clone());
        if let (Some((words, mut read)), Some(recipe)) = (read, recipe) {
            read.understood.constraints = brief.instruction.understood.constraints.clone();
            fixes.push(order(
                within(Origin::On(recipe)),
                Some(read),
                said!(
                    "{words}, in {percent} % of the picture, where a fault was found: {fault}",
                    words,
                    percent,
                    fault = &fault.text
                ),
            ));
        }
        fixes
    }
}

/// The fault of what should have stayed, or of the picture's quality, that lies in places; the dearer dimension first.
pub(super) fn local(card: &Scorecard) -> Option<Fault> {
    let dimensions = [Dimension::DETAIL_PRESERVING, Dimension::GENERATION_QUALITY];
    let mut scores: Vec<_> = dimensions
        .iter()
        .filter_map(|name| card.scores.get(&Dimension::from(*name)))
        .filter(|score| score.value < FINE)
        .collect();
    scores.sort_by(|a, b| a.value.total_cmp(&b.value));
    scores.into_iter().find_map(|score| {
        let mut reasons: Vec<_> = score
            .reasons
            .iter()
            .filter(|reason| reason.passed != Some(true))
            .collect();
        reasons.sort_by(|a, b| b.cost.total_cmp(&a.cost));
        let own = reasons
            .iter()
            .filter_map(|reason| Some((reason.evidence.as_ref()?, Some(*reason))));
        let all = score
            .evidence
            .iter()
            .map(|map| (map, reasons.first().copied()));
        // the dearest reason's own map says it more sharply than all together
        own.chain(all).find_map(|(map, reason)| {
            let spots = spots(map)?;
            let share = Spot::mask(&spots, EDGE, EDGE * map.height / map.width.max(1)).share();
            Some(Fault {
                spots,
                share,
                text: reason.map(|reason| reason.text.clone()).unwrap_or_default(),
                reason: reason.map(|reason| reason.id.clone()),
            })
        })
    })
}

/// The places of a map; `None` where it shows nothing, or nothing local.
fn spots(map: &Mask) -> Option<Vec<Spot>> {
    let cells = cells(map);
    let strongest = cells.values.iter().copied().fold(0.0, f32::max);
    if strongest < WEAK {
        return None;
    }
    let total: f32 = cells.values.iter().sum();
    let mut places = places(&cells, STRONG * strongest);
    let weight = |place: &Vec<usize>| place.iter().map(|&at| cells.values[at]).sum::<f32>();
    places.retain(|place| place.len() as f32 >= SPECK * cells.values.len() as f32);
    places.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
    places.truncate(PLACES);
    let size = places.iter().map(Vec::len).sum::<usize>() as f32 / cells.values.len() as f32;
    let within = places.iter().map(weight).sum::<f32>() / total;
    let is_local = !places.is_empty() && size <= LARGE && within >= WITHIN;
    is_local.then(|| places.iter().map(|place| ellipse(&cells, place)).collect())
}

/// The map in cells of equal size, each as strong as the mean within it.
fn cells(map: &Mask) -> Mask {
    let long_edge = map.width.max(map.height).max(1);
    let few = |length: usize| (length * EDGE.min(long_edge)).div_ceil(long_edge).max(1);
    let (width, height) = (few(map.width), few(map.height));
    let part = |at: usize, few: usize, all: usize| at * all / few..((at + 1) * all).div_ceil(few);
    Mask::from_fn(width, height, |x, y| {
        let (columns, rows) = (part(x, width, map.width), part(y, height, map.height));
        let count = columns.len() * rows.len();
        let sum: f32 = rows
            .map(|row| {
                columns
                    .clone()
                    .map(|column| map.at(column, row))
                    .sum::<f32>()
            })
            .sum();
        sum / count.max(1) as f32
    })
}

/// Cells above a threshold that touch, by their place in the map.
fn places(cells: &Mask, least: f32) -> Vec<Vec<usize>> {
    let mut met = vec![false; cells.values.len()];
    let mut places = Vec::new();
    for start in 0..cells.values.len() {
        if met[start] || cells.values[start] < least {
            continue;
        }
        let mut place = Vec::new();
        let mut open = VecDeque::from([start]);
        met[start] = true;
        while let Some(at) = open.pop_front() {
            place.push(at);
            let (x, y) = ((at % cells.width) as isize, (at / cells.width) as isize);
            for (dx, dy) in [
                (-1, 0),
                (1, 0),
                (0, -1),
                (0, 1),
                (-1, -1),
                (1, 1),
                (-1, 1),
                (1, -1),
            ] {
                let inside = (0..cells.width as isize).contains(&(x + dx))
                    && (0..cells.height as isize).contains(&(y + dy));
                let next = ((y + dy) * cells.width as isize + x + dx) as usize;
                if inside && !met[next] && cells.values[next] >= least {
                    met[next] = true;
                    open.push_back(next);
                }
            }
        }
        places.push(place);
    }
    places
}

/// The ellipse with the moments of a place: a full ellipse's variance along an axis is a quarter of that half axis squared.
fn ellipse(cells: &Mask, place: &[usize]) -> Spot {
    let count = place.len() as f32;
    let at = |cell: &usize| {
        (
            (cell % cells.width) as f32 + 0.5,
            (cell / cells.width) as f32 + 0.5,
        )
    };
    let mean =
        |of: &dyn Fn((f32, f32)) -> f32| place.iter().map(|cell| of(at(cell))).sum::<f32>() / count;
    let (cx, cy) = (mean(&|p| p.0), mean(&|p| p.1));
    // a cell has an extent of its own
    let own = 1.0 / 12.0;
    let xx = mean(&|p| (p.0 - cx).powi(2)) + own;
    let yy = mean(&|p| (p.1 - cy).powi(2)) + own;
    let xy = mean(&|p| (p.0 - cx) * (p.1 - cy));
    let middle = f32::midpoint(xx, yy);
    let apart = ((xx - yy) / 2.0).hypot(xy);
    let long_edge = cells.width.max(cells.height) as f32;
    let radius = |variance: f32| LARGER * 2.0 * variance.max(own).sqrt() / long_edge;
    Spot {
        centre: [cx / cells.width as f32, cy / cells.height as f32],
        radius: [radius(middle + apart), radius(middle - apart)],
        angle_deg: (0.5 * (2.0 * xy).atan2(xx - yy)).to_degrees(),
        feather: FEATHER,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use retake_core::{Reason, Score, said};

    use super::*;

    /// Intersection over union, of what covers more than half.
    fn iou(one: &Mask, other: &Mask) -> f32 {
        let pairs = || one.values.iter().zip(&other.values);
        let both = pairs().filter(|(a, b)| **a > 0.5 && **b > 0.5).count();
        let any = pairs().filter(|(a, b)| **a > 0.5 || **b > 0.5).count();
        both as f32 / any as f32
    }

    fn card(map: Mask) -> Scorecard {
        let reason = Reason {
            id: "uneven".to_owned(),
            text: said!("The corner is darker."),
            passed: Some(false),
            cost: 0.3,
            check: None,
            evidence: Some(map),
        };
        let score = Score {
            value: 0.6,
            spread: 0.05,
            reasons: vec![reason],
            evidence: None,
        };
        BTreeMap::from([(Dimension::from(Dimension::DETAIL_PRESERVING), score)]).into()
    }

    #[test]
    fn the_ellipse_of_a_fault_lies_over_it_whatever_its_shape_and_way() {
        for (angle_deg, radius) in [
            (0.0, [0.1, 0.1]),
            (35.0, [0.2, 0.06]),
            (-60.0, [0.15, 0.05]),
        ] {
            let planted = Spot {
                centre: [0.6, 0.4],
                radius,
                angle_deg,
                feather: 0.2,
            };
            let map = Spot::mask(&[planted], 320, 200);
            let fault = local(&card(map.clone())).expect("it is local");
            let found = Spot::mask(&fault.spots, 320, 200);
            assert!(
                iou(&map, &found) > 0.5,
                "{angle_deg}: {}",
                iou(&map, &found)
            );
        }
    }

    #[test]
    fn two_faults_are_two_places_and_noise_between_them_is_none() {
        let two = [[0.2, 0.3], [0.8, 0.7]].map(|centre| Spot {
            centre,
            radius: [0.08, 0.05],
            angle_deg: 0.0,
            feather: 0.2,
        });
        let mut map = Spot::mask(&two, 320, 200);
        for (at, value) in map.values.iter_mut().enumerate() {
            *value = value.max(0.05 * (at % 7) as f32 / 7.0);
        }
        let fault = local(&card(map)).expect("it is local");
        assert_eq!(fault.spots.len(), 2);
    }

    #[test]
    fn what_lies_everywhere_or_nowhere_is_not_local() {
        assert_eq!(local(&card(Mask::uniform(64, 48, 0.8))), None);
        assert_eq!(local(&card(Mask::uniform(64, 48, 0.02))), None);
        let half = Mask::from_fn(64, 48, |x, _| f32::from(u8::from(x < 32)));
        assert_eq!(local(&card(half)), None);
    }

    #[test]
    fn what_is_fine_is_left_alone() {
        let spot = Spot {
            centre: [0.5, 0.5],
            radius: [0.1, 0.1],
            angle_deg: 0.0,
            feather: 0.2,
        };
        let mut fine = card(Spot::mask(&[spot], 64, 48));
        for score in fine.scores.values_mut() {
            score.value = 0.97;
        }
        assert_eq!(local(&fine), None);
    }
}
