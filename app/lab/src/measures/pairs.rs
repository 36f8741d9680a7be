//! Pair accuracy: how often the better of two has the higher score. Strict counts equal scores as wrong, half-credit as
//! a coin would; tie-calibrated predicts a tie where the scores are near (Deutsch, Foster & Freitag 2023, "Ties matter",
//! arXiv 2305.14324).

/// Which of two a person liked better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Better {
    /// the first
    A,
    /// the second
    B,
    /// neither
    Tie,
}

impl Better {
    /// Which of two numbers is larger.
    pub fn of(a: f64, b: f64) -> Self {
        match a.partial_cmp(&b) {
            Some(std::cmp::Ordering::Greater) => Self::A,
            Some(std::cmp::Ordering::Less) => Self::B,
            _ => Self::Tie,
        }
    }
    /// The same with the two in the other order.
    pub fn turned(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
            Self::Tie => Self::Tie,
        }
    }
}

/// Two scores and what a person said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// score of the first
    pub a: f64,
    /// score of the second
    pub b: f64,
    /// what a person said
    pub human: Better,
}

impl Pair {
    /// What the scores say.
    pub fn said(&self) -> Better {
        Better::of(self.a, self.b)
    }
    fn known(&self) -> bool {
        self.a.is_finite() && self.b.is_finite()
    }
    /// Score of the preferred less score of the other; 0 without a preference.
    fn margin(&self) -> f64 {
        match self.human {
            Better::A => self.a - self.b,
            Better::B => self.b - self.a,
            Better::Tie => 0.0,
        }
    }
}

/// Over the pairs in which a person preferred one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// pairs
    pub all: usize,
    /// the preferred has the higher score
    pub right: usize,
    /// both have the same
    pub tied: usize,
}

impl Counts {
    /// Of these pairs.
    pub fn of<'a>(pairs: impl IntoIterator<Item = &'a Pair>) -> Self {
        let mut counts = Self::default();
        for pair in pairs {
            if pair.human == Better::Tie || !pair.known() {
                continue;
            }
            counts.all += 1;
            counts.right += usize::from(pair.margin() > 0.0);
            counts.tied += usize::from(pair.a == pair.b);
        }
        counts
    }
    /// Both together.
    pub fn and(self, other: Self) -> Self {
        Self {
            all: self.all + other.all,
            right: self.right + other.right,
            tied: self.tied + other.tied,
        }
    }
    fn share(self, of: f64) -> Option<f64> {
        (self.all > 0).then(|| of / self.all as f64)
    }
    /// Equal scores are wrong.
    pub fn strict(self) -> Option<f64> {
        self.share(self.right as f64)
    }
    /// Equal scores are half right.
    pub fn half_credit(self) -> Option<f64> {
        self.share(self.right as f64 + self.tied as f64 / 2.0)
    }
    /// How often scores are equal.
    pub fn tie_rate(self) -> Option<f64> {
        self.share(self.tied as f64)
    }
}

/// A threshold below which, or at which, a difference of scores is called a tie, and how often that is right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TieCalibrated {
    /// share of pairs, ties among them, that are said rightly
    pub accuracy: f64,
    /// the threshold, in units of the score
    pub threshold: f64,
}

/// How often a threshold is right: orders that are further apart and right, and ties that are not.
pub fn with_threshold<'a>(
    pairs: impl IntoIterator<Item = &'a Pair>,
    threshold: f64,
) -> Option<f64> {
    let right = |pair: &Pair| {
        let said = match (pair.a - pair.b).abs() <= threshold {
            true => Better::Tie,
            false => pair.said(),
        };
        f64::from(u8::from(said == pair.human))
    };
    super::mean(pairs.into_iter().filter(|pair| pair.known()).map(right))
}

/// The best of all thresholds that differences of these pairs offer, and 0; of equally good ones the smallest. Measured
/// on the pairs that it was chosen on it flatters, which is how published figures are made.
pub fn best_threshold(pairs: &[Pair]) -> Option<TieCalibrated> {
    let mut apart: Vec<(f64, &Pair)> = pairs
        .iter()
        .filter(|pair| pair.known())
        .map(|pair| ((pair.a - pair.b).abs(), pair))
        .collect();
    apart.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let all = apart.len();
    let mut right = apart.iter().filter(|(_, pair)| pair.margin() > 0.0).count() as i64;
    let mut best: Option<(i64, f64)> = None;
    let mut place = 0;
    let mut threshold = 0.0;
    if all == 0 {
        return None;
    }
    loop {
        while place < all && apart[place].0 <= threshold {
            let pair = apart[place].1;
            right += match pair.human {
                Better::Tie => 1,
                _ if pair.margin() > 0.0 => -1,
                _ => 0,
            };
            place += 1;
        }
        if best.is_none_or(|(most, _)| right > most) {
            best = Some((right, threshold));
        }
        match apart.get(place) {
            Some(next) => threshold = next.0,
            None => break,
        }
    }
    best.map(|(right, threshold)| TieCalibrated {
        accuracy: right as f64 / all as f64,
        threshold,
    })
}

/// Each half judged by the threshold that is best on the other half, so that no pair has a say in its own threshold.
/// `in_first` says to which half a pair belongs; the threshold told is the mean of both.
pub fn tie_calibrated(pairs: &[Pair], in_first: &dyn Fn(usize) -> bool) -> Option<TieCalibrated> {
    let half = |first: bool| -> Vec<Pair> {
        let places = pairs.iter().enumerate();
        places
            .filter(|(place, pair)| in_first(*place) == first && pair.known())
            .map(|(_, pair)| *pair)
            .collect()
    };
    let (first, second) = (half(true), half(false));
    let (of_first, of_second) = (best_threshold(&first)?, best_threshold(&second)?);
    let on_second = with_threshold(&second, of_first.threshold)?;
    let on_first = with_threshold(&first, of_second.threshold)?;
    let (m, n) = (first.len() as f64, second.len() as f64);
    Some(TieCalibrated {
        accuracy: (on_first * m + on_second * n) / (m + n),
        threshold: (of_first.threshold + of_second.threshold) / 2.0,
    })
}
