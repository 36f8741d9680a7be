//! Three-by-three matrices in f64, rows first, for colour spaces.

pub(super) type Matrix = [[f64; 3]; 3];

/// a · b.
pub(super) fn times(a: &Matrix, b: &Matrix) -> Matrix {
    std::array::from_fn(|i| std::array::from_fn(|j| (0..3).map(|k| a[i][k] * b[k][j]).sum()))
}

/// m · v.
pub(super) fn apply(m: &Matrix, v: [f64; 3]) -> [f64; 3] {
    m.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
}

/// The inverse by cofactors; not finite when there is none.
pub(super) fn inverse(m: &Matrix) -> Matrix {
    let cofactor = |i: usize, j: usize| {
        let (a, b) = ((i + 1) % 3, (i + 2) % 3);
        let (c, d) = ((j + 1) % 3, (j + 2) % 3);
        m[a][c] * m[b][d] - m[a][d] * m[b][c]
    };
    let determinant: f64 = (0..3).map(|j| m[0][j] * cofactor(0, j)).sum();
    std::array::from_fn(|i| std::array::from_fn(|j| cofactor(j, i) / determinant))
}

/// XYZ with Y = 1 of a chromaticity.
fn xyz([x, y]: [f64; 2]) -> [f64; 3] {
    [x / y, 1.0, (1.0 - x - y) / y]
}

/// From linear RGB to XYZ for these primaries and white (SMPTE RP 177-1993).
pub(super) fn xyz_from_rgb(primaries: [[f64; 2]; 3], white: [f64; 2]) -> Matrix {
    let [r, g, b] = primaries.map(xyz);
    let columns: Matrix = std::array::from_fn(|i| [r[i], g[i], b[i]]);
    let scale = apply(&inverse(&columns), xyz(white));
    columns.map(|row| std::array::from_fn(|j| row[j] * scale[j]))
}

/// Chromatic adaptation between two whites (Lam 1985; the cone matrix as in ICC.1:2022, annex E).
pub(super) fn bradford(from: [f64; 2], to: [f64; 2]) -> Matrix {
    const CONES: Matrix = [
        [0.8951, 0.2664, -0.1614],
        [-0.7502, 1.7135, 0.0367],
        [0.0389, -0.0685, 1.0296],
    ];
    let (from, to) = (apply(&CONES, xyz(from)), apply(&CONES, xyz(to)));
    let scaled: Matrix = std::array::from_fn(|i| CONES[i].map(|v| v * to[i] / from[i]));
    times(&inverse(&CONES), &scaled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_times_its_inverse_is_one() {
        let m = [[0.4, 0.3, 0.2], [0.2, 0.7, 0.1], [0.0, 0.1, 0.9]];
        for (i, row) in times(&m, &inverse(&m)).iter().enumerate() {
            for (j, value) in row.iter().enumerate() {
                assert!((value - f64::from(u8::from(i == j))).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn bradford_carries_one_white_to_the_other() {
        let (d50, d65) = ([0.3457, 0.3585], [0.3127, 0.3290]);
        let carried = apply(&bradford(d50, d65), xyz(d50));
        for (value, expected) in carried.iter().zip(xyz(d65)) {
            assert!((value - expected).abs() < 1e-12);
        }
    }
}
