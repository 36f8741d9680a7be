//! Walks through the clauses of a sentence and gathers goals, limits and what is beyond a recipe.

mod answer;
mod leftovers;
mod limit;
mod places_only;
mod regions;
mod verbs;

use std::ops::Range;

use retake_core::{Constraint, Generative, Instruction, Keep, Region, Understanding};

use crate::clause::{Clause, Joint, clauses};
use crate::generative::kind;
use crate::heads::{Ask, heads};
use crate::lettering::{asks, unquoted};
use crate::places::places;
use crate::read::{Item, Kind, language_of, read};
use crate::refine::refined;
use crate::sense::{Sense, Word};
use crate::text::Text;
use crate::things::things;
use crate::tidy::tidy;
use crate::unfound::{is_nowhere, named, nowhere, unfound};
use crate::{InstructionError, LONGEST_INSTRUCTION, Lexicon};

use answer::{Named, named_only};
use limit::Limit;
pub(crate) use limit::selective;

/// Reads a sentence. The mask is left empty.
///
/// # Errors
/// When there is nothing to read, more than [`LONGEST_INSTRUCTION`] characters, or nothing that was understood.
/// Parts that no recipe can do are no error here: they are listed in `understood.generative`.
/// A thing that cannot be found in a photo is no place: what should happen there is listed with the reason.
pub fn understand(text: &str, lexicon: &Lexicon) -> Result<Instruction, InstructionError> {
    read_as(text, lexicon, false)
}

/// Reads a sentence that comes with a mask: a thing that cannot be found in a photo is where the mask is.
///
/// # Errors
/// Those of [`understand`].
pub fn understand_with_mask(
    text: &str,
    lexicon: &Lexicon,
) -> Result<Instruction, InstructionError> {
    read_as(text, lexicon, true)
}

