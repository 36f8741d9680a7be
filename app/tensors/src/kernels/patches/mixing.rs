//! Channels mixed by a matrix of weights, many patches at a time: the matrix product that a convolution by patches comes to.
//! The weights are laid out once as they are read, and each sum is taken in the order of the inputs, so that it is the
//! same whatever is beside it.

use super::lanes::Machine;

/// Outputs whose weights lie side by side.
pub(super) const PANEL: usize = 32;

/// A panel of a matrix of weights.
#[derive(Clone, Copy)]
pub(super) struct Panel<'a> {
    /// of each input
    pub(super) weights: &'a [[f32; PANEL]],
    /// those that will be asked for next
    pub(super) next: &'a [[f32; PANEL]],
}

/// `seen` are `patches` of `stride` numbers each, of which as many count as the panel has inputs; `sums` becomes as many,
/// `made` numbers apart, of `PANEL` numbers.
#[inline(always)]
pub(super) fn mix<M: Machine>(
    machine: M,
    panel: Panel<'_>,
    patches: usize,
    (seen, stride): (&[f32], usize),
    (sums, made): (&mut [f32], usize),
) {
    // as many together as there is room for their sums, and about as many in every group
    let groups = patches.div_ceil(if M::WIDTH == 16 { 14 } else { 6 });
    // a piece of what comes next is fetched with each group, evenly
    let next = panel.next.as_flattened();
    let step = (PANEL / groups.max(1)).max(1);
    for group in 0..groups {
        let first = group * patches / groups;
        let count = (group + 1) * patches / groups - first;
        let from = (&seen[first * stride..], stride);
        let to = (&mut sums[first * made..], made);
        let ahead = group * panel.weights.len() * step;
        let ahead = (next, ahead.min(next.len()), step);
        let weights = panel.weights;
        match count {
            1 => rows::<M, 1>(machine, weights, ahead, from, to),
            2 => rows::<M, 2>(machine, weights, ahead, from, to),
            3 => rows::<M, 3>(machine, weights, ahead, from, to),
            4 => rows::<M, 4>(machine, weights, ahead, from, to),
            5 => rows::<M, 5>(machine, weights, ahead, from, to),
            6 => rows::<M, 6>(machine, weights, ahead, from, to),
            7 => rows::<M, 7>(machine, weights, ahead, from, to),
            8 => rows::<M, 8>(machine, weights, ahead, from, to),
            9 => rows::<M, 9>(machine, weights, ahead, from, to),
            10 => rows::<M, 10>(machine, weights, ahead, from, to),
            11 => rows::<M, 11>(machine, weights, ahead, from, to),
            12 => rows::<M, 12>(machine, weights, ahead, from, to),
            13 => rows::<M, 13>(machine, weights, ahead, from, to),
            _ => rows::<M, 14>(machine, weights, ahead, from, to),
        }
    }
}

/// `ROWS` patches and a panel of outputs: as many sums as the processor has room for at a time.
#[inline(always)]
fn rows<M: Machine, const ROWS: usize>(
    machine: M,
    weights: &[[f32; PANEL]],
    (next, first, step): (&[f32], usize, usize),
    (seen, stride): (&[f32], usize),
    (sums, made): (&mut [f32], usize),
) {
    let inputs = weights.len();
    let mut rows = [seen; ROWS];
    for (row, at) in rows.iter_mut().enumerate() {
        *at = &seen[row * stride..][..inputs];
    }
    for part in (0..PANEL).step_by(2 * M::WIDTH) {
        let mut sum = [[machine.all(0.0); 2]; ROWS];
        for input in 0..inputs {
            let one = machine.load(&weights[input][part..]);
            let other = machine.load(&weights[input][part + M::WIDTH..]);
            if part == 0 {
                machine.soon(next, first + input * step);
            }
            for row in 0..ROWS {
                let seen = machine.all(rows[row][input]);
                sum[row][0] = machine.fused(sum[row][0], seen, one);
                sum[row][1] = machine.fused(sum[row][1], seen, other);
            }
        }
        for row in 0..ROWS {
            let sums = &mut sums[row * made + part..][..2 * M::WIDTH];
            machine.store(sum[row][0], sums);
            machine.store(sum[row][1], &mut sums[M::WIDTH..]);
        }
    }
}
