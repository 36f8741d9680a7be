//! Styles: several goals under one name.

use retake_core::{Amount, Change, Degree, Goal, Part, Region, RegionKind};
use toml::Spanned;

use crate::file::StyleFile;
use crate::sense::Sense;

use super::{Lexicon, Problem};

#[derive(Clone, Debug)]
pub(crate) struct Style {
    pub(crate) name: String,
    pub(crate) goals: Vec<Goal>,
}

impl Lexicon {
    pub(super) fn add_style(&mut self, id: &str, style: StyleFile) -> Result<(), Problem> {
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
}

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
