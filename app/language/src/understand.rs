//! Walks through the clauses of a sentence and gathers goals, limits and what is beyond a recipe.

use retake_core::{
    Change, Constraint, Generative, Goal, Instruction, Quantity, Region, Understanding,
};

use crate::clause::{Clause, Joint, clauses};
use crate::constraints::Limits;
use crate::generative::kind;
use crate::heads::{Ask, Heads, heads};
use crate::places::{Places, inverted, places};
use crate::read::{Item, Kind, read};
use crate::refine::refined;
use crate::sense::{Sense, Word};
use crate::text::Text;
use crate::tidy::tidy;
use crate::{InstructionError, LONGEST_INSTRUCTION, Lexicon};

/// Reads a sentence. The mask is left empty.
///
/// # Errors
/// When there is nothing to read, more than [`LONGEST_INSTRUCTION`] characters, or nothing that was understood.
/// Parts that no recipe can do are no error here: they are listed in `understood.generative`.
pub fn understand(text: &str, lexicon: &Lexicon) -> Result<Instruction, InstructionError> {
    let length = text.chars().count();
    if length > LONGEST_INSTRUCTION {
        return Err(InstructionError::TooLong {
            length,
            limit: LONGEST_INSTRUCTION,
        });
    }
    if text.trim().is_empty() {
        return Err(InstructionError::Empty);
    }
    let mut tokens = Text::new(text);
    let reading = read(&mut tokens, lexicon);
    let mut reader = Reader {
        text: &tokens,
        lexicon,
        found: Understanding {
            language: reading.language,
            corrected: reading.corrected,
            ..Understanding::default()
        },
        memory: Memory::default(),
        restrained: None,
    };
    let clauses = clauses(refined(reading.items, &tokens, lexicon));
    for clause in &clauses {
        let before = reader.gathered();
        reader.clause(clause);
        if reader.gathered() == before {
            reader.list_unused(clause);
        }
    }
    reader.without_effects();
    if let Some(words) = reader.restrained.take() {
        let keeps = crate::constraints::not_too_much(&reader.found.goals);
        let limits = keeps.into_iter().map(|keep| Constraint {
            keep,
            words: words.clone(),
        });
        reader.found.constraints.extend(limits);
    }
    let understood = tidy(reader.found);
    let nothing = understood.goals.is_empty() && understood.generative.is_empty();
    // a wish to keep something is no edit, unless it is all that was understood of a longer sentence
    if nothing {
        return Err(InstructionError::NothingUnderstood {
            not_understood: understood.not_understood,
        });
    }
    Ok(Instruction {
        text: text.to_owned(),
        understood,
        mask: None,
    })
}

/// What earlier clauses leave for later ones.
#[derive(Default)]
pub(crate) struct Memory {
    /// places that still wait for what should happen there
    pub(crate) pending: Vec<Region>,
    /// "make", "keep", … whose object waits
    pub(crate) pending_made: bool,
    /// places that hold until the sentence ends: "in the sky: …"
    pub(crate) prefix: Option<Region>,
    /// places of the last clause with goals, and of anything before
    pub(crate) last: Vec<Region>,
    pub(crate) spoken: Vec<Region>,
    /// places of anything before, limits too: what "the rest" is not
    pub(crate) mentioned: Vec<Region>,
    /// the place stood before its words: "make the sky darker"
    pub(crate) place_first: bool,
    pub(crate) verb: Option<i8>,
    /// goals of the last clause that had no direction, place or verb of their own
    pub(crate) undirected: Vec<usize>,
    pub(crate) bare: Vec<usize>,
    pub(crate) limits: Option<Limit>,
    pub(crate) generative: Option<&'static str>,
    /// first goal of the sentence
    pub(crate) sentence: usize,
    pub(crate) described: bool,
    /// counts the changes to earlier goals and to what waits
    pub(crate) changed: usize,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Limit {
    Keep,
    Forbid,
}

pub(crate) struct Reader<'a> {
    pub(crate) text: &'a Text,
    pub(crate) lexicon: &'a Lexicon,
    pub(crate) found: Understanding,
    pub(crate) memory: Memory,
    /// "don't overdo it" that came before what it is about
    restrained: Option<String>,
}

