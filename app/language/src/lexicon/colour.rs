//! Colours: where they lie and what more of them changes.

use retake_core::{Band, Change, Quantity};

#[derive(Clone, Debug)]
pub(crate) struct Colour {
    pub(crate) id: String,
    /// CIELAB, degrees
    pub(crate) angle: Option<f32>,
    pub(crate) band: Option<Band>,
    pub(crate) warmth: i8,
    pub(crate) tint: i8,
}

impl Colour {
    /// The changes of b* and a* that more of this colour means.
    pub(crate) fn axes(&self) -> Vec<(Quantity, Change)> {
        let change = |sign: i8| {
            if sign > 0 {
                Change::Raise
            } else {
                Change::Lower
            }
        };
        [(Quantity::Warmth, self.warmth), (Quantity::Tint, self.tint)]
            .into_iter()
            .filter(|&(_, sign)| sign != 0)
            .map(|(quantity, sign)| (quantity, change(sign)))
            .collect()
    }
}
