//! The lexicon: phrases of each language with their meanings, colours and styles. It is read from TOML files.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::OnceLock;

use retake_core::{Amount, Band, Change, Degree, Goal, Part, Quantity, Region, RegionKind};
use toml::Spanned;

use crate::LexiconError;
use crate::file::{LexiconFile, StyleFile};
use crate::sense::{Sense, Word};
use crate::spelling::Vocabulary;
use crate::text::{Text, Token, TokenKind, fold};

/// Everything the words mean.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    pub(crate) languages: Vec<Language>,
    pub(crate) colours: Vec<Colour>,
    pub(crate) styles: Vec<Style>,
    /// other forms of Chinese characters
    pub(crate) variants: BTreeMap<char, char>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Language {
    pub(crate) code: String,
    endings: BTreeMap<char, Vec<String>>,
    /// by first token, longest first
    phrases: BTreeMap<String, Vec<(Vec<String>, Sense)>>,
    pub(crate) known: BTreeSet<String>,
    pub(crate) vocabulary: Vocabulary,
    particles: BTreeSet<String>,
    verb_endings: Vec<char>,
    verbs: BTreeSet<Vec<String>>,
    pub(crate) no_slips: BTreeSet<String>,
    pub(crate) feelings: BTreeSet<String>,
    pub(crate) compounds: BTreeMap<String, Vec<String>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Colour {
    pub(crate) id: String,
    /// CIELAB, degrees
    pub(crate) angle: Option<f32>,
    pub(crate) band: Option<Band>,
    pub(crate) warmth: i8,
    pub(crate) tint: i8,
}

#[derive(Clone, Debug)]
pub(crate) struct Style {
    pub(crate) name: String,
    pub(crate) goals: Vec<Goal>,
}

const FILES: &[&str] = &[
    include_str!("../../../assets/lexicon/colours.toml"),
    include_str!("../../../assets/lexicon/en.toml"),
    include_str!("../../../assets/lexicon/de.toml"),
    include_str!("../../../assets/lexicon/fr.toml"),
    include_str!("../../../assets/lexicon/es.toml"),
    include_str!("../../../assets/lexicon/zh.toml"),
    include_str!("../../../assets/lexicon/styles.toml"),
];

impl Lexicon {
    /// The lexicon that comes with Retake, read once.
    pub fn built_in() -> &'static Self {
        static BUILT_IN: OnceLock<Lexicon> = OnceLock::new();
        BUILT_IN.get_or_init(|| {
            FILES.iter().fold(Self::default(), |lexicon, file| {
                lexicon
                    .with_extra(file)
                    .expect("the embedded lexicon files are tested")
            })
        })
    }

    /// This lexicon with the phrases of another file, in the format of `assets/lexicon/*.toml`.
    /// A phrase that already had a meaning gets the new one.
    ///
    /// # Errors
    /// The line and what is wrong with it, when the file is not TOML or has a key that means nothing.
    pub fn with_extra(&self, text: &str) -> Result<Self, LexiconError> {
        let line = |span: Option<Range<usize>>| {
            1 + span.map_or(0, |s| {
                text.as_bytes()
                    .iter()
                    .take(s.start)
                    .filter(|&&b| b == b'\n')
                    .count()
            })
        };
        let problem = |span: Option<Range<usize>>, problem: String| LexiconError::Line {
            line: line(span),
            problem,
        };
        let file: LexiconFile =
            toml::from_str(text).map_err(|e| problem(e.span(), e.message().replace('\n', " ")))?;
        let mut lexicon = self.clone();
        lexicon
            .add(file)
            .map_err(|(span, text)| problem(span, text))?;
        Ok(lexicon)
    }

    fn add(&mut self, file: LexiconFile) -> Result<(), Problem> {
        for (id, colour) in file.hue {
            self.colours.retain(|c| c.id != id);
            self.colours.push(Colour {
                id,
                angle: colour.angle,
                band: colour.band,
                warmth: colour.warmth,
                tint: colour.tint,
            });
        }
        let mut entries: Vec<(String, Sense)> = Vec::new();
        let mut all = |phrases: Vec<String>, sense: Sense| {
            entries.extend(phrases.into_iter().map(|p| (p, sense.clone())))
        };
        for (quantity, phrases) in file.name {
            all(phrases, Sense::Name(quantity));
        }
        for (table, change) in [
            (file.raise, Change::Raise),
            (file.lower, Change::Lower),
            (file.set, Change::Set),
        ] {
            for (quantity, phrases) in table {
                all(phrases, Sense::Attribute(vec![(quantity, change)]));
            }
        }
        for (table, change) in [(file.lacking, Change::Raise), (file.excess, Change::Lower)] {
            for (quantity, phrases) in table {
                all(phrases, Sense::Fault(vec![(quantity, change)]));
            }
        }
        for (quantity, phrases) in file.tone {
            all(phrases, Sense::Tone(quantity));
        }
        let part = |kind, inverted| Part { kind, inverted };
        for (kind, phrases) in file.region {
            all(phrases, Sense::Region(vec![part(kind, false)]));
        }
        for (corner, phrases) in file.corner {
            let parts = corner.sides().map(|kind| part(kind, false));
            all(phrases, Sense::Region(parts.to_vec()));
        }
        for (kind, phrases) in file.region_colours {
            all(phrases, Sense::RegionColours(part(kind, false)));
        }
        all(
            file.water,
            Sense::Region(vec![
                part(RegionKind::Colour(Band::Blue), false),
                part(RegionKind::Sky, true),
            ]),
        );
        for (table, sense) in [
            (file.more_colour, Sense::MoreColour as fn(usize) -> Sense),
            (file.colour, Sense::Colour),
            (file.band, Sense::Band),
        ] {
            for (id, phrases) in table {
                all(phrases, sense(self.colour(&id)?));
            }
        }
        for (ratio, phrases) in file.aspect {
            all(phrases, Sense::Aspect(parsed_ratio(&ratio)?));
        }
        for (table, sense) in [
            (file.number, Sense::Number as fn(f32) -> Sense),
            (file.times, Sense::Times),
        ] {
            for (value, phrases) in table {
                all(phrases, sense(parsed_number(&value, value.get_ref())?));
            }
        }
        for (word, phrases) in file.word {
            all(phrases, Sense::Word(word));
        }
        for (character, others) in file.variants {
            self.variants
                .extend(others.chars().map(|other| (other, character)));
        }
        if let Some(code) = &file.language {
            let language = self.language(code);
            language.endings.extend(file.endings);
            language
                .particles
                .extend(file.particles.iter().map(|w| fold(w)));
            language.verb_endings.extend(file.verb_endings);
            language
                .no_slips
                .extend(file.spelling.no_slips.iter().map(|w| fold(w)));
            language
                .feelings
                .extend(file.feelings.iter().map(|w| fold(w)));
            for (compound, words) in file.compounds {
                let words = words.split_whitespace().map(fold).collect();
                language.compounds.insert(fold(&compound), words);
            }
            language.extend(entries);
        } else if let Some((phrase, _)) = entries.first() {
            return Err((
                None,
                format!("\"{phrase}\" needs a language: write language = \"en\" at the top"),
            ));
        }
        file.style
            .into_iter()
            .try_for_each(|(id, style)| self.add_style(&id, style))
    }

    fn add_style(&mut self, id: &str, style: StyleFile) -> Result<(), Problem> {
        let weight = style.weight.unwrap_or(0.7).clamp(0.05, 1.0);
        let goals = style
            .goals
            .iter()
            .map(|text| self.style_goal(text, weight))
            .collect::<Result<_, _>>()?;
        let style_named = Style {
            name: id.replace('_', " "),
            goals,
        };
        let index = match self.styles.iter().position(|s| s.name == style_named.name) {
            Some(index) => {
                self.styles[index] = style_named;
                index
            }
            None => {
                self.styles.push(style_named);
                self.styles.len() - 1
            }
        };
        for (code, phrases) in style.names {
            self.language(&code).extend(
                phrases
                    .into_iter()
                    .map(|p| (p, Sense::Style(index)))
                    .collect(),
            );
        }
        Ok(())
    }

    fn style_goal(&self, text: &Spanned<String>, weight: f32) -> Result<Goal, Problem> {
        let wrong = |what: &str| (Some(text.span()), format!("\"{}\": {what}", text.get_ref()));
        let mut words = text.get_ref().split_whitespace();
        let name = words.next().unwrap_or_default();
        let quantity = retake_core::QUANTITIES
            .iter()
            .find(|row| row.id == name)
            .ok_or_else(|| wrong("begins with no known quantity"))?
            .quantity;
        let change = match words.next() {
            Some("+") => Change::Raise,
            Some("-") => Change::Lower,
            Some("=") => Change::Set,
            _ => return Err(wrong("needs +, - or = after the quantity")),
        };
        let (mut degree, mut angle, mut units, mut region) =
            (Degree::Moderate, None, None, Region::whole());
        for word in words {
            match word {
                "slight" => degree = Degree::Slight,
                "moderate" => degree = Degree::Moderate,
                "strong" => degree = Degree::Strong,
                "extreme" => degree = Degree::Extreme,
                word if word.starts_with('@') => {
                    region = Region::of(
                        region_kind(&word[1..])
                            .ok_or_else(|| wrong("names no known place after @"))?,
                    );
                }
                word => match (
                    word.parse::<f32>(),
                    self.colours.iter().find(|c| c.id == word),
                ) {
                    (Ok(number), _) if number.is_finite() => units = Some(number),
                    (_, Some(colour)) => angle = colour.angle,
                    _ => {
                        return Err(wrong(
                            "has a word that is no degree, colour, number or @place",
                        ));
                    }
                },
            }
        }
        let amount = match (angle, units) {
            (Some(angle), _) => Amount::Hue(angle, degree),
            (None, Some(units)) => Amount::Units(units),
            (None, None) => Amount::Degree(degree),
        };
        Ok(Goal {
            quantity,
            change,
            amount,
            region,
            words: String::new(),
            weight,
        })
    }

    fn colour(&self, id: &Spanned<String>) -> Result<usize, Problem> {
        self.colours
            .iter()
            .position(|c| c.id == *id.get_ref())
            .ok_or_else(|| {
                (
                    Some(id.span()),
                    format!("the colour \"{}\" is not in any [hue] table", id.get_ref()),
                )
            })
    }

    fn language(&mut self, code: &str) -> &mut Language {
        let index = self
            .languages
            .iter()
            .position(|l| l.code == code)
            .unwrap_or_else(|| {
                self.languages.push(Language {
                    code: code.to_owned(),
                    ..Language::default()
                });
                self.languages.len() - 1
            });
        &mut self.languages[index]
    }
}

