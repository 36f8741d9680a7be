//! A picture cut into squares, each of which becomes a vector: the first layer of every vision transformer. And the
//! vectors that say where a square lies, for pictures of other sizes than the network was trained with.

use candle_core::{Result, Tensor};
use retake_tensors::checkpoint::Weights;
use retake_tensors::kernels::Weight;

use crate::picture::Planes;

/// The layer, written in the checkpoint as a convolution with a stride of its own size.
pub(super) struct Patches {
    weight: Weight, // (width, 3 · side · side)
    bias: Option<Tensor>,
    side: usize,
}

impl Patches {
    /// Squares of `side` px become vectors of `width` numbers.
    pub(super) fn new(side: usize, width: usize, with_bias: bool, vb: Weights) -> Result<Self> {
        let weight = vb.get((width, 3, side, side), "weight")?;
        Ok(Self {
            weight: Weight::Plain(weight.flatten_from(1)?.contiguous()?),
            bias: with_bias.then(|| vb.get(width, "bias")).transpose()?,
            side,
        })
    }

    /// (columns, rows) of squares in a picture; what is left over at the right and below is not seen.
    pub(super) fn grid(&self, planes: &Planes) -> (usize, usize) {
        (planes.width / self.side, planes.height / self.side)
    }

    /// (1, squares, width), row by row.
    pub(super) fn forward(&self, planes: &Planes, like: &Tensor) -> Result<Tensor> {
        self.vectors(&self.squares(planes, like)?)
    }

    /// From the numbers of squares to their vectors, (1, squares, width).
    pub(super) fn vectors(&self, squares: &Tensor) -> Result<Tensor> {
        self.weight.linear(squares, self.bias.as_ref())
    }

    /// What was taken out of planes of this size by [`Self::squares`], put back where it was; 0 where nothing was taken.
    pub(super) fn planes(
        &self,
        squares: &Tensor,
        (width, height): (usize, usize),
    ) -> Result<Planes> {
        let values: Vec<f32> = squares
            .to_dtype(candle_core::DType::F32)?
            .flatten_all()?
            .to_vec1()?;
        let (side, columns) = (self.side, width / self.side);
        let mut planes = vec![0.0; 3 * width * height];
        for (square, values) in values.chunks_exact(3 * side * side).enumerate() {
            let (x, y) = (square % columns * side, square / columns * side);
            for (line, values) in values.chunks_exact(side).enumerate() {
                let (channel, line) = (line / side, line % side);
                let from = (channel * height + y + line) * width + x;
                planes[from..from + side].copy_from_slice(values);
            }
        }
        Ok(Planes {
            width,
            height,
            values: planes,
        })
    }

    /// The numbers of each square, (1, squares, 3 · side · side): its red, its green, its blue, line by line.
    pub(super) fn squares(&self, planes: &Planes, like: &Tensor) -> Result<Tensor> {
        let side = self.side;
        let (columns, rows) = self.grid(planes);
        if columns * rows == 0 {
            candle_core::bail!(
                "a picture of {} × {} px has no square of {side} px",
                planes.width,
                planes.height
            );
        }
        let mut values = Vec::with_capacity(columns * rows * 3 * side * side);
        for square in 0..columns * rows {
            let (x, y) = (square % columns * side, square / columns * side);
            for plane in planes.values.chunks_exact(planes.width * planes.height) {
                for line in y..y + side {
                    values.extend_from_slice(&plane[line * planes.width + x..][..side]);
                }
            }
        }
        let squares =
            Tensor::from_vec(values, (1, columns * rows, 3 * side * side), like.device())?;
        squares.to_dtype(like.dtype())
    }
}

/// Vectors of a square grid, (side · side, width), for a grid of (columns, rows), (columns · rows, width): bicubic with
/// a = −0.75 and without antialiasing, as PyTorch's `interpolate` does.
pub(super) fn interpolated(vectors: &Tensor, (columns, rows): (usize, usize)) -> Result<Tensor> {
    let (count, width) = vectors.dims2()?;
    let side = count.isqrt();
    if (columns, rows) == (side, side) {
        return Ok(vectors.clone());
    }
    let values: Vec<f32> = vectors
        .to_dtype(candle_core::DType::F32)?
        .flatten_all()?
        .to_vec1()?;
    let (across, down) = (taps(side, columns), taps(side, rows));
    let mut out = vec![0.0f32; columns * rows * width];
    for (out, square) in out.chunks_exact_mut(width).zip(0..) {
        let (x, y) = (&across[square % columns], &down[square / columns]);
        for (row, by) in y {
            for (column, bx) in x {
                let vector = &values[(row * side + column) * width..][..width];
                for (out, value) in out.iter_mut().zip(vector) {
                    *out += by * bx * value;
                }
            }
        }
    }
    Tensor::from_vec(out, (columns * rows, width), vectors.device())?.to_dtype(vectors.dtype())
}

/// For each place of the result the four places that it is made of, and their weights.
fn taps(from: usize, to: usize) -> Vec<[(usize, f32); 4]> {
    const A: f32 = -0.75;
    let near = |x: f32| ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0;
    let far = |x: f32| ((A * x - 5.0 * A) * x + 8.0 * A) * x - 4.0 * A;
    let scale = from as f32 / to as f32;
    (0..to)
        .map(|i| {
            let at = scale * (i as f32 + 0.5) - 0.5;
            let first = at.floor();
            let t = at - first;
            let weights = [far(t + 1.0), near(t), near(1.0 - t), far(2.0 - t)];
            std::array::from_fn(|k| {
                let place = first as isize + k as isize - 1;
                (place.clamp(0, from as isize - 1) as usize, weights[k])
            })
        })
        .collect()
}
