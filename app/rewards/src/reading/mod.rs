//! What was read off a picture, compared: how far words that were asked are from the nearest that are read.
//!
//! Compared are letters and digits without case and accents; 0 and o, 1, i and l are one, which a reader cannot always tell.
//! The distance is Levenshtein's (1966), the character error rate that distance by the length of what was asked.

mod letters;

use retake_core::{Mask, ReadLine};

pub(crate) use letters::{alike, letters, spelled};
use letters::{distance, words};

/// A line read less surely than this decides nothing. Of 120 renderings of words, 10 to 26 px high, blurred and noisy, PP-OCRv4
/// read 96 rightly, all but one at 0.85 or more, and of ten that it misread eight at 0.72 or less.
pub(crate) const SURE: f32 = 0.85;
/// Texts that differ by more of their characters are two texts.
pub(crate) const OTHER: f32 = 0.34;
/// Texts that differ by more have nothing to do with each other.
pub(crate) const UNRELATED: f32 = 0.67;

/// Where words are read that are nearest to others.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Nearest {
    /// as they were read
    pub(crate) read: String,
    /// characters that would have to change, come or go
    pub(crate) distance: usize,
    /// that, by the number of characters that were asked
    pub(crate) error: f32,
    /// the least of the lines that they stand in
    pub(crate) confidence: f32,
    /// the lines, first and last
    pub(crate) lines: (usize, usize),
}

impl Nearest {
    /// Whether they are the words that were asked, but for what a reader gets wrong in a long text.
    pub(crate) fn is_it(&self, asked: &str) -> bool {
        self.distance <= slips(letters(asked).len())
    }
}

/// Characters that a reader may have wrong of so many: one of thirteen. Short words it reads rightly or not at all.
fn slips(length: usize) -> usize {
    length * 2 / 25
}

/// A word as it was read, with its letters and its line.
struct Word<'a> {
    read: &'a str,
    letters: Vec<char>,
    line: usize,
}

fn all_words(lines: &[ReadLine]) -> Vec<Word<'_>> {
    let mut all = Vec::new();
    for (line, read) in lines.iter().enumerate() {
        for (word, letters) in words(&read.text) {
            all.push(Word {
                read: word,
                letters,
                line,
            });
        }
    }
    all
}

/// The run of words that is nearest to what was asked, over the ends of lines too; `None` where nothing is read or asked.
pub(crate) fn nearest(asked: &str, lines: &[ReadLine]) -> Option<Nearest> {
    runs(asked, lines).into_iter().min_by(|a, b| {
        let nearer = a.distance.cmp(&b.distance);
        nearer.then(b.confidence.total_cmp(&a.confidence))
    })
}

/// How often it is read.
pub(crate) fn count(asked: &str, lines: &[ReadLine]) -> usize {
    let runs = runs(asked, lines);
    runs.iter().filter(|run| run.is_it(asked)).count()
}

/// The nearest run of words from each word on.
fn runs(asked: &str, lines: &[ReadLine]) -> Vec<Nearest> {
    let wanted = letters(asked);
    if wanted.is_empty() {
        return Vec::new();
    }
    let words = all_words(lines);
    let most = 2 * wanted.len() + 2;
    let from = |first: usize| -> Option<Nearest> {
        let mut joined: Vec<char> = Vec::new();
        let mut best: Option<(usize, usize)> = None;
        for (end, word) in words.iter().enumerate().skip(first) {
            joined.extend(&word.letters);
            let apart = distance(&wanted, &joined);
            if best.is_none_or(|(least, _)| apart < least) {
                best = Some((apart, end));
            }
            if joined.len() > most {
                break;
            }
        }
        let (distance, last) = best?;
        let run = &words[first..=last];
        let sure = run.iter().map(|word| lines[word.line].confidence);
        let read: Vec<&str> = run.iter().map(|word| word.read).collect();
        Some(Nearest {
            read: spelled(&read),
            distance,
            error: distance as f32 / wanted.len() as f32,
            confidence: sure.fold(1.0, f32::min),
            lines: (run.first()?.line, run.last()?.line),
        })
    };
    (0..words.len()).filter_map(from).collect()
}

