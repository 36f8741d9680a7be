//! From RGB to the coded data of a JPEG scan: colour, cosine transform, quantisation, Huffman codes. One strip of
//! rows at a time, as it stands between two restart markers.

use retake_pixels::vectorised;

use super::jpegtables::{Code, HUFFMAN, ZIGZAG};

/// What every strip of a picture shares.
pub(super) struct Scan {
    width: usize,
    /// 1: colour at full resolution, 2: at half
    shrink: usize,
    /// for brightness and colour: what to multiply a transformed block with, column by column
    scales: [[f32; 64]; 2],
    codes: [[[Code; 256]; 2]; 2],
}

/// The scale factors that the transform below leaves in its results.
const LEFT_IN: [f64; 8] = [
    1.0,
    1.387_039_845,
    1.306_562_965,
    1.175_875_602,
    1.0,
    0.785_694_958,
    0.541_196_100,
    0.275_899_379,
];

impl Scan {
    /// `quantisation` holds the steps for brightness and colour, row by row; half colour resolution is 4:2:0.
    pub(super) fn new(width: usize, quantisation: &[[u8; 64]; 2], half_colour: bool) -> Self {
        Self {
            width,
            shrink: if half_colour { 2 } else { 1 },
            scales: quantisation.map(|steps| {
                std::array::from_fn(|at| {
                    let (column, row) = (at / 8, at % 8);
                    let step = f64::from(steps[row * 8 + column]);
                    (1.0 / (step * 8.0 * LEFT_IN[row] * LEFT_IN[column])) as f32
                })
            }),
            codes: HUFFMAN.map(|pair| pair.map(|table| table.codes())),
        }
    }

    /// Height and width of a coding unit, px.
    pub(super) fn unit(&self) -> usize {
        8 * self.shrink
    }

    /// The coded data of these rows of interleaved RGB, padded to whole bytes.
    pub(super) fn encode(&self, rgb: &[u8]) -> Vec<u8> {
        let unit = self.unit();
        let padded = self.width.next_multiple_of(unit);
        let mut planes = Planes::new(padded, unit, self.shrink);
        let mut blocks = [const { Vec::new() }; 3];
        let mut bits = Bits::new(rgb.len() / 3);
        let mut before = [0i32; 3];
        let rows: Vec<&[u8]> = rgb.chunks_exact(self.width * 3).collect();
        for rows in rows.chunks(unit) {
            planes.fill(rows, self.width);
            planes.transform(&self.scales, &mut blocks);
            let across = padded / unit;
            for x in 0..across {
                for y in 0..self.shrink {
                    let start = (y * across + x) * self.shrink;
                    for block in &blocks[0][start..start + self.shrink] {
                        bits.block(block, &mut before[0], &self.codes[0]);
                    }
                }
                bits.block(&blocks[1][x], &mut before[1], &self.codes[1]);
                bits.block(&blocks[2][x], &mut before[2], &self.codes[1]);
            }
        }
        bits.finish()
    }
}

/// A quantised block, column by column.
type Block = [i16; 64];

/// One row of coding units as brightness and colour, centred on 0.
struct Planes {
    width: usize,
    shrink: usize,
    full: [Vec<f32>; 3],
    half: [Vec<f32>; 2],
    channels: [Vec<u8>; 3],
}

impl Planes {
    fn new(width: usize, unit: usize, shrink: usize) -> Self {
        let plane = vec![0.0; width * unit];
        let half = if shrink == 2 { width * unit / 4 } else { 0 };
        Self {
            width,
            shrink,
            full: [plane.clone(), plane.clone(), plane],
            half: [vec![0.0; half], vec![0.0; half]],
            channels: std::array::from_fn(|_| vec![0; width]),
        }
    }

    /// Fills the planes, repeating the last column and row where the picture ends inside a unit.
    fn fill(&mut self, rows: &[&[u8]], width: usize) {
        let [r, g, b] = &mut self.channels;
        let [y, cb, cr] = &mut self.full;
        for (line, start) in (0..y.len()).step_by(self.width).enumerate() {
            let span = start..start + self.width;
            if let Some(row) = rows.get(line) {
                for (((rgb, r), g), b) in row.chunks_exact(3).zip(&mut *r).zip(&mut *g).zip(&mut *b)
                {
                    (*r, *g, *b) = (rgb[0], rgb[1], rgb[2]);
                }
                for channel in [&mut *r, &mut *g, &mut *b] {
                    let last = channel[width - 1];
                    channel[width..].fill(last);
                }
                colours(
                    r,
                    g,
                    b,
                    &mut y[span.clone()],
                    &mut cb[span.clone()],
                    &mut cr[span],
                );
            } else {
                let above = start - self.width..start;
                for plane in [&mut *y, &mut *cb, &mut *cr] {
                    plane.copy_within(above.clone(), start);
                }
            }
        }
        if self.shrink == 2 {
            halve(cb, self.width, &mut self.half[0]);
            halve(cr, self.width, &mut self.half[1]);
        }
    }

