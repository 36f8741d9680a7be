//! What Retake makes of the network's answer: a mask, and whether it has found anything.

use std::collections::VecDeque;
use std::sync::{Mutex, OnceLock, PoisonError};

use candle_core::{Device, Tensor};
use retake_core::{FoundSubject, Mask, Raster, SubjectFinder};
use retake_pixels::once::Filled;

use super::U2NetP;
use crate::picture::{Bitmap, Filter, Library, resize};

/// Pictures whose subjects are remembered: the working copies of a few photos.
const REMEMBERED: usize = 8;

/// The mean of the mask's own values where it lies, from and to which it counts as sure: a subject is mostly 1, and what
/// the network only suspects is grey.
const SURE: (f32, f32) = (0.4, 0.8);
/// Shares of the picture from and to which something is large enough to be its subject.
const LARGE_ENOUGH: (f32, f32) = (0.003, 0.015);
/// Shares of the picture from and to which everything is subject, which is to say nothing.
const EVERYTHING: (f32, f32) = (0.85, 0.97);

/// U²-NetP with the weights that are built in, unpacked when it is first asked. A picture that was looked at is
/// remembered by its pixels, so that all who ask about one photo ask the network once.
#[derive(Default)]
pub struct TrainedFinder {
    network: OnceLock<Option<U2NetP>>,
    /// what the network was shown, and what came of it; the latest last
    known: Mutex<VecDeque<(Vec<f32>, FoundSubject)>>,
}

impl SubjectFinder for TrainedFinder {
    fn version(&self) -> &'static str {
        "U²-NetP 1"
    }

    fn find(&self, picture: &Raster) -> Option<FoundSubject> {
        if picture.is_empty() {
            return None;
        }
        let shown = prepared(picture);
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, subject)) = known().iter().find(|(before, _)| *before == shown) {
            return Some(subject.clone());
        }
        // no lock is held while the network works: it works on all threads, and one of them may be asked the same
        let network = self.network.filled(|| U2NetP::shipped().ok()).as_ref()?;
        let side = U2NetP::SIDE;
        let x = Tensor::from_vec(shown.clone(), (1, 3, side, side), &Device::Cpu).ok()?;
        let values = network.forward(&x).and_then(|y| y.flatten_all()?.to_vec1());
        let mask = Mask {
            width: side,
            height: side,
            values: values.ok()?,
        };
        let subject = FoundSubject {
            confidence: confidence(&mask),
            mask,
        };
        let mut known = known();
        if known.len() == REMEMBERED {
            known.pop_front();
        }
        known.push_back((shown, subject.clone()));
        Some(subject)
    }
}

/// What the network is shown: sRGB codes at its own size whatever the shape, made smaller as they were when it was trained
/// (a softer copy gives another mask), the lightest of them 1, normalised.
fn prepared(picture: &Raster) -> Vec<f32> {
    let mut picture = picture.clone();
    for value in picture.planes.iter_mut().flatten() {
        *value = if value.is_finite() { *value } else { 0.0 };
    }
    let side = U2NetP::SIDE;
    let codes = Bitmap::of_raster(&picture);
    let small = resize(&codes, side, side, Filter::Lanczos, Library::Pillow);
    let most = small.rgb.iter().fold(1, |most, &code| most.max(code));
    let (mean, deviation) = U2NetP::MEAN_AND_DEVIATION;
    (0..3)
        .flat_map(|c| {
            let codes = small.rgb.iter().skip(c).step_by(3);
            codes.map(move |&code| (f32::from(code) / f32::from(most) - mean[c]) / deviation[c])
        })
        .collect()
}

/// How sure it is that the mask shows a subject, 0 to 1.
pub(super) fn confidence(mask: &Mask) -> f32 {
    let sum = |of: fn(f64) -> f64| mask.values.iter().map(|&v| of(f64::from(v))).sum::<f64>();
    let (sum, squares) = (sum(|v| v), sum(|v| v * v));
    let share = (sum / mask.values.len().max(1) as f64) as f32;
    let assurance = (squares / sum.max(1e-9)) as f32;
    smoothstep(SURE, assurance)
        * smoothstep(LARGE_ENOUGH, share)
        * (1.0 - smoothstep(EVERYTHING, share))
}

fn smoothstep((low, high): (f32, f32), x: f32) -> f32 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}
