//! A colour on what was grey, and a wash over what was black: a warmer white balance leaves black black, a yellow
//! layer does not.

use retake_core::{Mask, Quantity, said, signed};
use retake_pixels::vectorised;

use crate::asked::Leave;
use crate::finding::{Finding, saturating, shown};
use crate::scene::{After, Before};
use crate::tiles;

/// Chroma below which a colour of the source counts as grey.
const GREY: f32 = 8.0;
/// L* below which a colour counts as black.
const BLACK: f32 = 16.0;
/// L* below which a wash is told from a light.
const DARK: f32 = 30.0;
/// A shift of greys that is not noticed, C*.
const FREE: f32 = 3.0;

/// What is left of a shift after the asked part of it.
pub(super) fn beyond(shift: f32, asked: f32) -> f32 {
    if shift * asked > 0.0 {
        shift.signum() * (shift.abs() - asked.abs()).max(0.0)
    } else {
        shift
    }
}

/// What a white balance does to greys, relative to the mean it was asked for.
const BALANCE: f32 = 1.4;
/// A wash over blacks that is not noticed, C*.
const FREE_WASH: f32 = 1.5;

/// The shifts of a* and b* that the instruction asks for.
pub(super) struct Allowed {
    warmth: f32,
    tint: f32,
}

impl Allowed {
    pub(super) fn by(before: &Before<'_>) -> Self {
        // what the source has is measured only where something is asked of it
        let asked = |quantity| match before.asked.names(quantity) {
            true => {
                let value = before.side.reference.before(quantity, None, None);
                BALANCE * before.asked.most(quantity, value)
            }
            false => 0.0,
        };
        Self {
            warmth: asked(Quantity::Warmth),
            tint: asked(Quantity::Tint),
        }
    }
    /// What is left of a shift after the asked part. A warmer light turns towards red as well, along the curve of
    /// glowing bodies, by a third of its way towards yellow.
    pub(super) fn beyond(&self, da: f32, db: f32) -> (f32, f32) {
        let red = beyond(da, 0.35 * self.warmth);
        (beyond(red, self.tint), beyond(db, self.warmth))
    }
}

struct Shift {
    greys: f32,
    blacks: f32,
    a: f32,
    b: f32,
}

/// Sums of one tile: greys (a*, b* before and after, count), blacks (Δa*, Δb*, L* + 16, count), and the same of everything.
type Tints = [f64; 13];

pub(super) fn find(before: &Before<'_>, after: &After) -> Finding {
    let (source, edit) = (before.lab(), &after.lab);
    let pixels = source.len().max(1) as f64;
    let allowed = Allowed::by(before);
    let relief = before.asked.relief(Leave::Tint);
    // a blur mixes blacks with their neighbours, a fade lifts them to where a warmth shows
    let soften = before.asked.relief(Leave::Soften);
    let lifted = 1.0 - before.asked.relief(Leave::Flatten).overall();
    let (width, height) = (before.width(), before.height());
    let [mut kept, mut lasting] = [1.0f32; 2].map(|one| vec![one; width]);
    let areas = tiles::areas(width, height);
    let found = tiles::rows::<12>(width, height, |y, numbers| {
        let span = y * width..(y + 1) * width;
        let lab = [&source.l, &source.a, &source.b, &edit.l, &edit.a, &edit.b];
        let lab = lab.map(|plane| &plane[span.clone()]);
        relief.kept(span.start, &mut kept);
        soften.kept(span.start, &mut lasting);
        for (lasting, kept) in lasting.iter_mut().zip(&kept) {
            *lasting *= kept * lifted;
        }
        let [g0, g1, g2, g3, g4, b0, b1, b2, b3, a0, a1, a2] = numbers;
        let [l, a, b, _, to_a, to_b] = lab;
        let chroma = &before.side.chroma[span.clone()];
        greys_row([l, a, b, to_a, to_b, chroma, &kept], g0, g1, g2, g3, g4);
        blacks_row(lab, &lasting, b0, b1, b2, b3);
        all_row(lab, &kept, a0, a1, a2);
    });
    let sums: tiles::Sums<13> = std::array::from_fn(|t| {
        std::array::from_fn(|k| found[t].get(k).copied().unwrap_or(areas[t]))
    });
    let shift = |s: &Tints| measured(s, pixels, &allowed);
    let (cost, spread) = tiles::jackknife(&sums, |s| {
        let shift = shift(s);
        saturating(shift.greys + shift.blacks, 12.0, 0.6)
    });
    let found = shift(&tiles::total(&sums));
    let (a, b) = (signed(found.a, 1), signed(found.b, 1));
    let text = if found.blacks > found.greys {
        said!(
            "Colour cast: greys moved by a* {a}, b* {b}, with a wash over the blacks.",
            a,
            b
        )
    } else {
        said!("Colour cast: greys moved by a* {a}, b* {b}.", a, b)
    };
    Finding {
        id: "cast",
        text,
        cost,
        spread,
        map: shown(cost, || {
            let value = |i: usize| {
                if before.side.chroma[i] >= GREY {
                    return 0.0;
                }
                let (da, db) = (edit.a[i] - source.a[i], edit.b[i] - source.b[i]);
                let (ra, rb) = allowed.beyond(da, db);
                let kept = 1.0 - relief.at(i);
                ((kept * (ra * ra + rb * rb).sqrt() - FREE) / 15.0).clamp(0.0, 1.0)
            };
            Mask {
                width,
                height,
                values: (0..source.len()).map(value).collect(),
            }
        }),
    }
}

