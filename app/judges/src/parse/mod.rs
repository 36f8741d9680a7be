//! Reads what a judge answered. Either the reading is right or it is a failure with its reason, to be counted and shown;
//! a number is never guessed.

mod lenient;
#[cfg(test)]
mod tests;
mod words;

use retake_core::{Said, decimals, said};

use lenient::{Fault, Reader, Value};

/// Numbers that are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// names that each of them may have, in order; the first name is ours
    pub names: &'a [&'a [&'a str]],
    /// the scale: the least
    pub low: f64,
    /// the scale: the most
    pub high: f64,
}

/// What was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading<T> {
    /// in the order in which they were wanted
    pub values: Vec<T>,
    /// the judge's reasons; empty where it gave none
    pub reasoning: String,
}

/// The better one of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Winner {
    First,
    Second,
    Tie,
}

/// Why an answer could not be read.
#[derive(Clone, Debug, PartialEq)]
pub enum Unreadable {
    /// there is nothing
    Empty,
    /// it ends before the scores are there
    Cut,
    /// it says something else
    Elsewhere,
    /// it says two different things
    Contradiction,
    /// so many where others were wanted
    Count {
        /// there are
        found: usize,
        /// there should be
        wanted: usize,
    },
    /// a value that is no number, or no yes or no
    NotOne(String),
    /// beyond the scale
    Outside {
        /// what it says
        value: f64,
        /// the scale's least
        low: f64,
        /// the scale's most
        high: f64,
    },
    /// out of another number than was asked
    OtherScale(f64),
}

impl Unreadable {
    /// The sentence.
    pub fn said(&self) -> Said {
        match self {
            Self::Empty => said!("The judge's answer is empty."),
            Self::Cut => said!("The judge's answer ends before its scores."),
            Self::Elsewhere => said!("The judge's answer has no scores in it."),
            Self::Contradiction => {
                said!("The judge's answer gives several scores that contradict each other.")
            }
            Self::Count { found, wanted } => said!(
                "The judge gave {found} scores where {wanted} were asked for.",
                found = *found,
                wanted = *wanted
            ),
            Self::NotOne(words) => {
                said!(
                    "The judge answered “{words}” where a score was asked for.",
                    words = words
                )
            }
            Self::Outside { value, low, high } => said!(
                "The judge gave {value} on a scale from {low} to {high}.",
                value = decimals(*value, 1),
                low = decimals(*low, 0),
                high = decimals(*high, 0)
            ),
            Self::OtherScale(most) => said!(
                "The judge scored out of {most}, which is not the scale that was asked for.",
                most = decimals(*most, 0)
            ),
        }
    }
}

/// The scores of an answer: a list under a key such as "score", or each under its own name.
pub fn scores(text: &str, wanted: &Wanted<'_>) -> Result<Reading<f64>, Unreadable> {
    read(text, words::SCORE, wanted.names, |value| {
        number(value, wanted)
    })
}

/// The answers to so many yes-or-no questions, in order.
pub fn verdicts(text: &str, count: usize) -> Result<Reading<bool>, Unreadable> {
    let names = vec![&[][..]; count];
    read(text, words::ANSWERS, &names, verdict)
}

/// An answer that is yes or no and nothing else, in the languages of the instructions.
pub fn yes(text: &str) -> Option<bool> {
    words::yes(text)
}

