//! Letters: Inter in two weights, laid out on one line with kerning, figures of equal width so that numbers line up.

use std::sync::OnceLock;

use ab_glyph::{Font, FontRef, GlyphId, PxScale, ScaleFont, point};

use crate::canvas::{Canvas, Ink};

static REGULAR: &[u8] = include_bytes!("../../../assets/fonts/Inter-Regular.otf");
static BOLD: &[u8] = include_bytes!("../../../assets/fonts/Inter-SemiBold.otf");

/// Which weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

fn face(weight: Weight) -> &'static FontRef<'static> {
    static FACES: OnceLock<[FontRef<'static>; 2]> = OnceLock::new();
    let faces = FACES.get_or_init(|| {
        [REGULAR, BOLD]
            .map(|bytes| FontRef::try_from_slice(bytes).expect("the shipped fonts are fonts"))
    });
    &faces[weight as usize]
}

/// Where each glyph of a line stands, and how wide the line is, px.
fn lay(text: &str, weight: Weight, size_px: f32) -> (Vec<(GlyphId, f32)>, f32) {
    let face = face(weight);
    let scaled = face.as_scaled(PxScale::from(
        size_px * face.height_unscaled() / face.units_per_em().unwrap_or(1000.0),
    ));
    let figure = scaled.h_advance(face.glyph_id('0'));
    let (mut x, mut last) = (0.0, None);
    let mut glyphs = Vec::new();
    for letter in text.chars() {
        // a letter the face lacks (Chinese, emoji) is shown as a middle dot rather than an empty box
        let known = face.glyph_id(letter);
        let glyph = if known.0 == 0 && !letter.is_whitespace() {
            face.glyph_id('·')
        } else {
            known
        };
        if letter.is_ascii_digit() {
            glyphs.push((glyph, x + (figure - scaled.h_advance(glyph)) / 2.0));
            x += figure;
        } else {
            x += last.map_or(0.0, |last| scaled.kern(last, glyph));
            glyphs.push((glyph, x));
            x += scaled.h_advance(glyph);
        }
        last = Some(glyph);
    }
    (glyphs, x)
}

/// Width of a line, px.
pub(crate) fn width(text: &str, weight: Weight, size_px: f32) -> f32 {
    lay(text, weight, size_px).1
}

/// The longest beginning of `text` that fits, with an ellipsis if something had to go.
pub(crate) fn fit(text: &str, weight: Weight, size_px: f32, room_px: f32) -> String {
    if width(text, weight, size_px) <= room_px {
        return text.to_owned();
    }
    let letters: Vec<char> = text.chars().collect();
    let mut kept = letters.len();
    loop {
        let candidate = letters[..kept]
            .iter()
            .collect::<String>()
            .trim_end()
            .to_owned()
            + "…";
        if kept == 0 || width(&candidate, weight, size_px) <= room_px {
            return candidate;
        }
        kept -= 1;
    }
}

/// Words broken into at most `most` lines that fit; the last is cut with an ellipsis.
pub(crate) fn wrap(
    text: &str,
    weight: Weight,
    size_px: f32,
    room_px: f32,
    most: usize,
) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let joined = lines.last().map(|line| format!("{line} {word}"));
        match joined {
            Some(joined) if width(&joined, weight, size_px) <= room_px => {
                if let Some(line) = lines.last_mut() {
                    *line = joined;
                }
            }
            _ if lines.len() < most => lines.push(word.to_owned()),
            _ => {
                let rest: Vec<&str> = std::iter::once(word).chain(words.by_ref()).collect();
                if let Some(line) = lines.last_mut() {
                    *line = fit(
                        &format!("{line} {}", rest.join(" ")),
                        weight,
                        size_px,
                        room_px,
                    );
                }
            }
        }
    }
    lines
        .into_iter()
        .map(|line| fit(&line, weight, size_px, room_px))
        .collect()
}

/// Writes one line with its baseline at `y`.
pub(crate) fn write(
    canvas: &mut Canvas,
    text: &str,
    x: f32,
    y: f32,
    weight: Weight,
    size_px: f32,
    ink: Ink,
) {
    let face = face(weight);
    let scale =
        PxScale::from(size_px * face.height_unscaled() / face.units_per_em().unwrap_or(1000.0));
    for (glyph, offset) in lay(text, weight, size_px).0 {
        let glyph = glyph.with_scale_and_position(scale, point(x + offset, y));
        if let Some(outline) = face.outline_glyph(glyph) {
            let corner = outline.px_bounds().min;
            outline.draw(|dx, dy, cover| {
                canvas.dab(
                    corner.x as i32 + dx as i32,
                    corner.y as i32 + dy as i32,
                    ink,
                    cover,
                );
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_as_many_figures_are_equally_wide() {
        assert_eq!(
            width("111.1", Weight::Regular, 14.0),
            width("888.8", Weight::Regular, 14.0)
        );
    }

    #[test]
    fn a_line_that_fits_is_left_alone_and_a_long_one_is_cut() {
        assert_eq!(fit("warmer", Weight::Regular, 14.0, 200.0), "warmer");
        let cut = fit(&"warmer ".repeat(40), Weight::Regular, 14.0, 200.0);
        assert!(cut.ends_with('…') && width(&cut, Weight::Regular, 14.0) <= 200.0);
    }

    #[test]
    fn wrapped_lines_all_fit() {
        let lines = wrap(
            &"golden hour with a soft glow ".repeat(9),
            Weight::Bold,
            15.0,
            180.0,
            3,
        );
        assert_eq!(lines.len(), 3);
        assert!(
            lines
                .iter()
                .all(|line| width(line, Weight::Bold, 15.0) <= 180.0)
        );
    }
}
