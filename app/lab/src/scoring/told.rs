//! What rewards told of an edit beside its scores: what they said before it became numbers, why, and where they saw it. It is
//! made on the way into its journal ([`super::told_journal`]), bounded in size, and read from there when somebody looks.

use std::collections::BTreeMap;

use retake_core::{Dimension, Mask, Raw, Said, Score, Scorecard};
use retake_pixels::resize;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The long edge of an evidence map as it is kept, px.
pub const MAP_EDGE: usize = 64;
/// Letters of one text of an answer that are kept.
const MOST_LETTERS: usize = 8_000;
/// What the raw answers of an edit may take, bytes of JSON.
const MOST_RAW: usize = 32 << 10;
/// What its reasons may take, bytes of JSON.
const MOST_REASONS: usize = 8 << 10;
/// What its maps may take, bytes of base64.
const MOST_MAPS: usize = 24 << 10;
/// All of it: whatever a reward says, an edit takes no more than this in the journal, bytes.
pub const MOST_BYTES: usize = MOST_RAW + MOST_REASONS + MOST_MAPS + 1024;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// what each reward said; answers and what could have stood where they hold a score are read by
    /// [`retake_core::answered`]
    #[serde(default)]
    pub raw: Vec<Raw>,
    /// why, by dimension
    #[serde(default)]
    pub reasons: BTreeMap<String, Vec<Why>>,
    /// where it shows, 0 to 1, by dimension; the long edge is at most [`MAP_EDGE`]
    #[serde(default, with = "super::maps")]
    pub maps: BTreeMap<String, Mask>,
    /// answers, reasons and maps that were too much to keep
    #[serde(default, skip_serializing_if = "is_none")]
    pub left_out: usize,
}

/// A reason of a score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Why {
    /// short name: "judge", "clipping"
    pub id: String,
    /// in a sentence
    #[serde(with = "super::sentences::one")]
    pub text: Said,
    /// whether it speaks for the edit; `None` when neither
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<bool>,
    /// how much of the score it took away, 0 to 1
    pub cost: f32,
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

impl Told {
    /// Of a scorecard. A dimension without a map of its own has that of its first reason with one.
    pub fn of(card: &Scorecard) -> Self {
        let map = |score: &Score| {
            let own = score.evidence.as_ref();
            let of_reason = || score.reasons.iter().find_map(|r| r.evidence.as_ref());
            own.or_else(of_reason).map(small)
        };
        let maps = card.scores.iter();
        let maps = maps.filter_map(|(dimension, score)| Some((dimension.0.clone(), map(score)?)));
        let reasons = card.scores.iter().map(|(dimension, score)| {
            let plain = score.reasons.iter().map(|reason| Why {
                id: reason.id.clone(),
                text: reason.text.clone(),
                passed: reason.passed,
                cost: reason.cost,
            });
            (dimension.0.clone(), plain.collect())
        });
        Self {
            raw: card.raw.clone(),
            reasons: reasons.collect(),
            maps: maps.collect(),
            left_out: 0,
        }
    }

    /// As much of it as may be kept: long texts are cut, the last answers go first, maps are made small, and of them those of
    /// the canonical dimensions stay longest.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        self.left_out += bounded_raw(&mut self.raw);
        let mut size = 0;
        for reasons in self.reasons.values_mut() {
            reasons.retain(|reason| {
                size += length(reason);
                self.left_out += usize::from(size > MOST_REASONS);
                size <= MOST_REASONS
            });
        }
        self.reasons.retain(|_, reasons| !reasons.is_empty());
        for map in self.maps.values_mut() {
            if map.width.max(map.height) > MAP_EDGE {
                *map = small(map);
            }
        }
        let mut names: Vec<String> = self.maps.keys().cloned().collect();
        let canonical = |name: &String| Dimension::CANONICAL.contains(&name.as_str());
        names.sort_by_key(|name| !canonical(name));
        let mut size = 0;
        for name in names {
            // base64 takes four letters for three bytes, and a line of a PNG one byte more than its pixels
            let bytes = |map: &Mask| (map.width + 1) * map.height * 4 / 3 + 200 + name.len();
            size += self.maps.get(&name).map_or(0, bytes);
            if size > MOST_MAPS {
                self.maps.remove(&name);
                self.left_out += 1;
            }
        }
        self
    }

    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty() && self.reasons.is_empty() && self.maps.is_empty()
    }
}

/// The map at the size that is kept.
fn small(map: &Mask) -> Mask {
    let (width, height) = resize::size_within(map.width, map.height, MAP_EDGE);
    resize::mask(map, width, height)
}

/// Bytes of JSON.
fn length(value: &impl Serialize) -> usize {
    serde_json::to_string(value).map_or(0, |text| text.len())
}

/// Cuts texts, then lets the last answers go until the rest fits. How many went.
fn bounded_raw(raw: &mut Vec<Raw>) -> usize {
    raw.iter_mut().for_each(|raw| shorten(&mut raw.told));
    let mut size = length(raw);
    let mut gone = 0;
    while size > MOST_RAW {
        let answers = raw.iter_mut().filter_map(|raw| {
            let answers = raw.told.get_mut("answers")?.as_array_mut()?;
            (!answers.is_empty()).then_some(answers)
        });
        let last = match answers.max_by_key(|answers| answers.len()) {
            Some(answers) => answers.pop().map(|answer| length(&answer) + 1),
            None => raw.pop().map(|raw| length(&raw) + 1),
        };
        let Some(bytes) = last else { break };
        size = size.saturating_sub(bytes);
        gone += 1;
    }
    gone
}

