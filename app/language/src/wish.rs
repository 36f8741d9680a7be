//! A clause that asks for something: its heads become goals, and later clauses learn what they can take over.

use retake_core::{Change, Goal, Quantity, Region};

use crate::clause::{Clause, Joint};
use crate::goals::Manner;
use crate::heads::{Ask, Heads};
use crate::places::{Places, inverted};
use crate::read::{Item, Kind};
use crate::sense::{Sense, Word};
use crate::understand::{Reader, selective};

impl Reader<'_> {
    /// A clause that asks for something.
    pub(crate) fn wish(
        &mut self,
        clause: &Clause,
        said: Heads,
        places: &Places,
        regions: &[Region],
        words: &str,
    ) {
        let items = clause.items.as_slice();
        let has = |word: Word| items.iter().any(|item| item.is(word));
        let selective = selective(items, &said.heads);
        let described = has(Word::Is) && !has(Word::Wish)
            || (self.memory.described
                && matches!(clause.joint, Joint::And | Joint::Comma | Joint::Close)
                && !said.directed
                && !self.answers(items, &said));
        let made = has(Word::Make)
            || has(Word::Give)
            || has(Word::Add)
            || (self.memory.pending_made && clause.joint == Joint::Close);
        let inherited = self.memory.verb.filter(|_| {
            !said.directed
                && !has(Word::Make)
                && !has(Word::Give)
                && matches!(
                    clause.joint,
                    Joint::And | Joint::Comma | Joint::Or | Joint::Close
                )
        });
        let reversed = has(Word::Not) && !said.heads.iter().any(|h| h.modifiers.enough);
        let manner = Manner {
            items,
            lexicon: self.lexicon,
            described: described && !has(Word::Make),
            made,
            reversed,
            inherited,
            words,
        };
        let first = self.found.goals.len();
        let mut goals = Vec::new();
        for region in regions {
            if selective {
                // "keep only the red": the colour is the place
                let named = said.heads.iter().find_map(|h| match h.ask {
                    Ask::Colour(index, _) => self.lexicon.colours.get(index)?.band,
                    _ => None,
                });
                let band = match named {
                    Some(band) if region.is_whole() => {
                        Region::of(retake_core::RegionKind::Colour(band))
                    }
                    _ => region.clone(),
                };
                goals.extend(
                    manner
                        .goals(
                            &crate::heads::Head {
                                ask: Ask::Name(Quantity::Monochrome),
                                modifiers: Default::default(),
                                at: 0,
                            },
                            &inverted(&band),
                        )
                        .into_iter()
                        .map(|goal| Goal {
                            change: Change::Set,
                            amount: Default::default(),
                            ..goal
                        }),
                );
                continue;
            }
            if let Some(last) = self.figured(clause, &said) {
                let mut modifiers = said.loose.clone();
                modifiers.direction = Some(if last.change == Change::Lower { -1 } else { 1 });
                let head = crate::heads::Head {
                    ask: Ask::Name(last.quantity),
                    modifiers,
                    at: 0,
                };
                let same_place = last.region.clone();
                goals.extend(manner.goals(&head, &same_place));
            } else if said.heads.is_empty() {
                goals.extend(self.bare_verb(&manner, &said, items, region));
            }
            let tint = said.heads.iter().any(|h| matches!(h.ask, Ask::Colour(..)));
            let tone = said.heads.iter().any(|h| matches!(h.ask, Ask::Tone(_)));
            let tonal_fault = said.heads.iter().any(|h| {
                matches!(&h.ask, Ask::Attribute(changes, true) if changes.iter().all(|(q, _)| matches!(q, Quantity::Highlights | Quantity::Shadows)))
            });
            let attribute = said
                .heads
                .iter()
                .any(|h| matches!(h.ask, Ask::Attribute(..)));
            for (index, head) in said.heads.iter().enumerate() {
                let next = said.heads.get(index + 1);
                let last = index.checked_sub(1).and_then(|i| said.heads.get(i));
                let mut head = taking_over(head, next, &said);
                if last.is_some_and(|last| softens(last, &head, items)) {
                    head.modifiers.direction = Some(-1);
                }
                let head = &head;
                self.memory.changed += usize::from(self.mended_already(clause, head));
                if absorbed(head, next)
                    || described_effect(head, last)
                    || turned_up(head, &said)
                    || of_an_unknown_verb(head, items)
                    || noun_of_style(head, last)
                    || smooths_a_fault(head, next)
                    || next.is_some_and(|next| softens(head, next, items))
                    || self.mended_already(clause, head)
                    || (tint
                        && matches!(
                            head.ask,
                            Ask::Cast | Ask::Colours | Ask::Name(Quantity::Cast)
                        ))
                    || ((tone || tonal_fault) && head.ask == Ask::Detail)
                    || (attribute && colourless_noun(&head.ask, &said))
                {
                    continue;
                }
                if described_colour(head, index, &said, &manner) {
                    continue;
                }
                let becomes = items.iter().position(|i| i.is(Word::To));
                // "mach aus Sommer Winter"
                let out_of = head.at > 0
                    && items[head.at - 1].is(Word::In)
                    && next.is_some_and(|n| n.at == head.at + 1);
                if matches!(head.ask, Ask::Style(_))
                    && (out_of || becomes.is_some_and(|to| head.at < to))
                    && matches!(next.map(|n| &n.ask), Some(Ask::Style(_)))
                {
                    continue;
                }
                if let Ask::Style(index) = head.ask
                    && let Some(style) = self.lexicon.styles.get(index)
                    && !self.found.styles.contains(&style.name)
                {
                    self.found.styles.push(style.name.clone());
                }
                goals.extend(manner.goals(head, region));
            }
        }
        if clause.joint == Joint::And {
            self.memory.changed += usize::from(share_tones(&mut self.found.goals, &mut goals));
        }
        self.trailing_direction(clause, &said);
        let undirected = said.heads.iter().all(|h| {
            matches!(h.ask, Ask::Name(_) | Ask::Tone(_) | Ask::Colours)
                && h.modifiers.direction.is_none()
        }) && inherited.is_none()
            && !made;
        let first = first.min(self.found.goals.len());
        self.found.goals.extend(goals);
        let new: Vec<usize> = (first..self.found.goals.len()).collect();
        self.spread_back(clause, places, &said, regions);
        let bare = places.first.is_none()
            && !places.whole
            && !places.it
            && regions.iter().all(Region::is_whole);
        let carried: Vec<usize> = if clause.joint == Joint::And || clause.joint == Joint::Comma {
            self.memory.undirected.clone()
        } else {
            Vec::new()
        };
        self.memory.undirected = if undirected {
            carried.into_iter().chain(new.iter().copied()).collect()
        } else {
            Vec::new()
        };
        let carried: Vec<usize> = if clause.joint == Joint::And || clause.joint == Joint::Comma {
            self.memory.bare.clone()
        } else {
            Vec::new()
        };
        self.memory.bare = if bare {
            carried.into_iter().chain(new).collect()
        } else {
            Vec::new()
        };
        if said.directed || has(Word::Make) || has(Word::Give) {
            self.memory.verb = said
                .verb
                .or_else(|| said.heads.iter().find_map(|h| h.modifiers.direction));
        }
        if places.first.is_some() {
            self.memory.place_first = said
                .heads
                .first()
                .is_none_or(|h| places.first.is_some_and(|p| p < h.at));
            self.memory.last = regions.to_vec();
            self.memory.spoken = regions.to_vec();
            self.memory.mentioned = regions.to_vec();
        } else if !regions.iter().all(Region::is_whole) {
            // places that waited stood before their words
            self.memory.place_first = true;
            self.memory.last = regions.to_vec();
            self.memory.spoken = regions.to_vec();
            self.memory.mentioned = regions.to_vec();
        } else {
            self.memory.last = Vec::new();
            self.memory.place_first = false;
        }
        self.memory.described = described;
        self.memory.pending_made = false;
    }

    /// "it's a little dark, lighten it": after a complaint the cure, no second complaint.
    fn answers(&self, items: &[Item], said: &Heads) -> bool {
        let Some(head) = said.heads.first() else {
            return false;
        };
        let verb = items.get(head.at).is_some_and(|item| item.verb);
        let object = items[head.at..]
            .iter()
            .any(|item| item.is(Word::It) || item.is(Word::Photo));
        let cures = matches!(&head.ask, Ask::Attribute(changes, false)
            if self.found.goals[self.memory.sentence..]
                .iter()
                .any(|g| changes.contains(&(g.quantity, g.change))));
        verb || object || cures
    }

    /// "the skin is too red, fix it": the complaint has said what to do.
    fn mended_already(&self, clause: &Clause, head: &crate::heads::Head) -> bool {
        let Ask::Style(index) = head.ask else {
            return false;
        };
        let enhance = self
            .lexicon
            .styles
            .get(index)
            .is_some_and(|style| style.name == "enhance");
        let short = clause
            .items
            .iter()
            .all(|i| i.word().is_some() || matches!(i.kind, Kind::Sense(Sense::Style(_))));
        enhance
            && short
            && clause.joint != Joint::Start
            && self.found.goals.len() > self.memory.sentence
    }

    /// "Kontrast und Sättigung reduzieren": a direction after the last name holds for the names before it.
    fn trailing_direction(&mut self, clause: &Clause, said: &Heads) {
        let Some(head) = said.heads.first() else {
            return;
        };
        if !matches!(clause.joint, Joint::And | Joint::Comma)
            || !said.directed
            || head.modifiers.compared
        {
            return;
        }
        let verb_after = clause.items.iter().position(|i| {
            matches!(
                i.word(),
                Some(Word::Increase | Word::Decrease | Word::Up | Word::Down | Word::Remove)
            )
        });
        if verb_after.is_some_and(|at| at > head.at) {
            let lower = head.modifiers.direction == Some(-1);
            for &index in &self.memory.undirected {
                if let Some(goal) = self.found.goals.get_mut(index) {
                    goal.change = if lower { Change::Lower } else { Change::Raise };
                    if head.modifiers.degree.is_some() {
                        goal.amount =
                            retake_core::Amount::Degree(head.modifiers.degree.unwrap_or_default());
                    }
                }
            }
        }
    }

    /// "brighter and warmer in the left half": a place at the end holds for all that led to it.
    fn spread_back(&mut self, clause: &Clause, places: &Places, said: &Heads, regions: &[Region]) {
        let (Some(place), Some(head)) = (places.first, said.heads.first()) else {
            return;
        };
        if clause.joint != Joint::And || self.memory.bare.is_empty() || place < head.at {
            return;
        }
        let starts = clause
            .items
            .iter()
            .find(|i| !matches!(i.word(), Some(Word::Filler)));
        let own_verb = starts.is_some_and(|i| {
            matches!(
                i.word(),
                Some(
                    Word::Make
                        | Word::Increase
                        | Word::Decrease
                        | Word::Remove
                        | Word::Add
                        | Word::Give
                )
            )
        });
        let bare_verb = head.at == 0
            && matches!(head.ask, Ask::Attribute(..))
            && !self.words(&clause.items[..1]).ends_with('r');
        if own_verb || !(places.prefixed || bare_verb) {
            return;
        }
        for &index in &self.memory.bare {
            if let Some(goal) = self.found.goals.get_mut(index)
                && !goal.quantity.is_geometry()
            {
                goal.region = regions[0].clone();
            }
        }
    }

    /// A verb, a number or a turn without a noun.
    fn bare_verb(
        &self,
        manner: &Manner<'_>,
        said: &Heads,
        items: &[Item],
        region: &Region,
    ) -> Vec<Goal> {
        let has = |word: Word| items.iter().any(|item| item.is(word));
        let unit = said.loose.number.and_then(|(_, _, unit)| unit);
        let turned = has(Word::Clockwise)
            || has(Word::CounterClockwise)
            || has(Word::Vertical)
            || unit == Some(Word::Degrees);
        let recovered = said.loose.recovered && !region.is_whole();
        let bright = region
            .parts
            .iter()
            .any(|p| !p.inverted && p.kind == retake_core::RegionKind::Sky);
        let ask = if let Some(ratio) = self.upright(items) {
            Ask::Aspect(ratio)
        } else if recovered && bright {
            Ask::Tone(Quantity::Highlights)
        } else if recovered {
            Ask::Detail
        } else if turned {
            Ask::Rotate
        } else if unit == Some(Word::Kelvin) {
            Ask::Name(Quantity::Warmth)
        } else if has(Word::Stops) {
            Ask::Name(Quantity::Exposure)
        } else if crate::places::only_band(region).is_some() {
            Ask::Name(Quantity::Saturation)
        } else {
            Ask::Name(Quantity::Lightness)
        };
        manner.goals(
            &crate::heads::Head {
                ask,
                modifiers: said.loose.clone(),
                at: 0,
            },
            region,
        )
    }
}

