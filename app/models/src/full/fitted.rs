//! A network's picture, understood beside its source: measured, its way to full resolution chosen, and everything that
//! way needs at the size of the network's picture.

use std::sync::Arc;

use retake_core::{Mask, Picture, Raster, Stop};
use retake_pixels::resize;

use super::change::{Change, contrast};
use super::codes::Codes;
use super::fit::{Fit, Way};
use super::lut::Lut;
use super::{Developed, cast, detail, registration, seam, spots};

/// A change of colours that is smaller than this is none, root mean square in code values.
const COLOURS_CHANGED: f32 = 0.008;

/// A change of colours this large was meant, code values; then a few spots that the table cannot explain are the loss of
/// the autoencoder, up to this share of the picture. With a smaller change every spot is a change of its own.
const COLOURS_MEANT: (f32, f32) = (0.05, 0.005);

/// The colour table must leave less than this, root mean square in code values.
const EXPLAINED: f32 = 0.03;

/// A cast larger than this is the edit, root mean square in code values.
const CAST: f32 = 0.06;

/// A region that is nearly everything: share of the picture.
const EVERYTHING: f32 = 0.9;

/// Colours are compared after a blur, px.
const SOFT_PX: f32 = 1.5;

/// Contrast at which a pixel's colour is worth half: the autoencoder takes from it, code values.
const HALF_WORTH: f32 = 0.04;

/// An edit that knows its way to any resolution.
pub struct Fitted {
    fit: Fit,
    pub(super) means: Means,
    /// where the edit applies, at any size
    pub(super) mask: Option<Mask>,
}

/// What the way needs.
pub(super) enum Means {
    Nothing,
    Table(Lut),
    Layer(Layer),
}

/// `gain · photo + rest` where the seam says so, everywhere without one. Linear Rec.2020.
pub(super) struct Layer {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) gain: [Vec<f32>; 3],
    pub(super) rest: [Vec<f32>; 3],
    pub(super) seam: Option<Vec<f32>>,
}

impl Fitted {
    /// `edit` is what the network made of `source`, at any size of the same shape: best its own, as nothing finer can be
    /// known of it. Both are linear Rec.2020. The edit stays inside the mask.
    pub fn of(source: &Raster, edit: &Raster, mask: Option<&Mask>) -> Self {
        let (width, height) = (edit.width, edit.height);
        let source = Codes::seen(&resize::raster(source, width, height));
        let edit = Codes::seen(edit);
        let drift = registration::measured(&source, &edit);
        let edit = registration::undone(&edit, &drift);
        let meant: Vec<f32> = match mask {
            Some(mask) => resize::mask(mask, width, height).values,
            None => vec![1.0; source.len()],
        };
        let soft = (source.blurred(SOFT_PX), edit.blurred(SOFT_PX));
        let worth = worth(&source);
        let cast = cast::measured(&soft.0, &soft.1, &worth);
        let mut fit = Fit {
            way: Way::Untouched,
            drift,
            cast,
            residual: 0.0,
            changed: 0.0,
            changed_outside_mask: None,
        };
        let plain = cast::undone(&edit, &cast, &source);
        let lost = registration::lost(width, height, &drift);
        let mut change = Change::of(&source, &plain);
        change
            .core
            .iter_mut()
            .zip(&lost)
            .for_each(|(changed, lost)| *changed &= !lost);
        fit.changed_outside_mask = mask.map(|_| outside(&change.core, &meant));
        let known: Vec<f32> = meant
            .iter()
            .zip(&lost)
            .map(|(meant, lost)| if *lost { 0.0 } else { *meant })
            .collect();
        let means = match colours(&source, &edit, &soft, &worth, &known) {
            Some((None, residual)) => {
                fit.residual = residual;
                Means::Nothing
            }
            Some((Some(table), residual)) => {
                fit.way = Way::Global;
                fit.residual = residual;
                fit.changed = meant.iter().sum::<f32>() / meant.len() as f32;
                Means::Table(table)
            }
            None => {
                let core = inside(&change.core, &meant);
                fit.changed = spots::share(&core);
                fit.residual = change.residual;
                let share =
                    fit.changed / (meant.iter().sum::<f32>() / meant.len() as f32).max(1e-6);
                let source_linear = source.raster();
                if fit.changed == 0.0 {
                    Means::Nothing
                } else if share > EVERYTHING || cast::size(&cast, &source) > CAST {
                    fit.way = Way::Whole;
                    Means::Layer(Layer::new(&source_linear, &edit.raster(), &core, None))
                } else {
                    fit.way = Way::Region;
                    let seam = seam::around(&core, &source);
                    Means::Layer(Layer::new(
                        &source_linear,
                        &plain.raster(),
                        &core,
                        Some(seam),
                    ))
                }
            }
        };
        Self {
            fit,
            means,
            mask: mask.cloned(),
        }
    }