vectorised! {
    /// Greys that are no blacks: a*, b* before and after, and how many there are. From rows of L*, a* and b* of the
    /// source, a* and b* of the edit, C*ab of the source, and what is not forgiven.
    fn greys_row(
        from: [&[f32]; 7],
        source_a: &mut [f32],
        source_b: &mut [f32],
        edit_a: &mut [f32],
        edit_b: &mut [f32],
        count: &mut [f32],
    ) {
        let n = count.len();
        let [l, a, b, to_a, to_b, chroma, kept] = from.map(|row| &row[..n]);
        let (source_a, source_b) = (&mut source_a[..n], &mut source_b[..n]);
        let (edit_a, edit_b) = (&mut edit_a[..n], &mut edit_b[..n]);
        for i in 0..n {
            let counts = (chroma[i] < GREY) & (l[i] >= BLACK);
            let weight = if counts { kept[i] } else { 0.0 };
            source_a[i] = weight * a[i];
            source_b[i] = weight * b[i];
            edit_a[i] = weight * to_a[i];
            edit_b[i] = weight * to_b[i];
            count[i] = if counts { 1.0 } else { 0.0 };
        }
    }
}

vectorised! {
    /// Blacks that were not lifted: Δa*, Δb*, L* + 16, and how many there are. `lab` holds rows of L*, a*, b* of the
    /// source and of the edit.
    fn blacks_row(
        lab: [&[f32]; 6],
        kept: &[f32],
        da: &mut [f32],
        db: &mut [f32],
        height: &mut [f32],
        count: &mut [f32],
    ) {
        let n = count.len();
        let [l, a, b, to_l, to_a, to_b] = lab.map(|row| &row[..n]);
        let kept = &kept[..n];
        let (da, db, height) = (&mut da[..n], &mut db[..n], &mut height[..n]);
        for i in 0..n {
            // a black lifted by a fade is no longer black
            let counts = (l[i] < BLACK) & (to_l[i] < 2.0 * BLACK);
            let weight = if counts { kept[i] } else { 0.0 };
            da[i] = weight * (to_a[i] - a[i]);
            db[i] = weight * (to_b[i] - b[i]);
            height[i] = if counts { l[i] + 16.0 } else { 0.0 };
            count[i] = if counts { 1.0 } else { 0.0 };
        }
    }
}

vectorised! {
    /// Δa*, Δb* and L* + 16 of everything.
    fn all_row(lab: [&[f32]; 6], kept: &[f32], da: &mut [f32], db: &mut [f32], height: &mut [f32]) {
        let n = height.len();
        let [l, a, b, _, to_a, to_b] = lab.map(|row| &row[..n]);
        let (kept, da, db) = (&kept[..n], &mut da[..n], &mut db[..n]);
        for i in 0..n {
            da[i] = kept[i] * (to_a[i] - a[i]);
            db[i] = kept[i] * (to_b[i] - b[i]);
            height[i] = l[i] + 16.0;
        }
    }
}

/// How far blacks and dark greys have been tinted beyond what a light of the same colour as the whole change would do, C*.
pub(crate) fn wash_over_blacks(before: &Before<'_>, after: &After) -> f32 {
    let (source, edit) = (before.lab(), &after.lab);
    let sums = tiles::sum(before.width(), before.height(), |i| {
        let (da, db) = (edit.a[i] - source.a[i], edit.b[i] - source.b[i]);
        let height = source.l[i] + 16.0;
        let all = [da, db, height, 1.0];
        // on strong colours a light does what it likes; on dark greys it does little
        let dark =
            source.l[i] < DARK && edit.l[i] < 1.5 * DARK && before.side.chroma[i] < 1.5 * GREY;
        let own = if dark { all } else { [0.0; 4] };
        Some([
            own[0], own[1], own[2], own[3], all[0], all[1], all[2], all[3],
        ])
    });
    let s = tiles::total(&sums);
    let mean = |k: usize, count: usize| (s[k] / s[count].max(1.0)) as f32;
    let share = mean(2, 3) / mean(6, 7).max(1.0);
    let over = |k: usize| beyond(mean(k, 3), share * mean(k + 4, 7));
    let seen = (s[3] / s[7].max(1.0) / 0.02).min(1.0) as f32;
    over(0).hypot(over(1)) * seen
}

fn measured(s: &Tints, pixels: f64, allowed: &Allowed) -> Shift {
    let mean = |k: usize, count: usize| (s[k] / s[count].max(1.0)) as f32;
    let seen = |count: usize| (s[count] / pixels / 0.02).min(1.0) as f32;
    let [sa, sb, ea, eb] = [0, 1, 2, 3].map(|k| mean(k, 4));
    let (ra, rb) = allowed.beyond(ea - sa, eb - sb);
    let rest = ra.hypot(rb);
    // nearer to grey than before is no cast, whatever way it went
    let rest = rest.min(ea.hypot(eb));
    // gains in linear light move a* and b* of a grey in proportion to L* + 16 (they scale the cube roots of CIELAB),
    // so that blacks move by this much of what everything moves
    let share = mean(7, 8) / mean(11, 12).max(1.0);
    let over = |blacks: f32, all: f32| beyond(blacks, share * all);
    let wash = over(mean(5, 8), mean(9, 12)).hypot(over(mean(6, 8), mean(10, 12)));
    Shift {
        greys: (rest - FREE).max(0.0) * seen(4),
        blacks: (wash - FREE_WASH).max(0.0) * seen(8),
        a: ea - sa,
        b: eb - sb,
    }
}