/// "a dark vignette", "a soft glow": the adjective describes the effect.
fn absorbed(head: &crate::heads::Head, next: Option<&crate::heads::Head>) -> bool {
    let describes = matches!(&head.ask, Ask::Attribute(changes, false) if changes.iter().all(|(q, _)| matches!(q, Quantity::Lightness | Quantity::Sharpness | Quantity::Texture)));
    let effect = next.is_some_and(|n| {
        n.at == head.at + 1
            && matches!(
                n.ask,
                Ask::Name(
                    Quantity::Vignette
                        | Quantity::Glow
                        | Quantity::Grain
                        | Quantity::Fade
                        | Quantity::Contrast
                )
            )
    });
    let soft = matches!(&head.ask, Ask::Attribute(changes, false) if changes.iter().all(|(q, _)| *q == Quantity::Sharpness));
    let style = next.is_some_and(|n| n.at == head.at + 1 && matches!(n.ask, Ask::Style(_)));
    describes && effect || soft && style
}

/// "blue and orange": of two colours for the whole picture the first is the shadows', the second the highlights'.
fn share_tones(before: &mut Vec<Goal>, new: &mut Vec<Goal>) -> bool {
    let tint = |goals: &[Goal], tone: Quantity| {
        goals
            .iter()
            .position(|g| g.quantity == tone && g.region.is_whole() && g.weight >= 1.0)
    };
    let both = |goals: &[Goal]| {
        tint(goals, Quantity::ShadowTone).is_some()
            && tint(goals, Quantity::HighlightTone).is_some()
    };
    if !(both(before) && both(new)) {
        return false;
    }
    if let Some(at) = tint(before, Quantity::HighlightTone) {
        before.remove(at);
    }
    if let Some(at) = tint(new, Quantity::ShadowTone) {
        new.remove(at);
    }
    true
}

