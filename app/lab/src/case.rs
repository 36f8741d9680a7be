//! What is judged: a source, a sentence, one or more edits of it, and what people said of them.

use std::collections::BTreeMap;

use crate::measures::Better;
use crate::picture::Picture;

/// One thing to judge, as it stood in a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Case {
    /// no two of a data set have the same
    pub id: String,
    /// what was edited and how: cases of one group are compared with each other
    pub group: String,
    /// kind of edit, as the data set names it
    pub task: String,
    /// what people were asked about: "overall", "prompt_following"
    pub dimension: String,
    /// ISO 639-1 code of the instruction's language, where the data set tells
    pub language: String,
    /// what was asked
    pub instruction: String,
    /// before
    pub source: Option<Picture>,
    /// where the instruction applies
    pub mask: Option<Picture>,
    /// after, once or several times
    pub takes: Vec<Take>,
    /// what people said of pairs of them
    pub verdicts: Vec<Verdict>,
    /// every other column, as words
    pub facts: BTreeMap<String, String>,
}

/// One edit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Take {
    /// what it is called within its group: "A", or the editor's name
    pub name: String,
    /// who made it
    pub editor: String,
    /// after
    pub picture: Option<Picture>,
    /// what people gave it, on the data set's scale
    pub human: Option<f64>,
    /// the same, each rater alone
    pub raters: Vec<f64>,
    /// what people gave it, by dimension
    pub by_dimension: BTreeMap<String, f64>,
    /// what judges gave it, as the data set keeps it
    pub recorded: BTreeMap<String, SubScores>,
}

/// What a judge with VIEScore's questions said, each from 0 to 10.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SubScores {
    /// success, not over-edited
    pub semantic: Vec<f64>,
    /// naturalness, freedom from artefacts
    pub perceptual: Vec<f64>,
}

/// What a person said of two takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// place of the first
    pub first: usize,
    /// place of the second
    pub second: usize,
    /// which is better
    pub better: Better,
    /// each rater alone: above 0 for the first, below for the second
    pub raters: Vec<f64>,
}

impl Verdict {
    /// The first two takes.
    pub fn of(better: Better) -> Self {
        Self {
            first: 0,
            second: 1,
            better,
            raters: Vec::new(),
        }
    }
}

/// Whether two takes change places: by a hash of the id, so that a data set that always has the better one first does not
/// tell a judge of pairs, and every run sees the same order (FNV-1a, 64 bits).
pub fn turned(id: &str) -> bool {
    let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash >> 32) & 1 == 1
}

impl Case {
    /// Its takes in the opposite order.
    pub fn turn(&mut self) {
        self.takes.reverse();
        let last = self.takes.len().saturating_sub(1);
        for verdict in &mut self.verdicts {
            (verdict.first, verdict.second) = (last - verdict.first, last - verdict.second);
        }
    }
}