    fn transform(&self, scales: &[[f32; 64]; 2], out: &mut [Vec<Block>; 3]) {
        let (colour, width) = match self.shrink {
            2 => ([&self.half[0], &self.half[1]], self.width / 2),
            _ => ([&self.full[1], &self.full[2]], self.width),
        };
        out.iter_mut().for_each(Vec::clear);
        for row in self.full[0].chunks_exact(self.width * 8) {
            transform(row, self.width, &scales[0], &mut out[0]);
        }
        transform(colour[0], width, &scales[1], &mut out[1]);
        transform(colour[1], width, &scales[1], &mut out[2]);
    }
}

vectorised! {
    /// JFIF's YCbCr (ITU-T T.871, clause 7), centred on 0.
    fn colours(r: &[u8], g: &[u8], b: &[u8], y: &mut [f32], cb: &mut [f32], cr: &mut [f32]) {
        let inputs = r.iter().zip(g).zip(b);
        let outputs = y.iter_mut().zip(cb).zip(cr);
        for (((r, g), b), ((y, cb), cr)) in inputs.zip(outputs) {
            let (r, g, b) = (f32::from(*r), f32::from(*g), f32::from(*b));
            *y = 0.299 * r + 0.587 * g + 0.114 * b - 128.0;
            *cb = -0.168_735_9 * r - 0.331_264_1 * g + 0.5 * b;
            *cr = 0.5 * r - 0.418_687_6 * g - 0.081_312_4 * b;
        }
    }
}

/// Mean of every 2 × 2 values.
fn halve(plane: &[f32], width: usize, out: &mut [f32]) {
    for (pair, out) in plane
        .chunks_exact(width * 2)
        .zip(out.chunks_exact_mut(width / 2))
    {
        let (upper, lower) = pair.split_at(width);
        for ((upper, lower), out) in upper.chunks_exact(2).zip(lower.chunks_exact(2)).zip(out) {
            *out = 0.25 * ((upper[0] + upper[1]) + (lower[0] + lower[1]));
        }
    }
}

/// Eight values side by side: one AVX2 register.
type Lanes = [f32; 8];

#[inline(always)]
fn each(a: Lanes, b: Lanes, work: impl Fn(f32, f32) -> f32) -> Lanes {
    let mut out = [0.0; 8];
    for i in 0..8 {
        out[i] = work(a[i], b[i]);
    }
    out
}

/// Cosine transform down eight lanes at once, scaled by `LEFT_IN` (Arai, Agui and Nakajima 1988, "A fast DCT-SQ
/// scheme for images").
#[inline(always)]
fn cosine(v: [Lanes; 8]) -> [Lanes; 8] {
    let add = |a, b| each(a, b, |a, b| a + b);
    let sub = |a, b| each(a, b, |a, b| a - b);
    let scaled = |a: Lanes, by: f32| each(a, a, |a, _| a * by);
    // Even part: what is symmetric about the middle.
    let (s0, s1, s2, s3) = (
        add(v[0], v[7]),
        add(v[1], v[6]),
        add(v[2], v[5]),
        add(v[3], v[4]),
    );
    let (e0, e1, e2, e3) = (add(s0, s3), add(s1, s2), sub(s1, s2), sub(s0, s3));
    let turn = scaled(add(e2, e3), std::f32::consts::FRAC_1_SQRT_2);
    // Odd part: what is antisymmetric.
    let (d0, d1, d2, d3) = (
        sub(v[0], v[7]),
        sub(v[1], v[6]),
        sub(v[2], v[5]),
        sub(v[3], v[4]),
    );
    let (o0, o1, o2) = (add(d3, d2), add(d2, d1), add(d1, d0));
    let shared = scaled(sub(o0, o2), 0.382_683_43);
    let low = add(scaled(o0, 0.541_196_1), shared);
    let high = add(scaled(o2, 1.306_563), shared);
    let middle = scaled(o1, std::f32::consts::FRAC_1_SQRT_2);
    let (plus, minus) = (add(d0, middle), sub(d0, middle));
    [
        add(e0, e1),
        add(plus, high),
        add(e3, turn),
        sub(minus, low),
        sub(e0, e1),
        add(minus, low),
        sub(e3, turn),
        sub(plus, high),
    ]
}

vectorised! {
    /// Transforms and quantises a row of blocks: `plane` is 8 lines of `width` values.
    fn transform(plane: &[f32], width: usize, scales: &[f32; 64], out: &mut Vec<Block>) {
        // Adding 1.5 · 2²³ rounds to a whole number, which then stands in the low bits.
        const ROUND: f32 = 12_582_912.0;
        for x in (0..width).step_by(8) {
            let mut lines = [[0.0; 8]; 8];
            for (y, line) in lines.iter_mut().enumerate() {
                line.copy_from_slice(&plane[y * width + x..y * width + x + 8]);
            }
            let columns = cosine(lines);
            let mut turned = [[0.0; 8]; 8];
            for i in 0..8 {
                for j in 0..8 {
                    turned[j][i] = columns[i][j];
                }
            }
            let both = cosine(turned);
            let mut block = [0i16; 64];
            for i in 0..8 {
                for j in 0..8 {
                    block[i * 8 + j] = (both[i][j] * scales[i * 8 + j] + ROUND).to_bits() as i16;
                }
            }
            out.push(block);
        }
    }
}