/// "una viñeta suave": the adjective after the effect describes it.
fn described_effect(head: &crate::heads::Head, last: Option<&crate::heads::Head>) -> bool {
    let describes = matches!(&head.ask, Ask::Attribute(changes, false)
        if changes.iter().all(|(q, _)| matches!(q, Quantity::Sharpness | Quantity::Texture | Quantity::Contrast)));
    let effect = last.is_some_and(|l| {
        l.at + 1 == head.at
            && matches!(
                l.ask,
                Ask::Name(Quantity::Vignette | Quantity::Glow | Quantity::Grain | Quantity::Fade)
            )
    });
    describes && effect
}

/// "dreh den Kontrast hoch": what is turned is a knob, not the picture.
fn turned_up(head: &crate::heads::Head, said: &Heads) -> bool {
    head.ask == Ask::Rotate
        && said
            .heads
            .iter()
            .any(|h| matches!(h.ask, Ask::Name(_) | Ask::Tone(_) | Ask::Attribute(..)))
        && !said
            .heads
            .iter()
            .any(|h| matches!(h.modifiers.number, Some((_, _, Some(Word::Degrees)))))
}

/// "invert the colours": a verb that nobody knows does not mean more of them.
fn of_an_unknown_verb(head: &crate::heads::Head, items: &[Item]) -> bool {
    let named = matches!(head.ask, Ask::Name(_) | Ask::Colours | Ask::Tone(_));
    let m = &head.modifiers;
    let plain = m.direction.is_none() && m.number.is_none() && m.times.is_none();
    let plain = plain && !m.too_much && !m.too_little && !m.removed && !m.recovered;
    let verb = head.at >= 2
        && items[head.at - 1].is(Word::Filler)
        && items[head.at - 2].kind == Kind::Unknown
        && items[..head.at - 2].iter().all(|i| i.is(Word::Filler));
    named && plain && verb
}

