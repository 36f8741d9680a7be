//! Judges that look at two pictures at once, asked in both orders: do they mean the picture or the place?

use super::pairs::Better;

/// One pair asked twice. Both answers name pictures, not places: `A` is the same picture in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BothOrders {
    /// the answer with picture A shown first
    pub forward: Better,
    /// the answer with picture B shown first
    pub reverse: Better,
    /// what a person said
    pub human: Better,
}

/// What both orders tell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Orders {
    /// share of pairs with the same answer in both orders
    pub consistency: f64,
    /// right in both orders, over pairs in which a person preferred one
    pub consistent_accuracy: Option<f64>,
    /// (forward right + reverse right) / (2 · pairs), MMRB2's measure, over the same pairs
    pub mean_accuracy: Option<f64>,
    /// chance that the one shown first is chosen, less one half; answers that choose neither count as half
    pub positional_bias: f64,
}

/// Over all pairs; `None` without any.
pub fn orders(pairs: &[BothOrders]) -> Option<Orders> {
    let share = |of: &dyn Fn(&BothOrders) -> f64| super::mean(pairs.iter().map(of));
    let first = |answer: Better, shown_first: Better| match answer {
        Better::Tie => 0.5,
        answer => f64::from(u8::from(answer == shown_first)),
    };
    let preferred = || pairs.iter().filter(|pair| pair.human != Better::Tie);
    let right = |answer: Better, pair: &BothOrders| f64::from(u8::from(answer == pair.human));
    Some(Orders {
        consistency: share(&|pair| f64::from(u8::from(pair.forward == pair.reverse)))?,
        consistent_accuracy: super::mean(
            preferred().map(|p| right(p.forward, p) * right(p.reverse, p)),
        ),
        mean_accuracy: super::mean(
            preferred().map(|p| (right(p.forward, p) + right(p.reverse, p)) / 2.0),
        ),
        positional_bias: share(&|pair| {
            (first(pair.forward, Better::A) + first(pair.reverse, Better::B)) / 2.0
        })? - 0.5,
    })
}
