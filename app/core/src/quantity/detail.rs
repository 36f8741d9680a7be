//! The detail of a photo: edges, blurs, local contrast, haze and noise.

use super::Quantity as Q;
use super::Scale::{Delta, Factor};
use super::{QuantityInfo, SHARE, row};

/// Quantities of detail.
pub(super) const DETAIL: &[QuantityInfo] = &[
    row(
        Q::Sharpness,
        "sharpness",
        ["sharper", "softer"],
        "×",
        Factor([1.08, 1.2, 1.4, 1.7]),
        0.03,
        (0.0, 100.0),
        "Edge acutance: mean gradient of L* (Sobel) over the tenth of the region's pixels with the strongest gradient in the source, divided by that of L* blurred by 3 % of the long edge, so that contrast is not sharpness; relative to the source (1 there).",
    ),
    row(
        Q::Blur,
        "blur",
        ["more blurred", "less blurred"],
        "share",
        Delta([0.3, 0.55, 0.8, 0.92]),
        0.05,
        (-3.0, 1.6),
        "1 − edge acutance relative to the source (as for sharpness) over the region; 0 in the source.",
    ),
    row(
        Q::MotionBlur,
        "motion_blur",
        ["motion blurred", "less motion blur"],
        "share",
        Delta([0.25, 0.4, 0.52, 0.6]),
        0.05,
        SHARE,
        "1 − the smallest over the largest of the mean gradients of L* along eight directions at the source's edges (as for sharpness), each relative to the source; 0 in the source.",
    ),
    row(
        Q::Clarity,
        "clarity",
        ["more clarity", "less clarity"],
        "×",
        Factor([1.07, 1.16, 1.3, 1.5]),
        0.03,
        (0.0, 100.0),
        "RMS of L* between Gaussian blurs of 0.3 % (at least 0.6 px) and 3 % of the long edge, relative to the source (1 there).",
    ),
    row(
        Q::Texture,
        "texture",
        ["more texture", "smoother"],
        "×",
        Factor([1.10, 1.22, 1.45, 1.8]),
        0.03,
        (0.0, 100.0),
        "RMS of L* between no blur and a Gaussian blur of 0.3 % of the long edge (at least 0.6 px), relative to the source (1 there).",
    ),
    row(
        Q::Haze,
        "haze",
        ["hazier", "less haze"],
        "share",
        Delta([0.025, 0.06, 0.11, 0.18]),
        0.008,
        SHARE,
        "Mean dark channel: smallest sRGB-coded channel, 0 to 1, in each tile of 2 % of the long edge.",
    ),
    row(
        Q::Noise,
        "noise",
        ["noisier", "less noise"],
        "×",
        Factor([1.25, 1.7, 2.5, 4.0]),
        0.08,
        (0.0, 100.0),
        "Grain relative to the source (1 there).",
    ),
];
