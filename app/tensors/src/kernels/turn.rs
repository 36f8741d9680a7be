//! Queries and keys on their way into attention: each head normalised by its root mean square (Zhang & Sennrich 2019),
//! then its pairs of features turned by the place of its token (rotary embedding, Su et al. 2021).

use candle_core::{
    CpuStorage, CustomOp2, CustomOp3, D, DType, Device, Layout, Result, Shape, Tensor,
};
use retake_pixels::vectorised;

use super::{Rows, ours, values};

/// Which features of a head are turned together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairs {
    /// 0 with 1, 2 with 3, …: the FLUX models
    Neighbours,
    /// the first of the lower half with the first of the upper half, …: the Qwen models
    Halves,
}

/// How far the pairs of every token are turned.
#[derive(Clone, Debug)]
pub struct Turns {
    /// cosines, then sines: (2, rows, width / 2), 32-bit floats
    table: Tensor,
    pairs: Pairs,
}

impl Turns {
    /// From angles in radians, row after row: `rows` times half the width of a head.
    pub fn new(angles: &[f64], rows: usize, pairs: Pairs, device: &Device) -> Result<Self> {
        if rows == 0 || !angles.len().is_multiple_of(rows) {
            candle_core::bail!("{} angles for {rows} tokens", angles.len());
        }
        let cosines = angles.iter().map(|angle| angle.cos() as f32);
        let sines = angles.iter().map(|angle| angle.sin() as f32);
        let table: Vec<f32> = cosines.chain(sines).collect();
        let table = Tensor::from_vec(table, (2, rows, angles.len() / rows), device)?;
        Ok(Self { table, pairs })
    }

    /// Those of some of the tokens.
    pub fn part(&self, first: usize, rows: usize) -> Result<Self> {
        Ok(Self {
            table: self.table.narrow(1, first, rows)?.contiguous()?,
            pairs: self.pairs,
        })
    }

    /// How many tokens.
    pub fn rows(&self) -> usize {
        self.table.dims()[1]
    }

    /// Features of a head.
    fn width(&self) -> usize {
        2 * self.table.dims()[2]
    }
}

/// (batch, rows, heads · width), normalised by `weight` (width) where there is one, and turned. `x` may be a part of
/// wider rows.
pub fn turned(x: &Tensor, weight: Option<&Tensor>, eps: f64, turns: &Turns) -> Result<Tensor> {
    let (batch, rows, all) = x.dims3()?;
    let width = turns.width();
    if rows != turns.rows() || !all.is_multiple_of(width) {
        candle_core::bail!(
            "turns of {} rows and heads of {width} for {:?}",
            turns.rows(),
            x.shape()
        );
    }
    if ours(x) {
        let op = Turn {
            eps: eps as f32,
            pairs: turns.pairs,
        };
        return match weight {
            Some(weight) => x.apply_op3_no_bwd(&turns.table, weight, &op),
            None => x.apply_op2_no_bwd(&turns.table, &op),
        };
    }
    let wide = match x.dtype() {
        DType::F64 => DType::F64,
        _ => DType::F32,
    };
    let heads = x
        .contiguous()?
        .reshape((batch, rows, all / width, width))?
        .to_dtype(wide)?;
    let heads = match weight {
        Some(weight) => {
            let square = (heads.sqr()?.mean_keepdim(D::Minus1)? + eps)?;
            heads
                .broadcast_div(&square.sqrt()?)?
                .broadcast_mul(&weight.to_dtype(wide)?)?
        }
        None => heads,
    };
    let table = turns.table.to_dtype(wide)?;
    let of = |index: usize| table.get(index)?.reshape((1, rows, 1, width / 2, 1));
    let (cos, sin) = (of(0)?, of(1)?);
    // (batch, rows, heads, width / 2, 1) twice: the first of each pair, and the second
    let (first, second) = match turns.pairs {
        Pairs::Neighbours => {
            let pairs = heads.reshape((batch, rows, all / width, width / 2, 2))?;
            (pairs.narrow(4, 0, 1)?, pairs.narrow(4, 1, 1)?)
        }
        Pairs::Halves => {
            let half = |from| heads.narrow(3, from, width / 2)?.unsqueeze(4);
            (half(0)?, half(width / 2)?)
        }
    };
    let (first, second) = (
        (first.broadcast_mul(&cos)? - second.broadcast_mul(&sin)?)?,
        (second.broadcast_mul(&cos)? + first.broadcast_mul(&sin)?)?,
    );
    let along = match turns.pairs {
        Pairs::Neighbours => 4,
        Pairs::Halves => 3,
    };
    Tensor::cat(&[first, second], along)?
        .reshape((batch, rows, all))?
        .to_dtype(x.dtype())
}

