//! The contact sheet: the source and every candidate with its score, three bars with whiskers and its chief reason;
//! the winner wears an amber ring.

use retake_core::{Dimension, Mask, Raster, Said, Scorecard};
use retake_pixels::resize;

use crate::canvas::{Canvas, Ink};
use crate::letters::{self, Weight};

/// One candidate on the sheet.
pub struct Take<'a> {
    /// at working size
    pub picture: &'a Raster,
    /// its scores
    pub card: &'a Scorecard,
    /// the selector's, 0 to 1
    pub overall: f32,
    /// how it differs, in a few words
    pub label: &'a Said,
    /// whether it won
    pub winner: bool,
}

/// All that stands on the sheet.
pub struct Sheet<'a> {
    /// as typed
    pub instruction: &'a str,
    /// what was understood, in words
    pub understood: &'a str,
    /// the photo at working size
    pub source: &'a Raster,
    /// its name and size
    pub source_name: &'a str,
    /// in the order of their index
    pub takes: &'a [Take<'a>],
    /// who won and how sure that is, in words
    pub verdict: &'a str,
}

const GROUND: Ink = [48, 48, 48];
const WELL: Ink = [60, 60, 60];
const TRACK: Ink = [84, 84, 84];
const TEXT: Ink = [236, 236, 236];
const QUIET: Ink = [176, 176, 176];
const AMBER: Ink = [255, 176, 46];
/// Low to high: purple, teal, pale green; told apart by people with any kind of colour vision, lightness rising.
const RAMP: [[f32; 3]; 3] = [
    [142.0, 104.0, 190.0],
    [62.0, 160.0, 170.0],
    [196.0, 222.0, 110.0],
];

const GAP: usize = 24;
const CELL: usize = 400;
const CAPTION: usize = 150;
const NAMES: [&str; 3] = ["Follows", "Preserves", "Quality"];

fn ramp(value: f32) -> Ink {
    let place = value.clamp(0.0, 1.0) * 2.0;
    let step = (place as usize).min(1);
    std::array::from_fn(|c| {
        (RAMP[step][c] + (RAMP[step + 1][c] - RAMP[step][c]) * (place - step as f32)) as u8
    })
}

/// Draws the sheet.
pub fn contact_sheet(sheet: &Sheet<'_>) -> Canvas {
    let cells = sheet.takes.len() + 1;
    let columns = cells
        .clamp(
            2,
            if cells > 15 {
                6
            } else if cells > 4 {
                3
            } else {
                2
            },
        )
        .max(2);
    let columns = if cells == 9 { 3 } else { columns };
    let rows = cells.div_ceil(columns);
    let shapes = std::iter::once(sheet.source).chain(sheet.takes.iter().map(|take| take.picture));
    let tallest = shapes.map(|r| picture_size(r).1).max().unwrap_or(CELL);
    let width = GAP + columns * (CELL + GAP);
    let heading = letters::wrap(
        sheet.instruction,
        Weight::Bold,
        22.0,
        (width - 2 * GAP) as f32,
        2,
    );
    let below = letters::wrap(
        sheet.understood,
        Weight::Regular,
        14.0,
        (width - 2 * GAP) as f32,
        3,
    );
    let verdict = letters::wrap(
        sheet.verdict,
        Weight::Regular,
        14.0,
        (width - 2 * GAP) as f32,
        2,
    );
    let top = GAP + heading.len() * 30 + (below.len() + verdict.len()) * 20 + 20;
    let mut canvas = Canvas::new(width, top + rows * (tallest + CAPTION + GAP), GROUND);

    let mut y = (GAP + 18) as f32;
    for line in &heading {
        letters::write(&mut canvas, line, GAP as f32, y, Weight::Bold, 22.0, TEXT);
        y += 30.0;
    }
    for (lines, ink) in [(&below, QUIET), (&verdict, TEXT)] {
        for line in lines {
            letters::write(
                &mut canvas,
                line,
                GAP as f32,
                y - 4.0,
                Weight::Regular,
                14.0,
                ink,
            );
            y += 20.0;
        }
    }
    for cell in 0..cells {
        let x = GAP + (cell % columns) * (CELL + GAP);
        let y = top + (cell / columns) * (tallest + CAPTION + GAP);
        match cell.checked_sub(1) {
            None => {
                picture(&mut canvas, sheet.source, x, y, tallest);
                let baseline = (y + tallest + 28) as f32;
                letters::write(
                    &mut canvas,
                    "Source",
                    x as f32,
                    baseline,
                    Weight::Bold,
                    16.0,
                    TEXT,
                );
                let name = letters::fit(sheet.source_name, Weight::Regular, 14.0, CELL as f32);
                letters::write(
                    &mut canvas,
                    &name,
                    x as f32,
                    baseline + 22.0,
                    Weight::Regular,
                    14.0,
                    QUIET,
                );
            }
            Some(index) => take(&mut canvas, index, &sheet.takes[index], x, y, tallest),
        }
    }
    canvas
}

