//! From "keep", "without" and "don't" to what must not happen.

use retake_core::{Change, Constraint, Goal, Keep, Part, Quantity, Region, RegionKind};

use crate::goals::opposite;
use crate::heads::{Ask, Head};
use crate::places::{Places, tone_place};
use crate::read::{Item, Kind};
use crate::sense::{Sense, Word};

/// What a clause forbids or protects.
pub(crate) struct Limits<'a> {
    pub(crate) items: &'a [Item],
    pub(crate) places: &'a Places,
    pub(crate) heads: &'a [Head],
    /// what more of the colours named here would change
    pub(crate) axes: &'a [(Quantity, Change)],
    pub(crate) region: Region,
    pub(crate) words: &'a str,
}

impl Limits<'_> {
    fn has(&self, word: Word) -> bool {
        self.items.iter().any(|item| item.is(word))
    }

    fn all(&self, keeps: Vec<Keep>) -> Vec<Constraint> {
        keeps
            .into_iter()
            .map(|keep| Constraint {
                keep,
                words: self.words.to_owned(),
            })
            .collect()
    }

    /// The tones the clause names, as quantities or as places.
    fn tones(&self) -> (bool, bool) {
        let named = |wanted: &[Quantity]| {
            self.items
                .iter()
                .any(|i| matches!(&i.kind, Kind::Sense(Sense::Tone(q)) if wanted.contains(q)))
        };
        let placed =
            |kinds: &[RegionKind]| self.region.parts.iter().any(|p| kinds.contains(&p.kind));
        (
            named(&[Quantity::Highlights, Quantity::Whites])
                || placed(&[RegionKind::Highlights, RegionKind::Sky]),
            named(&[Quantity::Shadows, Quantity::Blacks]) || placed(&[RegionKind::Shadows]),
        )
    }

    /// "without clipping the highlights", "keep shadow detail".
    fn details(&self, goals: &[Goal]) -> Vec<Keep> {
        let (bright, dark) = self.tones();
        let (clip, crush, detail) = (
            self.has(Word::Clip),
            self.has(Word::Crush),
            self.has(Word::Detail),
        );
        if !(clip || crush || detail) {
            return Vec::new();
        }
        match (bright, dark) {
            (true, true) => vec![Keep::HighlightDetail, Keep::ShadowDetail],
            (true, false) => vec![Keep::HighlightDetail],
            (false, true) => vec![Keep::ShadowDetail],
            _ if crush => vec![Keep::ShadowDetail],
            // "denoise, but keep the details": the fine ones, not the ends of the tones
            _ if detail && !clip && goals.iter().any(smooths) => {
                vec![Keep::Quantity(Quantity::Sharpness, Region::whole())]
            }
            _ if detail => vec![Keep::HighlightDetail, Keep::ShadowDetail],
            _ => vec![Keep::HighlightDetail],
        }
    }

    /// A clause with "keep", "preserve", "leave".
    pub(crate) fn kept(&self, goals: &[Goal], style_goals: &[Goal]) -> Vec<Constraint> {
        let details = self.details(goals);
        if !details.is_empty() {
            return self.all(details);
        }
        let mut keeps = Vec::new();
        for head in self.heads {
            match &head.ask {
                Ask::Name(quantity) => keeps.push(Keep::Quantity(*quantity, self.region.clone())),
                Ask::Attribute(changes, _) => keeps.extend(
                    changes
                        .iter()
                        .map(|&(quantity, change)| self.never(quantity, opposite(change))),
                ),
                Ask::Tone(Quantity::Highlights) => keeps.push(Keep::HighlightDetail),
                Ask::Tone(Quantity::Shadows) => keeps.push(Keep::ShadowDetail),
                Ask::Tone(Quantity::Whites) => {
                    keeps.push(Keep::Colours(Region::of(RegionKind::Neutrals)))
                }
                Ask::Tone(quantity) => keeps.push(Keep::Quantity(*quantity, Region::whole())),
                Ask::Colour(..) | Ask::Colours | Ask::Cast => {
                    keeps.push(Keep::Colours(self.region.clone()))
                }
                Ask::Style(_) => keeps.extend(
                    style_goals
                        .iter()
                        .filter(|g| g.change != Change::Set)
                        .map(|g| self.never(g.quantity, opposite(g.change))),
                ),
                Ask::Aspect(_) => keeps.push(Keep::Quantity(Quantity::Aspect, Region::whole())),
                Ask::Deep | Ask::Detail | Ask::Rotate | Ask::Flip => {}
            }
        }
        if self.has(Word::Natural) && keeps.is_empty() {
            if self.region.is_whole() {
                keeps.extend(not_too_much(goals));
            } else {
                keeps.push(Keep::Colours(self.region.clone()));
            }
        }
        if keeps.is_empty() && !self.region.is_whole() {
            keeps.push(if self.places.colours_of {
                Keep::Colours(self.region.clone())
            } else {
                Keep::Region(self.region.clone())
            });
        }
        self.all(keeps)
    }

    /// "don't overdo it", with nothing that it is about.
    pub(crate) fn restrains(&self) -> bool {
        self.has(Word::Overdo) && self.heads.is_empty()
    }

    /// A clause with "don't", "without", "no".
    pub(crate) fn forbidden(&self, goals: &[Goal], style_goals: &[Goal]) -> Vec<Constraint> {
        let details = self.details(goals);
        let cut = self.has(Word::Clip) || self.has(Word::Crush);
        if !details.is_empty()
            && (cut
                || self
                    .heads
                    .iter()
                    .all(|h| matches!(h.ask, Ask::Tone(_) | Ask::Detail)))
        {
            return self.all(details);
        }
        let too_alone = self.heads.is_empty()
            && self.region.is_whole()
            && (self.has(Word::Too) || self.has(Word::TooMuch));
        if self.has(Word::Overdo) || too_alone {
            let named: Vec<Keep> = self
                .heads
                .iter()
                .filter_map(|h| match h.ask {
                    Ask::Name(quantity) => Some(quantity),
                    Ask::Colours => Some(Quantity::Saturation),
                    _ => None,
                })
                .map(|quantity| Keep::NotTooMuch(quantity, Change::Raise))
                .collect();
            let all = if named.is_empty() {
                not_too_much(goals)
            } else {
                named
            };
            return self.all(all);
        }
        let touch = self.has(Word::Touch);
        let mut keeps = Vec::new();
        for head in self.heads {
            let too = head.modifiers.too || head.modifiers.too_much;
            let one = |quantity: Quantity, change: Change| {
                if touch && matches!(head.ask, Ask::Name(_) | Ask::Tone(_)) {
                    Keep::Quantity(quantity, self.region.clone())
                } else if too && change != Change::Set {
                    Keep::NotTooMuch(quantity, change)
                } else {
                    self.never(quantity, change)
                }
            };
            let less = head.modifiers.direction == Some(-1);
            let direction = if less { Change::Lower } else { Change::Raise };
            let all = |changes: &[(Quantity, Change)], flip: bool| -> Vec<Keep> {
                changes
                    .iter()
                    .map(|&(q, c)| one(q, if flip { opposite(c) } else { c }))
                    .collect()
            };
            keeps.extend(match &head.ask {
                Ask::Name(quantity) | Ask::Tone(quantity) => vec![one(*quantity, direction)],
                Ask::Attribute(changes, true)
                    if changes.iter().all(|(q, _)| *q == Quantity::Highlights) =>
                {
                    vec![Keep::HighlightDetail]
                }
                Ask::Attribute(changes, true)
                    if changes.iter().all(|(q, _)| *q == Quantity::Shadows) =>
                {
                    vec![Keep::ShadowDetail]
                }
                // "make it pop, but don't oversaturate": less of what was asked, not none
                Ask::Attribute(changes, mends)
                    if !head.modifiers.compared
                        && !less
                        && over_coloured(changes, *mends, goals) =>
                {
                    goals
                        .iter()
                        .filter(|g| is_colourfulness(g.quantity) && g.change == Change::Raise)
                        .map(|g| Keep::NotTooMuch(g.quantity, Change::Raise))
                        .collect()
                }
                // "not underexposed": the fault itself is forbidden, not its cure
                Ask::Attribute(changes, true) => all(changes, true),
                Ask::Attribute(changes, false) => all(changes, less),
                Ask::Colours if touch => vec![Keep::Colours(self.region.clone())],
                Ask::Colours => vec![one(Quantity::Saturation, direction)],
                Ask::Cast => vec![one(Quantity::Cast, Change::Raise)],
                Ask::Deep => vec![one(Quantity::Lightness, Change::Lower)],
                Ask::Detail => vec![one(Quantity::Clarity, direction)],
                Ask::Style(_) => style_goals
                    .iter()
                    .filter(|g| g.change != Change::Set)
                    .map(|g| one(g.quantity, g.change))
                    .collect(),
                Ask::Aspect(_) => vec![Keep::Quantity(Quantity::Aspect, Region::whole())],
                Ask::Rotate => vec![Keep::Quantity(Quantity::Rotation, Region::whole())],
                Ask::Colour(..) => all(self.axes, less),
                Ask::Flip => Vec::new(),
            });
        }
        if keeps.is_empty() && self.has(Word::Crop) {
            keeps.push(Keep::Quantity(Quantity::Aspect, Region::whole()));
        }
        if keeps.is_empty() && !self.region.is_whole() {
            keeps.push(if self.places.colours_of {
                Keep::Colours(self.region.clone())
            } else {
                Keep::Region(self.region.clone())
            });
        }
        self.all(keeps)
    }

    fn never(&self, quantity: Quantity, change: Change) -> Keep {
        let tone = self.items.iter().find_map(|i| match &i.kind {
            Kind::Sense(Sense::Tone(tone)) => Some(*tone),
            _ => None,
        });
        match (quantity, tone) {
            // "keep the shadows dark": the shadows must not rise
            (Quantity::Lightness | Quantity::Exposure, Some(tone)) => {
                let kind = tone_place(tone);
                let rest: Vec<Part> = self
                    .region
                    .parts
                    .iter()
                    .copied()
                    .filter(|p| p.kind != kind)
                    .collect();
                Keep::Not(tone, change, Region { parts: rest })
            }
            _ if change == Change::Set => Keep::Quantity(quantity, self.region.clone()),
            _ => Keep::Not(quantity, change, self.region.clone()),
        }
    }
}

fn is_colourfulness(quantity: Quantity) -> bool {
    matches!(quantity, Quantity::Saturation | Quantity::Vibrance)
}

fn over_coloured(changes: &[(Quantity, Change)], mends: bool, goals: &[Goal]) -> bool {
    let raised = if mends { Change::Lower } else { Change::Raise };
    changes
        .iter()
        .all(|&(q, c)| is_colourfulness(q) && c == raised)
        && goals
            .iter()
            .any(|g| is_colourfulness(g.quantity) && g.change == Change::Raise)
}

fn smooths(goal: &Goal) -> bool {
    let soft = matches!(
        goal.quantity,
        Quantity::Noise | Quantity::Grain | Quantity::Texture
    );
    soft && goal.change == Change::Lower
}

/// Every goal at most slight.
pub(crate) fn not_too_much(goals: &[Goal]) -> Vec<Keep> {
    let mut keeps: Vec<Keep> = Vec::new();
    for goal in goals.iter().filter(|g| g.change != Change::Set) {
        let keep = Keep::NotTooMuch(goal.quantity, goal.change);
        if !keeps.contains(&keep) {
            keeps.push(keep);
        }
    }
    keeps
}