struct Turn {
    eps: f32,
    pairs: Pairs,
}

impl Turn {
    fn forward(
        &self,
        x: Rows<'_>,
        table: &[f32],
        weight: Option<&[f32]>,
    ) -> Result<(CpuStorage, Shape)> {
        let [_, rows, _] = x.dims();
        let half = table.len() / 2 / rows;
        let (cos, sin) = table.split_at(table.len() / 2);
        Ok(x.each(|_, row, x, out| {
            out.copy_from_slice(x);
            let place = row * half;
            let (cos, sin) = (&cos[place..place + half], &sin[place..place + half]);
            for head in out.chunks_exact_mut(2 * half) {
                if let Some(weight) = weight {
                    norm(head, weight, self.eps);
                }
                match self.pairs {
                    Pairs::Neighbours => turn_neighbours(head, cos, sin),
                    Pairs::Halves => turn_halves(head, cos, sin),
                }
            }
        }))
    }
}

impl CustomOp2 for Turn {
    fn name(&self) -> &'static str {
        "turn"
    }
    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        lx: &Layout,
        t: &CpuStorage,
        lt: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        self.forward(Rows::of(x, lx)?, values(t, lt)?, None)
    }
}

impl CustomOp3 for Turn {
    fn name(&self) -> &'static str {
        "norm and turn"
    }
    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        lx: &Layout,
        t: &CpuStorage,
        lt: &Layout,
        w: &CpuStorage,
        lw: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        self.forward(Rows::of(x, lx)?, values(t, lt)?, Some(values(w, lw)?))
    }
}

/// In eight lanes of f32 over short runs.
#[inline(always)]
fn sum_of_squares(x: &[f32]) -> f32 {
    let mut total = 0.0;
    for run in x.chunks(512) {
        let mut sum = [0.0f32; 8];
        let (lanes, rest) = run.as_chunks::<8>();
        for lane in lanes {
            for i in 0..8 {
                sum[i] += lane[i] * lane[i];
            }
        }
        total += sum.iter().sum::<f32>() + rest.iter().map(|x| x * x).sum::<f32>();
    }
    total
}

vectorised! {
    /// In place: x / √(mean of x² + eps) · weight.
    pub(super) fn norm(x: &mut [f32], weight: &[f32], eps: f32) {
        let scale = 1.0 / (sum_of_squares(x) / x.len() as f32 + eps).sqrt();
        for (x, weight) in x.iter_mut().zip(weight) {
            *x = *x * scale * weight;
        }
    }
}

vectorised! {
    fn turn_neighbours(x: &mut [f32], cos: &[f32], sin: &[f32]) {
        for ((pair, cos), sin) in x.chunks_exact_mut(2).zip(cos).zip(sin) {
            let (a, b) = (pair[0], pair[1]);
            pair[0] = a * cos - b * sin;
            pair[1] = b * cos + a * sin;
        }
    }
}

vectorised! {
    fn turn_halves(x: &mut [f32], cos: &[f32], sin: &[f32]) {
        let (low, high) = x.split_at_mut(cos.len());
        for (((a, b), cos), sin) in low.iter_mut().zip(high).zip(cos).zip(sin) {
            let (was_a, was_b) = (*a, *b);
            *a = was_a * cos - was_b * sin;
            *b = was_b * cos + was_a * sin;
        }
    }
}