type Problem = (Option<Range<usize>>, String);

/// A place by its name in records: "sky", "left_half".
fn region_kind(name: &str) -> Option<RegionKind> {
    use RegionKind::*;
    [
        Sky,
        Skin,
        Foliage,
        Subject,
        Background,
        Highlights,
        Midtones,
        Shadows,
        Neutrals,
        LeftHalf,
        RightHalf,
        TopHalf,
        BottomHalf,
        LeftThird,
        RightThird,
        TopThird,
        BottomThird,
        Centre,
        Edges,
        Corners,
    ]
    .into_iter()
    .find(|kind| {
        let words = Part {
            kind: *kind,
            inverted: false,
        }
        .to_string();
        let id = match kind {
            TopHalf => "top_half".to_owned(),
            BottomHalf => "bottom_half".to_owned(),
            TopThird => "top_third".to_owned(),
            BottomThird => "bottom_third".to_owned(),
            _ => words.trim_start_matches("the ").replace(' ', "_"),
        };
        id == name
    })
}

fn parsed_number(at: &Spanned<String>, text: &str) -> Result<f32, Problem> {
    match text.trim().parse::<f32>() {
        Ok(value) if value.is_finite() && value > 0.0 => Ok(value),
        _ => Err((
            Some(at.span()),
            format!("\"{text}\" is not a number above 0"),
        )),
    }
}

