//! Rank correlations: Spearman's rho with average ranks and Kendall's tau-b, both as SciPy defines them
//! (`scipy.stats.spearmanr`, `scipy.stats.kendalltau`), pairs with a value that is not finite left out.

/// Ranks from 1; equal values share the mean of their places.
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<(f64, usize)> = values.iter().copied().zip(0..).collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let mut end = start + 1;
        while end < order.len() && order[end].0 == order[start].0 {
            end += 1;
        }
        let shared = (start + 1 + end) as f64 / 2.0;
        for &(_, place) in &order[start..end] {
            ranks[place] = shared;
        }
        start = end;
    }
    ranks
}

/// Those pairs of which both are finite; -0 becomes 0, so that it is the same value.
fn finite(x: &[f64], y: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let pairs = x.iter().zip(y);
    pairs
        .filter(|(x, y)| x.is_finite() && y.is_finite())
        .map(|(x, y)| (x + 0.0, y + 0.0))
        .unzip()
}

/// Pearson's correlation in [-1, 1]; `None` for fewer than two pairs or a constant side.
pub fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    let (x, y) = finite(x, y);
    if x.len() < 2 {
        return None;
    }
    let count = x.len() as f64;
    let (mx, my) = (x.iter().sum::<f64>() / count, y.iter().sum::<f64>() / count);
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(&y) {
        xy += (x - mx) * (y - my);
        xx += (x - mx) * (x - mx);
        yy += (y - my) * (y - my);
    }
    (xx > 0.0 && yy > 0.0).then(|| (xy / (xx * yy).sqrt()).clamp(-1.0, 1.0))
}

/// Spearman's rho in [-1, 1]: Pearson's correlation of the ranks.
pub fn spearman(x: &[f64], y: &[f64]) -> Option<f64> {
    let (x, y) = finite(x, y);
    pearson(&ranks(&x), &ranks(&y))
}

/// How the pairs of a list stand to each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Concordance {
    /// pairs that both lists order alike, less those that they order differently
    pub surplus: i64,
    /// pairs that `x` orders
    pub ordered_by_x: u64,
    /// pairs that `y` orders
    pub ordered_by_y: u64,
}

impl Concordance {
    /// Of one list, in O(n log n) (Knight 1966, "A computer method for calculating Kendall's tau with ungrouped data").
    pub fn of(x: &[f64], y: &[f64]) -> Self {
        let (x, y) = finite(x, y);
        let all = pairs_of(x.len());
        let mut order: Vec<(f64, f64)> = x.into_iter().zip(y).collect();
        order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let tied_x = tied(&order, |a, b| a.0 == b.0);
        let tied_both = tied(&order, |a, b| a == b);
        let mut along: Vec<f64> = order.into_iter().map(|(_, y)| y).collect();
        let mut spare = along.clone();
        let discordant = inversions(&mut along, &mut spare);
        let tied_y = tied(&along, |a, b| a == b);
        let decided = (all + tied_both) as i64 - (tied_x + tied_y) as i64;
        Self {
            surplus: decided - 2 * discordant as i64,
            ordered_by_x: all - tied_x,
            ordered_by_y: all - tied_y,
        }
    }

    /// Both together: pairs within each list, none across.
    pub fn and(self, other: Self) -> Self {
        Self {
            surplus: self.surplus + other.surplus,
            ordered_by_x: self.ordered_by_x + other.ordered_by_x,
            ordered_by_y: self.ordered_by_y + other.ordered_by_y,
        }
    }

    /// tau-b: the surplus over the geometric mean of what each side orders; `None` when a side orders nothing.
    pub fn tau_b(self) -> Option<f64> {
        let (x, y) = (self.ordered_by_x as f64, self.ordered_by_y as f64);
        (x > 0.0 && y > 0.0).then(|| (self.surplus as f64 / x.sqrt() / y.sqrt()).clamp(-1.0, 1.0))
    }
}

/// Kendall's tau-b in [-1, 1].
pub fn kendall(x: &[f64], y: &[f64]) -> Option<f64> {
    Concordance::of(x, y).tau_b()
}

fn pairs_of(count: usize) -> u64 {
    let count = count as u64;
    count * count.saturating_sub(1) / 2
}

/// Pairs of equals in a list that has equals side by side.
fn tied<T>(order: &[T], equal: impl Fn(&T, &T) -> bool) -> u64 {
    order
        .chunk_by(equal)
        .map(|equals| pairs_of(equals.len()))
        .sum()
}

/// Sorts, and counts the pairs that stood the wrong way round.
fn inversions(values: &mut [f64], spare: &mut [f64]) -> u64 {
    if values.len() < 2 {
        return 0;
    }
    let middle = values.len() / 2;
    let mut count = {
        let (left, right) = values.split_at_mut(middle);
        let (spare_left, spare_right) = spare.split_at_mut(middle);
        inversions(left, spare_left) + inversions(right, spare_right)
    };
    let (mut left, mut right) = (0, middle);
    for slot in spare.iter_mut() {
        let from_left = right == values.len() || (left < middle && values[left] <= values[right]);
        *slot = if from_left {
            left += 1;
            values[left - 1]
        } else {
            count += (middle - left) as u64;
            right += 1;
            values[right - 1]
        };
    }
    values.copy_from_slice(spare);
    count
}
