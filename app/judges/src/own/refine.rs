//! A formula is refined by what a person says of it (Text2Reward, arXiv 2309.11489, whose rewards are code that feedback
//! rewrites): deterministic edits of its syntax tree, of the measure that was named and of nothing else, shown as a
//! difference that the person takes or leaves.

use retake_core::{QUANTITIES, Said, decimals, said};

use super::language::{Formula, Node, Tree, function_called};
use super::words::{Turn, Wish, understood};
use super::{Mistake, OwnReward};

/// What a measure counts where it had no weight so far: a quarter of the scale for all of it.
const FIRST: f64 = 0.25;
/// How much a weight changes at a time.
const STEP: f64 = 1.5;
/// What is left of a measure's own range where it is to count less.
const CALMED: f64 = 0.5;

/// A refined formula.
#[derive(Clone, Debug, PartialEq)]
pub struct Refined {
    /// the new formula
    pub text: String,
    /// what was understood
    pub wish: Wish,
    /// in a sentence
    pub said: Said,
    /// old and new word by word
    pub difference: Vec<(Side, String)>,
}

/// Where a word of a difference stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// in both
    Both,
    /// only in the old one
    Old,
    /// only in the new one
    New,
}

/// Refines a formula by a sentence. The new one reads as a formula, stays within 0 to 1, and names the same measures and
/// the one that was meant.
pub fn refine(formula: &str, words: &str) -> Result<Refined, Said> {
    let mistake = |mistake: Mistake| mistake.said();
    OwnReward::read(formula).map_err(mistake)?;
    let old = Formula::read(formula).map_err(mistake)?;
    let named: Vec<&str> = old.names().map(|(name, _)| name).collect();
    let wish = understood(words, &named)?;
    let (tree, said) = turned(inner(old.0.clone()), &wish)?;
    let text = Formula(within(tree)).to_string();
    // the limits of length and depth hold for it as for any
    OwnReward::read(&text).map_err(mistake)?;
    Ok(Refined {
        difference: difference(&old.to_string(), &text),
        text,
        wish,
        said,
    })
}

fn plain(node: Node) -> Tree {
    Tree { column: 0, node }
}

fn number(value: f64) -> Tree {
    plain(Node::Number((value * 1e4).round() / 1e4))
}

fn two(sign: &'static str, a: Tree, b: Tree) -> Tree {
    plain(Node::Two(sign, Box::new(a), Box::new(b)))
}

/// What `clamp(…, 0, 1)` is around, or all of it.
fn inner(tree: Tree) -> Tree {
    match tree.node {
        Node::Call(which, mut values)
            if Some(which) == function_called("clamp")
                && values[1].node == Node::Number(0.0)
                && values[2].node == Node::Number(1.0) =>
        {
            values.swap_remove(0)
        }
        node => Tree { node, ..tree },
    }
}

/// Kept to the scale.
fn within(tree: Tree) -> Tree {
    match function_called("clamp") {
        Some(clamp) => plain(Node::Call(clamp, vec![tree, number(0.0), number(1.0)])),
        None => tree,
    }
}

/// Where a measure says nothing: costs and changes at nothing, scores in the middle, a quantity after the edit where it was
/// before.
fn neutral(measure: &str) -> Tree {
    match measure.split_once('.') {
        Some(("cost" | "change" | "spread", _)) => number(0.0),
        Some(("after", quantity)) => plain(Node::Name(format!("before.{quantity}"))),
        Some(("before", quantity)) => plain(Node::Name(format!("after.{quantity}"))),
        _ => number(0.5),
    }
}

/// The range over which a measure counts in full, in its own unit.
fn range(measure: &str) -> f64 {
    let quantity = measure.split_once('.').map(|(_, quantity)| quantity);
    let info = QUANTITIES.iter().find(|info| Some(info.id) == quantity);
    match (measure.starts_with("cost."), info) {
        (false, Some(info)) => f64::from(info.bounds.1 - info.bounds.0).abs().max(1e-3) / 2.0,
        _ => 1.0,
    }
}

/// The measure as it deviates from where it says nothing.
fn deviation(measure: &str) -> Tree {
    let name = plain(Node::Name(measure.to_owned()));
    match neutral(measure) {
        Tree {
            node: Node::Number(0.0),
            ..
        } => name,
        neutral => two("-", name, neutral),
    }
}

