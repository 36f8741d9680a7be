//! What a trained eye sees of a change once everything that was asked is taken out of it. The network
//! ([`PerceptualDistance`], handed in) compares two small pictures: the source, at which it looks once for all edits, and the
//! source with what an edit did beyond a change of tone and colour, less where the instruction asks for more than that.
//! It hardly minds a move of a pixel and minds a new object much. Without a network there is no such finding.
//!
//! Known failures: at 191 px it sees nothing fine; a change of light in places, as of a vignette, is seen faintly.

use retake_core::{Mask, number, said};
use retake_pixels::resize;
use retake_pixels::sums::dot;

use crate::asked::Leave;
use crate::even::explained;
use crate::faint::Detail;
use crate::finding::{Finding, saturating, shown};
use crate::grade::{Planes, codes, graded};
use crate::scene::{After, Before, all_within};
use crate::small::{self, Small};
use crate::tiles;

/// Long edge of the pictures that are compared, px: three quarters of what the network was trained on, in half the time. An odd
/// number, which its first layer takes in one step, and one whose last layers are whole patches of its convolutions; at 163 px a
/// ball beside the astronaut is hardly seen any more.
const EDGE: usize = 191;
/// A distance that careful edits of the whole leave, from places that no tone curve explains.
const FREE: f32 = 0.04;
/// How the cost grows beyond it.
const COST: (f32, f32) = (0.45, 0.6);
/// A difference in L*, a* and b* up to which nobody tells two pictures apart: of all three together 1.7, where 2.3 is just
/// noticeable (Mahy, Van Eycken & Oosterlinck 1994, "Evaluation of uniform color spaces developed after the adoption of CIELAB
/// and CIELUV"). Most edits of tone and colour leave no more, and are not looked at.
const SAME: f32 = 1.0;

/// What an instruction may ask for that is no change of tone or colour.
const FORGIVEN: &[Leave] = &[Leave::Soften, Leave::Noise, Leave::Steps, Leave::Edges];

/// Looks at the source, so that threads that score several edits of it do not each do so. One thread looks when it must.
pub(crate) fn warm_up(before: &Before<'_>) {
    if rayon::current_num_threads() > 1 {
        let _ = before.looked_at(EDGE);
    }
}

/// What is seen of the rest of a change.
pub(crate) fn find(before: &Before<'_>, after: &After) -> Finding {
    if before.eye.is_none() {
        return Finding::none("perceptual");
    }
    let source = before.side.small(EDGE);
    let edit = small::planes(&after.lab, EDGE);
    let shrunk = |plane: &[f32]| {
        let (width, height) = (before.width(), before.height());
        resize::plane(plane, width, height, source.width, source.height)
    };
    let asked = asked(before, source.width * source.height, shrunk);
    let rest = |expected: &Planes| -> Planes {
        std::array::from_fn(|c| {
            let planes = edit[c].iter().zip(&expected[c]).zip(&asked);
            planes
                .map(|((edit, expected), asked)| (1.0 - asked) * (edit - expected))
                .collect()
        })
    };
    let mut left = match &before.asked.inside {
        // where only a part was to change, the rest was to stay as it is
        Some(_) => rest(&source.lab),
        None => rest(&graded(&source.codes, &codes(&edit))),
    };
    if goes_unseen(source, &left) {
        return Finding::none("perceptual");
    }
    if before.asked.inside.is_none() {
        // what no grading explains may still be the same for the same colour everywhere
        let toned = shrunk(&after.expected);
        let [a, b] = explained(&source.lab, &toned, [&edit[1], &edit[2]]);
        let other = rest(&[toned, a, b]);
        if energy(&other) < energy(&left) {
            left = other;
            if goes_unseen(source, &left) {
                return Finding::none("perceptual");
            }
        }
    }
    let changed = source.with(left);
    let seen = before.looked_at(EDGE).and_then(|beside| beside(&changed));
    let Some(seen) = seen else {
        return Finding::none("perceptual");
    };
    // squares: a new object in a corner is seen at once, and is no tenth of one that fills the picture
    let sums = tiles::sum(seen.map.width, seen.map.height, |i| {
        let value = seen.map.values[i];
        Some([value * value, 1.0])
    });
    let pooled = |s: &[f64; 2]| (s[0] / s[1].max(1.0)).sqrt() as f32;
    let cost_of = |s: &[f64; 2]| saturating(pooled(s) - FREE, COST.0, COST.1);
    let (cost, spread) = tiles::jackknife(&sums, cost_of);
    Finding {
        id: "perceptual",
        text: said!(
            "To a trained eye the picture is {distance} away from one in which only tone and colour changed (0 none, 1 another picture).",
            distance = number(format_args!("{:.2}", pooled(&tiles::total(&sums))))
        ),
        cost,
        spread,
        map: shown(cost, || {
            let strength = |value: &f32| (1.5 * (value - FREE)).clamp(0.0, 1.0);
            let mask = Mask {
                values: seen.map.values.iter().map(strength).collect(),
                ..seen.map
            };
            resize::mask(&mask, before.width(), before.height())
        }),
    }
}

/// Whether nobody tells the source from the source with this added, or hardly anybody beside its own detail.
fn goes_unseen(source: &Small, left: &Planes) -> bool {
    left.iter().all(|plane| all_within(plane, SAME)) || {
        let rest = Detail::of(left, source.width, source.height);
        let both = source.detail.as_ref().zip(rest.as_ref());
        both.is_some_and(|(detail, rest)| detail.hides(rest))
    }
}

/// Squares of L*, a* and b* in all.
fn energy(planes: &Planes) -> f32 {
    planes.iter().map(|plane| dot(plane, plane)).sum()
}

/// How much more than tone and colour the instruction asks for at each place of the small picture, 0 to 1.
fn asked(before: &Before<'_>, len: usize, small: impl Fn(&[f32]) -> Vec<f32>) -> Vec<f32> {
    let pixels = before.lab().len();
    let reliefs: Vec<_> = FORGIVEN
        .iter()
        .map(|leave| before.asked.relief(*leave))
        .collect();
    let even = reliefs.iter().map(|relief| relief.even());
    if let (None, Some(most)) = (
        &before.asked.inside,
        even.reduce(|most, relief| Some(most?.max(relief?)))
            .flatten(),
    ) {
        return vec![most; len];
    }
    let at = |i: usize| {
        // the soft edge of a mask belongs to the inside
        let inside = before.asked.inside.as_ref();
        let inside = inside.map_or(0.0, |mask| (2.5 * mask.values[i]).min(1.0));
        reliefs
            .iter()
            .fold(inside, |most, relief| most.max(relief.at(i)))
    };
    small(&(0..pixels).map(at).collect::<Vec<f32>>())
}
