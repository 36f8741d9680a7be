//! What was left alone, measured outside of what an edit is about and, where a form must stay, inside (region-decoupled
//! preservation, GEditBench v2, arXiv 2603.28547): the earth mover's distance of patch embeddings, structural similarity under
//! a mask, and likeness of structure. Outside counts for what was added, removed, replaced or written (LPIPS, this distance,
//! structural similarity), inside for new colours (structural similarity of the light) and materials (of depth).

/// The earth mover's distance between two sets of vectors: the least cost of carrying one into the other, where every vector
/// of a set weighs the same and a way costs the squared Euclidean distance. `None` of an empty set, or of vectors of different
/// lengths. Exact: the transport problem is solved by shortest augmenting paths with potentials, O((n + m)³) or so.
pub fn earth_movers_distance(from: &[Vec<f32>], to: &[Vec<f32>]) -> Option<f64> {
    let width = from.first()?.len();
    if to.is_empty() || from.iter().chain(to).any(|vector| vector.len() != width) {
        return None;
    }
    let cost: Vec<Vec<f64>> = from
        .iter()
        .map(|a| to.iter().map(|b| squared_distance(a, b)).collect())
        .collect();
    // whole numbers: each of n gives m, each of m takes n
    let (n, m) = (from.len(), to.len());
    Transport::new(cost, m as u64, n as u64)
        .solve()
        .map(|total| total / (n * m) as f64)
}

fn squared_distance(a: &[f32], b: &[f32]) -> f64 {
    let each = a.iter().zip(b);
    each.map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2))
        .sum()
}

/// A transport problem while it is solved: rows give, columns take. Its places are the rows, then the columns.
struct Transport {
    cost: Vec<Vec<f64>>,
    left_to_give: Vec<u64>,
    left_to_take: Vec<u64>,
    flow: Vec<Vec<u64>>,
    potential: Vec<f64>,
}

impl Transport {
    fn new(cost: Vec<Vec<f64>>, gives: u64, takes: u64) -> Self {
        let (n, m) = (cost.len(), cost[0].len());
        Self {
            left_to_give: vec![gives; n],
            left_to_take: vec![takes; m],
            flow: vec![vec![0; m]; n],
            potential: vec![0.0; n + m],
            cost,
        }
    }

    /// The least cost; none where some number is not finite.
    fn solve(mut self) -> Option<f64> {
        for row in 0..self.cost.len() {
            while self.left_to_give[row] > 0 {
                let way = self.shortest(row)?;
                self.send(&way);
            }
        }
        let rows = self.cost.iter().zip(&self.flow);
        let each = rows.flat_map(|(costs, flows)| costs.iter().zip(flows));
        Some(each.map(|(cost, flow)| cost * *flow as f64).sum())
    }

    /// What the way from one place to another costs beyond their potentials; none where there is none.
    fn reduced(&self, from: usize, to: usize) -> Option<f64> {
        let n = self.cost.len();
        let cost = match (from < n, to < n) {
            (true, false) => self.cost[from][to - n],
            // back along what was sent
            (false, true) if self.flow[to][from - n] > 0 => -self.cost[to][from - n],
            _ => return None,
        };
        Some((cost + self.potential[from] - self.potential[to]).max(0.0))
    }

    /// The places of the shortest way from a row to a column that still takes (Dijkstra 1959).
    fn shortest(&mut self, start: usize) -> Option<Vec<usize>> {
        let n = self.cost.len();
        let places = self.potential.len();
        let (mut far, mut done) = (vec![f64::INFINITY; places], vec![false; places]);
        let mut before = vec![usize::MAX; places];
        far[start] = 0.0;
        let end = loop {
            let open = (0..places).filter(|&place| !done[place] && far[place].is_finite());
            let here = open.min_by(|&a, &b| far[a].total_cmp(&far[b]))?;
            if here >= n && self.left_to_take[here - n] > 0 {
                break here;
            }
            done[here] = true;
            for there in 0..places {
                let Some(reduced) = self.reduced(here, there) else {
                    continue;
                };
                if !done[there] && far[here] + reduced < far[there] {
                    far[there] = far[here] + reduced;
                    before[there] = here;
                }
            }
        };
        let least = far[end];
        for (potential, far) in self.potential.iter_mut().zip(&far) {
            *potential += far.min(least);
        }
        let mut way = vec![end];
        while let Some(&place) = way.last().filter(|place| **place != start) {
            way.push(before[place]);
        }
        way.reverse();
        Some(way)
    }

