//! What nobody asked for: crops, turns, mirrors, patches, vignettes, negatives and extras are found, said in the right
//! words, and cost more the worse they are.

mod frame;
mod light;
mod places;

use retake_core::{Degree, Dimension, Quantity, Raster, Rect};
use retake_pixels::resize;

use crate::asking::*;
use crate::degrade::*;
use crate::pictures::picture;

const DETAIL: &str = Dimension::DETAIL_PRESERVING;
const FOLLOWING: &str = Dimension::INSTRUCTION_FOLLOWING;
const PHOTOS: [&str; 3] = ["astronaut", "brushes", "mountain path"];

/// Detail preserving falls from level to level, ends below `last`, and the worst level says `words`.
fn falls(levels: &[f32], last: f32, words: &str, fault: impl Fn(&Raster, f32) -> Raster) {
    for name in PHOTOS {
        let source = picture(name);
        let edits: Vec<Raster> = levels.iter().map(|&level| fault(source, level)).collect();
        let cards = cards(source, &edits, &instruction(&[]));
        let values: Vec<f32> = cards.iter().map(detail).collect();
        let said = said(&cards[levels.len() - 1], DETAIL);
        assert!(
            values.windows(2).all(|pair| pair[1] <= pair[0] + 1e-4),
            "{name}: {values:?}\n{said}"
        );
        assert!(
            values[0] > values[levels.len() - 1] + 0.05,
            "{name}: {values:?}"
        );
        assert!(
            values[levels.len() - 1] < last,
            "{name}: {values:?}\n{said}"
        );
        assert!(said.contains(words), "{name}: {said}");
    }
}

fn vignetted(source: &Raster, strength: f32) -> Raster {
    let (cx, cy) = (source.width as f32 / 2.0, source.height as f32 / 2.0);
    Raster::from_fn(source.width, source.height, |x, y| {
        let r = ((x as f32 - cx) / cx).hypot((y as f32 - cy) / cy) / std::f32::consts::SQRT_2;
        source.at(x, y).map(|v| v * (1.0 - strength * r.powf(2.5)))
    })
}
