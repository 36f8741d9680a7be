//! Small systems of linear equations, as least squares leaves them.

/// The solution of a symmetric positive definite system, by elimination. `None` where a pivot is too small to divide by.
pub(super) fn solved<const N: usize>(
    mut matrix: [[f64; N]; N],
    mut right: [f64; N],
) -> Option<[f64; N]> {
    let largest = (0..N).map(|i| matrix[i][i]).fold(0.0, f64::max);
    for i in 0..N {
        if matrix[i][i] <= 1e-12 * largest || !matrix[i][i].is_finite() {
            return None;
        }
        for j in i + 1..N {
            let factor = matrix[j][i] / matrix[i][i];
            let above = matrix[i];
            for (below, above) in matrix[j].iter_mut().zip(above).skip(i) {
                *below -= factor * above;
            }
            right[j] -= factor * right[i];
        }
    }
    for i in (0..N).rev() {
        let known: f64 = (i + 1..N).map(|j| matrix[i][j] * right[j]).sum();
        right[i] = (right[i] - known) / matrix[i][i];
    }
    Some(right)
}

/// The weight of a residual that may be an outlier's, for a scale of inliers (Geman & McClure 1987).
pub(super) fn trust(residual_squared: f32, scale_squared: f32) -> f32 {
    let share = scale_squared / (scale_squared + residual_squared);
    share * share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_solved() {
        let x = solved([[4.0, 1.0], [1.0, 3.0]], [1.0, 2.0]).expect("regular");
        assert!((x[0] - 1.0 / 11.0).abs() < 1e-12 && (x[1] - 7.0 / 11.0).abs() < 1e-12);
    }

    #[test]
    fn a_system_without_an_answer_has_none() {
        assert!(solved([[1.0, 1.0], [1.0, 1.0]], [1.0, 2.0]).is_none());
    }
}
