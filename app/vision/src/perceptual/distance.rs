//! The perceptual distance of two pictures as the rest of Retake asks for it.

use std::sync::OnceLock;

use retake_core::{Apart, Mask, PerceptualDistance, Raster};
use retake_pixels::display::{self, Space};
use retake_pixels::once::Filled;
use retake_pixels::resize;

use super::{Levels, StLpips};

/// ST-LPIPS with the weights that are built in, unpacked when it is first asked. Pictures are compared at the size that
/// they come in, as sRGB shows them: 256 px are what it was trained on, and more take longer.
#[derive(Default)]
pub struct TrainedDistance {
    network: OnceLock<Option<StLpips>>,
}

impl PerceptualDistance for TrainedDistance {
    fn version(&self) -> &'static str {
        "ST-LPIPS (AlexNet) 2"
    }

    fn between(&self, one: &Raster, other: &Raster) -> Option<Apart> {
        let (width, height) = (one.width, one.height);
        let large_enough = width.min(height) >= StLpips::LEAST_SIDE;
        if !large_enough || (other.width, other.height) != (width, height) {
            return None;
        }
        let network = self.network.filled(|| StLpips::shipped().ok()).as_ref()?;
        let shown = [shown(one), shown(other)];
        let planes = shown.each_ref().map(|raster| raster.planes.each_ref());
        let planes = planes.map(|picture| picture.map(Vec::as_slice));
        let levels = network.compare(planes, width, height).ok()?;
        Some(Apart {
            distance: levels.distance(),
            map: together(&levels)?,
        })
    }
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
