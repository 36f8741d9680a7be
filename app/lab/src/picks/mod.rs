//! The picks of sessions: what people kept, dropped and starred, read from journals as they were written while they worked.
//! They never leave the machine but by an export that somebody asks for.

mod export;
mod journal;

use std::collections::BTreeMap;

pub use export::{Names, SHAPES, Shape, rows, write_rows};
pub use journal::{folders, read};

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
    /// 1 kept, −1 dropped, 0 neither
    pub flag: i8,
    /// 0 to 5; 0 is none
    pub stars: u8,
    /// its picture, where the journal holds one (JPEG)
    pub picture: Option<Vec<u8>>,
    /// what raters of a sitting said, −1 to 1; stands for flag and stars
    pub preferred: Option<f64>,
}

impl Marked {
    /// How much it is liked: kept 1, dropped −1, stars from −1 (one) to 1 (five) on top; neither is 0. What raters said
    /// stands for all of it.
    pub fn liked(&self) -> f64 {
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
}

/// A group of candidates of which at least one was marked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// of the photo, hexadecimal
    pub photo_sha256: String,
    /// where the photo was
    pub photo: Option<String>,
    /// its number in the session
    pub turn: u64,
    /// what was asked
    pub instruction: String,
    /// in the order of the sheet
    pub takes: Vec<Marked>,
}

impl Group {
    /// As a pick for a taste. `overall` is what the default selector gives each take, in order. Where scores were asked for
    /// more than once, a ranking that lies within its own noise is of low agreement.
    pub fn pick(&self, overall: &[f64]) -> Pick {
        let seen = |(take, overall): (&Marked, &f64)| Seen {
            scores: take.scores.clone(),
            overall: *overall,
            liked: take.liked(),
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
mod tests;
