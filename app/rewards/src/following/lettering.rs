//! Whether the words that were asked are read in the edit, and those that were to go are not
//! ([`retake_core::TextReader`], handed in): "add the text 'SALE'", "ersetze „OFFEN“ durch „ZU“", "remove the text".
//!
//! Where something else is plainly read, following is worth little whatever else is said of the edit
//! ([`Score::MOST_MISREAD`]): words are facts. Where nothing of it is read, nothing is sure: letters may be small, drawn or
//! in an alphabet that the reader does not know.
//!
//! Known failures: writing that is as fanciful as to be misread counts as another text; words that are there in the photo
//! already are told from new ones by their number alone.

use retake_core::{Gone, Lettering, ReadLine, Reason, Said, Score, said};

use crate::finding::percent;
use crate::reading::{
    Nearest, SURE, UNRELATED, alike, bounds, count, drawn, is_new, letters, nearest,
};
use crate::scene::{After, Before};

use super::Line;

/// What words that are not read count all the same, and how far off that is, one standard deviation; ours.
const UNREAD: (f32, f32) = (0.3, 0.25);
/// How far off it is that words were read as they were asked.
const READ: f32 = 0.06;
/// Words that stay read though all were to go: from this share of their letters on it was plainly not done.
const STILL: f32 = 0.5;
/// A new line of fewer letters may be a stain.
const LEAST_LETTERS: usize = 3;

/// What one wish came to.
struct Found {
    id: &'static str,
    credit: f32,
    spread: f32,
    text: Said,
    /// the lines of the edit that show it
    lines: Vec<ReadLine>,
}

/// Id of a reason that decides nothing by itself.
const ID: &str = "lettering";

/// A line for each wish about words; and a sentence for each that cannot be judged.
pub(super) fn lines(before: &Before<'_>, after: &After) -> (Vec<Line>, Vec<Said>) {
    let (mut lines, mut unknown) = (Vec::new(), Vec::new());
    let all = &before.instruction.understood.lettering;
    let (Some(was), Some(is)) = (&before.seen.lines, &after.seen.lines) else {
        return (lines, unknown);
    };
    let frame = (before.width(), before.height());
    let mut add = |found: Result<Found, Said>, weight: f32| match found {
        Ok(found) => lines.push(line(found, weight, frame)),
        Err(why) => unknown.push(why),
    };
    for one in all {
        if let Some(asked) = &one.written {
            let reader = before.onlookers.text;
            let known = |c: char| {
                let knows = |c: char| reader.is_some_and(|reader| reader.knows(c));
                knows(c) || alike(c).is_some_and(knows)
            };
            let spelled = asked.chars().filter(|c| c.is_alphanumeric()).all(known);
            add(
                match spelled {
                    true => Ok(written(asked, all, was, is)),
                    false => Err(said!(
                        "The network that reads words does not know all letters of “{asked}”.",
                        asked = asked
                    )),
                },
                1.0,
            );
        }
        // beside new words those that made way are half of it
        let weight = if one.written.is_some() { 0.5 } else { 1.0 };
        match &one.gone {
            Gone::This(text) => add(gone(text, was, is), weight),
            Gone::All => add(all_gone(was, is), weight),
            Gone::Nothing | Gone::Something => {}
        }
    }
    (lines, unknown)
}

/// The score with the bound that its facts set.
pub(super) fn bounded(mut score: Score) -> Score {
    let Some(most) = score.most().filter(|most| score.value > *most) else {
        return score;
    };
    let over = score.value - most;
    let facts = score.reasons.iter_mut().filter(|r| r.id == Reason::MISREAD);
    if let Some(fact) = facts.max_by(|a, b| a.cost.total_cmp(&b.cost)) {
        fact.cost = (fact.cost + over).min(1.0);
    }
    score.value = most;
    score
}

fn line(found: Found, weight: f32, frame: (usize, usize)) -> Line {
    let boxes = found.lines.iter().map(|line| (bounds(line), 1.0));
    let evidence = (!found.lines.is_empty()).then(|| drawn(boxes, frame));
    Line {
        credit: found.credit,
        spread: found.spread,
        weight,
        already: false,
        reason: Reason {
            id: found.id.to_owned(),
            text: found.text,
            passed: Some(found.credit >= 0.6),
            cost: 0.0,
            check: None,
            evidence,
        },
    }
}

