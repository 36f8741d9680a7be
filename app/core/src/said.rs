//! What the program says to people, so that it can be said in another language: an English template, which is also its
//! name in the language files, and what stands in its places. Written out it is the English sentence.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Words with places, and what stands in them: `said!("{share} of the picture", share = percent(0.03))`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// English, with `{name}` where a value stands
    pub template: Cow<'static, str>,
    /// in the order of their names
    pub values: Vec<(Cow<'static, str>, SaidValue)>,
}

/// What stands in a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaidValue {
    /// words that have a translation of their own
    Said(Said),
    /// a number as English writes it: "−2.5", "3.2 %"
    Number(String),
    /// a person's words, a name, a path: the same in every language
    Words(String),
}

/// A number that is formatted already, with a decimal point.
pub fn number(text: impl std::fmt::Display) -> SaidValue {
    SaidValue::Number(text.to_string())
}

/// A number with so many decimals.
pub fn decimals(value: impl Into<f64>, count: usize) -> SaidValue {
    number(format_args!("{:.count$}", value.into()))
}

/// A change with so many decimals and always a sign.
pub fn signed(value: impl Into<f64>, count: usize) -> SaidValue {
    number(format_args!("{:+.count$}", value.into()))
}

impl Said {
    /// A template with what stands in its places; [`crate::said!`] reads better.
    pub fn new(template: &'static str, values: Vec<(&'static str, SaidValue)>) -> Self {
        let named = |(name, value)| (Cow::Borrowed(name), value);
        let mut values: Vec<_> = values.into_iter().map(named).collect();
        values.sort_by(|(a, _), (b, _)| a.cmp(b));
        Self {
            template: Cow::Borrowed(template),
            values,
        }
    }
    /// A name from a table of the program: a quantity, an operation, a region.
    pub fn name(name: impl Into<Cow<'static, str>>) -> Self {
        Self {
            template: name.into(),
            values: Vec::new(),
        }
    }
    /// Words that are the same in every language.
    pub fn words(words: impl Into<String>) -> Self {
        Self::new("{words}", vec![("words", SaidValue::Words(words.into()))])
    }
    /// Several one after another with a template between two: `"{first}, {then}"`. Nothing for none.
    pub fn list(items: impl IntoIterator<Item = Self>, between: fn(Self, Self) -> Self) -> Self {
        items.into_iter().reduce(between).unwrap_or_default()
    }
    /// Several with commas.
    pub fn commas(items: impl IntoIterator<Item = Self>) -> Self {
        Self::list(items, |first, then| {
            crate::said!("{first}, {then}", first, then)
        })
    }
    /// Sentences one after another.
    pub fn sentences(items: impl IntoIterator<Item = Self>) -> Self {
        Self::list(items, |first, then| {
            crate::said!("{first} {then}", first, then)
        })
    }
    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.template.is_empty()
    }
    /// Written out with templates of another language: `of` gives the one for an English template, `number` writes a
    /// number as that language does. Without `{` and `}` around a known name nothing is put in.
    pub fn written<'a>(
        &'a self,
        of: &dyn Fn(&'a str) -> Option<&'a str>,
        number: &dyn Fn(&str) -> String,
    ) -> String {
        let mut rest = of(&self.template).unwrap_or(&self.template);
        let mut text = String::with_capacity(rest.len());
        while let Some(start) = rest.find('{') {
            let (before, place) = rest.split_at(start);
            text.push_str(before);
            let end = place.find('}');
            let value = end.and_then(|end| self.value(&place[1..end]));
            let (Some(end), Some(value)) = (end, value) else {
                text.push('{');
                rest = &place[1..];
                continue;
            };
            match value {
                SaidValue::Said(said) => text.push_str(&said.written(of, number)),
                SaidValue::Number(value) => text.push_str(&number(value)),
                SaidValue::Words(words) => text.push_str(words),
            }
            rest = &place[end + 1..];
        }
        text.push_str(rest);
        text
    }

    /// What stands in a place.
    pub fn value(&self, name: &str) -> Option<&SaidValue> {
        let mut values = self.values.iter();
        values.find_map(|(known, value)| (known == name).then_some(value))
    }
}

/// Words that can be said in another language: an English template and what stands in its places; `name` alone is
/// `name = name`.
#[macro_export]
macro_rules! said {
    (@value $name:ident) => { $name };
    (@value $name:ident $value:expr) => { $value };
    ($template:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::Said::new(
            $template,
            vec![$((
                stringify!($name),
                $crate::SaidValue::from($crate::said!(@value $name $($value)?)),
            )),*],
        )
    };
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.written(&|_| None, &str::to_owned))
    }
}

/// By the English sentence.
impl PartialEq<&str> for Said {
    fn eq(&self, other: &&str) -> bool {
        let english = self.to_string();
        english.as_str() == *other
    }
}

/// As the English sentence; what stood in its places is lost.
impl Serialize for Said {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Said {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Ok(if text.is_empty() {
            Self::default()
        } else {
            Self::words(text)
        })
    }
}

impl From<Said> for SaidValue {
    fn from(said: Said) -> Self {
        Self::Said(said)
    }
}

impl From<&Said> for SaidValue {
    fn from(said: &Said) -> Self {
        Self::Said(said.clone())
    }
}

impl From<&str> for SaidValue {
    fn from(words: &str) -> Self {
        Self::Words(words.to_owned())
    }
}

impl From<&String> for SaidValue {
    fn from(words: &String) -> Self {
        Self::Words(words.clone())
    }
}

impl From<String> for SaidValue {
    fn from(words: String) -> Self {
        Self::Words(words)
    }
}

macro_rules! whole_numbers {
    ($($kind:ty),*) => {$(
        impl From<$kind> for SaidValue {
            fn from(value: $kind) -> Self {
                Self::Number(value.to_string())
            }
        }
    )*};
}
whole_numbers!(u8, u32, u64, usize, i32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_out_it_is_the_english_sentence() {
        let words = said!(
            "{region} is {count} px",
            region = "“{count}”",
            count = 3usize
        );
        assert_eq!(words.to_string(), "“{count}” is 3 px");
    }

    #[test]
    fn another_language_may_turn_the_places_around_and_writes_its_own_numbers() {
        let inner = Said::name("warmer");
        let words = said!("{what} by {much}", what = inner, much = number("2.5"));
        let german = |template: &str| match template {
            "warmer" => Some("wärmer"),
            "{what} by {much}" => Some("um {much} {what}"),
            _ => None,
        };
        let text = words.written(&german, &|number| number.replace('.', ","));
        assert_eq!(text, "um 2,5 wärmer");
    }

    #[test]
    fn braces_that_are_no_place_stay() {
        assert_eq!(Said::words("a {b} c").to_string(), "a {b} c");
        assert_eq!(Said::name("a {b} c}").to_string(), "a {b} c}");
    }
}
