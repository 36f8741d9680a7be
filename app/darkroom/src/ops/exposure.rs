//! Exposure: light times a power of two.

use super::{Group, Op, Param, Work, no_data};
use retake_pixels::vectorised;

/// Linear light × 2^stops.
pub static OP: Op = Op {
    id: "exposure",
    name: "Exposure",
    about: "More or less light, in stops, as if the shutter had been open longer or shorter.",
    group: Group::Light,
    params: &[Param {
        id: "stops",
        name: "Exposure",
        unit: "EV",
        range: (-6.0, 6.0),
        neutral: 0.0,
    }],
    work: Work::Point {
        prepare: |operation, _| vec![operation.value(0).exp2()],
        run,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/exposure.wgsl"),
};

vectorised! {
    fn run(constants: &[f32], _x: usize, _y: usize, r: &mut [f32], g: &mut [f32], b: &mut [f32]) {
        let gain = constants[0];
        for ((r, g), b) in r.iter_mut().zip(g.iter_mut()).zip(b.iter_mut()) {
            *r *= gain;
            *g *= gain;
            *b *= gain;
        }
    }
}
