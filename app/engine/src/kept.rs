//! The picture of a take as a small file, for takes that take seconds or minutes to be made again: shown after a restart,
//! and while the model that made it is not in memory.

use std::sync::Arc;

use retake_core::{Photo, PhotoId, Picture, Quiet, Raster, Said};
use retake_files::save::{Format, MetadataPolicy, SaveOptions, encode};
use retake_files::{Limits, decode};

/// JPEG quality: what is lost cannot be seen.
const QUALITY: u8 = 95;

/// `None` when it cannot be had: then the take is made again when it is looked at.
pub(crate) fn kept(picture: &Raster) -> Option<Arc<[u8]>> {
    let options = SaveOptions {
        format: Format::Jpeg,
        quality: QUALITY,
        metadata: MetadataPolicy::None,
        ..SaveOptions::default()
    };
    let photo = Photo::from_raster(picture.clone(), PhotoId([0; 32]));
    encode(&photo, &options, &Quiet).ok().map(Arc::from)
}

/// The picture again, linear.
pub(crate) fn unpacked(kept: &[u8]) -> Result<Raster, Said> {
    let photo = decode(kept, &Limits::default()).map_err(|error| error.said())?;
    photo.rows(0..photo.height()).map_err(|stop| stop.said())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Shown;

    #[test]
    fn a_kept_picture_looks_as_it_did() {
        let picture = Raster::from_fn(48, 32, |x, y| {
            [0.2 + x as f32 / 160.0, 0.3 + y as f32 / 160.0, 0.3]
        });
        let kept = kept(&picture).expect("memory takes it");
        let again = unpacked(&kept).expect("it is whole");
        let (then, now) = (Shown::of(&picture), Shown::of(&again));
        assert_eq!((then.width, then.height), (now.width, now.height));
        let far = then.rgba.iter().zip(&now.rgba).map(|(a, b)| a.abs_diff(*b));
        assert!(far.max() <= Some(6));
    }
}