/// "golden hour light", "Wes Anderson colours": the noun adds nothing to the style.
fn noun_of_style(head: &crate::heads::Head, last: Option<&crate::heads::Head>) -> bool {
    let noun = matches!(
        head.ask,
        Ask::Name(Quantity::Lightness | Quantity::Exposure) | Ask::Colours | Ask::Cast
    );
    let plain = head.modifiers.direction.is_none() && head.modifiers.number.is_none();
    noun && plain && last.is_some_and(|l| l.at + 1 == head.at && matches!(l.ask, Ask::Style(_)))
}

/// "mute the colours slightly": what stands after an idle noun belongs to the word before it.
fn taking_over(
    head: &crate::heads::Head,
    next: Option<&crate::heads::Head>,
    said: &Heads,
) -> crate::heads::Head {
    let mut head = head.clone();
    if let Some(next) = next
        && matches!(head.ask, Ask::Attribute(..))
        && colourless_noun(&next.ask, said)
    {
        let (own, late) = (&mut head.modifiers, &next.modifiers);
        own.degree = own.degree.or(late.degree);
        own.number = own.number.or(late.number);
        own.times = own.times.or(late.times);
        own.complete |= late.complete;
    }
    head
}

/// "smooth out the noise": what is smoothed is the fault.
fn smooths_a_fault(head: &crate::heads::Head, next: Option<&crate::heads::Head>) -> bool {
    let smooths = matches!(&head.ask, Ask::Attribute(changes, false) if changes.iter().all(|&(q, c)| c == Change::Lower && matches!(q, Quantity::Texture | Quantity::Sharpness)));
    smooths && next.is_some_and(|n| matches!(n.ask, Ask::Name(Quantity::Noise | Quantity::Haze)))
}