/// So many texts, in order.
pub fn texts(text: &str, count: usize) -> Result<Vec<String>, Unreadable> {
    let names = vec![&[][..]; count];
    let reading = read(text, words::ANSWERS, &names, |value| match value {
        Value::Text(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
        other => Err(Unreadable::NotOne(shortened(&format!("{other:?}")))),
    })?;
    Ok(reading.values)
}

/// The better one of two pictures, of which the judge was told that they are called A and B.
pub fn winner(text: &str) -> Result<Reading<Winner>, Unreadable> {
    read(text, words::WINNER, &[&[]], |value| match value {
        Value::Text(text) => {
            let plain = words::key(text);
            let plain = plain.trim_end_matches('.');
            let letter = ["image_", "picture_", "candidate_", "bild_"]
                .iter()
                .find_map(|before| plain.strip_prefix(before))
                .unwrap_or(plain);
            match letter {
                "a" => Ok(Winner::First),
                "b" => Ok(Winner::Second),
                "tie" | "equal" | "neither" | "both" | "draw" | "unentschieden" => Ok(Winner::Tie),
                _ => Err(Unreadable::NotOne(shortened(text))),
            }
        }
        other => Err(Unreadable::NotOne(shortened(&format!("{other:?}")))),
    })
}

fn number(value: &Value, wanted: &Wanted<'_>) -> Result<f64, Unreadable> {
    let not_one = |words: &str| Unreadable::NotOne(shortened(words));
    let (number, most) = match value {
        Value::Number(number) => (*number, None),
        Value::OutOf(number, most) => (*number, Some(*most)),
        Value::Text(text) => match (words::number(text), words::out_of(text)) {
            (Some(number), _) => (number, None),
            (None, Some((number, most))) => (number, Some(most)),
            (None, None) => return Err(not_one(text)),
        },
        Value::List(values) if values.len() == 1 => return self::number(&values[0], wanted),
        Value::List(_) | Value::Map(_) => return Err(not_one("[…]")),
    };
    if let Some(most) = most.filter(|most| *most != wanted.high) {
        return Err(Unreadable::OtherScale(most));
    }
    if !number.is_finite() {
        return Err(not_one(&number.to_string()));
    }
    if !(wanted.low..=wanted.high).contains(&number) {
        return Err(Unreadable::Outside {
            value: number,
            low: wanted.low,
            high: wanted.high,
        });
    }
    Ok(number)
}

fn verdict(value: &Value) -> Result<bool, Unreadable> {
    match value {
        Value::Text(text) => words::yes(text).ok_or_else(|| Unreadable::NotOne(shortened(text))),
        Value::Map(pairs) => match pairs.iter().find(|(key, _)| is(key, words::ANSWERS)) {
            Some((_, value)) => verdict(value),
            None => Err(Unreadable::Elsewhere),
        },
        other => Err(Unreadable::NotOne(shortened(&format!("{other:?}")))),
    }
}

/// So much of a judge's words that they fit into a sentence.
fn shortened(words: &str) -> String {
    let mut short: String = words.chars().take(40).collect();
    if short.len() < words.len() {
        short.push('…');
    }
    short
}

fn is(key: &str, table: &[&str]) -> bool {
    table.contains(&&*words::key(key))
}

/// Values under one key of `keys`, or each under one of its own names.
fn read<T: Clone + PartialEq>(
    text: &str,
    keys: &[&str],
    names: &[&[&str]],
    of: impl Fn(&Value) -> Result<T, Unreadable>,
) -> Result<Reading<T>, Unreadable> {
    let text: Vec<char> = without_thoughts(text)?.chars().map(plain).collect();
    if text.iter().all(|letter| letter.is_whitespace()) {
        return Err(Unreadable::Empty);
    }
    let mut found = objects(&text)
        .iter()
        .filter_map(|pairs| in_object(pairs, keys, names, &of))
        .collect::<Vec<_>>();
    if found.is_empty() {
        found = bare(&text, keys)?
            .iter()
            .map(|value| {
                Ok(Reading {
                    values: listed(value, names.len(), &of)?,
                    reasoning: String::new(),
                })
            })
            .collect();
    }
    let mut found = found.into_iter();
    let first = found.next().ok_or_else(|| match text.contains(&'{') {
        true if unclosed(&text) => Unreadable::Cut,
        _ => Unreadable::Elsewhere,
    })??;
    for other in found {
        if other?.values != first.values {
            return Err(Unreadable::Contradiction);
        }
    }
    Ok(first)
}

/// What comes after the thoughts; thoughts that do not end have no answer after them.
fn without_thoughts(text: &str) -> Result<String, Unreadable> {
    let mut text = text.to_owned();
    for (open, close) in [("<think>", "</think>"), ("<thinking>", "</thinking>")] {
        if let Some(end) = text.rfind(close) {
            text = text[end + close.len()..].to_owned();
        }
        if text.contains(open) {
            return Err(Unreadable::Cut);
        }
    }
    Ok(text)
}

/// Typographic quotes and full-width letters as JSON has them.
fn plain(letter: char) -> char {
    match letter {
        '“' | '”' | '„' | '«' | '»' | '＂' => '"',
        '‘' | '’' => '\'',
        '：' => ':',
        '，' | '、' => ',',
        '［' | '【' => '[',
        '］' | '】' => ']',
        '｛' => '{',
        '｝' => '}',
        '／' => '/',
        '．' => '.',
        '０'..='９' => char::from(b'0' + (letter as u32 - '０' as u32) as u8),
        other => other,
    }
}

/// The outermost objects that can be read, in order.
fn objects(text: &[char]) -> Vec<Vec<(String, Value)>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].iter().position(|letter| *letter == '{') {
        let mut reader = Reader::new(text, at + next);
        match reader.value(0) {
            Ok(Value::Map(pairs)) => {
                found.push(pairs);
                at = reader.at;
            }
            _ => at += next + 1,
        }
    }
    found
}

/// Whether there are more braces that open than close.
fn unclosed(text: &[char]) -> bool {
    let count = |brace| text.iter().filter(|letter| **letter == brace).count();
    count('{') > count('}')
}

/// What an object says; `None` where it is about something else.
fn in_object<T>(
    pairs: &[(String, Value)],
    keys: &[&str],
    names: &[&[&str]],
    of: &impl Fn(&Value) -> Result<T, Unreadable>,
) -> Option<Result<Reading<T>, Unreadable>> {
    let reasoning = pairs.iter().find_map(|(key, value)| match value {
        Value::Text(text) if is(key, words::REASONING) => Some(text.clone()),
        _ => None,
    });
    let reading = |values| Reading {
        values,
        reasoning: reasoning.unwrap_or_default(),
    };
    let mut under = pairs.iter().filter(|(key, _)| is(key, keys));
    if let Some((_, value)) = under.next() {
        if under.any(|(_, other)| other != value) {
            return Some(Err(Unreadable::Contradiction));
        }
        let values = match value {
            Value::Map(pairs) => match numbered(pairs, names.len()) {
                Some(values) => of_all(&values, names.len(), of),
                None => named(pairs, names, of).unwrap_or_else(|| listed(value, names.len(), of)),
            },
            value => listed(value, names.len(), of),
        };
        return Some(values.map(reading));
    }
    named(pairs, names, of).map(|values| values.map(reading))
}

