//! The frame: crops, turns and mirrors, which move things and leave their colours.

use super::Quantity as Q;
use super::Scale::Target;
use super::{QuantityInfo, SHARE, row};

/// Quantities of the frame, the only ones that are geometry.
pub(super) const FRAME: &[QuantityInfo] = &[
    row(
        Q::Aspect,
        "aspect",
        ["cropped", "cropped"],
        "w/h",
        Target { tolerance: 0.02 },
        0.01,
        (0.0, 100.0),
        "Width over height; the tolerance is relative.",
    ),
    row(
        Q::Straighten,
        "straighten",
        ["straightened", "straightened"],
        "°",
        Target { tolerance: 0.6 },
        0.2,
        (-45.0, 45.0),
        "Rotation against the source in degrees clockwise, found by registration; with no angle asked, the tilt that remains in the horizon.",
    ),
    row(
        Q::Rotation,
        "rotation",
        ["rotated", "rotated"],
        "°",
        Target { tolerance: 1.0 },
        0.3,
        (-360.0, 360.0),
        "Rotation against the source in degrees clockwise, found by registration.",
    ),
    row(
        Q::FlipHorizontal,
        "flip_horizontal",
        ["mirrored", "mirrored"],
        "",
        Target { tolerance: 0.5 },
        0.5,
        SHARE,
        "0 when the edit is nearer to the mirrored source (left-right) than to the source, else 1.",
    ),
    row(
        Q::FlipVertical,
        "flip_vertical",
        ["flipped upside down", "flipped upside down"],
        "",
        Target { tolerance: 0.5 },
        0.5,
        SHARE,
        "0 when the edit is nearer to the source flipped top to bottom than to the source, else 1.",
    ),
];
