//! The matrix of a linear layer, held as densely as memory asks, and products with it.

use candle_core::quantized::QMatMul;
use candle_core::{CpuStorage, CustomOp1, DType, Layout, Module, Result, Shape, Tensor};

use super::few::{Rows, few};
use super::linear::{few_rows, linear, linear_to_picture};
use super::packed::Packed;
use super::product::{Matrix, Target, Threads};
use super::{ours_also_back, values_from};

/// (out, in).
#[derive(Clone, Debug)]
pub enum Weight {
    /// in the numbers that we compute with
    Plain(Tensor),
    /// in fewer bits, on the processor
    Packed(Packed),
    /// in blocks on a graphics card
    Blocks(QMatMul),
}

impl Weight {
    /// (batch, rows, in) to (batch, rows, out).
    pub fn linear(&self, x: &Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
        match self {
            Self::Plain(weight) => linear(x, weight, bias),
            Self::Packed(weight) => packed(x, weight, bias, Order::Tokens),
            Self::Blocks(weight) => {
                // candle's kernels for blocks read and write 32-bit floats
                let y = weight
                    .forward(&x.contiguous()?.to_dtype(DType::F32)?)?
                    .to_dtype(x.dtype())?;
                match bias {
                    Some(bias) => y.broadcast_add(bias),
                    None => Ok(y),
                }
            }
        }
    }

    /// (batch, rows, in) to (batch, out, rows).
    pub fn linear_to_picture(&self, x: &Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
        match (self, bias) {
            (Self::Plain(weight), Some(bias)) => linear_to_picture(x, weight, bias),
            (Self::Packed(weight), _) => packed(x, weight, bias, Order::Picture),
            _ => self.linear(x, bias)?.transpose(1, 2)?.contiguous(),
        }
    }
}

/// In which order a product is written.
#[derive(Clone, Copy)]
enum Order {
    /// (batch, rows, out)
    Tokens,
    /// (batch, out, rows)
    Picture,
}

fn packed(x: &Tensor, weight: &Packed, bias: Option<&Tensor>, order: Order) -> Result<Tensor> {
    if !ours_also_back(x) {
        candle_core::bail!("a packed matrix is multiplied on the processor, in 32-bit floats");
    }
    let product = Product {
        weight: weight.clone(),
        bias: bias.map(Tensor::to_vec1).transpose()?,
        order,
    };
    x.apply_op1(product)
}

/// Floats of a widened strip: 8 MB, which the product then goes through from the cache in parts.
const STRIP: usize = 2 << 20;

struct Product {
    weight: Packed,
    bias: Option<Vec<f32>>,
    order: Order,
}

impl CustomOp1 for Product {
    fn name(&self) -> &'static str {
        "packed linear"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (batch, rows, inputs) = layout.shape().dims3()?;
        let (outputs, columns) = (self.weight.rows(), self.weight.columns());
        if inputs != columns || self.bias.as_ref().is_some_and(|b| b.len() != outputs) {
            candle_core::bail!("rows of {inputs} do not go through {:?}", self.weight);
        }
        let x = values_from(x, layout)?;
        let stride = layout.stride();
        let (row, column) = (stride[1], stride[2]);
        let x_of =
            |index: usize| Matrix::new(&x[index * stride[0]..], (rows, inputs), (row, column));
        let mut out = vec![0.0f32; batch * rows * outputs];
        if let Order::Tokens = self.order
            && let Some(x) = few_rows(x, [stride[0], row, column], (batch, rows, inputs))
        {
            let (kind, bytes) = self.weight.written();
            few(
                &x,
                Rows::Packed(kind, bytes),
                self.bias.as_deref(),
                &mut out,
            )?;
            return Ok((CpuStorage::F32(out), (batch, rows, outputs).into()));
        }
        let strip = (STRIP / inputs).clamp(1, outputs);
        let mut buffer = vec![0.0f32; strip * inputs];
        for first in (0..outputs).step_by(strip) {
            let count = strip.min(outputs - first);
            let buffer = &mut buffer[..count * inputs];
            self.weight.widen(first, buffer)?;
            let weight = Matrix::by_rows(buffer, count, inputs);
            let bias = self.bias.as_ref().map(|bias| &bias[first..first + count]);
            for (index, out) in out.chunks_exact_mut(rows * outputs).enumerate() {
                match self.order {
                    Order::Tokens => {
                        let out = &mut out[first..];
                        let mut target = Target::new(out, rows, count, outputs);
                        if let Some(bias) = bias {
                            target.fill_with(bias);
                        }
                        let weight = weight.transposed();
                        target.product(x_of(index), weight, 1.0, bias.is_some(), Threads::All);
                    }
                    Order::Picture => {
                        let out = &mut out[first * rows..(first + count) * rows];
                        let mut target = Target::new(out, count, rows, rows);
                        if let Some(bias) = bias {
                            target.fill_rows(|row| bias[row]);
                        }
                        let x = x_of(index).transposed();
                        target.product(weight, x, 1.0, bias.is_some(), Threads::All);
                    }
                }
            }
        }
        let shape = match self.order {
            Order::Tokens => (batch, rows, outputs),
            Order::Picture => (batch, outputs, rows),
        };
        Ok((CpuStorage::F32(out), shape.into()))
    }

    /// The matrix is widened as a whole for it.
    fn bwd(&self, _: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let (outputs, inputs) = (self.weight.rows(), self.weight.columns());
        let mut wide = vec![0.0f32; outputs * inputs];
        self.weight.widen(0, &mut wide)?;
        let wide = Tensor::from_vec(wide, (outputs, inputs), gradient.device())?;
        let tokens = match self.order {
            Order::Tokens => gradient.clone(),
            Order::Picture => gradient.transpose(1, 2)?,
        };
        Ok(Some(linear(&tokens, &wide.t()?.contiguous()?, None)?))
    }
}