    /// Sends as much along a way as it takes.
    fn send(&mut self, way: &[usize]) {
        let n = self.cost.len();
        let (start, end) = (way[0], way[way.len() - 1] - n);
        let steps = || way.windows(2).map(|step| (step[0], step[1]));
        let back = steps().filter(|(from, _)| *from >= n);
        let room = back.map(|(from, to)| self.flow[to][from - n]).min();
        let amount = self.left_to_give[start]
            .min(self.left_to_take[end])
            .min(room.unwrap_or(u64::MAX));
        for (from, to) in steps() {
            match from < n {
                true => self.flow[from][to - n] += amount,
                false => self.flow[to][from - n] -= amount,
            }
        }
        self.left_to_give[start] -= amount;
        self.left_to_take[end] -= amount;
    }
}

/// Structural similarity (Wang et al. 2004) of two planes of the same size, values in [0, 1]: windows of 11 × 11 px under a
/// Gaussian of 1.5 px, K₁ = 0.01, K₂ = 0.03; windows that reach beyond the edge are left out. The mean over the windows by
/// `weight` at their middles; `None` where no weight is left, or the picture is smaller than a window.
pub fn structural_similarity(
    a: &[f32],
    b: &[f32],
    (width, height): (usize, usize),
    weight: impl Fn(usize, usize) -> f32,
) -> Option<f64> {
    const REACH: usize = 5;
    if width <= 2 * REACH || height <= 2 * REACH || a.len() != b.len() || a.len() != width * height
    {
        return None;
    }
    let bell: Vec<f64> = (0..=2 * REACH)
        .map(|i| (-((i as f64 - REACH as f64) / 1.5).powi(2) / 2.0).exp())
        .collect();
    let total: f64 = bell.iter().sum();
    let bell: Vec<f64> = bell.iter().map(|value| value / total).collect();
    let (c1, c2) = (0.01f64.powi(2), 0.03f64.powi(2));
    let (mut sum, mut weights) = (0.0, 0.0);
    for y in REACH..height - REACH {
        for x in REACH..width - REACH {
            let counts = f64::from(weight(x, y));
            if counts <= 0.0 {
                continue;
            }
            let mut moments = [0.0; 5];
            for (j, down) in bell.iter().enumerate() {
                for (i, across) in bell.iter().enumerate() {
                    let at = (y + j - REACH) * width + x + i - REACH;
                    let (p, q, share) = (f64::from(a[at]), f64::from(b[at]), down * across);
                    let terms = [p, q, p * p, q * q, p * q];
                    moments
                        .iter_mut()
                        .zip(terms)
                        .for_each(|(sum, term)| *sum += share * term);
                }
            }
            let [p, q, pp, qq, pq] = moments;
            let (of_p, of_q, both) = (pp - p * p, qq - q * q, pq - p * q);
            let similar = (2.0 * p * q + c1) * (2.0 * both + c2)
                / ((p * p + q * q + c1) * (of_p + of_q + c2));
            sum += counts * similar;
            weights += counts;
        }
    }
    (weights > 0.0).then(|| sum / weights)
}

/// Likeness of structure: one less the mean difference of two self-similarity matrices, the cosines of every patch with every
/// other one, over the patches that count (after Tumanyan et al. 2022; how GEditBench v2 joins them is not published in what
/// this was made from, so that the mean is Retake's own). `None` with fewer than two patches.
pub fn structure_likeness(before: &[Vec<f32>], after: &[Vec<f32>]) -> Option<f64> {
    if before.len() != after.len() || before.len() < 2 {
        return None;
    }
    let pairs = (0..before.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
    let apart =
        pairs.map(|(i, j)| (cosine(&before[i], &before[j]) - cosine(&after[i], &after[j])).abs());
    super::generative::mean(apart).map(|apart| 1.0 - apart)
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        let each = a.iter().zip(b);
        each.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    if lengths > 0.0 {
        dot(a, b) / lengths
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests;
