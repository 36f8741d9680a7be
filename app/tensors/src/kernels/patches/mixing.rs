//! Channels mixed by a matrix of weights, many patches at a time: the matrix product that a convolution by patches comes to.
//! The weights are laid out once as they are read, and each sum is taken in the order of the inputs, so that it is the
//! same whatever is beside it.

use super::lanes::Machine;

/// Patches that are worked on together; their number is a multiple of it.
pub(super) const TOGETHER: usize = 12;
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

/// `seen` are patches of `stride` numbers each, of which as many count as the panel has inputs; `sums` becomes as many
/// patches, `made` numbers apart, of `PANEL` numbers.
#[inline(always)]
pub(super) fn mix<M: Machine>(
    machine: M,
    panel: Panel<'_>,
    (seen, stride): (&[f32], usize),
    (sums, made): (&mut [f32], usize),
) {
    let groups = seen.len() / (TOGETHER * stride);
    // a piece of what comes next is fetched with each group, evenly
    let next = panel.next.as_flattened();
    let step = (PANEL / groups.max(1)).max(1);
    for group in 0..groups {
        let seen = &seen[group * TOGETHER * stride..][..TOGETHER * stride];
        let sums = &mut sums[group * TOGETHER * made..];
        let first = group * panel.weights.len() * step;
        let weights = panel.weights;
        let ahead = (next, first.min(next.len()), step);
        if M::WIDTH == 16 {
            rows::<M, 12>(machine, weights, ahead, (seen, stride), (sums, made));
        } else {
            let (upper, lower) = seen.split_at(6 * stride);
            rows::<M, 6>(machine, weights, ahead, (upper, stride), (sums, made));
            let sums = &mut sums[6 * made..];
            rows::<M, 6>(machine, weights, ahead, (lower, stride), (sums, made));
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