/// Values under the keys 1, 2, 3, … or q1, q2, q3, …, each once.
fn numbered(pairs: &[(String, Value)], count: usize) -> Option<Vec<Value>> {
    let place = |key: &str| -> Option<usize> {
        let key = words::key(key);
        key.trim_start_matches(|l: char| !l.is_ascii_digit())
            .parse()
            .ok()
    };
    let of = |wanted: usize| {
        let mut at = pairs.iter().filter(|(key, _)| place(key) == Some(wanted));
        let value = at.next()?.1.clone();
        at.next().is_none().then_some(value)
    };
    (pairs.len() == count).then(|| (1..=count).map(of).collect())?
}

/// Each value under its own name; `None` where no name is there.
fn named<T>(
    pairs: &[(String, Value)],
    names: &[&[&str]],
    of: &impl Fn(&Value) -> Result<T, Unreadable>,
) -> Option<Result<Vec<T>, Unreadable>> {
    let found: Vec<Vec<&Value>> = names
        .iter()
        .map(|names| {
            let of_it = pairs.iter().filter(|(key, _)| is(key, names));
            of_it.map(|(_, value)| value).collect()
        })
        .collect();
    let there = found.iter().filter(|values| !values.is_empty()).count();
    if there == 0 {
        return None;
    }
    if there < names.len() {
        return Some(Err(Unreadable::Count {
            found: there,
            wanted: names.len(),
        }));
    }
    let one = |values: &Vec<&Value>| match values[..] {
        [value] => of(value),
        _ => Err(Unreadable::Contradiction),
    };
    Some(found.iter().map(one).collect())
}

/// A list of so many values, or a single one.
fn listed<T>(
    value: &Value,
    count: usize,
    of: &impl Fn(&Value) -> Result<T, Unreadable>,
) -> Result<Vec<T>, Unreadable> {
    let values = match value {
        Value::List(values) => match &values[..] {
            [Value::List(inner)] if count > 1 => &inner[..],
            values => values,
        },
        // "20, 18" in quotes is a list that was put in quotes
        Value::Text(text) if count > 1 => {
            let parts: Vec<Value> = text
                .trim_matches(['[', ']', '(', ')'])
                .split([',', ';'])
                .map(|part| Value::Text(part.trim().to_owned()))
                .collect();
            return of_all(&parts, count, of);
        }
        single => std::slice::from_ref(single),
    };
    of_all(values, count, of)
}

fn of_all<T>(
    values: &[Value],
    count: usize,
    of: &impl Fn(&Value) -> Result<T, Unreadable>,
) -> Result<Vec<T>, Unreadable> {
    if values.len() != count {
        return Err(Unreadable::Count {
            found: values.len(),
            wanted: count,
        });
    }
    values.iter().map(of).collect()
}

/// Values behind a key and a colon, without an object around them.
fn bare(text: &[char], keys: &[&str]) -> Result<Vec<Value>, Unreadable> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let word = text[at..]
            .iter()
            .take_while(|l| l.is_alphanumeric() || **l == '_');
        let length = word.count();
        if length == 0 {
            at += 1;
            continue;
        }
        let word: String = text[at..at + length].iter().collect();
        at += length;
        if !is(&word, keys) {
            continue;
        }
        let mut reader = Reader::new(text, at);
        while text
            .get(reader.at)
            .is_some_and(|l| matches!(l, '"' | '\'' | '*' | ' '))
        {
            reader.at += 1;
        }
        if !matches!(text.get(reader.at), Some(':' | '=')) {
            continue;
        }
        reader.at += 1;
        while text.get(reader.at).is_some_and(|l| matches!(l, '*' | ' ')) {
            reader.at += 1;
        }
        match reader.value(0) {
            Ok(value) if !goes_on(text, reader.at) => found.push(value),
            Err(Fault::Cut) => return Err(Unreadable::Cut),
            _ => return Err(Unreadable::Elsewhere),
        }
        at = reader.at;
    }
    Ok(found)
}

/// Whether a value is followed by more of the same: "7-8", "80 %", "8, 9" without brackets.
fn goes_on(text: &[char], at: usize) -> bool {
    let mut rest = text[at..].iter().skip_while(|letter| **letter == ' ');
    match rest.next() {
        Some('%' | '-' | '–' | '~' | '/') => true,
        Some(',') => rest
            .find(|letter| **letter != ' ')
            .is_some_and(|l| l.is_ascii_digit()),
        _ => false,
    }
}