    /// What was measured.
    pub fn fit(&self) -> &Fit {
        &self.fit
    }

    /// The edit of a picture that is the source at any resolution, rendered as it is read.
    pub fn over(self: &Arc<Self>, picture: Arc<dyn Picture>) -> Developed {
        Developed::new(picture, self.clone())
    }

    /// The edit of the source itself.
    pub fn picture(self: &Arc<Self>, source: &Arc<Raster>) -> Result<Raster, Stop> {
        let photo = retake_core::Photo::from_raster(source.clone(), retake_core::PhotoId([0; 32]));
        self.over(Arc::new(photo)).rows(0..source.height)
    }
}

impl Layer {
    fn new(source: &Raster, edit: &Raster, core: &[bool], seam: Option<Vec<f32>>) -> Self {
        let [red, green, blue] = detail::split(source, edit, core, seam.is_some());
        Self {
            width: edit.width,
            height: edit.height,
            gain: [red.0, green.0, blue.0],
            rest: [red.1, green.1, blue.1],
            seam,
        }
    }
}

/// Whether a smooth function of colour explains the edit: the function, or nothing where it changes nothing; and what it
/// leaves.
fn colours(
    source: &Codes,
    edit: &Codes,
    soft: &(Codes, Codes),
    worth: &[f32],
    meant: &[f32],
) -> Option<(Option<Lut>, f32)> {
    let weights: Vec<f32> = worth.iter().zip(meant).map(|(w, m)| w * m).collect();
    let table = Lut::fitted(&soft.0, &soft.1, &weights);
    let made = source.recoloured(|colour| table.of(colour).map(|v| v.clamp(0.0, 1.0)));
    let size = apart(source, &made, meant);
    let left = Change::of(&made, edit);
    let spots = spots::share(&inside(&left.core, meant));
    let residual = apart(&made.blurred(SOFT_PX), &soft.1, meant);
    let most = if size > COLOURS_MEANT.0 {
        COLOURS_MEANT.1
    } else {
        0.0
    };
    if spots > most || residual > EXPLAINED {
        return None;
    }
    Some(((size >= COLOURS_CHANGED).then_some(table), residual))
}

/// How much the colour of each pixel can be relied on: 1 where the picture is flat.
fn worth(source: &Codes) -> Vec<f32> {
    let half = HALF_WORTH * HALF_WORTH;
    contrast(source)
        .iter()
        .map(|c| half / (half + c * c))
        .collect()
}

/// Root mean square difference where it is meant.
fn apart(a: &Codes, b: &Codes, meant: &[f32]) -> f32 {
    let (mut squares, mut total) = (0.0f64, 0.0f64);
    for (i, meant) in meant.iter().enumerate() {
        let (a, b) = (a.at(i), b.at(i));
        let squared: f32 = (0..3).map(|c| (a[c] - b[c]) * (a[c] - b[c])).sum();
        squares += f64::from(squared * meant) / 3.0;
        total += f64::from(*meant);
    }
    (squares / total.max(1e-9)).sqrt() as f32
}

/// What of the set is meant at all.
fn inside(set: &[bool], meant: &[f32]) -> Vec<bool> {
    set.iter()
        .zip(meant)
        .map(|(set, meant)| *set && *meant > 0.0)
        .collect()
}

/// The share of what is not meant that is in the set.
fn outside(set: &[bool], meant: &[f32]) -> f32 {
    let mut count = (0usize, 0usize);
    for (set, _) in set.iter().zip(meant).filter(|(_, meant)| **meant <= 0.0) {
        count.0 += usize::from(*set);
        count.1 += 1;
    }
    count.0 as f32 / count.1.max(1) as f32
}
