//! CMA-ES: the covariance matrix adaptation evolution strategy of N. Hansen, "The CMA Evolution Strategy: A Tutorial"
//! (arXiv 1604.00772), with the default parameters of its table 1 and positive weights, asked and told. The crates that
//! have it bring linear algebra and plotting of their own; for the dozen numbers of a recipe a Jacobi rotation is enough.

use retake_core::Rng;

/// Step sizes beyond this share of the box only throw points from wall to wall.
const WIDEST: f64 = 0.3;

/// A search for the least value of a function on [0, 1]ⁿ. Ask for points, say how they rank, ask again.
pub struct CmaEs {
    mean: Vec<f64>,
    sigma: f64,
    /// of the coordinates, before the matrix has learned anything
    scale: Vec<f64>,
    covariance: Vec<Vec<f64>>,
    /// path of the covariance, path of the step size
    paths: [Vec<f64>; 2],
    /// eigenvectors by column, and roots of the eigenvalues
    axes: Vec<Vec<f64>>,
    lengths: Vec<f64>,
    generation: u32,
    asked: Vec<Vec<f64>>,
    rates: Rates,
    rng: Rng,
}

/// The strategy parameters of table 1.
struct Rates {
    weights: Vec<f64>,
    mu_eff: f64,
    c_sigma: f64,
    d_sigma: f64,
    c_c: f64,
    c_1: f64,
    c_mu: f64,
    /// expected length of a standard normal vector
    chi: f64,
}

impl Rates {
    fn new(n: f64, lambda: usize) -> Self {
        let mu = (lambda / 2).max(1);
        let raw: Vec<f64> = (1..=mu)
            .map(|i| ((lambda as f64 + 1.0) / 2.0).ln() - (i as f64).ln())
            .collect();
        let sum: f64 = raw.iter().sum();
        let weights: Vec<f64> = raw.iter().map(|w| w / sum).collect();
        let mu_eff = 1.0 / weights.iter().map(|w| w * w).sum::<f64>();
        let c_sigma = (mu_eff + 2.0) / (n + mu_eff + 5.0);
        let c_1 = 2.0 / ((n + 1.3).powi(2) + mu_eff);
        let c_mu = 2.0 * (mu_eff - 2.0 + 1.0 / mu_eff) / ((n + 2.0).powi(2) + mu_eff);
        Self {
            weights,
            mu_eff,
            c_sigma,
            d_sigma: 1.0 + 2.0 * (((mu_eff - 1.0) / (n + 1.0)).sqrt() - 1.0).max(0.0) + c_sigma,
            c_c: (4.0 + mu_eff / n) / (n + 4.0 + 2.0 * mu_eff / n),
            c_1,
            c_mu: c_mu.min(1.0 - c_1),
            chi: n.sqrt() * (1.0 - 1.0 / (4.0 * n) + 1.0 / (21.0 * n * n)),
        }
    }
}

impl CmaEs {
    /// Points of a generation by default: 4 + ⌊3 ln n⌋.
    pub fn default_lambda(n: usize) -> usize {
        4 + (3.0 * (n.max(1) as f64).ln()) as usize
    }

    /// Begins at `mean` with one standard deviation a coordinate, both in [0, 1] and as many as there are coordinates (at
    /// least one), and `lambda` points a generation, at least two.
    pub fn new(mean: Vec<f64>, deviations: &[f64], lambda: usize, seed: u64) -> Self {
        let n = mean.len();
        let unit = |i: usize| {
            (0..n)
                .map(|j| f64::from(u8::from(i == j)))
                .collect::<Vec<f64>>()
        };
        // one step size for all, the rest in the shape of the coordinates
        let log: f64 = deviations.iter().map(|d| d.max(1e-9).ln()).sum::<f64>() / n.max(1) as f64;
        let sigma = log.exp();
        Self {
            rates: Rates::new(n.max(1) as f64, lambda.max(2)),
            scale: deviations.iter().map(|d| d.max(1e-9) / sigma).collect(),
            covariance: (0..n).map(unit).collect(),
            axes: (0..n).map(unit).collect(),
            lengths: vec![1.0; n],
            paths: [vec![0.0; n], vec![0.0; n]],
            generation: 0,
            asked: Vec::new(),
            rng: Rng::new(seed),
            mean,
            sigma,
        }
    }

    /// The next `count` points in [0, 1]ⁿ. What lies outside is mirrored at the bound, so that the search never ends there.
    pub fn ask(&mut self, count: usize) -> Vec<Vec<f64>> {
        let n = self.mean.len();
        self.asked.clear();
        for _ in 0..count {
            let z: Vec<f64> = (0..n)
                .map(|i| self.lengths[i] * f64::from(self.rng.normal()))
                .collect();
            self.asked
                .push((0..n).map(|row| dot(&self.axes[row], &z)).collect());
        }
        let place = |y: &Vec<f64>| (0..n).map(|i| mirrored(self.at(i, y[i]))).collect();
        self.asked.iter().map(place).collect()
    }

