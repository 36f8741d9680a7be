//! What trained networks see of a picture, for those who only want to know what it is: where the subject is, and how
//! far two pictures are apart to a person. The networks themselves are handed in by whoever has them.

use std::sync::Arc;

use crate::{Mask, Meanings, Raster, ReadLine};

/// The subject of a picture as a network sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundSubject {
    /// where it is, 0 to 1; of any size, over the whole picture
    pub mask: Mask,
    /// how sure it is that there is a subject at all, 0 to 1; below 0.3 it is fair to say that there is none
    pub confidence: f32,
}

/// Finds what a picture is of.
pub trait SubjectFinder: Send + Sync {
    /// Changes whenever the same picture would get another mask.
    fn version(&self) -> &'static str;
    /// The subject of a picture of any size, linear Rec.2020: the same for the same pixels, whatever was asked before and
    /// on however many threads. `None` where it cannot look, as at a picture of no pixels.
    fn find(&self, picture: &Raster) -> Option<FoundSubject>;
}

/// How far two pictures are apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Apart {
    /// the mean over the picture; 0 for the same picture, around 1 for two that have nothing in common
    pub distance: f32,
    /// the same number place by place, of any size over the whole picture: its mean is the distance
    pub map: Mask,
}

/// How far another picture of the same size is from one that was looked at; `None` where it cannot look at it.
pub type LookedAt<'a> = Box<dyn Fn(&Raster) -> Option<Apart> + Send + Sync + 'a>;

/// Tells how far two pictures are apart as a person would.
pub trait PerceptualDistance: Send + Sync {
    /// Changes whenever the same pair would be another distance apart.
    fn version(&self) -> &'static str;
    /// Looks at a picture in linear Rec.2020 once, for as many as are to be compared with it. `None` where it cannot look,
    /// as at a picture of a few pixels.
    fn looked_at<'a>(&'a self, one: &Raster) -> Option<LookedAt<'a>>;
    /// Of two pictures of one size, linear Rec.2020; `None` where it cannot look at them.
    fn between(&self, one: &Raster, other: &Raster) -> Option<Apart> {
        self.looked_at(one)?(other)
    }
}

/// Tells how spoiled a picture is by noise, blur or blocks, without knowing it unspoiled.
pub trait TechnicalQuality: Send + Sync {
    /// 0 for an unspoiled photograph to 100, as people would rate it; linear Rec.2020. `None` where it cannot tell, as of
    /// a flat picture.
    fn badness(&self, picture: &Raster) -> Option<f32>;
}

/// Names what a picture shows, out of a list of words.
pub trait SceneWords: Send + Sync {
    /// The probability of each word for a picture in linear Rec.2020; they add up to 1. `None` where it cannot look.
    fn probabilities(&self, picture: &Raster) -> Option<Vec<f32>>;
    /// The word of this number, in English.
    fn word(&self, number: usize) -> Option<&'static str>;
    /// The numbers of all words that mean a thing (`Thing::name`): of "dog" the breeds. None where it has no word for it.
    fn meant(&self, thing: &str) -> Vec<usize>;
}

/// Reads the words in a picture.
pub trait TextReader: Send + Sync {
    /// Changes whenever the same picture would be read otherwise.
    fn version(&self) -> &'static str;
    /// Its lines of text from top to bottom and left to right, linear Rec.2020; the same for the same pixels. `None` where
    /// it cannot look, as at a picture of a few pixels.
    fn read(&self, picture: &Raster) -> Option<Vec<ReadLine>>;
    /// Whether it knows this character at all: one that it does not know it takes for another.
    fn knows(&self, character: char) -> bool;
}

/// The trained networks that are at hand; by default none, and everything is done by rules.
#[derive(Clone, Default)]
pub struct Eyes {
    /// finds the subject
    pub subject: Option<Arc<dyn SubjectFinder>>,
    /// compares pictures
    pub distance: Option<Arc<dyn PerceptualDistance>>,
    /// rates noise, blur and blocks
    pub quality: Option<Arc<dyn TechnicalQuality>>,
    /// names what a picture shows
    pub scene: Option<Arc<dyn SceneWords>>,
    /// reads sentences; those who read know what is alike
    pub meanings: Option<Arc<dyn Meanings>>,
    /// reads the words in a picture
    pub text: Option<Arc<dyn TextReader>>,
}
