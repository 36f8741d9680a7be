//! x · Wᵀ + b, reading x in whatever order it lies, so that tokens need not be copied out of a picture first, and
//! writing tokens or a picture.

use candle_core::{CpuStorage, CustomOp2, CustomOp3, Layout, Result, Shape, Tensor};

use super::few::{FEW, Rows, few};
use super::product::{Matrix, Target, Threads};
use super::{constant, ours, ours_also_back, values, values_from};

/// (batch, rows, in) to (batch, rows, out). `weight` is (out, in).
pub(crate) fn linear(x: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
    if !ours_also_back(x) {
        // one product of all rows: a batch of single rows is multiplied wrongly with a matrix that is repeated for it
        let (batch, rows, inputs) = x.dims3()?;
        let y = x
            .contiguous()?
            .reshape((batch * rows, inputs))?
            .matmul(&weight.t()?)?
            .reshape((batch, rows, weight.dim(0)?))?;
        return match bias {
            Some(bias) => y.broadcast_add(bias),
            None => Ok(y),
        };
    }
    match bias {
        Some(bias) => x.apply_op3(weight, bias, Tokens),
        None => x.apply_op2(weight, Tokens),
    }
}

/// (batch, rows, in) to (batch, out, rows): the same, turned into a picture's order.
pub(crate) fn linear_to_picture(x: &Tensor, weight: &Tensor, bias: &Tensor) -> Result<Tensor> {
    if ours(x) {
        x.apply_op3_no_bwd(weight, bias, &Picture)
    } else {
        linear(x, weight, Some(bias))?.transpose(1, 2)?.contiguous()
    }
}

/// From the gradient by x · Wᵀ + b, (batch, rows, out), to the one by x, (batch, rows, in).
fn back(gradient: &Tensor, weight: &Tensor) -> Result<Tensor> {
    linear(gradient, &weight.t()?.contiguous()?, None)
}

/// The rows of (batch, rows, in), where they are few and each lies in one piece.
pub(super) fn few_rows(
    x: &[f32],
    strides: [usize; 3],
    (batch, rows, inputs): (usize, usize, usize),
) -> Option<Vec<&[f32]>> {
    if batch * rows > FEW || (strides[2] != 1 && inputs > 1) {
        return None;
    }
    let first = |index: usize| index / rows * strides[0] + index % rows * strides[1];
    let all = (0..batch * rows).map(|index| &x[first(index)..first(index) + inputs]);
    Some(all.collect())
}

/// What both read: x and its strides, W, and the sizes (batch, rows, in, out).
struct Given<'a> {
    x: &'a [f32],
    strides: [usize; 3],
    weight: &'a [f32],
    sizes: [usize; 4],
}

impl<'a> Given<'a> {
    fn new(x: &'a CpuStorage, lx: &Layout, w: &'a CpuStorage, lw: &Layout) -> Result<Self> {
        let (batch, rows, inputs) = lx.shape().dims3()?;
        let (outputs, _) = lw.shape().dims2()?;
        Ok(Self {
            x: values_from(x, lx)?,
            strides: [lx.stride()[0], lx.stride()[1], lx.stride()[2]],
            weight: values(w, lw)?,
            sizes: [batch, rows, inputs, outputs],
        })
    }

    fn x_of(&self, index: usize) -> Matrix<'a> {
        let [_, rows, inputs, _] = self.sizes;
        let [batch, row, column] = self.strides;
        Matrix::new(&self.x[index * batch..], (rows, inputs), (row, column))
    }

    fn weight(&self) -> Matrix<'a> {
        let [.., inputs, outputs] = self.sizes;
        Matrix::by_rows(self.weight, outputs, inputs)
    }

    fn tokens(&self, bias: Option<&[f32]>) -> Result<(CpuStorage, Shape)> {
        let [batch, rows, inputs, outputs] = self.sizes;
        let mut out = vec![0.0; batch * rows * outputs];
        if let Some(x) = few_rows(self.x, self.strides, (batch, rows, inputs)) {
            few(&x, Rows::Plain(self.weight), bias, &mut out)?;
            return Ok((CpuStorage::F32(out), (batch, rows, outputs).into()));
        }
        for (index, out) in out.chunks_exact_mut(rows * outputs).enumerate() {
            let mut target = Target::new(out, rows, outputs, outputs);
            if let Some(bias) = bias {
                target.fill_with(bias);
            }
            let weight = self.weight().transposed();
            target.product(self.x_of(index), weight, 1.0, bias.is_some(), Threads::All);
        }
        Ok((CpuStorage::F32(out), (batch, rows, outputs).into()))
    }

    fn picture(&self, bias: &[f32]) -> (CpuStorage, Shape) {
        let [batch, rows, _, outputs] = self.sizes;
        let mut out = vec![0.0; batch * rows * outputs];
        for (index, out) in out.chunks_exact_mut(rows * outputs).enumerate() {
            let mut target = Target::new(out, outputs, rows, rows);
            target.fill_rows(|row| bias[row]);
            let x = self.x_of(index).transposed();
            target.product(self.weight(), x, 1.0, true, Threads::All);
        }
        (CpuStorage::F32(out), (batch, outputs, rows).into())
    }
}

struct Tokens;

impl CustomOp2 for Tokens {
    fn name(&self) -> &'static str {
        "linear"
    }
    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        lx: &Layout,
        w: &CpuStorage,
        lw: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        Given::new(x, lx, w, lw)?.tokens(None)
    }
    fn bwd(
        &self,
        _: &Tensor,
        weight: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        constant(&[weight])?;
        Ok((Some(back(gradient, weight)?), None))
    }
}

impl CustomOp3 for Tokens {
    fn name(&self) -> &'static str {
        "linear"
    }
    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        lx: &Layout,
        w: &CpuStorage,
        lw: &Layout,
        b: &CpuStorage,
        lb: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        Given::new(x, lx, w, lw)?.tokens(Some(values(b, lb)?))
    }
    fn bwd(
        &self,
        _: &Tensor,
        weight: &Tensor,
        bias: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        constant(&[weight, bias])?;
        Ok((Some(back(gradient, weight)?), None, None))
    }
}

struct Picture;

impl CustomOp3 for Picture {
    fn name(&self) -> &'static str {
        "linear to picture"
    }
    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        lx: &Layout,
        w: &CpuStorage,
        lw: &Layout,
        b: &CpuStorage,
        lb: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        Ok(Given::new(x, lx, w, lw)?.picture(values(b, lb)?))
    }
}
