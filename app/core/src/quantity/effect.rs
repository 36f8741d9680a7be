//! Effects laid over a photo: grain, glow, vignette and the painted looks.

use super::Quantity as Q;
use super::Scale::Delta;
use super::{ANY, QuantityInfo, SHARE, row};

/// Quantities of effects.
pub(super) const EFFECTS: &[QuantityInfo] = &[
    row(
        Q::Grain,
        "grain",
        ["grainier", "less grain"],
        "σ L*",
        Delta([0.7, 1.5, 2.8, 4.5]),
        0.2,
        (0.0, 50.0),
        "Standard deviation (√(π/2) times the mean absolute value) of the fine detail of L* (as for texture) where the source's local fine detail is the weakest tenth of its unclipped pixels.",
    ),
    row(
        Q::Glow,
        "glow",
        ["more glow", "less glow"],
        "L*",
        Delta([1.2, 2.5, 5.0, 9.0]),
        0.4,
        ANY,
        "Mean rise of L* within 3 % of the long edge around the source's brightest tenth, less that of pixels of the same L* in the source far from it; fading to 0 where edge acutance falls from 0.7 to 0.3 of the source's; 0 in the source.",
    ),
    row(
        Q::Vignette,
        "vignette",
        ["darker corners", "brighter corners"],
        "L*",
        Delta([4.0, 8.0, 14.0, 22.0]),
        1.0,
        ANY,
        "Mean change of L* in the centre less that in the four corners, between places of equal L* in the source, both blurred by 3 % of the long edge; 0 in the source.",
    ),
    row(
        Q::Painterly,
        "painterly",
        ["painterly", "less painterly"],
        "share",
        Delta([0.15, 0.3, 0.45, 0.58]),
        0.05,
        SHARE,
        "1 − flatness of strokes relative to the source: mean gradient of L* (Sobel) in the calmer half of what had texture in the source over that in the strongest tenth of all, unclipped pixels only; discounted when the tones are fewer than the source's, or when less than half of the edges' gradient is left; 0 in the source.",
    ),
    row(
        Q::Pixelate,
        "pixelate",
        ["pixelated", "less pixelated"],
        "% of long edge",
        Delta([0.3, 0.7, 1.4, 2.5]),
        0.1,
        (0.0, 20.0),
        "Side of blocks of equal pixels (ΔL* below 0.4), from the share of unequal neighbours in the source that have become equal; discounted when the remaining steps are weaker or the tones fewer than the source's; 0 in the source.",
    ),
    row(
        Q::Posterise,
        "posterise",
        ["posterised", "less posterised"],
        "share",
        Delta([0.3, 0.45, 0.6, 0.7]),
        0.08,
        SHARE,
        "1 − evenness of tones relative to the source: effective number of tones (exponential entropy of the L* histogram in 100 bins) over that of the same histogram blurred by 4 L*; 0 in the source.",
    ),
];