fn picture_size(raster: &Raster) -> (usize, usize) {
    let scale = (CELL as f64 / raster.width as f64).min(CELL as f64 * 0.9 / raster.height as f64);
    let side = |px: usize| ((px as f64 * scale).round() as usize).max(1);
    (side(raster.width), side(raster.height))
}

/// A picture in the middle of its well.
fn picture(canvas: &mut Canvas, raster: &Raster, x: usize, y: usize, tallest: usize) {
    let (width, height) = picture_size(raster);
    canvas.block(x as f32, y as f32, CELL as f32, tallest as f32, 0.0, WELL);
    let small = Canvas::of(&resize::raster(raster, width, height));
    canvas.place(&small, x + (CELL - width) / 2, y + (tallest - height) / 2);
}

fn take(canvas: &mut Canvas, index: usize, take: &Take<'_>, x: usize, y: usize, tallest: usize) {
    picture(canvas, take.picture, x, y, tallest);
    if take.winner {
        let (rx, ry) = (x as f32 - 6.0, y as f32 - 6.0);
        canvas.ring(
            rx,
            ry,
            CELL as f32 + 12.0,
            tallest as f32 + 12.0,
            8.0,
            4.0,
            AMBER,
        );
    }
    let left = x as f32;
    let baseline = (y + tallest + 28) as f32;
    let score = format!("{:.1}", take.overall * 10.0);
    letters::write(canvas, &score, left, baseline, Weight::Bold, 20.0, TEXT);
    let after = left + letters::width(&score, Weight::Bold, 20.0) + 12.0;
    let name = if take.label.is_empty() {
        format!("Take {index}")
    } else {
        format!("Take {index} · {}", take.label)
    };
    let name = letters::fit(&name, Weight::Regular, 14.0, left + CELL as f32 - after);
    letters::write(canvas, &name, after, baseline, Weight::Regular, 14.0, QUIET);
    for (i, (name, dimension)) in NAMES.iter().zip(Dimension::CANONICAL).enumerate() {
        let line = baseline + 24.0 + 20.0 * i as f32;
        let dimension = Dimension::from(dimension);
        let Some(score) = take.card.scores.get(&dimension) else {
            if take.card.unknown.contains_key(&dimension) {
                letters::write(canvas, name, left, line, Weight::Regular, 14.0, TEXT);
                letters::write(
                    canvas,
                    "unknown",
                    left + 76.0,
                    line,
                    Weight::Regular,
                    14.0,
                    QUIET,
                );
            }
            continue;
        };
        bar(canvas, name, score.value, score.spread, left, line);
    }
    if let Some(reason) = chief_reason(take.card) {
        for (i, line) in letters::wrap(&reason, Weight::Regular, 13.0, CELL as f32, 2)
            .iter()
            .enumerate()
        {
            letters::write(
                canvas,
                line,
                left,
                baseline + 88.0 + 18.0 * i as f32,
                Weight::Regular,
                13.0,
                QUIET,
            );
        }
    }
}