    fn at(&self, i: usize, y: f64) -> f64 {
        self.mean[i] + self.sigma * self.scale[i] * y
    }

    /// `ranks` are places of the points that were asked for, the best first; those that could not be judged are left out.
    /// Nothing is learned from fewer than two.
    pub fn tell(&mut self, ranks: &[usize]) {
        let n = self.mean.len();
        let best: Vec<&Vec<f64>> = ranks
            .iter()
            .filter_map(|&rank| self.asked.get(rank))
            .collect();
        if best.len() < 2 || n == 0 {
            return;
        }
        let r = &self.rates;
        let few: f64 = r.weights.iter().take(best.len()).sum();
        let weights: Vec<f64> = r.weights.iter().take(best.len()).map(|w| w / few).collect();
        let step: Vec<f64> = (0..n)
            .map(|i| weights.iter().zip(&best).map(|(w, y)| w * y[i]).sum())
            .collect();
        self.generation += 1;
        // C^(-1/2) of the step, through the axes
        let along: Vec<f64> = (0..n)
            .map(|k| (0..n).map(|i| self.axes[i][k] * step[i]).sum::<f64>() / self.lengths[k])
            .collect();
        let rate = (r.c_sigma * (2.0 - r.c_sigma) * r.mu_eff).sqrt();
        for i in 0..n {
            let white = dot(&self.axes[i], &along);
            self.paths[1][i] = (1.0 - r.c_sigma) * self.paths[1][i] + rate * white;
        }
        let length = self.paths[1].iter().map(|p| p * p).sum::<f64>().sqrt();
        let faded = (1.0 - (1.0 - r.c_sigma).powi(2 * self.generation as i32)).sqrt();
        let runs = length / faded >= (1.4 + 2.0 / (n as f64 + 1.0)) * r.chi;
        let h = f64::from(u8::from(!runs));
        let rate = h * (r.c_c * (2.0 - r.c_c) * r.mu_eff).sqrt();
        for (path, step) in self.paths[0].iter_mut().zip(&step) {
            *path = (1.0 - r.c_c) * *path + rate * step;
        }
        let kept = 1.0 - r.c_1 - r.c_mu + (1.0 - h) * r.c_1 * r.c_c * (2.0 - r.c_c);
        for i in 0..n {
            for j in 0..n {
                let ranked: f64 = weights
                    .iter()
                    .zip(&best)
                    .map(|(w, y)| w * y[i] * y[j])
                    .sum();
                self.covariance[i][j] = kept * self.covariance[i][j]
                    + r.c_1 * self.paths[0][i] * self.paths[0][j]
                    + r.c_mu * ranked;
            }
        }
        self.mean = (0..n).map(|i| mirrored(self.at(i, step[i]))).collect();
        let grown = (r.c_sigma / r.d_sigma * (length / r.chi - 1.0))
            .min(1.0)
            .exp();
        self.sigma = (self.sigma * grown).clamp(1e-12, WIDEST);
        let (values, axes) = eigen(&self.covariance);
        self.lengths = values.iter().map(|value| value.max(1e-20).sqrt()).collect();
        self.axes = axes;
    }

    /// Where it thinks the least value is.
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Into [0, 1] by reflection at both ends.
fn mirrored(x: f64) -> f64 {
    1.0 - (x.rem_euclid(2.0) - 1.0).abs()
}

/// Eigenvalues, and eigenvectors by column, of a symmetric matrix: cyclic Jacobi rotations (Golub & Van Loan, "Matrix
/// Computations", §8.5).
fn eigen(matrix: &[Vec<f64>]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let n = matrix.len();
    let mut a = matrix.to_vec();
    let mut v: Vec<Vec<f64>> = (0..n)
        .map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect())
        .collect();
    for _ in 0..50 {
        let off: f64 = (0..n)
            .flat_map(|i| (0..i).map(move |j| (i, j)))
            .map(|(i, j)| a[i][j] * a[i][j])
            .sum();
        let on: f64 = (0..n).map(|i| a[i][i] * a[i][i]).sum();
        if off <= 1e-26 * on {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                if a[p][q] != 0.0 {
                    rotate(&mut a, &mut v, p, q);
                }
            }
        }
    }
    ((0..n).map(|i| a[i][i]).collect(), v)
}

