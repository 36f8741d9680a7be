//! What the autoencoder's layers take, and how a picture is cut where the whole would take too much.

use super::VaeConfig;
use super::tiled::Cut;

/// Bytes of a number.
const NUMBER: usize = 4;

/// The smallest tile, px of the stretch's input: smaller ones would mostly be overlap.
const LEAST_SIDE: usize = 16;

/// One floor of either half.
#[derive(Clone, Copy)]
struct Floor {
    /// channels that come in, and that go on
    widths: (usize, usize),
    /// residual blocks
    blocks: usize,
}

/// The plan for one half: how many floors at the picture's side go over tiles, and over which. `None`: all of it whole.
pub(super) type Tiles = Option<(usize, Cut)>;

/// Numbers that the layers of a floor hold at once for one of its px: what came in, normalised, and what is made of it; on
/// the way to the next larger floor the enlarged picture and its convolution, four px for one.
fn numbers(floor: Floor, doubles: bool) -> usize {
    let (inputs, outputs) = floor.widths;
    let blocks = 2 * inputs.max(outputs) + 2 * outputs;
    if doubles {
        blocks.max(9 * outputs)
    } else {
        blocks
    }
}

/// The floors of one half, from the picture's side.
fn floors(config: &VaeConfig, decoder: bool) -> Vec<Floor> {
    let widths = &config.block_out_channels;
    (0..widths.len())
        .map(|i| {
            let before = if decoder {
                widths[(i + 1).min(widths.len() - 1)]
            } else {
                widths[i.saturating_sub(1)]
            };
            Floor {
                widths: (before, widths[i]),
                blocks: config.layers_per_block + usize::from(decoder),
            }
        })
        .collect()
}

/// How to decode or encode with at most so many bytes for layers, for latents of this size: half of the bytes are for the
/// floors that are computed whole, half for a tile. The tensor between the two, and the picture, come on top. A stretch over
/// tiles of a decoder begins with the doubling before its first floor, one of an encoder ends with the halving after its
/// last.
pub(super) fn tiles(
    config: &VaeConfig,
    decoder: bool,
    latents: (usize, usize),
    bytes: usize,
) -> Tiles {
    let floors = floors(config, decoder);
    let count = floors.len();
    // px of floor `i` to one of the latents
    let area = |i: usize| 1usize << (2 * (count - 1 - i));
    let taken = |i: usize, doubles: bool| {
        NUMBER * latents.0 * latents.1 * area(i) * numbers(floors[i], doubles)
    };
    if count == 1 || (0..count).all(|i| taken(i, decoder && i > 0) <= bytes) {
        return None;
    }
    // the floor of the latents stays whole beside the middle block, whose attention sees all
    let tiled = (1..count)
        .find(|&tiled| (tiled..count).all(|i| taken(i, decoder && i > tiled) <= bytes / 2))
        .unwrap_or(count - 1);
    let step = if decoder { 1 } else { 1 << tiled };
    let halo = halo(&floors[..tiled], decoder).next_multiple_of(step);
    // numbers for one px of the stretch's input: the floor before it for a decoder, the picture for an encoder
    let each = (0..tiled)
        .map(|i| {
            if decoder {
                (1 << (2 * (tiled - i))) * numbers(floors[i], i > 0)
            } else {
                numbers(floors[i], false) >> (2 * i)
            }
        })
        .max()
        .unwrap_or(1);
    let each = each.max(if decoder {
        9 * floors[tiled].widths.1
    } else {
        1
    });
    let read = ((bytes / 2 / NUMBER) as f64 / each as f64).sqrt() as usize;
    let side = read.saturating_sub(2 * halo).max(LEAST_SIDE) / step * step;
    Some((
        tiled,
        Cut {
            side: side.max(step),
            halo,
        },
    ))
}

/// How far the floors of a stretch look around, px of its input.
fn halo(floors: &[Floor], decoder: bool) -> usize {
    if decoder {
        // from the picture back: its last convolution, two a block, one after each doubling
        floors
            .iter()
            .fold(1, |px, floor| (px + 2 * floor.blocks + 1).div_ceil(2))
    } else {
        // from the lowest floor up: a halving sees two for one and one beyond; and the first convolution
        let halved = |px: usize, floor: &Floor| 2 * px + 2 + 2 * floor.blocks;
        floors.iter().rev().fold(0, halved) + 1
    }
}