fn bar(canvas: &mut Canvas, name: &str, value: f32, spread: f32, x: f32, baseline: f32) {
    let (start, length) = (x + 76.0, CELL as f32 - 76.0 - 44.0);
    letters::write(canvas, name, x, baseline, Weight::Regular, 14.0, TEXT);
    let value = value.clamp(0.0, 1.0);
    canvas.block(start, baseline - 9.0, length, 8.0, 4.0, TRACK);
    canvas.block(
        start,
        baseline - 9.0,
        (length * value).max(8.0),
        8.0,
        4.0,
        ramp(value),
    );
    let (low, high) = ((value - spread).max(0.0), (value + spread).min(1.0));
    canvas.block(
        start + length * low,
        baseline - 5.5,
        (length * (high - low)).max(1.0),
        1.0,
        0.0,
        TEXT,
    );
    for end in [low, high] {
        canvas.block(
            start + length * end - 0.5,
            baseline - 8.0,
            1.0,
            6.0,
            0.0,
            TEXT,
        );
    }
    let number = format!("{:.1}", value * 10.0);
    let right = x + CELL as f32 - letters::width(&number, Weight::Regular, 14.0);
    letters::write(
        canvas,
        &number,
        right,
        baseline,
        Weight::Regular,
        14.0,
        TEXT,
    );
}

/// Why a dimension is unknown; else what cost most; when nothing did, what spoke for it.
fn chief_reason(card: &Scorecard) -> Option<String> {
    if let Some(why) = card.unknown.values().next() {
        return Some(why.to_string());
    }
    let reasons = || card.scores.values().flat_map(|score| &score.reasons);
    let worst = reasons()
        .filter(|reason| reason.cost > 0.02)
        .max_by(|a, b| a.cost.total_cmp(&b.cost));
    let follows = card
        .scores
        .get(&Dimension::from(Dimension::INSTRUCTION_FOLLOWING));
    worst
        .or_else(|| follows.and_then(|score| score.reasons.first()))
        .map(|reason| reason.text.to_string())
}

/// Where all the dimensions of a scorecard found something, strongest first seen; `None` without any map.
pub fn evidence_of(card: &Scorecard) -> Option<Mask> {
    let mut maps = card
        .scores
        .values()
        .filter_map(|score| score.evidence.as_ref());
    let mut joined = maps.next()?.clone();
    for map in maps.filter(|map| (map.width, map.height) == (joined.width, joined.height)) {
        for (joined, value) in joined.values.iter_mut().zip(&map.values) {
            *joined = joined.max(*value);
        }
    }
    Some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;
    use retake_core::{Reason, Score};

    fn card(value: f32) -> Scorecard {
        let reason = Reason {
            id: "warmth".into(),
            text: Said::words("warmer: b* 4.1 → 11.8, asked for clearly warmer: passed"),
            passed: Some(true),
            cost: 0.0,
            check: None,
            evidence: None,
        };
        let score = || Score {
            value,
            spread: 0.05,
            reasons: vec![reason.clone()],
            evidence: None,
        };
        let scores = Dimension::CANONICAL.iter().map(|&d| (d.into(), score()));
        scores.collect::<std::collections::BTreeMap<_, _>>().into()
    }

    fn drawn(count: usize, winner: usize) -> Canvas {
        let source = Raster::from_fn(60, 40, |x, y| [x as f32 / 60.0, y as f32 / 40.0, 0.2]);
        let cards: Vec<_> = (0..count).map(|i| card(i as f32 / count as f32)).collect();
        let nothing = Said::default();
        let takes: Vec<_> = cards
            .iter()
            .enumerate()
            .map(|(i, card)| Take {
                picture: &source,
                card,
                overall: 0.5,
                label: &nothing,
                winner: i == winner,
            })
            .collect();
        contact_sheet(&Sheet {
            instruction: "warmer",
            understood: "warmer",
            source: &source,
            source_name: "a.jpg",
            takes: &takes,
            verdict: "Take 1 is ahead by 0.5.",
        })
    }

    #[test]
    fn only_a_winner_wears_the_ring() {
        let amber = |canvas: &Canvas| canvas.rgb.chunks(3).filter(|p| *p == AMBER).count();
        assert!(amber(&drawn(8, 2)) > 1000);
        assert_eq!(amber(&drawn(8, 99)), 0);
    }

    #[test]
    fn any_number_of_takes_fits_on_the_sheet() {
        for count in [1, 2, 5, 8, 17, 64] {
            let sheet = drawn(count, 0);
            assert_eq!(sheet.rgb.len(), sheet.width * sheet.height * 3);
        }
    }

    #[test]
    fn a_higher_score_is_a_lighter_bar() {
        let light = |ink: Ink| ink.iter().map(|&v| u32::from(v)).sum::<u32>();
        assert!(light(ramp(0.0)) < light(ramp(0.5)) + 60 && light(ramp(0.5)) < light(ramp(1.0)));
    }
}