impl Reader<'_> {
    fn clause(&mut self, clause: &Clause) {
        let items = clause.items.as_slice();
        let has = |word: Word| items.iter().any(|item| item.is(word));
        if clause.joint == Joint::Start {
            let (spoken, last) = (
                std::mem::take(&mut self.memory.spoken),
                std::mem::take(&mut self.memory.last),
            );
            let spoken = if last.is_empty() { spoken } else { last };
            let mentioned = std::mem::take(&mut self.memory.mentioned);
            self.memory = Memory {
                spoken,
                mentioned,
                sentence: self.found.goals.len(),
                changed: self.memory.changed,
                ..Memory::default()
            };
        }
        if clause.joint == Joint::But {
            self.memory.limits = None;
        }
        let places = places(items, self.lexicon);
        let said = heads(items, &places.skip);
        let words = self.words(items);

        if let Some(kind) = kind(items, &said.heads, &places, clause, self.memory.generative) {
            self.memory.generative = Some(kind);
            self.found.generative.push(Generative {
                words,
                kind: kind.to_owned(),
            });
            self.memory.pending.clear();
            return;
        }
        self.memory.generative = None;
        self.list_unknown(items, &places);

        let limit = self.limit(clause, &said, &places);
        let mut regions = self.regions(clause, &places, &said);
        if has(Word::Thing)
            && places.named_by_colour.is_none()
            && regions.iter().all(Region::is_whole)
            && !said.heads.is_empty()
            && !places.whole
        {
            regions = vec![Region::of(retake_core::RegionKind::Subject)];
        }
        match limit {
            Some(limit) => {
                self.memory.limits = Some(limit);
                self.limits(limit, clause, &said, &places, &regions, &words);
                return;
            }
            None => self.memory.limits = None,
        }
        let loose = !said.heads.is_empty()
            || self.acts(&said, items)
            || self.figured(clause, &said).is_some();
        if !loose {
            self.without_head(clause, &places, &regions);
            return;
        }
        self.wish(clause, said, &places, &regions, &words);
    }

    /// The clause as written, without the marks around it.
    pub(crate) fn words(&self, items: &[Item]) -> String {
        let (Some(first), Some(last)) = (items.first(), items.last()) else {
            return String::new();
        };
        self.text.slice(first.first, last.end).trim().to_owned()
    }

    /// How much was found so far, and what waits for a later clause.
    fn gathered(&self) -> (usize, usize, usize, usize) {
        let found = &self.found;
        (
            found.goals.len() + found.generative.len(),
            found.constraints.len(),
            found.not_understood.len(),
            self.memory.changed,
        )
    }

    /// Words that are known, but came to nothing here.
    fn list_unused(&mut self, clause: &Clause) {
        let meant = clause.items.iter().any(|item| {
            matches!(
                item.kind,
                Kind::Sense(
                    Sense::Name(_)
                        | Sense::Attribute(_)
                        | Sense::Fault(_)
                        | Sense::Tone(_)
                        | Sense::Style(_)
                        | Sense::Colour(_)
                        | Sense::Region(_)
                        | Sense::Band(_)
                )
            ) || matches!(item.word(), Some(Word::Crop | Word::Remove | Word::Recover))
        });
        let waits = !self.memory.pending.is_empty() || self.memory.prefix.is_some();
        if meant && !waits {
            self.found.not_understood.push(self.words(&clause.items));
        }
    }

    /// "no vignette" as all that is said: what is there should go.
    fn without_effects(&mut self) {
        use retake_core::{Amount, Degree, Keep};
        if !self.found.goals.is_empty() || !self.found.generative.is_empty() {
            return;
        }
        let effect = |q: &Quantity| {
            matches!(
                q,
                Quantity::Vignette
                    | Quantity::Grain
                    | Quantity::Blur
                    | Quantity::Glow
                    | Quantity::Fade
                    | Quantity::Noise
                    | Quantity::Haze
            )
        };
        let named = std::mem::take(&mut self.found.constraints);
        for constraint in named {
            match constraint.keep {
                Keep::Not(quantity, Change::Raise, region)
                    if effect(&quantity) && region.is_whole() =>
                {
                    let quantity = if quantity == Quantity::Blur {
                        Quantity::Sharpness
                    } else {
                        quantity
                    };
                    let change = if quantity == Quantity::Sharpness {
                        Change::Raise
                    } else {
                        Change::Lower
                    };
                    self.found.goals.push(Goal {
                        quantity,
                        change,
                        amount: Amount::Degree(Degree::Strong),
                        region,
                        words: constraint.words,
                        weight: 1.0,
                    });
                }
                _ => self.found.constraints.push(constraint),
            }
        }
    }

    fn list_unknown(&mut self, items: &[Item], places: &Places) {
        for (at, item) in items.iter().enumerate() {
            let stray = match item.word() {
                // "the red car" was found by its colour
                Some(Word::Thing) if places.named_by_colour == Some(at) => false,
                Some(Word::Thing | Word::Act | Word::Replace) => true,
                _ => item.kind == Kind::Unknown,
            };
            if stray {
                self.found
                    .not_understood
                    .push(self.text.slice(item.first, item.end).to_owned());
            }
        }
    }

    /// Whether the clause keeps or forbids rather than asks.
    fn limit(&self, clause: &Clause, said: &Heads, places: &Places) -> Option<Limit> {
        let items = clause.items.as_slice();
        let has = |word: Word| items.iter().any(|item| item.is(word));
        let selective = selective(items, &said.heads);
        if has(Word::Not) {
            let reversed = said
                .heads
                .iter()
                .any(|h| h.modifiers.so || h.modifiers.enough);
            // "no more vignette": what is there should go
            let no_more = said.heads.iter().any(|h| {
                matches!(h.ask, Ask::Name(_))
                    && h.modifiers.compared
                    && h.modifiers.direction == Some(1)
            });
            let no_more = no_more && !has(Word::Add) && !has(Word::Touch) && !has(Word::Make);
            let reversed = reversed || no_more;
            let so = has(Word::So) && !said.heads.is_empty();
            let defect = said.heads.iter().all(|h| {
                matches!(
                    h.ask,
                    Ask::Name(Quantity::Haze | Quantity::Noise)
                        | Ask::Cast
                        | Ask::Name(Quantity::Cast)
                )
            }) || matches!(said.heads.as_slice(), [head] if head.ask == Ask::Colours && !has(Word::Touch));
            let wished = reversed
                || so
                || (!said.heads.is_empty()
                    && defect
                    && !has(Word::Add)
                    && !has(Word::Touch)
                    && !has(Word::Make));
            return (!wished).then_some(Limit::Forbid);
        }
        if has(Word::Overdo) {
            return Some(Limit::Forbid);
        }
        if has(Word::Keep) && !selective {
            return Some(Limit::Keep);
        }
        // "without changing the brightness or the contrast", "keep the skin and the sky"
        let own_verb = said.directed
            || [Word::Make, Word::Add, Word::Give, Word::Remove]
                .iter()
                .any(|&word| has(word));
        let same = match self.memory.limits? {
            Limit::Keep => {
                said.heads
                    .iter()
                    .all(|h| matches!(h.ask, Ask::Name(_) | Ask::Tone(_) | Ask::Colours))
                    && (!said.heads.is_empty() || places.first.is_some())
            }
            Limit::Forbid => {
                clause.joint == Joint::Or
                    || said
                        .heads
                        .iter()
                        .all(|h| matches!(h.ask, Ask::Name(_) | Ask::Tone(_) | Ask::Colours))
                        && (!said.heads.is_empty() || places.first.is_some())
            }
        };
        (same && !own_verb && matches!(clause.joint, Joint::And | Joint::Or | Joint::Comma))
            .then_some(self.memory.limits?)
    }

    fn limits(
        &mut self,
        limit: Limit,
        clause: &Clause,
        said: &Heads,
        places: &Places,
        regions: &[Region],
        words: &str,
    ) {
        let items = clause.items.as_slice();
        let goals_before = self.found.goals.len() > self.memory.sentence;
        let only_a_place = said.heads.is_empty() && places.first.is_some();
        let touches = items.iter().any(|i| {
            matches!(
                i.word(),
                Some(Word::Touch | Word::Clip | Word::Crush | Word::Detail | Word::Make)
            )
        });
        // "warmer, but not the sky"
        if limit == Limit::Forbid && only_a_place && goals_before && !touches {
            self.memory.changed += 1;
            self.exclude(regions);
            return;
        }
        // "don't remove the people, just brighten them": they stay, but may change
        if limit == Limit::Forbid && only_a_place && items.iter().any(|i| i.is(Word::Remove)) {
            self.memory.changed += 1;
            self.memory.spoken = regions.to_vec();
            return;
        }
        let negated_rest = places.rest && limit == Limit::Keep;
        // "keep the red": the parts that are red
        let band = said.heads.iter().find_map(|h| match h.ask {
            Ask::Colour(index, _) => self.lexicon.colours.get(index)?.band,
            _ => None,
        });
        let axes: Vec<(Quantity, Change)> = said
            .heads
            .iter()
            .filter_map(|h| match h.ask {
                Ask::Colour(index, _) => self.lexicon.colours.get(index),
                _ => None,
            })
            .flat_map(|colour| colour.axes())
            .collect();
        let banded: Vec<Region> = band
            .map(|band| vec![Region::of(retake_core::RegionKind::Colour(band))])
            .unwrap_or_default();
        let regions =
            if limit == Limit::Keep && !banded.is_empty() && regions.iter().all(Region::is_whole) {
                &banded
            } else {
                regions
            };
        for region in regions {
            let region = if negated_rest && region.is_whole() {
                self.rest()
            } else {
                region.clone()
            };
            let style_goals: Vec<Goal> = said
                .heads
                .iter()
                .filter_map(|h| match h.ask {
                    Ask::Style(index) => self.lexicon.styles.get(index),
                    _ => None,
                })
                .flat_map(|style| style.goals.iter().cloned())
                .collect();
            let limits = Limits {
                items,
                places,
                heads: &said.heads,
                axes: &axes,
                region,
                words,
            };
            if limits.restrains() && self.found.goals.is_empty() {
                self.restrained = Some(words.to_owned());
                self.memory.changed += 1;
            }
            let new: Vec<Constraint> = match limit {
                Limit::Keep => limits.kept(&self.found.goals, &style_goals),
                Limit::Forbid => limits.forbidden(&self.found.goals, &style_goals),
            };
            for constraint in new {
                if !self
                    .found
                    .constraints
                    .iter()
                    .any(|had| had.keep == constraint.keep)
                {
                    self.found.constraints.push(constraint);
                }
            }
        }
        if !regions.iter().all(Region::is_whole) && !places.rest {
            if matches!(clause.joint, Joint::And | Joint::Or) {
                self.memory.mentioned.extend(regions.iter().cloned());
            } else {
                self.memory.mentioned = regions.to_vec();
            }
        }
        self.memory.pending.clear();
    }

    /// Takes places out of the sentence's goals.
    fn exclude(&mut self, regions: &[Region]) {
        for goal in &mut self.found.goals[self.memory.sentence..] {
            for part in regions.iter().flat_map(|r| inverted(r).parts) {
                if !goal.quantity.is_geometry()
                    && !goal.region.parts.iter().any(|p| p.kind == part.kind)
                {
                    goal.region.parts.push(part);
                }
            }
        }
    }

    /// The places a clause speaks of, its own or those of the clauses around it.
    fn regions(&mut self, clause: &Clause, places: &Places, said: &Heads) -> Vec<Region> {
        let items = clause.items.as_slice();
        if !places.parts.is_empty() {
            let own = Region {
                parts: places.parts.clone(),
            };
            let mut regions = if clause.joint <= Joint::Comma {
                std::mem::take(&mut self.memory.pending)
            } else {
                Vec::new()
            };
            let verb = items
                .iter()
                .any(|i| matches!(i.word(), Some(Word::Make | Word::Keep | Word::Not)));
            if verb {
                regions.clear();
            }
            if !regions.contains(&own) {
                regions.push(own);
            }
            return regions;
        }
        if places.rest {
            return vec![self.rest()];
        }
        if !self.memory.pending.is_empty() {
            return std::mem::take(&mut self.memory.pending);
        }
        if places.whole {
            return vec![Region::whole()];
        }
        if let Some(prefix) = &self.memory.prefix {
            return vec![prefix.clone()];
        }
        let styled = said.heads.iter().any(|h| matches!(h.ask, Ask::Style(_)));
        let blamed = self.memory.described && !self.memory.last.is_empty();
        if places.it && (!styled || blamed) && !self.memory.spoken.is_empty() {
            return self.memory.spoken.clone();
        }
        let own_verb = items.iter().any(|i| {
            matches!(
                i.word(),
                Some(
                    Word::Make
                        | Word::Increase
                        | Word::Decrease
                        | Word::Remove
                        | Word::Add
                        | Word::Give
                        | Word::Touch
                        | Word::Recover
                        | Word::Keep
                )
            )
        });
        let compared = said.heads.iter().any(|h| h.modifiers.compared);
        let named = said.heads.iter().any(|h| matches!(h.ask, Ask::Name(_)));
        let joined = match clause.joint {
            Joint::And | Joint::Or | Joint::But | Joint::Close => {
                self.memory.place_first || compared
            }
            Joint::Comma => (self.memory.place_first || compared) && !named,
            Joint::Start => false,
        };
        if joined && !own_verb && !styled && !self.memory.last.is_empty() {
            return self.memory.last.clone();
        }
        vec![Region::whole()]
    }

    /// Everything that was not spoken of.
    fn rest(&self) -> Region {
        let mut parts: Vec<retake_core::Part> = Vec::new();
        for part in self.memory.mentioned.iter().flat_map(|r| inverted(r).parts) {
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        Region { parts }
    }

    /// "darker, about half a stop", "cooler, like 300 K": a number alone says how far the wish before it goes.
    pub(crate) fn figured(&self, clause: &Clause, said: &Heads) -> Option<&Goal> {
        let (_, sign, unit) = said.loose.number?;
        let bare = said.heads.is_empty()
            && sign.is_none()
            && said.loose.direction.is_none()
            && clause.joint != Joint::Start;
        let last = self.found.goals[self.memory.sentence..].last()?;
        let fits = match unit? {
            Word::Stops => matches!(last.quantity, Quantity::Lightness | Quantity::Exposure),
            Word::Kelvin => last.quantity == Quantity::Warmth,
            Word::Percent => !last.quantity.is_geometry(),
            _ => false,
        };
        (bare && fits && last.change != Change::Set).then_some(last)
    }

    /// "crop to portrait", "make it landscape": a shape of the frame.
    pub(crate) fn upright(&self, items: &[Item]) -> Option<f32> {
        let has = |word: Word| items.iter().any(|item| item.is(word));
        let framed = has(Word::Crop) || has(Word::Make) && (has(Word::It) || has(Word::Photo));
        match (has(Word::Portrait), has(Word::Landscape)) {
            (true, false) if framed => Some(4.0 / 5.0),
            (false, true) if framed => Some(3.0 / 2.0),
            _ => None,
        }
    }

    /// Verbs that say enough with a place alone: "boost the blues", "lift the face".
    fn acts(&self, said: &Heads, items: &[Item]) -> bool {
        let place = items.iter().any(|i| {
            matches!(
                i.kind,
                Kind::Sense(
                    Sense::Region(_) | Sense::Band(_) | Sense::RegionColours(_) | Sense::Colour(_)
                )
            )
        });
        let photo = items
            .iter()
            .any(|i| matches!(i.word(), Some(Word::Photo | Word::It)));
        let stops = items.iter().any(|i| i.is(Word::Stops));
        let rotated = items.iter().any(|i| {
            matches!(
                i.word(),
                Some(Word::Clockwise | Word::CounterClockwise | Word::Vertical)
            )
        }) || (said
            .loose
            .number
            .is_some_and(|(_, _, unit)| unit == Some(Word::Degrees)));
        let balance = said
            .loose
            .number
            .is_some_and(|(_, _, unit)| unit == Some(Word::Kelvin));
        let unknown = items.iter().any(|i| i.kind == Kind::Unknown);
        let banded = items
            .iter()
            .any(|i| matches!(i.kind, Kind::Sense(Sense::Band(_))));
        let much = said.loose.too_much || said.loose.too_little;
        let recovered = said.loose.recovered && place;
        let upright = self.upright(items).is_some();
        let degree_again = said.loose.direction.is_none() && said.loose.degree.is_some();
        stops
            || upright
            || rotated
            || balance
            || (said.loose.direction.is_some()
                && place
                && !unknown
                && (banded || !said.loose.removed))
            || (much && banded)
            || recovered
            || (said.verb.is_some() && photo && !degree_again)
    }

    /// "brighter, especially the shadows": what was asked last is asked there too.
    fn again_there(&mut self, regions: &[Region]) {
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
    fn without_head(&mut self, clause: &Clause, places: &Places, regions: &[Region]) {
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

fn followed_by_wish(clause: &Clause) -> bool {
    clause.items.iter().any(|i| i.is(Word::With))
}

/// "keep only the reds", "only the reds in colour": everything else loses its colours.
pub(crate) fn selective(items: &[Item], heads: &[crate::heads::Head]) -> bool {
    let has = |word: Word| items.iter().any(|item| item.is(word));
    let colours_only =
        matches!(heads, [head] if head.ask == Ask::Colours && head.modifiers.direction.is_none());
    has(Word::Only) && (has(Word::Keep) || colours_only && !has(Word::Not))
}