/// Words that were to be written.
fn written(asked: &str, all: &[Lettering], was: &[ReadLine], is: &[ReadLine]) -> Found {
    let near = nearest(asked, is);
    if let Some(near) = near.as_ref().filter(|near| near.is_it(asked)) {
        return as_asked(asked, near, was, is);
    }
    if let Some(part) = within(asked, is) {
        return Found {
            id: ID,
            credit: 0.7,
            spread: 0.2,
            text: said!(
                "“{asked}” was asked; “{read}” is read, which has it within.",
                asked = asked,
                read = &part.text
            ),
            lines: vec![part.clone()],
        };
    }
    // an older text that happens to be like it is no try
    let old = |near: &Nearest| nearest(&near.read, was).is_some_and(|had| had.distance == 0);
    let tried =
        near.filter(|near| near.error <= UNRELATED && near.confidence >= SURE && !old(near));
    if let Some(near) = tried {
        let shown = is[near.lines.0..=near.lines.1].to_vec();
        return misread(asked, &near.read, 0.5 * (1.0 - near.error), shown);
    }
    let another = |line: &&ReadLine| {
        let meant = all.iter().filter_map(|other| other.written.as_deref());
        let mut meant = meant.filter(|other| *other != asked);
        line.confidence >= SURE
            && letters(&line.text).len() >= LEAST_LETTERS
            && is_new(line, was)
            && !meant.any(|other| {
                nearest(other, &[(*line).clone()]).is_some_and(|n| n.error <= UNRELATED)
            })
    };
    let others = is.iter().filter(another);
    match others.max_by_key(|line| letters(&line.text).len()) {
        Some(line) => misread(asked, &line.text, 0.0, vec![line.clone()]),
        None => Found {
            id: ID,
            credit: UNREAD.0,
            spread: UNREAD.1,
            text: said!(
                "“{asked}” was asked; nothing of it can be read.",
                asked = asked
            ),
            lines: Vec::new(),
        },
    }
}

/// Words that are read as they were asked.
fn as_asked(asked: &str, near: &Nearest, was: &[ReadLine], is: &[ReadLine]) -> Found {
    if count(asked, is) <= count(asked, was) {
        return Found {
            id: ID,
            credit: UNREAD.0,
            spread: UNREAD.1,
            text: said!(
                "“{asked}” is read no more often than before.",
                asked = asked
            ),
            lines: Vec::new(),
        };
    }
    let sure = near.confidence >= SURE;
    Found {
        id: if sure { Reason::READ } else { ID },
        credit: 1.0 - 0.5 * near.error,
        spread: if sure { READ } else { 0.2 },
        text: said!("“{read}” is read, as asked.", read = &near.read),
        lines: is[near.lines.0..=near.lines.1].to_vec(),
    }
}

fn misread(asked: &str, read: &str, credit: f32, lines: Vec<ReadLine>) -> Found {
    Found {
        id: Reason::MISREAD,
        credit,
        spread: 0.1,
        text: said!(
            "“{read}” is read; “{asked}” was asked.",
            read = read,
            asked = asked
        ),
        lines,
    }
}

/// A line that has the asked letters within a much longer word: two words may have been read as one.
fn within<'a>(asked: &str, is: &'a [ReadLine]) -> Option<&'a ReadLine> {
    let wanted = letters(asked);
    let longer = |line: &&ReadLine| {
        let read = letters(&line.text);
        read.len() >= wanted.len() + LEAST_LETTERS
            && read.windows(wanted.len()).any(|window| window == wanted)
    };
    (wanted.len() >= LEAST_LETTERS)
        .then(|| is.iter().find(longer))
        .flatten()
}

/// Words that were to go.
fn gone(text: &str, was: &[ReadLine], is: &[ReadLine]) -> Result<Found, Said> {
    let had = count(text, was);
    if had == 0 {
        return Err(said!(
            "“{text}” is not read in the photo, so it cannot be seen to go.",
            text = text
        ));
    }
    let near = nearest(text, is).filter(|near| near.is_it(text));
    let now = count(text, is);
    Ok(match near {
        Some(near) if now >= had => Found {
            id: if near.confidence >= SURE {
                Reason::MISREAD
            } else {
                ID
            },
            credit: 0.0,
            spread: 0.1,
            text: said!("“{text}” is still read; it was to go.", text = &near.read),
            lines: is[near.lines.0..=near.lines.1].to_vec(),
        },
        _ => Found {
            id: Reason::READ,
            credit: 1.0 - now as f32 / had as f32,
            spread: 0.1,
            text: said!("“{text}” is no longer read, as asked.", text = text),
            lines: Vec::new(),
        },
    })
}

/// All words were to go.
fn all_gone(was: &[ReadLine], is: &[ReadLine]) -> Result<Found, Said> {
    let length = |lines: &[&ReadLine]| -> usize {
        let lines = lines.iter();
        lines.map(|line| letters(&line.text).len()).sum()
    };
    let sure = |line: &&ReadLine| line.confidence >= SURE;
    let had: Vec<&ReadLine> = was.iter().filter(sure).collect();
    if length(&had) == 0 {
        return Err(said!(
            "No words are read in the photo, so none can be seen to go."
        ));
    }
    let left: Vec<&ReadLine> = is
        .iter()
        .filter(sure)
        .filter(|line| !is_new(line, was))
        .collect();
    let share = (length(&left) as f32 / length(&had) as f32).min(1.0);
    let (id, text) = match share {
        0.0 => (
            Reason::READ,
            said!("No words are read any longer, as asked."),
        ),
        share => (
            if share >= STILL { Reason::MISREAD } else { ID },
            said!(
                "Words were to go; {share} of their letters are still read.",
                share = percent(share)
            ),
        ),
    };
    Ok(Found {
        id,
        credit: 1.0 - share,
        spread: 0.1,
        text,
        lines: left.into_iter().cloned().collect(),
    })
}
