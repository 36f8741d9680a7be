//! The guard at the end of a run: a reward that takes no part in the choice looks at the best of the first 1, 2, 4 …
//! candidates, at a small size.

use retake_core::{
    Dimension, Instruction, Raster, Reward, Scorecard, Selection, Selector, Stop, Watch, Work,
};
use retake_pixels::resize;
use retake_search::PowerProduct;
use retake_search::guard::{Guarded, Point, guard};

use super::{CENT, score};

/// Long edge at which it looks, px.
const EDGE: usize = 512;

/// A copy for the guard.
pub(crate) fn small(picture: &Raster) -> Raster {
    let (width, height) = resize::size_within(picture.width, picture.height, EDGE);
    resize::raster(picture, width, height)
}

/// What is to be looked at.
pub(super) struct Guard<'a> {
    pub(super) source: &'a Raster,
    pub(super) asked: &'a Instruction,
    /// the candidates in the order of their index, small; `None` for one whose picture is gone
    pub(super) pictures: &'a [Option<Raster>],
    pub(super) cards: &'a [Scorecard],
    pub(super) known: &'a super::Known,
    pub(super) selection: &'a Selection,
    pub(super) selector: &'a dyn Selector,
    pub(super) held_out: &'a [Box<dyn Reward>],
    /// what is left to pay them; infinite where there is no limit
    pub(super) money: f64,
}

impl Guard<'_> {
    /// Whether asking them about as many as there may be to look at costs more than what is left.
    pub(super) fn too_dear(&self) -> bool {
        let most = (self.cards.len().max(1).ilog2() + 2) as usize;
        let work = Work::Score(most.min(self.cards.len()));
        super::price(self.held_out, work) > self.money + CENT
    }

    /// The answer; `None` without a held-out reward, or with too few candidates to compare.
    pub(super) fn ask(&self, watch: &dyn Watch) -> Result<Option<Guarded>, Stop> {
        let count = self.cards.len();
        if self.held_out.is_empty() || count < 2 {
            return Ok(None);
        }
        let choose = |cards: &[Scorecard]| self.selector.choose(&self.known.group(cards));
        let bests = bests(self.cards, self.selection, &choose);
        let mut looked_at: Vec<usize> = bests.iter().map(|&(_, place)| place).collect();
        looked_at.sort_unstable();
        looked_at.dedup();
        looked_at.retain(|&place| self.pictures[place].is_some());
        let edited: Vec<&Raster> = looked_at
            .iter()
            .filter_map(|&place| self.pictures[place].as_ref())
            .collect();
        let source = small(self.source);
        super::allow(self.held_out, Work::Score(edited.len()), self.money);
        let cards = score(&source, &edited, self.asked, self.held_out, watch)?;
        let points: Vec<Point> = bests
            .into_iter()
            .filter_map(|(of, place)| {
                let seen = looked_at.iter().position(|&at| at == place)?;
                let (proxy, card) = (self.selection.overall[place], &self.cards[place]);
                Some(point(of, proxy, card, &cards[seen]))
            })
            .collect();
        Ok(Some(guard(&points)))
    }
}

/// The best of the first one, two, four … and of all: of how many, and its place. `selection` is of all of them,
/// `choose` chooses among the first so many.
pub(crate) fn bests(
    cards: &[Scorecard],
    selection: &Selection,
    choose: &dyn Fn(&[Scorecard]) -> Selection,
) -> Vec<(usize, usize)> {
    let count = cards.len();
    let mut sizes: Vec<usize> = std::iter::successors(Some(1), |of| Some(of * 2))
        .take_while(|&of| of < count)
        .collect();
    sizes.push(count);
    let best = |of: usize| match of == count {
        true => selection.order.first().copied(),
        false => choose(&cards[..of]).order.first().copied(),
    };
    sizes
        .into_iter()
        .filter_map(|of| Some((of, best(of)?)))
        .collect()
}

/// What the choice and a held-out reward make of the best of the first `of`; `proxy` is its overall score by the choice.
pub(crate) fn point(of: usize, proxy: f32, card: &Scorecard, held_out: &Scorecard) -> Point {
    Point {
        of,
        proxy,
        proxy_spread: spread(card),
        held_out: overall(held_out),
        held_out_spread: spread(held_out),
    }
}

/// What a held-out reward comes to: as the default selector reckons where it knows whether the instruction was followed,
/// else the mean of what it scored. No number where it scored nothing; such a point is left out.
fn overall(card: &Scorecard) -> f32 {
    let values: Vec<f32> = card.scores.values().map(|score| score.value).collect();
    match card.value(Dimension::INSTRUCTION_FOLLOWING) {
        Some(_) => {
            PowerProduct::default()
                .select(std::slice::from_ref(card))
                .overall[0]
        }
        None if values.is_empty() => f32::NAN,
        None => values.iter().sum::<f32>() / values.len() as f32,
    }
}

/// Mean of what the dimensions may be off by.
fn spread(card: &Scorecard) -> f32 {
    let spreads = card.scores.values().map(|score| score.spread);
    spreads.sum::<f32>() / card.scores.len().max(1) as f32
}
