//! Small systems of linear equations, dense and positive definite: what heads that are learned in milliseconds stand on.

/// Solves `a · x = b` by Gauss's elimination; the matrix is positive definite, so its pivots are never 0.
pub fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
    let size = b.len();
    for pivot in 0..size {
        for row in pivot + 1..size {
            let factor = a[row][pivot] / a[pivot][pivot];
            let (above, below) = a.split_at_mut(row);
            for (to, from) in below[0][pivot..].iter_mut().zip(&above[pivot][pivot..]) {
                *to -= factor * from;
            }
            b[row] -= factor * b[pivot];
        }
    }
    for row in (0..size).rev() {
        let known: f64 = (row + 1..size)
            .map(|column| a[row][column] * b[column])
            .sum();
        b[row] = (b[row] - known) / a[row][row];
    }
    b
}

/// The inverse of a positive definite matrix, by Gauss and Jordan.
pub fn inverse(mut a: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let size = a.len();
    let mut inverse: Vec<Vec<f64>> = (0..size)
        .map(|row| (0..size).map(|at| f64::from(u8::from(at == row))).collect())
        .collect();
    for pivot in 0..size {
        let by = 1.0 / a[pivot][pivot];
        for value in a[pivot].iter_mut().chain(inverse[pivot].iter_mut()) {
            *value *= by;
        }
        let (own, own_inverse) = (a[pivot].clone(), inverse[pivot].clone());
        for row in (0..size).filter(|&row| row != pivot) {
            let factor = a[row][pivot];
            for (to, from) in a[row].iter_mut().zip(&own) {
                *to -= factor * from;
            }
            for (to, from) in inverse[row].iter_mut().zip(&own_inverse) {
                *to -= factor * from;
            }
        }
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix() -> Vec<Vec<f64>> {
        vec![
            vec![4.0, 1.0, 0.5],
            vec![1.0, 3.0, 0.2],
            vec![0.5, 0.2, 2.0],
        ]
    }

    #[test]
    fn a_solution_meets_its_equations() {
        let x = solve(matrix(), vec![1.0, 2.0, 3.0]);
        for (row, b) in matrix().iter().zip([1.0, 2.0, 3.0]) {
            let found: f64 = row.iter().zip(&x).map(|(a, x)| a * x).sum();
            assert!((found - b).abs() < 1e-12, "{found} {b}");
        }
    }

    #[test]
    fn a_matrix_times_its_inverse_is_one() {
        let inverse = inverse(matrix());
        for (i, row) in matrix().iter().enumerate() {
            for (j, one) in [0, 1, 2].map(|j| (j, f64::from(u8::from(i == j)))) {
                let products = row.iter().zip(&inverse).map(|(a, line)| a * line[j]);
                let sum: f64 = products.sum();
                assert!((sum - one).abs() < 1e-12, "{i} {j} {sum}");
            }
        }
    }
}
