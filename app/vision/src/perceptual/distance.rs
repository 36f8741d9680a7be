//! The perceptual distance of two pictures as the rest of Retake asks for it.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use retake_core::{Apart, LookedAt, Mask, PerceptualDistance, Raster};
use retake_pixels::display::{self, Space};
use retake_pixels::once::Filled;
use retake_pixels::resize;

use super::{Levels, Looked, StLpips};

/// Bytes of what was seen that are kept: some twenty pictures of 191 px, six megabytes each.
const MOST_KEPT: usize = 128 << 20;

/// ST-LPIPS with the weights that are built in, unpacked when it is first asked. Pictures are compared at the size that
/// they come in, as sRGB shows them: 256 px are what it was trained on, and more take longer. What it saw of the pictures that
/// it looked at last is kept, as edits of the same source come again and again.
#[derive(Default)]
pub struct TrainedDistance {
    network: OnceLock<Option<StLpips>>,
    /// the pictures, as sRGB codes, and what was seen of them; the last one was asked for last
    seen: Mutex<Vec<(Raster, Arc<Looked>)>>,
}

impl TrainedDistance {
    /// What was seen of this picture of sRGB codes.
    fn known(&self, shown: &Raster) -> Option<Arc<Looked>> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let at = seen.iter().position(|(picture, _)| picture == shown)?;
        let found = seen.remove(at);
        let looked = Arc::clone(&found.1);
        seen.push(found);
        Some(looked)
    }

    /// How many are kept, and their bytes.
    #[cfg(test)]
    pub(super) fn kept(&self) -> (usize, usize) {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        (
            seen.len(),
            seen.iter().map(|(_, looked)| looked.bytes()).sum(),
        )
    }

    /// Keeps it, and lets go of those that were not asked for longest.
    fn keep(&self, shown: Raster, looked: &Arc<Looked>) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        // another thread may have looked at it meanwhile
        if seen.iter().any(|(picture, _)| *picture == shown) {
            return;
        }
        seen.push((shown, Arc::clone(looked)));
        let mut bytes: usize = seen.iter().map(|(_, looked)| looked.bytes()).sum();
        let mut gone = 0;
        while bytes > MOST_KEPT {
            bytes -= seen[gone].1.bytes();
            gone += 1;
        }
        seen.drain(..gone);
    }
}

impl PerceptualDistance for TrainedDistance {
    fn version(&self) -> &'static str {
        "ST-LPIPS (AlexNet) 2"
    }

    fn looked_at<'a>(&'a self, one: &Raster) -> Option<LookedAt<'a>> {
        let (width, height) = (one.width, one.height);
        if width.min(height) < StLpips::LEAST_SIDE {
            return None;
        }
        let network = self.network.filled(|| StLpips::shipped().ok()).as_ref()?;
        let shown_one = shown(one);
        let looked = match self.known(&shown_one) {
            Some(looked) => looked,
            None => {
                let looked = network.look(planes(&shown_one), width, height).ok()?;
                let looked = Arc::new(looked);
                self.keep(shown_one, &looked);
                looked
            }
        };
        Some(Box::new(move |other| {
            if (other.width, other.height) != (width, height) {
                return None;
            }
            let levels = network.compare(&looked, planes(&shown(other))).ok()?;
            Some(Apart {
                distance: levels.distance(),
                map: together(&levels)?,
            })
        }))
    }
}

fn planes(raster: &Raster) -> [&[f32]; 3] {
    raster.planes.each_ref().map(Vec::as_slice)
}

/// sRGB codes in [-1, 1].
fn shown(raster: &Raster) -> Raster {
    let mut shown = raster.clone();
    display::encode(&mut shown, Space::Srgb);
    for value in shown.planes.iter_mut().flatten() {
        *value = *value * 2.0 - 1.0;
    }
    shown
}

/// The layers' differences added up at the size of the finest.
fn together(levels: &Levels) -> Option<Mask> {
    let ((height, width, first), rest) = levels.maps.split_first()?;
    let mut values = first.clone();
    for (rows, columns, differences) in rest {
        let grown = resize::plane(differences, *columns, *rows, *width, *height);
        for (value, more) in values.iter_mut().zip(grown) {
            *value += more;
        }
    }
    Some(Mask {
        width: *width,
        height: *height,
        values,
    })
}
