//! The picks of sessions: what people kept, dropped and starred, and what they exported, went on from and took back, read
//! from journals as they were written while they worked.
//! They never leave the machine but by an export that somebody asks for.

mod acts;
mod export;
mod journal;

use std::collections::BTreeMap;

pub use acts::{TELLING, Telling};
pub use export::{Names, SHAPES, Shape, rows, write_rows};
pub use journal::{folders, read};

use retake_files::record::session::DidRecord;

use crate::taste::{Pick, Seen};

/// A candidate of a session, with what was said of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marked {
    /// its number within the session
    pub take: u64,
    /// who made it
    pub editor: String,
    /// of this candidate
    pub seed: u64,
    /// the editor's own description
    pub recipe: serde_json::Value,
    /// by dimension, 0 to 1; unknown ones are missing
    pub scores: BTreeMap<String, f64>,
    /// one standard deviation, by dimension
    pub spread: BTreeMap<String, f64>,
    /// what its faults cost, by their names, 0 to 1; the most that any dimension says of one
    pub costs: BTreeMap<String, f64>,
    /// 1 kept, −1 dropped, 0 neither
    pub flag: i8,
    /// 0 to 5; 0 is none
    pub stars: u8,
    /// what was done with it and not taken back
    pub did: Vec<DidRecord>,
    /// a measured check of it failed
    pub fails: bool,
    /// its picture, where the journal holds one (JPEG)
    pub picture: Option<Vec<u8>>,
    /// what raters of a sitting said, −1 to 1; stands for flag and stars
    pub preferred: Option<f64>,
}

impl Marked {
    /// How much it is liked: kept 1, dropped −1, stars from −1 (one) to 1 (five) on top; neither is 0. What was done with it
    /// tells where nothing was said, and speaks up for what was said where both mean the same. What raters said stands for
    /// all of it.
    pub fn liked(&self) -> f64 {
        let said = self.said();
        let done = self.done().map_or(0.0, |done| done.liked);
        match said * done {
            product if product < 0.0 => said,
            _ => said + done,
        }
    }

    /// How much a preference about it counts: 1 where it was said outright, less where it was only done, 0 where neither.
    pub fn weight(&self) -> f64 {
        match (self.said() != 0.0, self.done()) {
            (true, _) => 1.0,
            (false, Some(done)) => done.weight,
            (false, None) => 0.0,
        }
    }

    /// What was said outright.
    fn said(&self) -> f64 {
        if let Some(preferred) = self.preferred {
            return preferred;
        }
        let stars = if self.stars == 0 {
            0.0
        } else {
            (f64::from(self.stars) - 3.0) / 2.0
        };
        f64::from(self.flag) + stars
    }

    /// What was done. A like that was only done is believed where the rules find nothing wrong with the take (rule-verified
    /// positives, as Cooper trains with; arXiv 2508.05613): people export failures too, to show them.
    fn done(&self) -> Option<&'static Telling> {
        let telling = acts::most_telling(&self.did)?;
        (telling.liked < 0.0 || !self.fails).then_some(telling)
    }
}

/// A group of candidates of which at least one was marked, or something was done with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// of the photo, hexadecimal
    pub photo_sha256: String,
    /// where the photo was
    pub photo: Option<String>,
    /// its number in the session
    pub turn: u64,
    /// when its step was done, milliseconds since 1970; 0 where nobody knows
    pub at_ms: u64,
    /// what was asked
    pub instruction: String,
    /// in the order of the sheet
    pub takes: Vec<Marked>,
}

impl Group {
    /// The same without what was only done: what was said outright.
    pub fn only_said(mut self) -> Self {
        self.takes.iter_mut().for_each(|take| take.did.clear());
        self
    }

    /// Whether anybody likes one better than another.
    pub fn tells(&self) -> bool {
        let mut liked = self.takes.iter().map(Marked::liked);
        let first = liked.next();
        liked.any(|liked| Some(liked) != first)
    }

    /// As a pick for a taste. `overall` is what the default selector gives each take, in order. Where scores were asked for
    /// more than once, a ranking that lies within its own noise is of low agreement.
    pub fn pick(&self, overall: &[f64]) -> Pick {
        let seen = |(take, overall): (&Marked, &f64)| Seen {
            scores: take.scores.clone(),
            overall: *overall,
            liked: take.liked(),
            telling: take.weight(),
        };
        Pick {
            candidates: self.takes.iter().zip(overall).map(seen).collect(),
            agreement: self.agreement(),
        }
    }

    /// The mean over pairs of the chance that a second asking would order them alike, on the dimension that tells most:
    /// normal errors of the stated spreads. 1 without any spread.
    fn agreement(&self) -> f64 {
        let names: Vec<&String> = self
            .takes
            .iter()
            .flat_map(|take| take.scores.keys())
            .collect();
        let of = |name: &&String| {
            let mut alike = Vec::new();
            for (place, one) in self.takes.iter().enumerate() {
                for other in &self.takes[place + 1..] {
                    let (Some(a), Some(b)) = (one.scores.get(*name), other.scores.get(*name))
                    else {
                        continue;
                    };
                    let spread = |take: &Marked| take.spread.get(*name).copied().unwrap_or(0.0);
                    let noise = spread(one).hypot(spread(other));
                    alike.push(match noise > 0.0 {
                        // the same order twice, each with this chance of being right
                        true => {
                            let right = 1.0 / (1.0 + (-1.702 * (a - b).abs() / noise).exp());
                            right * right + (1.0 - right) * (1.0 - right)
                        }
                        false => 1.0,
                    });
                }
            }
            crate::measures::mean(alike)
        };
        names.iter().filter_map(of).fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod simulated;
#[cfg(test)]
mod tests;