fn turned(tree: Tree, wish: &Wish) -> Result<(Tree, Said), Said> {
    let measure = wish.measure.as_str();
    let (sign, factor) = match wish.turn {
        Turn::Punish => ("-", STEP),
        Turn::Forgive => ("-", 1.0 / STEP),
        Turn::Favour => ("+", STEP),
        Turn::Calm => return calmed(tree, measure),
    };
    let mut tree = tree;
    if let Some(weight) = weight_in(&mut tree, sign, measure) {
        let was = *weight;
        *weight = ((was * factor) * 1e4).round() / 1e4;
        let said = said!(
            "{measure} counts {new} instead of {old}.",
            measure = measure,
            new = decimals(*weight, 3),
            old = decimals(was, 3)
        );
        return Ok((tree, said));
    }
    if wish.turn == Turn::Forgive {
        return calmed(tree, measure);
    }
    let weight = FIRST / range(measure);
    let said = match sign {
        "-" => said!(
            "{measure} costs up to {weight} of the score.",
            measure = measure,
            weight = decimals(FIRST, 2)
        ),
        _ => said!(
            "{measure} gives up to {weight} of the score.",
            measure = measure,
            weight = decimals(FIRST, 2)
        ),
    };
    let term = two("*", number(weight.max(1e-4)), deviation(measure));
    Ok((two(sign, tree, term), said))
}

/// The number before this measure among what is added up at the outside, under this sign.
fn weight_in<'a>(tree: &'a mut Tree, sign: &str, measure: &str) -> Option<&'a mut f64> {
    if sign == "+" && is_weighted(tree, measure) {
        return weight_of(tree);
    }
    let Node::Two(joins @ ("+" | "-"), left, right) = &mut tree.node else {
        return None;
    };
    match *joins == sign && is_weighted(right, measure) {
        true => weight_of(right),
        false => weight_in(left, sign, measure),
    }
}

fn is_weighted(term: &Tree, measure: &str) -> bool {
    let Node::Two("*", a, b) = &term.node else {
        return false;
    };
    let name = plain(Node::Name(measure.to_owned()));
    let is = |tree: &Tree| tree.node == name.node || same(tree, &deviation(measure));
    matches!(a.node, Node::Number(_)) && is(b)
}

/// Alike but for where they stand.
fn same(a: &Tree, b: &Tree) -> bool {
    Formula(a.clone()).to_string() == Formula(b.clone()).to_string()
}

fn weight_of(term: &mut Tree) -> Option<&mut f64> {
    match &mut term.node {
        Node::Two("*", a, _) => match &mut a.node {
            Node::Number(weight) => Some(weight),
            _ => None,
        },
        _ => None,
    }
}

/// The measure brought nearer to where it says nothing, wherever it stands; it counts half as much then.
fn calmed(mut tree: Tree, measure: &str) -> Result<(Tree, Said), Said> {
    let mut met = 0;
    calm(&mut tree, measure, &mut met);
    match met {
        0 => Err(said!(
            "The formula does not name {measure}, so it cannot count less in it.",
            measure = measure
        )),
        _ => Ok((
            tree,
            said!(
                "{measure} counts half as much as it did.",
                measure = measure
            ),
        )),
    }
}

fn calm(tree: &mut Tree, measure: &str, met: &mut usize) {
    match &mut tree.node {
        Node::Number(_) => {}
        Node::Name(name) if name == measure => {
            *met += 1;
            let name = two("*", number(CALMED), plain(Node::Name(measure.to_owned())));
            *tree = match neutral(measure).node {
                Node::Number(0.0) => name,
                Node::Number(middle) => two("+", name, number((1.0 - CALMED) * middle)),
                other => two("+", name, two("*", number(1.0 - CALMED), plain(other))),
            };
        }
        Node::Name(_) => {}
        Node::Minus(inner) | Node::Not(inner) => calm(inner, measure, met),
        Node::Two(_, a, b) => {
            calm(a, measure, met);
            calm(b, measure, met);
        }
        Node::Call(_, values) => values
            .iter_mut()
            .for_each(|value| calm(value, measure, met)),
        Node::If(parts) => parts.iter_mut().for_each(|part| calm(part, measure, met)),
    }
}

/// Word by word, by the longest common part.
pub fn difference(old: &str, new: &str) -> Vec<(Side, String)> {
    let words = |text: &str| -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        for letter in text.chars() {
            let goes_on = |last: &String| {
                let whole = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.');
                last.chars()
                    .next_back()
                    .is_some_and(|last| whole(last) && whole(letter))
            };
            match words.last_mut().filter(|last| goes_on(last)) {
                Some(last) => last.push(letter),
                None => words.push(letter.to_string()),
            }
        }
        words
    };
    let (old, new) = (words(old), words(new));
    // how many words the ends from here on have in common
    let mut common = vec![vec![0usize; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = match old[i] == new[j] {
                true => common[i + 1][j + 1] + 1,
                false => common[i + 1][j].max(common[i][j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut out: Vec<(Side, String)> = Vec::new();
    let mut push = |side: Side, word: &str| match out.last_mut() {
        Some((last, text)) if *last == side => text.push_str(word),
        _ => out.push((side, word.to_owned())),
    };
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            push(Side::Both, &old[i]);
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || i < old.len() && common[i + 1][j] >= common[i][j + 1] {
            push(Side::Old, &old[i]);
            i += 1;
        } else {
            push(Side::New, &new[j]);
            j += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests;
