//! The lexicon: phrases of each language with their meanings, colours and styles. It is read from TOML files.

mod colour;
mod language;
mod style;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

use retake_core::{Band, Change, Part, RegionKind};
use toml::Spanned;

use crate::LexiconError;
use crate::file::LexiconFile;
use crate::sense::Sense;
use crate::text::{Text, fold};

pub(crate) use colour::Colour;
use language::key;
pub(crate) use language::{Language, Role};
pub(crate) use style::Style;

/// Everything the words mean.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    pub(crate) languages: Vec<Language>,
    pub(crate) colours: Vec<Colour>,
    pub(crate) styles: Vec<Style>,
    /// other forms of Chinese characters
    pub(crate) variants: BTreeMap<char, char>,
}

const FILES: &[&str] = &[
    include_str!("../../../../assets/lexicon/colours.toml"),
    include_str!("../../../../assets/lexicon/en.toml"),
    include_str!("../../../../assets/lexicon/de.toml"),
    include_str!("../../../../assets/lexicon/fr.toml"),
    include_str!("../../../../assets/lexicon/es.toml"),
    include_str!("../../../../assets/lexicon/zh.toml"),
    include_str!("../../../../assets/lexicon/styles.toml"),
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
            let nouns = file.nouns;
            for (words, role) in [
                (nouns.determiners, Role::Determiner),
                (nouns.locating, Role::Locating),
                (nouns.comparing, Role::Comparing),
                (nouns.possessive, Role::Possessive),
                (nouns.subjects, Role::Subject),
                (nouns.elsewhere, Role::Elsewhere),
                (nouns.pronouns, Role::Pronoun),
                (nouns.seasons, Role::Season),
                (nouns.scenes, Role::Scene),
            ] {
                let known = language.roles.entry(role).or_default();
                known.extend(words.iter().map(|word| key(&Text::new(word).tokens)));
            }
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
