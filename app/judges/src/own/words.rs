//! What a person says of a formula, in words: which measure is to count more or less. "Punish noise more", "less saturation
//! bias", "details should count more".

use retake_core::{Dimension, QUANTITIES, Said, said};

use super::measures;

/// What is wished of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// more of it is to cost more
    Punish,
    /// more of it is to cost less
    Forgive,
    /// more of it is to count for more
    Favour,
    /// it is to count less, whichever way it counts
    Calm,
}

/// A wish about a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// the measure that is meant, as formulas name it
    pub measure: String,
    /// what is wished of it
    pub turn: Turn,
}

/// Words that say how, lower case, by what they say.
#[rustfmt::skip]
const MORE: &[&str] = &["more", "harder", "stronger", "strongly", "increase", "raise", "mehr", "stärker", "härter", "strenger"];
#[rustfmt::skip]
const LESS: &[&str] = &["less", "fewer", "weaker", "softer", "reduce", "decrease", "lower", "weniger", "schwächer", "milder"];
#[rustfmt::skip]
const PUNISH: &[&str] = &["punish", "penalise", "penalize", "penalty", "against", "bestrafe", "bestrafen", "strafe", "gegen"];
#[rustfmt::skip]
const FAVOUR: &[&str] = &["reward", "favour", "favor", "prefer", "belohne", "belohnen", "bevorzuge"];
#[rustfmt::skip]
const LEAN: &[&str] = &["bias", "weight", "lean", "influence", "gewicht", "neigung", "einfluss"];

/// Words for measures that are not called so; a fault's measure is its cost.
#[rustfmt::skip]
const CALLED: &[(&str, &str)] = &[
    ("following", Dimension::INSTRUCTION_FOLLOWING), ("instruction", Dimension::INSTRUCTION_FOLLOWING),
    ("anweisung", Dimension::INSTRUCTION_FOLLOWING),
    ("details", Dimension::DETAIL_PRESERVING), ("detail", Dimension::DETAIL_PRESERVING),
    ("preservation", Dimension::DETAIL_PRESERVING), ("preserving", Dimension::DETAIL_PRESERVING),
    ("quality", Dimension::GENERATION_QUALITY), ("qualität", Dimension::GENERATION_QUALITY),
    ("noise", "cost.noise"), ("grain", "cost.noise"), ("rauschen", "cost.noise"),
    ("halos", "cost.halos"), ("halo", "cost.halos"), ("seams", "cost.halos"),
    ("sharpening", "cost.halos"), ("oversharpening", "cost.halos"), ("over-sharpening", "cost.halos"), ("überschärfung", "cost.halos"),
    ("blur", "cost.blur"), ("softness", "cost.blur"), ("unschärfe", "cost.blur"),
    ("banding", "cost.banding"), ("blocking", "cost.blocking"), ("blocks", "cost.blocking"),
    ("clipping", "cost.clipping"), ("blown", "cost.clipping"), ("cast", "cost.cast"), ("farbstich", "cost.cast"),
    ("skin", "cost.skin"), ("haut", "cost.skin"), ("saturation", "cost.saturation"), ("oversaturation", "cost.saturation"),
    ("sättigung", "cost.saturation"), ("flatness", "cost.tones"), ("outside", "cost.outside"), ("shift", "cost.shift"),
];

/// What the faults are called that people have words for.
fn faults() -> impl Iterator<Item = &'static str> {
    CALLED
        .iter()
        .filter_map(|(_, measure)| measure.strip_prefix("cost."))
}

/// Letters that a slip changes at most.
const SLIP: usize = 2;

/// The one that is meant, where this is none of them and a slip away from one.
pub(super) fn meant(name: &str) -> Option<&'static str> {
    let near = *measures::nearest_first(name, faults().collect()).first()?;
    (1..=SLIP)
        .contains(&measures::distance(near, name))
        .then_some(near)
}

/// What a sentence wishes of a formula that names these measures.
pub(super) fn understood(words: &str, named: &[&str]) -> Result<Wish, Said> {
    let lower = words.to_lowercase();
    let letters = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.' | '-');
    let told: Vec<&str> = lower.split(|letter| !letters(letter)).collect();
    let told: Vec<&str> = told
        .iter()
        .map(|word| word.trim_matches(['.', '-']))
        .collect();
    let says = |list: &[&str]| told.iter().any(|word| list.contains(word));
    let measure = measure(&told, named).ok_or_else(|| {
        let known: Vec<&str> = CALLED.iter().map(|(word, _)| *word).collect();
        said!(
            "“{words}” names nothing that can be measured; name a measure of the formula, or one of {known}.",
            words = words,
            known = known.join(", ")
        )
    })?;
    let fault = measure.starts_with("cost.");
    let turn = match (says(PUNISH), says(FAVOUR), says(LEAN), says(LESS)) {
        (true, _, _, false) => Turn::Punish,
        (true, _, _, true) => Turn::Forgive,
        // of a leaning to it there may be less; of its weight more is more of what it does
        (_, _, true, true) if named.contains(&measure.as_str()) => Turn::Calm,
        (_, _, true, true) if fault => Turn::Punish,
        (_, true, _, false) => Turn::Favour,
        (_, true, _, true) => Turn::Calm,
        (_, _, _, true) if fault => Turn::Punish,
        (_, _, _, true) => Turn::Calm,
        (_, _, _, false) if says(MORE) && fault && says(LEAN) => Turn::Punish,
        (_, _, _, false) if says(MORE) => Turn::Favour,
        _ => {
            return Err(said!(
                "“{words}” does not say whether {measure} is to count more or less; say so, for example “punish noise more”.",
                words = words,
                measure = measure
            ));
        }
    };
    Ok(Wish { measure, turn })
}

/// The measure that is named: as formulas name it; else one of the formula that the word is a part of; else by what people
/// call it.
fn measure(told: &[&str], named: &[&str]) -> Option<String> {
    let exact = told.iter().find(|word| measures::is_known(word));
    if let Some(exact) = exact {
        return Some((*exact).to_owned());
    }
    let quantity = |word: &&&str| QUANTITIES.iter().any(|info| info.id == **word);
    let called = |word: &&str| CALLED.iter().find(|(known, _)| known == word);
    for word in told {
        let part = |name: &&&str| name.split(['.', '_']).any(|part| part == *word);
        let known = quantity(&word) || called(word).is_some();
        if let Some(name) = named.iter().find(part).filter(|_| known) {
            return Some((*name).to_owned());
        }
        if let Some((_, measure)) = called(word) {
            return Some((*measure).to_owned());
        }
        if quantity(&word) {
            return Some(format!("change.{word}"));
        }
    }
    None
}