/// Cuts long texts wherever they stand.
fn shorten(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some((end, _)) = text.char_indices().nth(MOST_LETTERS) {
                text.truncate(end);
                text.push('…');
            }
        }
        Value::Array(items) => items.iter_mut().for_each(shorten),
        Value::Object(fields) => fields.values_mut().for_each(shorten),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use retake_core::{Reason, Rng};
    use serde_json::json;

    fn score(reasons: Vec<Reason>, evidence: Option<Mask>) -> Score {
        Score {
            value: 0.5,
            spread: 0.1,
            reasons,
            evidence,
        }
    }

    fn reason(text: String, evidence: Option<Mask>) -> Reason {
        Reason {
            id: "judge".to_owned(),
            text: Said::words(text),
            passed: Some(false),
            cost: 0.2,
            check: None,
            evidence,
        }
    }

    fn why(text: String) -> Why {
        Why {
            id: "judge".to_owned(),
            text: Said::words(text),
            passed: None,
            cost: 0.2,
        }
    }

    fn said(answers: usize, letters: usize) -> Raw {
        let answer = || json!({ "pass": 0, "call": 0, "answer": "ü".repeat(letters) });
        Raw {
            reward: "judge".to_owned(),
            measures: BTreeMap::new(),
            told: json!({ "answers": (0..answers).map(|_| answer()).collect::<Vec<_>>() }),
        }
    }

    #[test]
    fn a_map_is_kept_small_and_one_of_a_reason_stands_for_its_dimension() {
        let map = Mask::from_fn(300, 200, |x, _| x as f32 / 299.0);
        let card = Scorecard::from(BTreeMap::from([
            ("own".into(), score(Vec::new(), Some(map.clone()))),
            (
                "light".into(),
                score(vec![reason("halo".into(), Some(map))], None),
            ),
            ("tone".into(), score(Vec::new(), None)),
        ]));
        let told = Told::of(&card);
        let sizes: Vec<(usize, usize)> = told.maps.values().map(|m| (m.width, m.height)).collect();
        assert_eq!(sizes, [(64, 43), (64, 43)]);
        assert!(!told.maps.contains_key("tone"));
    }

    #[test]
    fn whatever_a_reward_says_an_edit_takes_no_more_than_its_share() {
        let mut rng = Rng::new(5);
        let mut noise = || Mask::from_fn(64, 64, |_, _| rng.between(0.0, 1.0));
        let told = Told {
            raw: vec![said(40, 9_000), said(3, 100)],
            reasons: [("own".to_owned(), vec![why("x".repeat(3000)); 9])].into(),
            maps: (0..9)
                .map(|at| (format!("dimension {at}"), noise()))
                .collect(),
            left_out: 0,
        };
        let kept = told.bounded();
        let bytes = length(&kept);
        assert!(bytes <= MOST_BYTES, "{bytes}");
        assert!(
            bytes > MOST_BYTES / 2 && kept.left_out > 40,
            "{bytes} {}",
            kept.left_out
        );
    }

    #[test]
    fn a_long_answer_is_cut_and_a_usual_one_is_not_touched() {
        let kept = Told {
            raw: vec![said(1, 200), said(1, MOST_LETTERS + 5)],
            ..Told::default()
        }
        .bounded();
        let letters = |at: usize| {
            let answer = &kept.raw[at].told["answers"][0]["answer"];
            answer.as_str().expect("words").chars().count()
        };
        assert_eq!(
            [letters(0), letters(1), kept.left_out],
            [200, MOST_LETTERS + 1, 0]
        );
    }

    #[test]
    fn the_maps_of_the_canonical_dimensions_stay_longest() {
        let map = || Mask::uniform(64, 64, 0.5);
        let mut maps: BTreeMap<String, Mask> = (0..6).map(|at| (format!("a{at}"), map())).collect();
        maps.extend(Dimension::CANONICAL.map(|name| (name.to_owned(), map())));
        let kept = Told {
            maps,
            ..Told::default()
        }
        .bounded();
        assert!(
            Dimension::CANONICAL
                .iter()
                .all(|name| kept.maps.contains_key(*name))
        );
        assert!(kept.left_out > 0);
    }

    #[test]
    fn what_was_told_comes_back_from_its_text() {
        let card = Scorecard {
            raw: vec![said(1, 10)],
            ..Scorecard::from(BTreeMap::from([(
                Dimension::from("own"),
                score(
                    vec![reason("flat".to_owned(), None)],
                    Some(Mask::from_fn(30, 20, |x, y| (x + y) as f32 / 50.0)),
                ),
            )]))
        };
        let told = Told::of(&card).bounded();
        let text = serde_json::to_string(&told).expect("JSON");
        let read: Told = serde_json::from_str(&text).expect("as written");
        assert_eq!((&read.raw, &read.reasons), (&told.raw, &told.reasons));
        let (before, after) = (&told.maps["own"], &read.maps["own"]);
        assert_eq!((before.width, before.height), (after.width, after.height));
        let apart = before
            .values
            .iter()
            .zip(&after.values)
            .map(|(a, b)| (a - b).abs());
        assert!(apart.fold(0.0, f32::max) <= 0.5 / 255.0 + 1e-6);
    }
}
