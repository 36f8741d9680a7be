//! Least squares' normal equations solved by Cholesky's decomposition: once taken apart, for several right sides.

/// A symmetric matrix, of which the lower half is read, taken apart in place: its lower half becomes L of L · Lᵀ.
pub(crate) fn decompose<const N: usize>(matrix: &mut [[f64; N]; N]) {
    for i in 0..N {
        for j in 0..=i {
            let inner: f64 = (0..j).map(|k| matrix[i][k] * matrix[j][k]).sum();
            matrix[i][j] = if i == j {
                (matrix[i][i] - inner).max(1e-12).sqrt()
            } else {
                (matrix[i][j] - inner) / matrix[j][j]
            };
        }
    }
}

/// The right side becomes what solves the equations.
pub(crate) fn solve<const N: usize>(decomposed: &[[f64; N]; N], right: &mut [f64; N]) {
    for i in 0..N {
        let inner: f64 = (0..i).map(|k| decomposed[i][k] * right[k]).sum();
        right[i] = (right[i] - inner) / decomposed[i][i];
    }
    for i in (0..N).rev() {
        let inner: f64 = (i + 1..N).map(|k| decomposed[k][i] * right[k]).sum();
        right[i] = (right[i] - inner) / decomposed[i][i];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_solved_fulfils_the_equations() {
        let matrix = [[4.0, 9.9, 9.9], [1.0, 3.0, 9.9], [-2.0, 0.5, 5.0]];
        let meant = [1.5, -2.0, 0.25];
        let symmetric = |i: usize, j: usize| matrix[i.max(j)][i.min(j)];
        let mut right: [f64; 3] =
            std::array::from_fn(|i| (0..3).map(|j| symmetric(i, j) * meant[j]).sum());
        let mut decomposed = matrix;
        decompose(&mut decomposed);
        solve(&decomposed, &mut right);
        for (solved, meant) in right.into_iter().zip(meant) {
            assert!((solved - meant).abs() < 1e-12, "{solved} {meant}");
        }
    }
}