fn parsed_ratio(text: &Spanned<String>) -> Result<f32, Problem> {
    let (width, height) = text.get_ref().split_once(':').ok_or_else(|| {
        (
            Some(text.span()),
            format!("\"{}\" is not width:height", text.get_ref()),
        )
    })?;
    Ok(parsed_number(text, width)? / parsed_number(text, height)?)
}

impl Language {
    fn extend(&mut self, entries: Vec<(String, Sense)>) {
        let mut merged: BTreeMap<Vec<String>, Sense> = BTreeMap::new();
        for (phrase, sense) in entries {
            let verb = phrase.ends_with(self.verb_endings.as_slice());
            for written in self.inflected(&phrase) {
                let tokens: Vec<String> = Text::new(&written)
                    .tokens
                    .into_iter()
                    .map(|t| t.folded)
                    .collect();
                if tokens.is_empty() {
                    continue;
                }
                if verb {
                    self.verbs.insert(tokens.clone());
                }
                // a phrase in two tables of one kind means both: "washed out" wants contrast and saturation
                match (merged.get_mut(&tokens), &sense) {
                    (Some(Sense::Attribute(have)), Sense::Attribute(add))
                    | (Some(Sense::Fault(have)), Sense::Fault(add)) => {
                        if !have.contains(&add[0]) {
                            have.extend(add.iter().copied());
                        }
                    }
                    // the first table of a file wins where endings make two words alike
                    (Some(_), _) => {}
                    (None, _) => {
                        merged.insert(tokens, sense.clone());
                    }
                }
            }
        }
        for (tokens, sense) in merged {
            let meaningful = sense != Sense::Word(Word::Filler);
            // things are so many that any word is near one of them
            let open = matches!(sense, Sense::Word(Word::Thing | Word::Act | Word::Person));
            for token in &tokens {
                self.known.insert(token.clone());
                if !open {
                    self.vocabulary.insert(token, meaningful);
                }
            }
            let bucket = self.phrases.entry(tokens[0].clone()).or_default();
            bucket.retain(|(have, _)| *have != tokens);
            let place = bucket.partition_point(|(have, _)| have.len() >= tokens.len());
            bucket.insert(place, (tokens, sense));
        }
    }

