//! A line of a patch as the values of a polynomial at a few points, and back (Toom & Cook; Winograd 1980; Lavin & Gray
//! 2016): 6 points are 0, ±1, ±2 and infinity, 8 points have ±1/2 as well. At each point a convolution is a product.

use super::lanes::Machine;

/// The points but infinity: zero, then each with its negative.
const FINITE: [f64; 7] = [0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5];

/// A line of a kernel at the points: its polynomial's value there over the product of the distances to all other points.
pub(super) fn of_kernel(points: usize, line: &[f64]) -> Vec<f64> {
    let finite = &FINITE[..points - 1];
    let mut values: Vec<f64> = finite
        .iter()
        .enumerate()
        .map(|(at, point)| {
            let value = line
                .iter()
                .rev()
                .fold(0.0, |sum, value| sum * point + value);
            let others = finite.iter().enumerate().filter(|(other, _)| *other != at);
            value / others.map(|(_, other)| point - other).product::<f64>()
        })
        .collect();
    values.extend(line.last());
    values
}

/// factor · lane
#[inline(always)]
fn by<M: Machine>(m: M, factor: f32, lane: M::Lane) -> M::Lane {
    m.mul(m.all(factor), lane)
}

/// a + factor · b + more
#[inline(always)]
fn sum<M: Machine>(m: M, a: M::Lane, factor: f32, b: M::Lane, more: M::Lane) -> M::Lane {
    m.add(m.add(a, by(m, factor, b)), more)
}

/// What a point and its negative have: of these the even powers are the same and the odd ones opposite.
#[inline(always)]
fn pair<M: Machine>(m: M, even: M::Lane, odd: M::Lane) -> [M::Lane; 2] {
    [m.add(even, odd), m.sub(even, odd)]
}

/// Bᵀ d: a line of `N` px at the `N` points.
#[inline(always)]
pub(super) fn seen<M: Machine, const N: usize>(m: M, d: [M::Lane; N]) -> [M::Lane; N] {
    let mut out = d;
    if N == 6 {
        let even = m.sub(d[4], by(m, 4.0, d[2]));
        [out[1], out[2]] = pair(m, even, m.sub(d[3], by(m, 4.0, d[1])));
        let odd = by(m, 2.0, m.sub(d[3], d[1]));
        [out[3], out[4]] = pair(m, m.sub(d[4], d[2]), odd);
        out[0] = sum(m, d[4], -5.0, d[2], by(m, 4.0, d[0]));
        out[5] = sum(m, d[5], -5.0, d[3], by(m, 4.0, d[1]));
    } else {
        let even = sum(m, d[6], -4.25, d[4], d[2]);
        [out[1], out[2]] = pair(m, even, sum(m, d[5], -4.25, d[3], d[1]));
        let even = sum(m, d[6], -1.25, d[4], by(m, 0.25, d[2]));
        let odd = sum(m, by(m, 2.0, d[5]), -2.5, d[3], by(m, 0.5, d[1]));
        [out[3], out[4]] = pair(m, even, odd);
        let even = sum(m, d[6], -5.0, d[4], by(m, 4.0, d[2]));
        let odd = sum(m, by(m, 0.5, d[5]), -2.5, d[3], by(m, 2.0, d[1]));
        [out[5], out[6]] = pair(m, even, odd);
        out[0] = m.sub(m.sub(d[6], d[0]), by(m, 5.25, m.sub(d[4], d[2])));
        out[7] = m.sub(m.sub(d[7], d[1]), by(m, 5.25, m.sub(d[5], d[3])));
    }
    out
}

/// Aᵀ s: the `MADE` px that a line of `N` sums becomes.
#[inline(always)]
pub(super) fn made<M: Machine, const N: usize, const MADE: usize>(
    m: M,
    s: [M::Lane; N],
) -> [M::Lane; MADE] {
    let mut out = [m.all(0.0); MADE];
    let [one_even, one_odd] = pair(m, s[1], s[2]);
    let [two_even, two_odd] = pair(m, s[3], s[4]);
    let [half_even, half_odd] = if N == 8 {
        pair(m, s[5], s[6])
    } else {
        [m.all(0.0); 2]
    };
    for (power, out) in out.iter_mut().enumerate() {
        let (one, two, half) = match power % 2 {
            0 => (one_even, two_even, half_even),
            _ => (one_odd, two_odd, half_odd),
        };
        let factor = (1u32 << power) as f32;
        let mut px = m.add(one, by(m, factor, two));
        if N == 8 {
            px = m.add(px, by(m, 1.0 / factor, half));
        }
        if power == 0 {
            px = m.add(px, s[0]);
        }
        if power + 1 == MADE {
            px = m.add(px, s[N - 1]);
        }
        *out = px;
    }
    out
}
