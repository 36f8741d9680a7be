//! Texture: local contrast at a few thousandths of the picture. Negative amounts smooth skin and keep its edges.

use super::clarity::{detail_constants, detail_halo, detail_passes, detail_run};
use super::{Group, Op, Param, Work, no_data};

/// As clarity, with a window of 0.3 % of the long edge and an epsilon that takes pores and weave for detail.
pub static OP: Op = Op {
    id: "texture",
    name: "Texture",
    about: "Brings out or smooths fine structure such as skin, bark or weave, and leaves outlines alone.",
    group: Group::Detail,
    params: &[Param {
        id: "amount",
        name: "Texture",
        unit: "",
        range: (-100.0, 100.0),
        neutral: 0.0,
    }],
    work: Work::Spatial {
        prepare: |operation, scene| {
            let amount = operation.value(0) / 100.0;
            let strength = if amount > 0.0 { 1.1 } else { 0.9 };
            detail_constants(amount * strength, 0.06, 0.003 * scene.long_edge())
        },
        halo: detail_halo,
        run: detail_run,
        passes: detail_passes,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/clarity.wgsl"),
};