    /// "warm~" stands for warm with each of the language's endings.
    fn inflected(&self, phrase: &str) -> Vec<String> {
        let mut written = vec![String::new()];
        for word in phrase.split_whitespace() {
            let endings = word
                .chars()
                .last()
                .and_then(|mark| self.endings.get(&mark).map(|e| (mark, e)));
            let forms: Vec<String> = match endings {
                Some((mark, endings)) => {
                    let stem = word.trim_end_matches(mark);
                    endings
                        .iter()
                        .map(|ending| format!("{stem}{ending}"))
                        .collect()
                }
                None => vec![word.to_owned()],
            };
            written = written
                .iter()
                .flat_map(|head| {
                    forms.iter().map(move |form| {
                        if head.is_empty() {
                            form.clone()
                        } else {
                            format!("{head} {form}")
                        }
                    })
                })
                .collect();
        }
        written
    }

    /// A verb of two words whose particle stands further on, and where: "turn the contrast up".
    pub(crate) fn apart(&self, tokens: &[Token]) -> Option<(&Sense, usize)> {
        let reach = tokens
            .iter()
            .take(9)
            .take_while(|t| !matches!(t.kind, TokenKind::Break(_)))
            .count();
        self.phrases
            .get(&tokens.first()?.folded)?
            .iter()
            .find_map(|(phrase, sense)| {
                let [_, particle] = phrase.as_slice() else {
                    return None;
                };
                let at = (2..reach).find(|&at| tokens[at].folded == *particle)?;
                let joined = tokens[1..at].iter().any(|t| {
                    self.phrases.get(&t.folded).is_some_and(|bucket| {
                        bucket.iter().any(|(phrase, sense)| {
                            phrase.len() == 1
                                && matches!(sense, Sense::Word(Word::And | Word::Or | Word::But))
                        })
                    })
                });
                let free = self
                    .longest(&tokens[at..])
                    .is_none_or(|(_, length)| length == 1);
                (self.particles.contains(particle) && free && !joined).then_some((sense, at))
            })
    }

    /// Whether a phrase is a verb by its ending.
    pub(crate) fn is_verb(&self, tokens: &[Token]) -> bool {
        let words: Vec<String> = tokens.iter().map(|t| t.folded.clone()).collect();
        self.verbs.contains(&words)
    }

    /// The longest phrase that starts at a token, and how many tokens it takes.
    pub(crate) fn longest(&self, tokens: &[Token]) -> Option<(&Sense, usize)> {
        let first = tokens.first()?;
        self.phrases
            .get(&first.folded)?
            .iter()
            .find(|(phrase, _)| {
                phrase.len() <= tokens.len()
                    && phrase
                        .iter()
                        .zip(tokens)
                        .all(|(a, b)| *a == b.folded && !matches!(b.kind, TokenKind::Break(_)))
            })
            .map(|(phrase, sense)| (sense, phrase.len()))
    }
}

impl Colour {
    /// The changes of b* and a* that more of this colour means.
    pub(crate) fn axes(&self) -> Vec<(Quantity, Change)> {
        let change = |sign: i8| {
            if sign > 0 {
                Change::Raise
            } else {
                Change::Lower
            }
        };
        [(Quantity::Warmth, self.warmth), (Quantity::Tint, self.tint)]
            .into_iter()
            .filter(|&(_, sign)| sign != 0)
            .map(|(quantity, sign)| (quantity, change(sign)))
            .collect()
    }
}
