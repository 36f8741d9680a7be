//! What imported networks see of one picture by itself: how spoiled it is, what it shows, and what is read in
//! it. What it shows is asked only where the sentence names a thing that the network has words for, what is read only where
//! the source has words or the sentence asks for some, and both of the source once a run.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use retake_core::{Instruction, Raster, ReadLine, SceneWords, TechnicalQuality, TextReader, Thing};

use crate::reading::SURE;
use crate::source::Sources;

/// The networks, as far as there are any.
#[derive(Clone, Copy, Default)]
pub(crate) struct Onlookers<'a> {
    pub(crate) quality: Option<&'a dyn TechnicalQuality>,
    pub(crate) scene: Option<&'a dyn SceneWords>,
    /// whether it is asked what edits show
    pub(crate) named: bool,
    /// what the source shows
    pub(crate) source_shows: Option<&'a [f32]>,
    pub(crate) text: Option<&'a dyn TextReader>,
    /// whether edits are read
    pub(crate) reads: bool,
    /// what is read in the source
    pub(crate) source_lines: Option<&'a [ReadLine]>,
}

/// What they saw.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// 0 unspoiled to 100
    pub(crate) badness: Option<f32>,
    /// a probability for each word
    pub(crate) shows: Option<Vec<f32>>,
    /// the words in it
    pub(crate) lines: Option<Vec<ReadLine>>,
}

impl Onlookers<'_> {
    /// Looks at an edit, of which it may be known what it shows and what is read in it: that does not hang on the frame.
    pub(crate) fn look(&self, picture: &Raster, known: Option<Seen>) -> Seen {
        let known = known.unwrap_or_default();
        let scene = self.scene.filter(|_| self.named);
        let named = || scene?.probabilities(picture);
        let text = self.text.filter(|_| self.reads);
        let read = || text?.read(picture);
        Seen {
            badness: self.quality.and_then(|network| network.badness(picture)),
            shows: known.shows.or_else(named),
            lines: known.lines.or_else(read),
        }
    }

    /// Looks at the source in some frame; what it shows is known.
    pub(crate) fn look_at_source(&self, source: &Raster) -> Seen {
        Seen {
            badness: self.quality.and_then(|network| network.badness(source)),
            shows: self.source_shows.map(<[f32]>::to_vec),
            lines: self.source_lines.map(<[ReadLine]>::to_vec),
        }
    }

    /// The numbers of the words that mean a thing.
    pub(crate) fn meant(&self, thing: &Thing) -> Vec<usize> {
        self.scene
            .map_or_else(Vec::new, |network| network.meant(&thing.name))
    }
}

/// Whether it is worth asking what is shown: the sentence names a thing that the network has a word for.
pub(crate) fn names_a_thing(network: &dyn SceneWords, instruction: &Instruction) -> bool {
    let things = &instruction.understood.things;
    things
        .iter()
        .any(|thing| !network.meant(&thing.name).is_empty())
}

/// Whether it is worth reading edits: words are asked for, or the source has some that should stay.
pub(crate) fn has_words(lines: &[ReadLine], instruction: &Instruction) -> bool {
    !instruction.understood.lettering.is_empty() || lines.iter().any(|line| line.confidence >= SURE)
}

/// What is kept from one group of a run to the next: of the last sources what was measured, and what the last one shows and
/// what is read in it.
#[derive(Clone, Default)]
pub(crate) struct Memory {
    pub(crate) sources: Sources,
    shows: Kept<Vec<f32>>,
    lines: Kept<Vec<ReadLine>>,
}

/// The mark of a picture and what was seen in it.
type Kept<T> = Arc<Mutex<Option<(u64, Arc<T>)>>>;

impl Memory {
    /// Looks at a source, if it is another one.
    pub(crate) fn look(&self, network: &dyn SceneWords, source: &Raster) -> Option<Arc<Vec<f32>>> {
        known(&self.shows, source, || network.probabilities(source))
    }

    /// Reads a source, if it is another one.
    pub(crate) fn read(
        &self,
        network: &dyn TextReader,
        source: &Raster,
    ) -> Option<Arc<Vec<ReadLine>>> {
        known(&self.lines, source, || network.read(source))
    }
}

fn known<T>(kept: &Kept<T>, source: &Raster, see: impl FnOnce() -> Option<T>) -> Option<Arc<T>> {
    let mut hasher = DefaultHasher::new();
    (source.width, source.height).hash(&mut hasher);
    for value in source.planes.iter().flatten() {
        hasher.write_u32(value.to_bits());
    }
    let key = hasher.finish();
    let kept = || kept.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((known, seen)) = &*kept()
        && *known == key
    {
        return Some(seen.clone());
    }
    let seen = Arc::new(see()?);
    *kept() = Some((key, seen.clone()));
    Some(seen)
}
