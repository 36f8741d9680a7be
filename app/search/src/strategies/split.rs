//! A compound instruction in steps, in the order in which it was said. What was understood is grouped by the words that said
//! so (a style that stands for several goals stays one step); for editors that read the sentence itself it is cut where a
//! mark or a conjunction stands between two things that were understood, never within one ("black and white").

use retake_core::{Goal, Instruction, Said, Studio, Understanding, said};

/// More steps than this are joined to the last: each costs a round of candidates.
const MOST: usize = 4;

/// Where a sentence may be cut, longest first, in the languages that are read.
const CUTS: &[&str] = &[
    " and then ",
    " und dann ",
    " et puis ",
    " y luego ",
    ", then ",
    ", and ",
    ", und ",
    " then ",
    " dann ",
    " puis ",
    " luego ",
    "然后",
    "并且",
    " and ",
    " und ",
    " et ",
    " y ",
    "; ",
    ". ",
    ", ",
    "；",
    "。",
    "，",
    "、",
];

/// One step.
pub(crate) struct Step {
    /// what is asked of the editor for it
    pub(crate) instruction: Instruction,
    /// where, in words; empty for everywhere
    pub(crate) place: Said,
}

impl Step {
    /// For the tree that is shown: "step 2 of 3: darker, the sky".
    pub(crate) fn why(&self, number: usize, count: usize) -> Said {
        let words = &self.instruction.text;
        match self.place.is_empty() {
            true => said!("step {number} of {count}: {words}", number, count, words),
            false => said!(
                "step {number} of {count}: {words} ({place})",
                number,
                count,
                words,
                place = &self.place
            ),
        }
    }
}

/// The steps of what was asked; at least one.
pub(crate) fn steps(studio: &dyn Studio) -> Vec<Step> {
    let brief = studio.brief();
    let asked = &brief.instruction;
    let steps: Vec<Step> = if brief.generative {
        let clauses = clauses(&asked.text, &spans(asked));
        let clauses: Vec<String> = clauses.into_iter().map(str::to_owned).collect();
        let read = |words: &String| {
            studio
                .read(words)
                .unwrap_or_else(|| with(asked, words, Vec::new()))
        };
        joined(clauses, |clauses| clauses.join(", "))
            .iter()
            .map(|words| Step::of(read(words)))
            .collect()
    } else {
        let groups = joined(groups(&asked.understood.goals), |groups| groups.concat());
        groups
            .into_iter()
            .map(|goals| Step::of(with(asked, &words_of(&goals), goals)))
            .collect()
    };
    match steps.is_empty() {
        true => vec![Step::of(asked.clone())],
        false => steps,
    }
}

impl Step {
    fn of(instruction: Instruction) -> Self {
        let places = instruction.understood.goals.iter().map(|goal| &goal.region);
        let mut named: Vec<Said> = Vec::new();
        for region in places.filter(|region| !region.is_whole()) {
            if !named.contains(&region.said()) {
                named.push(region.said());
            }
        }
        Self {
            instruction,
            place: Said::commas(named),
        }
    }
}

/// At most [`MOST`]; those beyond are one with the last.
fn joined<T: Clone>(mut items: Vec<T>, join: impl Fn(&[T]) -> T) -> Vec<T> {
    if items.len() > MOST {
        let last = join(&items[MOST - 1..]);
        items.truncate(MOST - 1);
        items.push(last);
    }
    items
}

/// The instruction with these goals alone; what must stay must stay in every step.
fn with(asked: &Instruction, words: &str, goals: Vec<Goal>) -> Instruction {
    Instruction {
        text: words.to_owned(),
        understood: Understanding {
            goals,
            generative: Vec::new(),
            lettering: Vec::new(),
            ..asked.understood.clone()
        },
        mask: asked.mask.clone(),
    }
}

fn words_of(goals: &[Goal]) -> String {
    let mut words: Vec<String> = Vec::new();
    for goal in goals {
        let said = if goal.words.is_empty() {
            goal.in_words()
        } else {
            goal.words.clone()
        };
        if !words.contains(&said) {
            words.push(said);
        }
    }
    words.join(", ")
}