/// Whether a line says what is nowhere among others.
pub(crate) fn is_new(line: &ReadLine, among: &[ReadLine]) -> bool {
    nearest(&line.text, among).is_none_or(|near| near.error > OTHER)
}

/// The box of a line: left, top, right, bottom in shares of the picture.
pub(crate) fn bounds(line: &ReadLine) -> [f32; 4] {
    let least = |axis: usize| line.corners.iter().map(|c| c[axis]).fold(1.0, f32::min);
    let most = |axis: usize| line.corners.iter().map(|c| c[axis]).fold(0.0, f32::max);
    [least(0), least(1), most(0), most(1)]
}

/// How much of the smaller box lies in the other, 0 to 1.
pub(crate) fn shared(one: [f32; 4], other: [f32; 4]) -> f32 {
    let area = |b: [f32; 4]| (b[2] - b[0]).max(0.0) * (b[3] - b[1]).max(0.0);
    let both = [
        one[0].max(other[0]),
        one[1].max(other[1]),
        one[2].min(other[2]),
        one[3].min(other[3]),
    ];
    area(both) / area(one).min(area(other)).max(1e-9)
}

/// Boxes on a picture of so many px, each as strong as told.
pub(crate) fn drawn(
    boxes: impl IntoIterator<Item = ([f32; 4], f32)>,
    (width, height): (usize, usize),
) -> Mask {
    let mut mask = Mask::uniform(width, height, 0.0);
    for (bounds, strength) in boxes {
        let at = |share: f32, side: usize| ((share * side as f32).max(0.0) as usize).min(side);
        let (left, right) = (at(bounds[0], width), at(bounds[2], width));
        for y in at(bounds[1], height)..at(bounds[3], height) {
            for value in &mut mask.values[y * width..][left..right.max(left)] {
                *value = value.max(strength);
            }
        }
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> ReadLine {
        ReadLine {
            text: text.to_owned(),
            corners: [[0.1, 0.2], [0.5, 0.2], [0.5, 0.3], [0.1, 0.3]],
            confidence: 0.95,
        }
    }

    #[test]
    fn words_are_found_among_others_and_over_lines() {
        let lines = [line("THE GRAND"), line("OPENING sale TODAY")];
        for asked in ["Sale", "grand opening", "opening sale", "GRAND-OPENING"] {
            let near = nearest(asked, &lines).expect("something is read");
            assert_eq!(near.distance, 0, "{asked}");
        }
        assert_eq!(
            nearest("grand opening", &lines).map(|n| n.lines),
            Some((0, 1))
        );
    }

    #[test]
    fn a_wrong_letter_of_a_short_word_is_another_word() {
        let near = nearest("SALE", &[line("BIG SALF NOW")]).expect("something is read");
        assert_eq!((&*near.read, near.distance), ("SALF", 1));
        assert!(!near.is_it("SALE"));
        assert!((near.error - 0.25).abs() < 1e-6);
    }

    #[test]
    fn a_part_of_a_word_is_not_the_word() {
        let near = nearest("SALE", &[line("SALES")]).expect("something is read");
        assert!(!near.is_it("SALE"));
    }

    #[test]
    fn a_slip_in_a_long_text_is_the_readers() {
        let asked = "Grand opening on Saturday";
        let near = nearest(asked, &[line("Grand opening on Saturdoy")]).expect("read");
        assert!(near.distance == 1 && near.is_it(asked));
    }

    #[test]
    fn each_time_that_it_is_read_counts() {
        assert_eq!(count("sale", &[line("SALE SALE"), line("no sale")]), 3);
        assert_eq!(count("sale", &[]), 0);
    }

    #[test]
    fn boxes_are_drawn_where_they_are() {
        let mask = drawn([(bounds(&line("x")), 0.5)], (20, 10));
        assert_eq!(
            (mask.at(2, 2), mask.at(9, 2), mask.at(10, 2)),
            (0.5, 0.5, 0.0)
        );
        assert!((mask.share() - 0.5 * 8.0 / 200.0).abs() < 1e-6);
    }
}
