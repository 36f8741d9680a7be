//! Where the cells of the contact sheet lie, and the parts of a cell.

use eframe::egui::{Pos2, Rect, Vec2};

use crate::theme::{GRID, HALF};

/// Between cells, points.
const GAP: f32 = GRID;
/// Line of number, marks and score under a picture, points.
const LINE: f32 = 24.0;
/// One bar with its number, points.
pub(super) const BAR: f32 = 14.0;
/// Around the picture in its cell, where rings and frames are drawn.
const EDGE: f32 = HALF;
/// A picture smaller than this says nothing; the bars give way.
const SMALLEST: f32 = 48.0;
/// Cells of a survey are at least this wide, points; more of them scroll.
const NARROWEST: f32 = 132.0;
/// Wide panoramas and tall portraits share the sheet with everything else.
const ASPECTS: std::ops::RangeInclusive<f32> = 0.75..=2.2;

/// Cells of one size in rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    columns: usize,
    count: usize,
    cell: Vec2,
}

impl Grid {
    /// One row, as high as there is room.
    pub(super) fn strip(count: usize, aspect: f32, room: Vec2) -> Self {
        // the scroll bar lies over the lower edge
        let height = (room.y - HALF).max(SMALLEST + LINE);
        let picture = picture_height(height);
        let width = (picture * bounded(aspect)).clamp(96.0, 320.0) + 2.0 * EDGE;
        Self {
            columns: count.max(1),
            count,
            cell: Vec2::new(width.round(), height.floor()),
        }
    }
    /// As many columns as make the pictures largest while all of them show, if that can be.
    pub(super) fn survey(count: usize, aspect: f32, room: Vec2) -> Self {
        let aspect = bounded(aspect);
        let most = ((room.x + GAP) / (NARROWEST + GAP)).floor().max(1.0) as usize;
        let cell = |columns: usize| {
            let width = (room.x - GRID - GAP * (columns as f32 - 1.0)) / columns as f32;
            let rows = count.div_ceil(columns).max(1) as f32;
            let high = (room.y - GAP * (rows - 1.0)) / rows;
            let height = (width - 2.0 * EDGE) / aspect + under(true);
            if height <= high {
                return (Vec2::new(width.floor(), height.floor()), true);
            }
            let picture = high - under(true);
            let narrow = (picture * aspect + 2.0 * EDGE).floor();
            (
                Vec2::new(narrow, high.floor()),
                narrow >= NARROWEST.min(width),
            )
        };
        let best = (1..=most.min(count.max(1)))
            .map(|columns| (columns, cell(columns)))
            .filter(|(_, (_, fits))| *fits)
            .max_by(|a, b| a.1.0.x.total_cmp(&b.1.0.x));
        let (columns, cell) = match best {
            Some((columns, (cell, _))) => (columns, cell),
            None => {
                let width = (room.x - GRID - GAP * (most as f32 - 1.0)) / most as f32;
                let height = (width - 2.0 * EDGE) / aspect + under(true);
                (most, Vec2::new(width.floor(), height.floor()))
            }
        };
        Self {
            columns,
            count,
            cell,
        }
    }
    /// Column and row of a cell.
    pub(super) fn place(&self, i: usize) -> (f32, f32) {
        ((i % self.columns) as f32, (i / self.columns) as f32)
    }
    /// The cell at a column and row, which may lie between two.
    pub(super) fn at(&self, (column, row): (f32, f32)) -> Rect {
        let step = self.cell + Vec2::splat(GAP);
        Rect::from_min_size(Pos2::new(column * step.x, row * step.y), self.cell)
    }
    /// Where a cell lies.
    pub(super) fn cell(&self, i: usize) -> Rect {
        self.at(self.place(i))
    }
    /// Of all cells.
    pub(super) fn size(&self) -> Vec2 {
        let rows = self.count.div_ceil(self.columns) as f32;
        let columns = self.columns.min(self.count) as f32;
        let step = self.cell + Vec2::splat(GAP);
        (step * Vec2::new(columns, rows) - Vec2::splat(GAP)).max(Vec2::ZERO)
    }
}

fn bounded(aspect: f32) -> f32 {
    aspect.clamp(*ASPECTS.start(), *ASPECTS.end())
}

/// Height of what lies under the picture, with its edges.
fn under(bars: bool) -> f32 {
    let bars = if bars { 3.0 * BAR } else { 0.0 };
    2.0 * EDGE + LINE + bars + HALF
}

fn picture_height(cell: f32) -> f32 {
    let with_bars = cell - under(true);
    if with_bars >= SMALLEST {
        with_bars
    } else {
        (cell - under(false)).max(24.0)
    }
}

/// The parts of a cell.
pub(super) struct Parts {
    /// where the picture lies, as large as fits
    pub(super) picture: Rect,
    /// number, marks, score
    pub(super) line: Rect,
    /// the bars, one under the other; `None` when there is no room
    pub(super) bars: Option<Rect>,
}

/// Of a cell.
pub(super) fn parts(cell: Rect) -> Parts {
    let inner = cell.shrink(EDGE);
    let height = picture_height(cell.height());
    let picture = Rect::from_min_size(inner.min, Vec2::new(inner.width(), height));
    let line = Rect::from_min_size(
        picture.left_bottom() + Vec2::new(0.0, HALF / 2.0),
        Vec2::new(inner.width(), LINE),
    );
    let bars = Rect::from_min_size(line.left_bottom(), Vec2::new(inner.width(), 3.0 * BAR));
    Parts {
        picture,
        line,
        bars: (bars.bottom() <= cell.bottom()).then_some(bars),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_survey_of_a_few_shows_all_of_them_at_once() {
        for count in 1..=12 {
            let room = Vec2::new(1264.0, 560.0);
            let size = Grid::survey(count, 1.5, room).size();
            assert!(size.x <= room.x && size.y <= room.y, "{count}: {size:?}");
        }
    }

    #[test]
    fn cells_of_a_survey_stay_large_enough_to_be_judged() {
        let cell = Grid::survey(64, 1.5, Vec2::new(1264.0, 560.0)).cell(0);
        assert!(cell.width() >= NARROWEST);
    }

    #[test]
    fn the_parts_of_a_cell_lie_within_it() {
        for height in [110.0, 160.0, 400.0] {
            let cell = Rect::from_min_size(Pos2::ZERO, Vec2::new(150.0, height));
            let parts = parts(cell);
            for part in [Some(parts.picture), Some(parts.line), parts.bars] {
                assert!(part.is_none_or(|part| cell.contains_rect(part)), "{height}");
            }
        }
    }
}