/// Goals that were said by the same words belong together.
fn groups(goals: &[Goal]) -> Vec<Vec<Goal>> {
    let mut groups: Vec<Vec<Goal>> = Vec::new();
    for goal in goals {
        let same = |group: &&mut Vec<Goal>| group[0].words == goal.words && !goal.words.is_empty();
        match groups.iter_mut().find(same) {
            Some(group) => group.push(goal.clone()),
            None => groups.push(vec![goal.clone()]),
        }
    }
    groups
}

/// Where in the text stands what was understood: byte ranges.
fn spans(asked: &Instruction) -> Vec<(usize, usize)> {
    let goals = asked.understood.goals.iter().map(|goal| &goal.words);
    let parts = asked.understood.generative.iter().map(|part| &part.words);
    let words = goals.chain(parts).filter(|words| !words.is_empty());
    let mut spans: Vec<(usize, usize)> = words
        .filter_map(|words| Some((asked.text.find(words.as_str())?, words.len())))
        .map(|(start, length)| (start, start + length))
        .collect();
    spans.sort_unstable();
    spans.dedup();
    spans
}

/// Cuts a sentence between what was understood.
fn clauses<'a>(text: &'a str, spans: &[(usize, usize)]) -> Vec<&'a str> {
    let mut clauses = Vec::new();
    let mut start = 0;
    for pair in spans.windows(2) {
        let (end, next) = (pair[0].1, pair[1].0);
        let Some(between) = text.get(end..next) else {
            continue;
        };
        // the last cut of the gap: what stands before the next thing belongs to it
        let cut = CUTS
            .iter()
            .filter_map(|cut| Some((between.rfind(cut)?, cut.len())));
        let Some((at, length)) = cut.max_by_key(|&(at, length)| (at + length, length)) else {
            continue;
        };
        clauses.push(trimmed(&text[start..end + at]));
        start = end + at + length;
    }
    clauses.push(trimmed(&text[start..]));
    clauses.retain(|clause| !clause.is_empty());
    clauses
}

/// Without marks and spaces at its ends.
fn trimmed(clause: &str) -> &str {
    clause.trim_matches(|mark: char| mark.is_whitespace() || ",;.，、；。".contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, parts: &[&str]) -> Vec<String> {
        let span = |part: &&str| {
            let start = text.find(part).unwrap_or_else(|| panic!("{part}"));
            (start, start + part.len())
        };
        let spans: Vec<(usize, usize)> = parts.iter().map(span).collect();
        clauses(text, &spans)
            .into_iter()
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn a_sentence_is_cut_between_what_was_understood_and_the_verb_goes_with_its_thing() {
        assert_eq!(
            cut(
                "Make it snow, add a dog and then turn the car red",
                &["snow", "add a dog", "red"]
            ),
            ["Make it snow", "add a dog", "turn the car red"]
        );
        assert_eq!(
            cut(
                "füge einen Hund hinzu und mach den Himmel dunkler",
                &["füge einen Hund hinzu", "dunkler"]
            ),
            ["füge einen Hund hinzu", "mach den Himmel dunkler"]
        );
        assert_eq!(
            cut("加一只狗，然后让天空更暗", &["加一只狗", "更暗"]),
            ["加一只狗", "让天空更暗"]
        );
    }

    #[test]
    fn what_was_understood_as_one_is_never_cut() {
        assert_eq!(
            cut("black and white", &["black and white"]),
            ["black and white"]
        );
        assert_eq!(
            cut("add a cat and a dog", &["add a cat and a dog"]),
            ["add a cat and a dog"]
        );
    }

    #[test]
    fn goals_of_one_style_are_one_step_and_a_fifth_step_is_one_with_the_fourth() {
        let goal = |words: &str, quantity| Goal {
            quantity,
            change: retake_core::Change::Raise,
            amount: retake_core::Amount::default(),
            region: retake_core::Region::whole(),
            words: words.to_owned(),
            weight: 1.0,
        };
        use retake_core::Quantity as Q;
        let all = [
            goal("golden hour", Q::Warmth),
            goal("golden hour", Q::Contrast),
            goal("grainy", Q::Grain),
        ];
        let sizes: Vec<usize> = groups(&all).iter().map(Vec::len).collect();
        assert_eq!(sizes, [2, 1]);
        assert_eq!(
            joined(vec![1, 2, 3, 4, 5, 6], |rest| rest.iter().sum()),
            [1, 2, 3, 15]
        );
    }
}