fn read_as(text: &str, lexicon: &Lexicon, masked: bool) -> Result<Instruction, InstructionError> {
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
    let whole = Text::new(text);
    let outside = unquoted(&whole);
    let main = language_of(&outside, lexicon);
    let language = lexicon.languages.get(main).map_or("en", |one| &one.code);
    let lettering = asks(&whole, language);
    let mut tokens = lettering.rest(&whole);
    let aside = tokens.tokens.len() != whole.tokens.len();
    let reading = read(&mut tokens, lexicon, main);
    let work = lettering.asked.iter().filter_map(|asked| {
        Some(Generative {
            words: asked.lettering.words.clone(),
            kind: asked.kind?.to_owned(),
        })
    });
    let mut reader = Reader {
        text: &tokens,
        lexicon,
        found: Understanding {
            things: things(if aside { &outside } else { &tokens }, &reading.language),
            generative: work.collect(),
            lettering: lettering
                .asked
                .iter()
                .map(|a| a.lettering.clone())
                .collect(),
            language: reading.language,
            corrected: reading.corrected,
            ..Understanding::default()
        },
        memory: Memory::default(),
        restrained: None,
        masked,
        unfound: Vec::new(),
        closer: None,
    };
    let clauses = clauses(refined(reading.items, &tokens, lexicon));
    for clause in &clauses {
        let before = reader.gathered();
        reader.clause(clause);
        if reader.gathered() == before {
            reader.list_unused(clause);
        }
    }
    let unfound = reader.set_aside();
    let closer = reader.closer.take();
    if let Some(words) = closer.clone() {
        let why = InstructionError::CloserFrame { words };
        reader.found.not_understood.push(why.to_string());
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
    if let (true, Some(words)) = (nothing, closer) {
        return Err(InstructionError::CloserFrame { words });
    }
    if nothing && !unfound.is_empty() {
        return Err(InstructionError::NotFound { things: unfound });
    }
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
    /// goals of the last clause that asked, and whether it named a quantity without saying what to do with it
    pub(crate) latest: Range<usize>,
    pub(crate) latest_named: Option<Named>,
    /// the last clause spoke of a thing: "there is a lamp post"
    pub(crate) thing: bool,
    /// first goal of the sentence
    pub(crate) sentence: usize,
    pub(crate) described: bool,
    /// counts the changes to earlier goals and to what waits
    pub(crate) changed: usize,
}

pub(crate) struct Reader<'a> {
    pub(crate) text: &'a Text,
    pub(crate) lexicon: &'a Lexicon,
    pub(crate) found: Understanding,
    pub(crate) memory: Memory,
    /// "don't overdo it" that came before what it is about
    restrained: Option<String>,
    /// a mask says where things are that cannot be found
    masked: bool,
    /// things that cannot be found, as written
    unfound: Vec<String>,
    /// words that ask for a closer frame
    closer: Option<String>,
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
                latest: self.memory.latest.clone(),
                latest_named: self.memory.latest_named,
                thing: self.memory.thing,
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
        let unfound = unfound(items, &said, &places, self.masked);
        if let (true, Some(noun)) = (self.masked, &unfound)
            && let Some(masked) = where_the_mask_is(clause, noun)
        {
            return self.clause(&masked);
        }

        let night = self
            .found
            .styles
            .last()
            .is_some_and(|style| style == "night");
        let before = self.memory.generative;
        if let Some(kind) = kind(items, &said.heads, &places, clause, before, night) {
            self.memory.generative = Some(kind);
            self.found.generative.push(Generative {
                words,
                kind: kind.to_owned(),
            });
            self.memory.pending.clear();
            return;
        }
        self.memory.generative = None;
        let shaped = said.heads.iter().any(|h| matches!(h.ask, Ask::Aspect(_)));
        if has(Word::Closer) && !has(Word::Not) && !shaped {
            self.closer.get_or_insert_with(|| words.clone());
            self.memory.changed += 1;
            if said.heads.is_empty() {
                return;
            }
        }
        if self.answers_a_complaint(clause, &said, &places) {
            return;
        }
        self.list_unknown(items, &places, unfound.as_ref());

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
        if let Some(noun) = unfound {
            self.unfound.push(self.words(named(items, &noun)));
            regions = vec![nowhere()];
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
            self.memory.thing = has(Word::Thing) || places.physical;
            self.without_head(clause, &places, &regions);
            return;
        }
        let first = self.found.goals.len();
        let named = named_only(&said);
        self.wish(clause, said, &places, &regions, &words);
        if self.found.goals.len() > first {
            self.memory.latest = first..self.found.goals.len();
            self.memory.latest_named = named;
        }
    }

    /// The clause as written, without the marks around it.
    pub(crate) fn words(&self, items: &[Item]) -> String {
        let (Some(first), Some(last)) = (items.first(), items.last()) else {
            return String::new();
        };
        self.text.slice(first.first, last.end).trim().to_owned()
    }

    /// Takes out the goals for things that cannot be found and lists them; the things.
    fn set_aside(&mut self) -> Vec<String> {
        let (lost, goals) = std::mem::take(&mut self.found.goals)
            .into_iter()
            .partition::<Vec<_>, _>(|goal| is_nowhere(&goal.region));
        self.found.goals = goals;
        self.found.constraints.retain(|c| match &c.keep {
            Keep::Region(region)
            | Keep::Colours(region)
            | Keep::Quantity(_, region)
            | Keep::Not(_, _, region) => !is_nowhere(region),
            _ => true,
        });
        let mut listed: Vec<String> = Vec::new();
        for goal in lost {
            if !listed.contains(&goal.words) {
                listed.push(goal.words);
            }
        }
        let things = std::mem::take(&mut self.unfound);
        let why = InstructionError::NotFound {
            things: things.clone(),
        };
        let listed = listed.into_iter().map(|words| format!("{words} ({why})"));
        self.found.not_understood.extend(listed);
        things
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
}

/// The clause with the masked photo in the place of a thing, if it is an edit of what is there.
fn where_the_mask_is(clause: &Clause, noun: &Range<usize>) -> Option<Clause> {
    let beyond = |item: &Item| {
        matches!(
            item.word(),
            Some(Word::Remove | Word::Add | Word::Replace | Word::Act | Word::Not)
        )
    };
    if clause.items.iter().any(beyond) {
        return None;
    }
    let (first, last) = (
        clause.items.get(noun.start)?,
        clause.items.get(noun.end - 1)?,
    );
    let photo = Item::new(Kind::Sense(Sense::Word(Word::Photo)), first.first, last.end);
    let mut masked = clause.clone();
    masked.items.splice(noun.clone(), [photo]);
    Some(masked)
}