/// Turns the plane of two coordinates so that their entry vanishes.
fn rotate(a: &mut [Vec<f64>], v: &mut [Vec<f64>], p: usize, q: usize) {
    let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let t = if theta == 0.0 { 1.0 } else { t };
    let c = 1.0 / t.hypot(1.0);
    let s = t * c;
    let turn = |row: &mut Vec<f64>| {
        let (x, y) = (row[p], row[q]);
        (row[p], row[q]) = (c * x - s * y, s * x + c * y);
    };
    a.iter_mut().for_each(turn);
    v.iter_mut().for_each(turn);
    let (above, below) = a.split_at_mut(q);
    for (x, y) in above[p].iter_mut().zip(&mut below[0]) {
        (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: f64 = 0.3;

    /// The least value found after so many evaluations, from far away.
    fn least(f: &dyn Fn(&[f64]) -> f64, n: usize, evaluations: usize, seed: u64) -> f64 {
        let lambda = CmaEs::default_lambda(n);
        let mut search = CmaEs::new(vec![0.75; n], &vec![0.2; n], lambda, seed);
        let mut least = f64::INFINITY;
        for _ in 0..evaluations / lambda {
            let points = search.ask(lambda);
            let values: Vec<f64> = points.iter().map(|point| f(point)).collect();
            least = values.iter().copied().fold(least, f64::min);
            let mut ranks: Vec<usize> = (0..lambda).collect();
            ranks.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
            search.tell(&ranks);
        }
        least
    }

    /// x ↦ Σ (10^(6 i/(n−1))) (x_i − AT)², Hansen's f_elli.
    fn ellipsoid(x: &[f64]) -> f64 {
        let last = x.len() as f64 - 1.0;
        x.iter()
            .enumerate()
            .map(|(i, x)| 1e6f64.powf(i as f64 / last) * (x - AT).powi(2))
            .sum()
    }

    /// On [−2, 2]ⁿ, least at 1.
    fn rosenbrock(x: &[f64]) -> f64 {
        let x: Vec<f64> = x.iter().map(|x| 4.0 * x - 2.0).collect();
        x.windows(2)
            .map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2))
            .sum()
    }

    #[test]
    fn the_sphere_is_solved_in_two_thousand_evaluations() {
        for seed in 0..5 {
            let found = least(
                &|x| x.iter().map(|x| (x - AT).powi(2)).sum(),
                8,
                2_000,
                seed,
            );
            assert!(found < 1e-8, "{found}");
        }
    }

    #[test]
    fn an_ellipsoid_of_condition_a_million_is_learned() {
        for seed in 0..3 {
            let found = least(&ellipsoid, 8, 6_000, seed);
            assert!(found < 1e-8, "{found}");
        }
    }

    #[test]
    fn rosenbrocks_valley_is_followed_to_its_end() {
        for seed in 0..3 {
            let found = least(&rosenbrock, 6, 12_000, seed);
            assert!(found < 1e-6, "{found}");
        }
    }

    #[test]
    fn a_least_value_at_the_corner_is_found_and_no_point_leaves_the_box() {
        let mut search = CmaEs::new(vec![0.5; 4], &[0.3; 4], 8, 1);
        let mut least = f64::INFINITY;
        for _ in 0..80 {
            let points = search.ask(8);
            assert!(points.iter().flatten().all(|x| (0.0..=1.0).contains(x)));
            let values: Vec<f64> = points.iter().map(|point| point.iter().sum()).collect();
            let mut ranks: Vec<usize> = (0..8).collect();
            ranks.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
            least = least.min(values[ranks[0]]);
            search.tell(&ranks);
        }
        assert!(least < 0.02, "{least}");
    }

    #[test]
    fn a_rotated_matrix_comes_back_from_its_axes() {
        let matrix = vec![
            vec![4.0, 1.0, -0.5],
            vec![1.0, 3.0, 0.2],
            vec![-0.5, 0.2, 1.0],
        ];
        let (values, axes) = eigen(&matrix);
        for i in 0..3 {
            for j in 0..3 {
                let back: f64 = (0..3).map(|k| axes[i][k] * values[k] * axes[j][k]).sum();
                assert!((back - matrix[i][j]).abs() < 1e-12, "{back}");
            }
        }
    }

    #[test]
    fn what_could_not_be_judged_is_left_out_of_what_is_learned() {
        let mut search = CmaEs::new(vec![0.5; 2], &[0.2; 2], 6, 1);
        let before = search.mean().to_vec();
        search.ask(6);
        search.tell(&[3]);
        assert_eq!(search.mean(), before);
        search.tell(&[3, 1, 5]);
        assert!(search.mean().iter().all(|x| x.is_finite()) && search.mean() != before);
    }
}
