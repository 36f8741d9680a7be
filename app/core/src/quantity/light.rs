//! The light of a photo: its exposure, its lightness and its tones.

use super::Quantity as Q;
use super::Scale::{Delta, Factor};
use super::{ANY, LSTAR, QuantityInfo, row};

/// Quantities of light.
pub(super) const LIGHT: &[QuantityInfo] = &[
    row(
        Q::Exposure,
        "exposure",
        ["brighter exposure", "darker exposure"],
        "EV",
        Delta([0.25, 0.5, 1.0, 1.8]),
        0.08,
        ANY,
        "Median over the region of log2(luminance edited / source), over pixels with L* from 1 to 99.5 in both (else of the mean luminances); 0 in the source.",
    ),
    row(
        Q::Lightness,
        "lightness",
        ["brighter", "darker"],
        "L*",
        Delta([4.0, 9.0, 16.0, 26.0]),
        1.0,
        LSTAR,
        "Mean L* over the region.",
    ),
    row(
        Q::Contrast,
        "contrast",
        ["more contrast", "less contrast"],
        "σ L*",
        Factor([1.08, 1.18, 1.32, 1.5]),
        0.6,
        (0.0, 45.0),
        "Standard deviation of L* over the region.",
    ),
    row(
        Q::Highlights,
        "highlights",
        ["brighter highlights", "darker highlights"],
        "L*",
        Delta([2.5, 5.0, 9.0, 14.0]),
        0.8,
        LSTAR,
        "Mean L* of the pixels that are the brightest quarter of the region in the source (ties included).",
    ),
    row(
        Q::Shadows,
        "shadows",
        ["lifted shadows", "darker shadows"],
        "L*",
        Delta([2.5, 6.0, 11.0, 17.0]),
        0.8,
        LSTAR,
        "Mean L* of the pixels that are the darkest quarter of the region in the source (ties included).",
    ),
    row(
        Q::Whites,
        "whites",
        ["whiter whites", "duller whites"],
        "L*",
        Delta([1.5, 3.5, 6.0, 10.0]),
        0.6,
        LSTAR,
        "99th percentile of L* over the region.",
    ),
    row(
        Q::Blacks,
        "blacks",
        ["lifted blacks", "deeper blacks"],
        "L*",
        Delta([1.5, 3.5, 6.0, 10.0]),
        0.6,
        LSTAR,
        "1st percentile of L* over the region.",
    ),
];
