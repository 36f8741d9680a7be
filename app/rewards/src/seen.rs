//! What imported networks see of one picture by itself: how spoiled it is, and what it shows. What it shows is asked only
//! where the sentence names a thing that the network has words for, and of the source once a run.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use retake_core::{Instruction, Raster, SceneWords, TechnicalQuality, Thing};

/// The networks, as far as there are any.
#[derive(Clone, Copy, Default)]
pub(crate) struct Onlookers<'a> {
    pub(crate) quality: Option<&'a dyn TechnicalQuality>,
    pub(crate) scene: Option<&'a dyn SceneWords>,
    /// whether it is asked what edits show
    pub(crate) named: bool,
    /// what the source shows
    pub(crate) source_shows: Option<&'a [f32]>,
}

/// What they saw.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// 0 unspoiled to 100
    pub(crate) badness: Option<f32>,
    /// a probability for each word
    pub(crate) shows: Option<Vec<f32>>,
}

impl Onlookers<'_> {
    /// Looks at an edit, of which it may be known what it shows.
    pub(crate) fn look(&self, picture: &Raster, shows: Option<Vec<f32>>) -> Seen {
        let scene = self.scene.filter(|_| self.named);
        let named = || scene?.probabilities(picture);
        Seen {
            badness: self.quality.and_then(|network| network.badness(picture)),
            shows: shows.or_else(named),
        }
    }

    /// Looks at the source in some frame; what it shows is known.
    pub(crate) fn look_at_source(&self, source: &Raster) -> Seen {
        Seen {
            badness: self.quality.and_then(|network| network.badness(source)),
            shows: self.source_shows.map(<[f32]>::to_vec),
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

/// What the last source shows, kept from one group of a run to the next.
#[derive(Clone, Default)]
pub(crate) struct Memory(Arc<Mutex<Option<Kept>>>);

/// The mark of a picture and what was seen in it.
type Kept = (u64, Arc<Vec<f32>>);

impl Memory {
    /// Looks at a source, if it is another one.
    pub(crate) fn look(&self, network: &dyn SceneWords, source: &Raster) -> Option<Arc<Vec<f32>>> {
        let mut hasher = DefaultHasher::new();
        (source.width, source.height).hash(&mut hasher);
        for value in source.planes.iter().flatten() {
            hasher.write_u32(value.to_bits());
        }
        let key = hasher.finish();
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, shows)) = &*kept()
            && *known == key
        {
            return Some(shows.clone());
        }
        let shows = Arc::new(network.probabilities(source)?);
        *kept() = Some((key, shows.clone()));
        Some(shows)
    }
}
