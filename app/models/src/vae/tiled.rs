//! Stretches of the autoencoder over tiles of a picture, for pictures whose layers do not fit into memory as a whole. Tiles
//! overlap by as much as the stretch looks around, so that convolutions are those of the whole exactly. Normalisation needs
//! mean and variance of the whole layer: they are gathered over all tiles, and the stretch is gone over again with what was
//! gathered until it does not change any more. Each time at least one more layer is exact, and those after it nearly so.

use candle_core::{Result, Tensor};

use crate::kernels::Moments;
use crate::layers::GroupNorm;

/// Means (in deviations) and deviations (as a share) of two rounds that differ by less are the same.
const SAME: f64 = 1e-4;

/// Rounds at most; what is left then is below what eight bits show.
const ROUNDS: usize = 6;

/// How a stretch of layers normalises: in place of each layer's own moments.
pub(super) type Normalise<'a> = &'a mut dyn FnMut(&GroupNorm, &Tensor) -> Result<Tensor>;

/// As the whole does: every layer by its own moments.
pub(super) fn own(norm: &GroupNorm, x: &Tensor) -> Result<Tensor> {
    norm.forward_silu(x)
}

/// How a picture is cut, in px of the stretch's input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    /// side of a tile without its overlap; a multiple of what the stretch shrinks by
    pub(super) side: usize,
    /// how far the stretch looks around, likewise
    pub(super) halo: usize,
}

/// A part of a line.
#[derive(Clone, Copy, Debug)]
struct Span {
    /// what the tile is for
    core: (usize, usize),
    /// what it reads
    read: (usize, usize),
}

impl Cut {
    fn spans(self, length: usize) -> Vec<Span> {
        (0..length)
            .step_by(self.side)
            .map(|start| {
                let end = (start + self.side).min(length);
                Span {
                    core: (start, end),
                    read: (
                        start.saturating_sub(self.halo),
                        (end + self.halo).min(length),
                    ),
                }
            })
            .collect()
    }
}

/// A tile's core in a layer of another size than the tile's input.
fn core(x: &Tensor, input: (usize, usize), rows: Span, columns: Span) -> Result<Tensor> {
    let (_, _, height, width) = x.dims4()?;
    let part = |span: Span, input: usize, length: usize| {
        let at = |px: usize| px * length / input;
        let start = at(span.core.0 - span.read.0);
        (start, at(span.core.1 - span.core.0))
    };
    let (top, lines) = part(rows, input.0, height);
    let (left, across) = part(columns, input.1, width);
    x.narrow(2, top, lines)?.narrow(3, left, across)
}

/// The output of a stretch for `x`, (1, channels, height, width), tile by tile.
pub(super) fn over_tiles(
    x: &Tensor,
    cut: Cut,
    stretch: impl Fn(&Tensor, Normalise<'_>) -> Result<Tensor>,
) -> Result<Tensor> {
    let (_, _, height, width) = x.dims4()?;
    let (rows, columns) = (cut.spans(height), cut.spans(width));
    let mut known: Vec<Vec<Moments>> = Vec::new();
    for round in 1..=ROUNDS {
        let mut gathered: Vec<Vec<Moments>> = Vec::new();
        let mut lines = Vec::with_capacity(rows.len());
        for &line in &rows {
            let mut tiles = Vec::with_capacity(columns.len());
            for &column in &columns {
                let input = (line.read.1 - line.read.0, column.read.1 - column.read.0);
                let tile = x
                    .narrow(2, line.read.0, input.0)?
                    .narrow(3, column.read.0, input.1)?
                    .contiguous()?;
                let mut layer = 0;
                let mut normalise = |norm: &GroupNorm, x: &Tensor| {
                    let here = norm.moments(&core(x, input, line, column)?)?;
                    match gathered.get_mut(layer) {
                        Some(all) => all.iter_mut().zip(&here).for_each(|(all, m)| all.add(m)),
                        None => gathered.push(here),
                    }
                    layer += 1;
                    match known.get(layer - 1) {
                        Some(known) => norm.forward_silu_by(x, known),
                        None => norm.forward_silu(x),
                    }
                };
                let made = stretch(&tile, &mut normalise)?;
                tiles.push(core(&made, input, line, column)?.contiguous()?);
            }
            lines.push(Tensor::cat(&tiles, 3)?);
        }
        let pairs = known.iter().flatten().zip(gathered.iter().flatten());
        let mut same = pairs.map(|(a, b)| a.apart(b) < SAME);
        let settled = known.len() == gathered.len() && same.all(|same| same);
        if settled || round == ROUNDS {
            return Tensor::cat(&lines, 2);
        }
        known = gathered;
    }
    candle_core::bail!("no round was made")
}
