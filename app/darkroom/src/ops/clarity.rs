//! Clarity: local contrast at about a fortieth of the picture, from an edge-keeping base so that no halo appears.

use retake_core::Raster;
use retake_pixels::{fast, vectorised};

use super::neighbourhood::{
    DARK, Gaussian, Pass, base, base_passes, each_row, gain_rows, log_luminance,
};
use super::{Group, Op, Param, Work, no_data};
use crate::render::Tile;

/// log-luminance l = base + detail; light × 2^(k · shaped detail), with k from the amount.
pub static OP: Op = Op {
    id: "clarity",
    name: "Clarity",
    about: "More or less contrast between neighbouring areas, without touching the overall contrast or drawing halos.",
    group: Group::Detail,
    params: &[Param {
        id: "amount",
        name: "Clarity",
        unit: "",
        range: (-100.0, 100.0),
        neutral: 0.0,
    }],
    work: Work::Spatial {
        prepare: |operation, scene| {
            let amount = operation.value(0) / 100.0;
            let strength = if amount > 0.0 { 1.2 } else { 0.85 };
            detail_constants(amount * strength, 0.09, 0.025 * scene.long_edge())
        },
        halo: detail_halo,
        run: detail_run,
        passes: detail_passes,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/clarity.wgsl"),
};

/// Where the window's constants begin; before it strength and epsilon.
const WINDOW: usize = 2;

/// Detail farther from the base than this many stops is changed less than in proportion.
const SOFT_STOPS: f32 = 1.2;

/// Constants of a change of local contrast: strength k, epsilon in stops², window of `sigma_px`.
pub(super) fn detail_constants(strength: f32, epsilon: f32, sigma_px: f32) -> Vec<f32> {
    let mut constants = vec![strength, epsilon];
    let factor = Gaussian::factor_for_window(sigma_px);
    Gaussian::push_on(sigma_px, factor, &mut constants);
    constants
}

pub(super) fn detail_halo(constants: &[f32]) -> usize {
    if constants[0] == 0.0 {
        return 0;
    }
    Gaussian::read(&constants[WINDOW..]).halo(2)
}

pub(super) fn detail_run(constants: &[f32], tile: &Tile) -> Raster {
    if constants[0] == 0.0 {
        return tile.raster.clone();
    }
    let window = Gaussian::read(&constants[WINDOW..]);
    let base = base(tile, &window, constants[1]);
    let width = tile.rect.width();
    each_row(
        tile,
        || (vec![0.0f32; 2 * width], vec![0.0f32; width], Vec::new()),
        |(wide, gain, sum), y, input, output| {
            base.enlarged_row(window.factor, tile.rect.y0 + y, tile.rect.x0, wide, sum);
            let (slope, offset) = wide.split_at(width);
            log_luminance(input, gain);
            detail_gain(constants[0], slope, offset, gain);
            gain_rows(gain, input, output);
        },
    )
}

vectorised! {
    /// Turns log-luminance into the gain.
    fn detail_gain(strength: f32, slope: &[f32], offset: &[f32], values: &mut [f32]) {
        for ((l, a), b) in values.iter_mut().zip(slope).zip(offset) {
            let base = a * *l + b;
            let detail = *l - base;
            // whites have no room above: there the change fades out
            let light = fast::exp2(base) - DARK;
            let room = 1.0 - 0.7 * ((light - 0.5) * 2.0).clamp(0.0, 1.0);
            let change = strength * room * detail / (1.0 + detail.abs() / SOFT_STOPS);
            *l = fast::exp2(change);
        }
    }
}

pub(super) fn detail_passes(constants: &[f32]) -> Vec<Pass> {
    if constants[0] == 0.0 {
        return Vec::new();
    }
    let window = Gaussian::read(&constants[WINDOW..]);
    let mut passes = base_passes(&window, WINDOW as u32, 1);
    passes.push(Pass::last("detail", &[0, 1], 0));
    passes
}
