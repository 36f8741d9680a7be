//! The sizes of pictures that FLUX.1 Kontext was trained on: all about one megapixel.

/// Columns and rows of tokens, from tall to square; the wide ones are the same turned. (Black Forest Labs publish them in
/// px, sixteen to a token: 672 × 1568 to 1024 × 1024.)
const TALL: &[(usize, usize)] = &[
    (42, 98),
    (43, 94),
    (45, 91),
    (47, 87),
    (50, 83),
    (52, 78),
    (55, 74),
    (59, 69),
    (SQUARE, SQUARE),
];

/// Tokens on a side of the square.
const SQUARE: usize = 64;

/// Columns and rows of tokens of the size nearest in shape to a picture of `width` × `height` px, for a network that was
/// trained on squares of `side` tokens: 64 as published.
pub(super) fn nearest(width: usize, height: usize, side: usize) -> (usize, usize) {
    let shape = width as f64 / height as f64;
    let wide = TALL.iter().rev().map(|&(short, long)| (long, short));
    let apart = |&(columns, rows): &(usize, usize)| (columns as f64 / rows as f64 - shape).abs();
    let (columns, rows) = TALL
        .iter()
        .copied()
        .chain(wide)
        .min_by(|a, b| apart(a).total_cmp(&apart(b)))
        .unwrap_or((SQUARE, SQUARE));
    let scaled = |tokens: usize| ((tokens * side + SQUARE / 2) / SQUARE).max(1);
    (scaled(columns), scaled(rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_that_were_published() {
        let published = [
            (672, 1568),
            (688, 1504),
            (720, 1456),
            (752, 1392),
            (800, 1328),
            (832, 1248),
            (880, 1184),
            (944, 1104),
            (1024, 1024),
        ];
        for (width, height) in published {
            assert_eq!(nearest(width, height, 64), (width / 16, height / 16));
            assert_eq!(nearest(height, width, 64), (height / 16, width / 16));
        }
    }

    #[test]
    fn any_shape_has_a_size() {
        assert_eq!(nearest(6000, 4000, 64), (78, 52));
        assert_eq!(nearest(1, 1, 64), (64, 64));
        assert_eq!(nearest(100_000, 10, 64), (98, 42));
        assert_eq!(nearest(6000, 4000, 8), (10, 7));
        assert_eq!(nearest(1, 9000, 0), (1, 1));
    }
}