/// Scan order of a block that stands column by column.
const ORDER: [u8; 64] = {
    let mut order = [0; 64];
    let mut i = 0;
    while i < 64 {
        order[i] = ZIGZAG[i] % 8 * 8 + ZIGZAG[i] / 8;
        i += 1;
    }
    order
};

/// Collects codes into bytes, with a 0 after every byte of ones (T.81, B.1.1.5).
struct Bits {
    out: Vec<u8>,
    waiting: u64,
    count: u32,
}

impl Bits {
    fn new(capacity: usize) -> Self {
        Self {
            out: Vec::with_capacity(capacity),
            waiting: 0,
            count: 0,
        }
    }

    /// At most 32 bits.
    #[inline(always)]
    fn put(&mut self, bits: u32, length: u32) {
        self.waiting = self.waiting << length | u64::from(bits);
        self.count += length;
        if self.count >= 32 {
            self.count -= 32;
            let word = (self.waiting >> self.count) as u32;
            let zeros = !word;
            if zeros.wrapping_sub(0x0101_0101) & !zeros & 0x8080_8080 == 0 {
                self.out.extend_from_slice(&word.to_be_bytes());
            } else {
                word.to_be_bytes()
                    .into_iter()
                    .for_each(|byte| self.byte(byte));
            }
        }
    }

    fn byte(&mut self, byte: u8) {
        self.out.push(byte);
        if byte == 0xFF {
            self.out.push(0);
        }
    }

    /// A symbol and the value it announces (T.81, F.1.2).
    #[inline(always)]
    fn value(&mut self, code: Code, value: i32, size: u32) {
        let bits = (value + (value >> 31)) as u32 & ((1 << size) - 1);
        self.put(code.bits << size | bits, code.length + size);
    }

    fn block(&mut self, block: &Block, before: &mut i32, codes: &[[Code; 256]; 2]) {
        let constant = i32::from(block[0]);
        let difference = constant - *before;
        *before = constant;
        let size = 32 - difference.unsigned_abs().leading_zeros();
        self.value(codes[0][size as usize & 255], difference, size);

        let mut ordered = [0i16; 64];
        let mut present = 0u64;
        for (i, &at) in ORDER.iter().enumerate() {
            let value = block[usize::from(at & 63)];
            ordered[i] = value;
            present |= u64::from(value != 0) << i;
        }
        present &= !1;
        let mut last = 0;
        while present != 0 {
            let at = present.trailing_zeros();
            present &= present - 1;
            let mut zeros = at - last - 1;
            last = at;
            while zeros > 15 {
                let sixteen = codes[1][0xF0];
                self.put(sixteen.bits, sixteen.length);
                zeros -= 16;
            }
            let value = i32::from(ordered[at as usize & 63]);
            let size = 32 - value.unsigned_abs().leading_zeros();
            self.value(codes[1][(zeros << 4 | size) as usize & 255], value, size);
        }
        if last < 63 {
            let end = codes[1][0];
            self.put(end.bits, end.length);
        }
    }

    /// The bytes, the last one filled up with ones.
    fn finish(mut self) -> Vec<u8> {
        let missing = (8 - self.count % 8) % 8;
        self.waiting = self.waiting << missing | ((1 << missing) - 1);
        self.count += missing;
        while self.count > 0 {
            self.count -= 8;
            self.byte((self.waiting >> self.count) as u8);
        }
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// T.81, A.3.3, as it stands there.
    fn reference(samples: &[f32], u: usize, v: usize) -> f64 {
        let c = |k: usize| {
            if k == 0 {
                std::f64::consts::FRAC_1_SQRT_2
            } else {
                1.0
            }
        };
        let wave = |x: usize, u: usize| {
            ((2 * x + 1) as f64 * u as f64 * std::f64::consts::PI / 16.0).cos()
        };
        let sum: f64 = (0..64)
            .map(|at| f64::from(samples[at]) * wave(at % 8, u) * wave(at / 8, v))
            .sum();
        0.25 * c(u) * c(v) * sum
    }

    proptest! {
        #[test]
        fn blocks_are_the_standards_transform_quantised(samples in prop::collection::vec(-128.0f32..127.0, 64)) {
            let steps = [[3; 64]; 2];
            let scan = Scan::new(8, &steps, false);
            let mut blocks = Vec::new();
            transform(&samples, 8, &scan.scales[0], &mut blocks);
            for u in 0..8 {
                for v in 0..8 {
                    let exact = reference(&samples, u, v) / 3.0;
                    let ours = f64::from(blocks[0][u * 8 + v]);
                    prop_assert!((ours - exact).abs() <= 0.501, "({u}, {v}): {ours} {exact}");
                }
            }
        }
    }

    #[test]
    fn every_byte_of_ones_is_followed_by_a_zero() {
        let mut bits = Bits::new(0);
        (0..9).for_each(|_| bits.put(0x00FF_FFFF, 24));
        let out = bits.finish();
        assert_eq!(out.len(), 54);
        assert!(out.chunks_exact(2).all(|pair| pair == [0xFF, 0]));
    }
}
