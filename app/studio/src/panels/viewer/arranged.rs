//! Which pictures lie in the viewer and where: the one that is looked at, what it is held against, or several picks
//! beside each other.

use std::sync::Arc;

use eframe::egui::{Rect, pos2};
use retake_engine::{Flag, Session, Take, TakeId};

use super::picture::Picture;
use crate::cx::Cx;
use crate::look::{Against, Compare};
use crate::theme::GRID;

/// The most pictures beside each other.
pub(crate) const MOST_PANES: usize = 4;

/// What is looked at and what it is held against.
pub(super) struct Arranged {
    /// the take that is looked at
    pub(super) take: Option<Arc<Take>>,
    /// what is looked at
    pub(super) after: Picture,
    /// what it is held against
    pub(super) before: Picture,
    /// as it can be done: a photo without takes is alone
    pub(super) mode: Compare,
    /// one a pane
    pictures: Vec<Picture>,
    /// which of them is looked at
    own: usize,
}

impl Arranged {
    /// As the look wants it.
    pub(super) fn of(cx: &Cx<'_>) -> Option<Self> {
        let photo = Picture::photo(cx)?;
        let session = cx.session()?;
        let take = cx.focus();
        let focus = take.as_ref().map(|take| take.id);
        let mut mode = cx.look.compare;
        let mut after = match &take {
            Some(take) => Picture::take(cx, take)?,
            None => {
                mode = Compare::Off;
                photo.clone()
            }
        };
        let of = |id: TakeId| Picture::take(cx, session.take(id)?);
        let other = match cx.look.against {
            Against::Original => None,
            Against::Best => other_best(session, focus),
            Against::Picked => picked(session).into_iter().find(|&id| Some(id) != focus),
        };
        let before = other.and_then(of).unwrap_or_else(|| photo.clone());
        if cx.look.original {
            after = photo;
            if mode != Compare::Side {
                mode = Compare::Off;
            }
        }
        let (mut pictures, mut own) = match mode {
            Compare::Side => (vec![before.clone(), after.clone()], 1),
            _ => (vec![after.clone()], 0),
        };
        let picks = picked(session);
        if mode == Compare::Side && cx.look.against == Against::Picked && picks.len() > 1 {
            let mut side: Vec<TakeId> = picks.into_iter().take(MOST_PANES).collect();
            // what is looked at is among them, in the last place if it is no pick
            let at = side.iter().position(|&id| Some(id) == focus);
            own = at.unwrap_or_else(|| {
                side.truncate(MOST_PANES - 1);
                side.len()
            });
            pictures = side.into_iter().filter_map(of).collect();
            match pictures.get_mut(own) {
                Some(picture) => *picture = after.clone(),
                None => pictures.push(after.clone()),
            }
            own = own.min(pictures.len() - 1);
        }
        Some(Self {
            take,
            after,
            before,
            mode,
            pictures,
            own,
        })
    }
    /// One a pane.
    pub(super) fn pictures(&self) -> &[Picture] {
        &self.pictures
    }
    /// The pane of what is looked at.
    pub(super) fn own(&self) -> usize {
        self.own
    }
}

/// The best take but this one.
fn other_best(session: &Session, but: Option<TakeId>) -> Option<TakeId> {
    let mut order = session.ranking().order.iter().copied();
    order.find(|&id| Some(id) != but)
}

/// The picked takes of the sheet, as they were made.
pub(super) fn picked(session: &Session) -> Vec<TakeId> {
    let desk = session.desk();
    let takes = session.sheet().into_iter().map(|take| take.id);
    takes
        .filter(|&id| desk.mark(id).flag == Flag::Picked)
        .collect()
}

/// What a take can be held against now, in the order the button goes through them.
pub(super) fn possible(session: &Session) -> Vec<Against> {
    let several = session.ranking().order.len() > 1;
    let picks = picked(session).len() > 1;
    [
        (Against::Original, true),
        (Against::Best, several),
        (Against::Picked, picks),
    ]
    .into_iter()
    .filter_map(|(against, possible)| possible.then_some(against))
    .collect()
}

/// The picks beside each other, the two best while there are no two picks, the take and the original while there is only
/// one take. Again: alone.
pub(crate) fn compare_best(cx: &mut Cx<'_>) {
    if cx.look.compare == Compare::Side {
        cx.look.compare = Compare::Off;
        return;
    }
    let possible = cx.session().map(possible).unwrap_or_default();
    cx.look.compare = Compare::Side;
    cx.look.against = possible.last().copied().unwrap_or_default();
}

/// So many panes: beside each other along the longer side, four as two rows of two.
pub(super) fn panes(canvas: Rect, count: usize) -> Vec<Rect> {
    let wide = canvas.width() >= canvas.height();
    let (columns, rows) = match (count, wide) {
        (4, _) => (2, 2),
        (_, true) => (count, 1),
        (_, false) => (1, count),
    };
    // whole points, with a gap between neighbours
    let edge = |from: f32, length: f32, i: usize, of: usize| {
        (from + (length + GRID) * i as f32 / of as f32).round()
    };
    let x = |i: usize| edge(canvas.left(), canvas.width(), i, columns);
    let y = |i: usize| edge(canvas.top(), canvas.height(), i, rows);
    let rect = |i: usize| {
        let (column, row) = (i % columns, i / columns);
        Rect::from_min_max(
            pos2(x(column), y(row)),
            pos2(x(column + 1) - GRID, y(row + 1) - GRID),
        )
        .intersect(canvas)
    };
    (0..count).map(rect).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panes_are_as_large_as_each_other_and_lie_inside() {
        let canvas = Rect::from_min_max(pos2(10.0, 20.0), pos2(1011.0, 613.0));
        for count in 1..=MOST_PANES {
            let panes = panes(canvas, count);
            assert_eq!(panes.len(), count);
            for (i, pane) in panes.iter().enumerate() {
                assert!(canvas.contains_rect(*pane), "{count}: {pane:?}");
                assert!((pane.width() - panes[0].width()).abs() <= 1.5);
                assert!((pane.height() - panes[0].height()).abs() <= 1.5);
                assert!(panes[..i].iter().all(|other| !other.intersects(*pane)));
            }
        }
    }

    #[test]
    fn one_pane_is_all_of_it() {
        let canvas = Rect::from_min_max(pos2(0.0, 0.0), pos2(800.0, 600.0));
        assert_eq!(panes(canvas, 1), [canvas]);
    }
}
