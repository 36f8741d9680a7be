//! Clauses that name places only: "but only the sky", "especially the shadows", "in the background, …".

use retake_core::{Change, Constraint, Goal, Quantity, Region};

use crate::clause::{Clause, Joint};
use crate::places::Places;
use crate::read::Kind;
use crate::sense::Word;

use super::Reader;

impl Reader<'_> {
    /// "brighter, especially the shadows": what was asked last is asked there too.
    pub(super) fn again_there(&mut self, regions: &[Region]) {
        let Some(last) = self.found.goals.last().cloned() else {
            return;
        };
        if last.change == Change::Set || last.quantity.is_geometry() {
            return;
        }
        for region in regions {
            let tonal = matches!(last.quantity, Quantity::Lightness | Quantity::Exposure);
            use retake_core::RegionKind::{Corners, Edges};
            let rim = matches!(region.parts.as_slice(), [part] if !part.inverted && matches!(part.kind, Corners | Edges));
            let (quantity, region) = match crate::places::tone_of(region) {
                Some((tone, rest)) if tonal => (tone, rest),
                _ if tonal && rim && last.change == Change::Lower => {
                    self.memory.changed += 1;
                    self.found.goals.push(Goal {
                        quantity: Quantity::Vignette,
                        change: Change::Raise,
                        amount: retake_core::Amount::Degree(crate::goals::degree(last.amount)),
                        region: Region::whole(),
                        ..last.clone()
                    });
                    continue;
                }
                _ => (last.quantity, region.clone()),
            };
            let amount = retake_core::Amount::Degree(crate::goals::degree(last.amount));
            self.found.goals.push(Goal {
                quantity,
                region,
                amount,
                ..last.clone()
            });
        }
    }

    /// A clause that names places only, or nothing: "but only the sky", "in the background, …".
    pub(super) fn without_head(&mut self, clause: &Clause, places: &Places, regions: &[Region]) {
        let items = clause.items.as_slice();
        let has = |word: Word| items.iter().any(|item| item.is(word));
        let made = has(Word::Make) || has(Word::Give);
        let before = self.found.goals.len() > self.memory.sentence;
        if places.first.is_none() {
            self.memory.pending_made = made;
            return;
        }
        // "crop out the left side": no place for what follows
        if has(Word::Crop) || has(Word::Remove) {
            let words = self.words(items);
            self.found.not_understood.push(words);
            return;
        }
        if before && has(Word::Especially) {
            self.again_there(regions);
            return;
        }
        if before && !made && (places.excepted || has(Word::Only)) {
            self.memory.changed += 1;
            for goal in &mut self.found.goals[self.memory.sentence..] {
                if goal.quantity.is_geometry() {
                    continue;
                }
                for part in regions.iter().flat_map(|r| r.parts.iter().copied()) {
                    if goal.region.parts.iter().all(|p| p.kind != part.kind) {
                        goal.region.parts.push(part);
                    }
                }
            }
            return;
        }
        if before
            && !made
            && matches!(
                clause.joint,
                Joint::And | Joint::Or | Joint::Comma | Joint::Close
            )
            && !self.memory.last.is_empty()
        {
            // "darken the sky and the background": the last goals once more
            let last = self.memory.last.clone();
            let again: Vec<Goal> = self.found.goals[self.memory.sentence..]
                .iter()
                .filter(|g| last.first() == Some(&g.region) && !g.region.is_whole())
                .cloned()
                .collect();
            let spoken_of = items
                .iter()
                .any(|i| i.is(Word::Is) || i.kind == Kind::Unknown);
            if !again.is_empty() && !places.prefixed && !spoken_of && !followed_by_wish(clause) {
                for region in regions {
                    self.found
                        .goals
                        .extend(again.iter().cloned().map(|goal| Goal {
                            region: region.clone(),
                            ..goal
                        }));
                }
                return;
            }
        }
        if before && places.prefixed && clause.joint != Joint::Start {
            // "warmer, in the left half"
            self.memory.changed += 1;
            for goal in &mut self.found.goals[self.memory.sentence..] {
                if goal.region.is_whole() && !goal.quantity.is_geometry() {
                    goal.region = regions[0].clone();
                }
            }
            return;
        }
        if has(Word::Natural) {
            // "the skin should look natural": a limit, and no place for what follows
            let keep = retake_core::Keep::Colours(regions[0].clone());
            let words = self.words(items);
            self.found.constraints.push(Constraint { keep, words });
            self.memory.mentioned = regions.to_vec();
            return;
        }
        if places.prefixed && !made {
            self.memory.prefix = regions.first().cloned();
        }
        self.memory.changed += 1;
        self.memory.pending = regions.to_vec();
        self.memory.pending_made = made;
        self.memory.spoken = regions.to_vec();
        self.memory.mentioned = regions.to_vec();
    }
}

pub(super) fn followed_by_wish(clause: &Clause) -> bool {
    clause.items.iter().any(|i| i.is(Word::With))
}
