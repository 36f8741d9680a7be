//! Judges whose every answer is known, for tests.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use retake_core::{Raster, Rng, Watch};

use crate::{Answer, Ask, Conversation, Cost, Judge, JudgeError, JudgeInfo, Part, Prefix, Token};

/// A piece of a question as a scripted judge sees it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Seen {
    Text(String),
    /// mean of the red samples
    Picture(f32),
}

/// What a scripted judge says.
pub(crate) type Says = Box<dyn Fn(&[Seen], &Ask) -> Result<Answer, JudgeError> + Send + Sync>;

/// Answers by a function of what it was shown, all parts of the prefix first.
pub(crate) struct Scripted {
    pub(crate) says: Says,
    pub(crate) name: &'static str,
    pub(crate) weighs: bool,
    pub(crate) begun: AtomicUsize,
    pub(crate) asked: Mutex<Vec<Vec<Seen>>>,
}

impl Scripted {
    pub(crate) fn new(
        says: impl Fn(&[Seen], &Ask) -> Result<Answer, JudgeError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            says: Box::new(says),
            name: "scripted",
            weighs: true,
            begun: AtomicUsize::new(0),
            asked: Mutex::new(Vec::new()),
        }
    }
}

/// An answer of these words.
pub(crate) fn answer(text: impl Into<String>) -> Answer {
    Answer {
        text: text.into(),
        finished: true,
        cost: Cost {
            read: 100,
            written: 10,
            ..Cost::default()
        },
        ..Answer::default()
    }
}

/// The pictures of a question, by the mean of their red samples.
pub(crate) fn pictures(seen: &[Seen]) -> Vec<f32> {
    let red = |seen: &Seen| match seen {
        Seen::Picture(red) => Some(*red),
        Seen::Text(_) => None,
    };
    seen.iter().filter_map(red).collect()
}

fn seen(part: &Part<'_>) -> Seen {
    match part {
        Part::Text(text) => Seen::Text(text.to_string()),
        Part::Picture(raster) => Seen::Picture(mean_red(raster)),
    }
}

pub(crate) fn mean_red(raster: &Raster) -> f32 {
    raster.planes[0].iter().sum::<f32>() / raster.len() as f32
}

impl Judge for Scripted {
    fn info(&self) -> JudgeInfo {
        JudgeInfo {
            name: self.name.to_owned(),
            version: "1".to_owned(),
            place: "in process".to_owned(),
            at_once: 3,
            weighs: self.weighs,
            continues: false,
        }
    }
    fn begin(
        &self,
        prefix: &Prefix<'_>,
        _: &dyn Watch,
    ) -> Result<Box<dyn Conversation + '_>, JudgeError> {
        self.begun.fetch_add(1, Ordering::Relaxed);
        Ok(Box::new(Talk {
            judge: self,
            before: prefix.parts.iter().map(seen).collect(),
        }))
    }
}

struct Talk<'a> {
    judge: &'a Scripted,
    before: Vec<Seen>,
}

impl Conversation for Talk<'_> {
    fn ask(&self, rest: &[Part<'_>], how: &Ask, _: &dyn Watch) -> Result<Answer, JudgeError> {
        let mut all = self.before.clone();
        all.extend(rest.iter().map(seen));
        self.judge.asked.lock().expect("no panic").push(all.clone());
        (self.judge.says)(&all, how)
    }
}

/// A judge that throws dice for two digits: it can be sampled, and it tells its probabilities.
pub(crate) struct Dice {
    first: Vec<(char, f32)>,
}

impl Default for Dice {
    fn default() -> Self {
        Self {
            first: vec![('1', 0.35), ('2', 0.45), ('6', 0.2)],
        }
    }
}

impl Dice {
    /// What may follow these digits: characters and probabilities; a bracket ends the number.
    fn after(&self, digits: &str) -> Vec<(char, f32)> {
        match digits {
            "" => self.first.clone(),
            "1" => vec![('2', 0.5), ('8', 0.3), (']', 0.2)],
            "2" => vec![('0', 0.4), ('4', 0.2), ('9', 0.1), (']', 0.3)],
            _ => vec![(']', 1.0)],
        }
    }
    /// The token that was written behind these digits.
    pub(crate) fn token(&self, digits: &str, written: char) -> Token {
        let all = self.after(digits);
        let of = |letter: char| {
            all.iter()
                .find(|(l, _)| *l == letter)
                .map_or(0.0, |(_, p)| *p)
        };
        Token {
            text: written.to_string(),
            log_probability: of(written).ln(),
            others: all.iter().map(|(l, p)| (l.to_string(), p.ln())).collect(),
        }
    }
    /// The mean of so many numbers that are drawn letter by letter; those beyond `most` are drawn again.
    pub(crate) fn mean_of(&self, draws: u32, most: u32) -> f64 {
        let mut rng = Rng::new(11);
        let (mut total, mut count) = (0u32, 0u32);
        while count < draws {
            let mut digits = String::new();
            loop {
                let mut left = rng.between(0.0, 1.0);
                let all = self.after(&digits);
                let drawn = all.iter().find(|(_, p)| {
                    left -= p;
                    left < 0.0
                });
                match drawn.unwrap_or(&all[all.len() - 1]).0 {
                    ']' => break,
                    digit => digits.push(digit),
                }
            }
            let number: u32 = digits.parse().expect("digits");
            if number <= most {
                total += number;
                count += 1;
            }
        }
        f64::from(total) / f64::from(count)
    }
}

impl Conversation for Dice {
    fn ask(&self, _: &[Part<'_>], how: &Ask, _: &dyn Watch) -> Result<Answer, JudgeError> {
        let digits: String = how
            .begun
            .chars()
            .rev()
            .take_while(char::is_ascii_digit)
            .collect();
        Ok(Answer {
            tokens: vec![self.token(&digits, ']')],
            ..Answer::default()
        })
    }
}