/// "soften the contrast": there is to be less of what is softened.
fn softens(head: &crate::heads::Head, next: &crate::heads::Head, items: &[Item]) -> bool {
    let soft = matches!(&head.ask, Ask::Attribute(changes, false)
        if changes.iter().all(|(q, _)| *q == Quantity::Sharpness));
    let named = matches!(
        next.ask,
        Ask::Name(
            Quantity::Contrast
                | Quantity::Saturation
                | Quantity::Clarity
                | Quantity::Vignette
                | Quantity::Grain
                | Quantity::Texture
        ) | Ask::Colours
    );
    let verb = items.get(head.at).is_some_and(|item| item.verb);
    soft && named && verb && next.modifiers.direction.is_none()
}

/// "a warmer white balance", "brighter exposure", "warm colours": the noun adds nothing to the adjective.
fn colourless_noun(ask: &Ask, said: &Heads) -> bool {
    let noun = match ask {
        Ask::Name(Quantity::Exposure | Quantity::Lightness | Quantity::Warmth)
        | Ask::Colours
        | Ask::Cast => true,
        Ask::Attribute(changes, true) => changes.iter().all(|(q, _)| *q == Quantity::Cast),
        _ => false,
    };
    noun && said.heads.iter().any(|h| h.ask != *ask && matches!(&h.ask, Ask::Attribute(changes, _) if !changes.iter().all(|(q, _)| *q == Quantity::Cast)))
}

/// "assombris le ciel bleu": a colour after its place, beside another wish, says which place.
fn described_colour(
    head: &crate::heads::Head,
    index: usize,
    said: &Heads,
    manner: &Manner<'_>,
) -> bool {
    matches!(head.ask, Ask::Colour(_, false))
        && index > 0
        && !manner.made
        && !head.modifiers.compared
        && matches!(said.heads[index - 1].ask, Ask::Attribute(..))
        && manner.items[said.heads[index - 1].at..head.at]
            .iter()
            .any(|i| matches!(i.kind, Kind::Sense(Sense::Region(_))))
}
