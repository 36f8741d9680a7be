//! Flip: the mirror image.

use super::{Group, Op, Param, Work, no_data};

/// Mirrored left to right and upside down where the value is 0.5 or more.
pub static OP: Op = Op {
    id: "flip",
    name: "Flip",
    about: "The mirror image, left to right or upside down.",
    group: Group::Geometry,
    params: &[
        Param {
            id: "horizontal",
            name: "Left to right",
            unit: "",
            range: (0.0, 1.0),
            neutral: 0.0,
        },
        Param {
            id: "vertical",
            name: "Upside down",
            unit: "",
            range: (0.0, 1.0),
            neutral: 0.0,
        },
    ],
    work: Work::Geometry {
        place: |operation, frame| {
            let axis = |value: f32, length: usize| {
                if value >= 0.5 {
                    (-1.0, length as f64)
                } else {
                    (1.0, 0.0)
                }
            };
            let (xx, x0) = axis(operation.value(0), frame.width);
            let (yy, y0) = axis(operation.value(1), frame.height);
            frame.then(frame.width, frame.height, [[xx, 0.0, x0], [0.0, yy, y0]])
        },
    },
    check: no_data,
    wgsl: "",
};
