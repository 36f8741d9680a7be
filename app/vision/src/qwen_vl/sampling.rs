//! Which word comes next: the likeliest, or one that is drawn by a seed from the likely ones (Holtzman et al. 2020).

use retake_core::Rng;

/// How an answer is written.
#[derive(Clone, Debug, PartialEq)]
pub struct How {
    /// the answer is cut off after so many tokens
    pub most: usize,
    /// what logits are divided by before they are drawn from; 0 takes the likeliest token each time
    pub temperature: f32,
    /// draws from the likeliest tokens that together have this probability, 0 to 1
    pub top_p: f32,
    /// draws from so many likeliest tokens; 0 is all
    pub top_k: usize,
    /// of the drawing
    pub seed: u64,
    /// tokens whose probability is told at every place
    pub weighed: Vec<u32>,
    /// goes on where the answer would end
    pub past_the_end: bool,
}

impl Default for How {
    /// The likeliest answer of up to 512 tokens.
    fn default() -> Self {
        Self {
            most: 512,
            temperature: 0.0,
            top_p: 1.0,
            top_k: 0,
            seed: 0,
            weighed: Vec::new(),
            past_the_end: false,
        }
    }
}

impl How {
    /// The next token.
    pub(super) fn pick(&self, logits: &[f32], rng: &mut Rng) -> u32 {
        if self.temperature <= 0.0 {
            return likeliest(logits);
        }
        // the likeliest first; of equals the first in the vocabulary
        let mut order: Vec<u32> = (0..logits.len() as u32).collect();
        let falling = |a: &u32, b: &u32| {
            let (x, y) = (logits[*a as usize], logits[*b as usize]);
            y.total_cmp(&x).then(a.cmp(b))
        };
        if self.top_k > 0 && self.top_k < order.len() {
            order.select_nth_unstable_by(self.top_k - 1, falling);
            order.truncate(self.top_k);
        }
        order.sort_unstable_by(falling);
        let highest = order.first().map_or(0.0, |&token| logits[token as usize]);
        let weight =
            |token: u32| f64::from((logits[token as usize] - highest) / self.temperature).exp();
        let weights: Vec<f64> = order.iter().map(|&token| weight(token)).collect();
        let total: f64 = weights.iter().sum();
        // as many as are needed for the probability, at least one
        let mut kept = 0;
        let mut mass = 0.0;
        while kept < weights.len() && (kept == 0 || mass < f64::from(self.top_p) * total) {
            mass += weights[kept];
            kept += 1;
        }
        let mut left = f64::from(rng.uniform()) * mass;
        for (&token, weight) in order.iter().zip(&weights[..kept]) {
            left -= weight;
            if left < 0.0 {
                return token;
            }
        }
        order.get(kept.saturating_sub(1)).copied().unwrap_or(0)
    }
}

/// The first of the highest.
fn likeliest(logits: &[f32]) -> u32 {
    let mut best = 0;
    for (token, &logit) in logits.iter().enumerate() {
        if logit > logits[best] {
            best = token;
        }
    }
    best as u32
}

/// Natural logarithms of the probabilities.
pub(super) fn log_softmax(logits: &[f32]) -> Vec<f32> {
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits
        .iter()
        .map(|&logit| f64::from(logit - highest).exp())
        .sum();
    let shift = f64::from(highest) + sum.ln();
    logits
        .iter()
        .map(|&logit| (f64::from(logit) - shift) as f32)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Probabilities ½, ¼, ⅛, ⅛ at temperature 1.
    fn logits() -> Vec<f32> {
        [0.125f32, 0.5, 0.25, 0.125].map(f32::ln).to_vec()
    }

    fn shares(how: &How) -> Vec<f64> {
        let mut rng = Rng::new(3);
        let mut counts = vec![0.0; 4];
        for _ in 0..20_000 {
            counts[how.pick(&logits(), &mut rng) as usize] += 1.0 / 20_000.0;
        }
        counts
    }

    fn hot(top_k: usize, top_p: f32, temperature: f32) -> How {
        How {
            temperature,
            top_p,
            top_k,
            ..How::default()
        }
    }

    fn near(shares: &[f64], wanted: [f64; 4]) {
        for (share, wanted) in shares.iter().zip(wanted) {
            assert!((share - wanted).abs() < 0.015, "{shares:?}");
        }
    }

    #[test]
    fn tokens_are_drawn_by_their_probabilities() {
        near(&shares(&hot(0, 1.0, 1.0)), [0.125, 0.5, 0.25, 0.125]);
        // halves of the temperature square the odds: 16 : 4 : 1 : 1
        near(
            &shares(&hot(0, 1.0, 0.5)),
            [1.0 / 22.0, 16.0 / 22.0, 4.0 / 22.0, 1.0 / 22.0],
        );
    }

    #[test]
    fn only_the_likeliest_are_drawn_where_that_is_wanted() {
        near(&shares(&hot(2, 1.0, 1.0)), [0.0, 2.0 / 3.0, 1.0 / 3.0, 0.0]);
        near(&shares(&hot(0, 0.7, 1.0)), [0.0, 2.0 / 3.0, 1.0 / 3.0, 0.0]);
        near(&shares(&hot(0, 0.0, 1.0)), [0.0, 1.0, 0.0, 0.0]);
        near(&shares(&hot(0, 1.0, 0.0)), [0.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn probabilities_sum_to_one_wherever_the_logits_lie() {
        for shift in [-300.0, 0.0, 300.0] {
            let moved: Vec<f32> = logits().iter().map(|logit| logit + shift).collect();
            let sum: f32 = log_softmax(&moved).iter().map(|log| log.exp()).sum();
            assert!((sum - 1.0).abs() < 1e-4, "{sum}");
        }
    }
}
