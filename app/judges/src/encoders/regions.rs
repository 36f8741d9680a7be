//! Where an edit may change: what was painted, or what the instruction names and no recipe can do, as far as a SegFormer
//! has a name for it. A Segment Anything beside it gives each thing its outline, where SegFormer sees a quarter of the px.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use retake_core::{Instruction, Mask, Said, said};
use retake_vision::picture::Bitmap;
use retake_vision::sam::{Outline, Prompt, Sam, Sight};
use retake_vision::segment::{Segformer, Segments};

use super::{fault, words};

/// From how good a fit on (the network's own estimate of intersection over union) an outline is taken: what the published
/// generator of masks takes (`pred_iou_thresh`).
const FITS: f32 = 0.88;

/// Finds regions.
pub(super) struct Regions {
    finder: Segformer,
    outliner: Option<Sam>,
    /// the picture that was looked at last
    looked: Mutex<Option<(Bitmap, Arc<Sight>)>>,
}

impl Regions {
    /// From the folders of a SegFormer and of a Segment Anything; none where neither is named.
    pub(super) fn open(segformer: Option<&str>, sam: Option<&str>) -> Result<Option<Self>, Said> {
        let Some(folder) = segformer else {
            return match sam {
                None => Ok(None),
                Some(_) => Err(said!(
                    "sam=DIR outlines what segformer=DIR finds; name that one too."
                )),
            };
        };
        let outliner = sam.map(|folder| Sam::on_processor(Path::new(folder)));
        Ok(Some(Self {
            finder: Segformer::on_processor(Path::new(folder)).map_err(|error| fault(&error))?,
            outliner: outliner.transpose().map_err(|error| fault(&error))?,
            looked: Mutex::default(),
        }))
    }

    /// Where the edit may change, and the names of what is there.
    pub(super) fn find(
        &self,
        source: &Bitmap,
        instruction: &Instruction,
    ) -> (Option<Mask>, Vec<String>) {
        let nothing = (None, Vec::new());
        let finder = &self.finder;
        let named = classes(finder, instruction);
        if named.is_empty() {
            return nothing;
        }
        let Ok(seen) = finder.look(source) else {
            return nothing;
        };
        let there: Vec<usize> = named
            .into_iter()
            .filter(|class| seen.classes.contains(class))
            .collect();
        let names = there
            .iter()
            .map(|&class| finder.names()[class].trim().to_owned());
        let names = names.collect();
        let masks = there
            .iter()
            .map(|&class| outlined(seen.mask(&[class]), self.outline(source, &seen, class)));
        (masks.reduce(either), names)
    }

    /// The outline of what lies in the box around a class.
    fn outline(&self, source: &Bitmap, seen: &Segments, class: usize) -> Option<Outline> {
        let sam = self.outliner.as_ref()?;
        let (left, top, right, bottom) = around(seen, class)?;
        let (across, down) = (
            source.width as f32 / seen.width as f32,
            source.height as f32 / seen.height as f32,
        );
        let prompt = Prompt::Box(left, top, right, bottom).scaled(across, down);
        let sight = self.sight(sam, source)?;
        sam.outline(&sight, &[prompt]).ok()
    }

    /// A look takes long, and several encoders ask about one picture.
    fn sight(&self, sam: &Sam, source: &Bitmap) -> Option<Arc<Sight>> {
        let looked = || self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((picture, sight)) = &*looked()
            && picture == source
        {
            return Some(sight.clone());
        }
        // no lock is held while the network works
        let sight = Arc::new(sam.look(source).ok()?);
        *looked() = Some((source.clone(), sight.clone()));
        Some(sight)
    }
}

/// The classes that an instruction names: those whose names stand in it, and those of the things that the lexicon knows
/// its words for, in whatever language; where a thing has no class of its own, what it also is.
pub(super) fn classes(finder: &Segformer, instruction: &Instruction) -> Vec<usize> {
    let mut classes = finder.named_in(&words::things(instruction));
    for thing in words::named(instruction) {
        let mut own = finder.named_in(&thing.name);
        if own.is_empty() {
            own = finder.named_in(&thing.kinds.join(" , "));
        }
        classes.extend(own);
    }
    classes.sort_unstable();
    classes.dedup();
    classes
}

/// (left, top, right, bottom) of a class, in px of what was seen.
fn around(seen: &Segments, class: usize) -> Option<(f32, f32, f32, f32)> {
    let places = seen.classes.iter().enumerate();
    let places = places.filter(|(_, found)| **found == class);
    let places = places.map(|(at, _)| (at % seen.width, at / seen.width));
    let (mut left, mut top, mut right, mut bottom) = (usize::MAX, usize::MAX, 0, 0);
    for (x, y) in places {
        (left, right) = (left.min(x), right.max(x + 1));
        (top, bottom) = (top.min(y), bottom.max(y + 1));
    }
    (right > 0).then_some((left as f32, top as f32, right as f32, bottom as f32))
}

/// The outline in place of the coarse mask, where it fits.
fn outlined(coarse: Mask, outline: Option<Outline>) -> Mask {
    match outline {
        Some(outline) if outline.fits >= FITS && outline.mask.share() > 0.0 => outline.mask,
        _ => coarse,
    }
}

/// What lies in one or the other, at the larger size.
fn either(a: Mask, b: Mask) -> Mask {
    let (large, small) = match a.width >= b.width {
        true => (a, b),
        false => (b, a),
    };
    let small = match (small.width, small.height) == (large.width, large.height) {
        true => small,
        false => retake_pixels::resize::mask(&small, large.width, large.height),
    };
    Mask {
        values: large
            .values
            .iter()
            .zip(&small.values)
            .map(|(a, b)| a.max(*b))
            .collect(),
        ..large
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(width: usize, height: usize, inside: impl Fn(usize, usize) -> bool) -> Mask {
        let values =
            (0..width * height).map(|at| f32::from(u8::from(inside(at % width, at / width))));
        Mask {
            width,
            height,
            values: values.collect(),
        }
    }

    #[test]
    fn the_box_of_a_class_holds_all_of_it() {
        let seen = Segments {
            width: 5,
            height: 3,
            classes: vec![0, 0, 0, 0, 0, 0, 2, 0, 2, 0, 0, 0, 2, 0, 0],
        };
        assert_eq!(around(&seen, 2), Some((1.0, 1.0, 4.0, 3.0)));
        assert_eq!(around(&seen, 1), None);
    }

    #[test]
    fn an_outline_is_taken_where_it_fits() {
        let coarse = || mask(4, 4, |x, _| x < 2);
        let fine = |fits| {
            Some(Outline {
                mask: mask(16, 16, |x, _| x < 7),
                fits,
            })
        };
        assert_eq!(outlined(coarse(), fine(0.95)).width, 16);
        assert_eq!(outlined(coarse(), fine(0.5)).width, 4);
        assert_eq!(outlined(coarse(), None).width, 4);
    }

    #[test]
    fn regions_of_two_sizes_are_joined() {
        let joined = either(mask(4, 4, |x, _| x < 1), mask(16, 16, |x, _| x >= 12));
        assert_eq!((joined.width, joined.height), (16, 16));
        assert!((joined.share() - 0.5).abs() < 0.1, "{}", joined.share());
    }
}
