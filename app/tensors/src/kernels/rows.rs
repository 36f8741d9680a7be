//! Tokens that lie in rows, possibly as a part of wider rows: what most kernels over tokens read.

use candle_core::{CpuStorage, Layout, Result, Shape};
use rayon::prelude::*;

use super::values_from;

/// (batch, rows, width), the numbers of each row side by side.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    values: &'a [f32],
    dims: [usize; 3],
    strides: [usize; 2],
}

impl<'a> Rows<'a> {
    pub(super) fn of(storage: &'a CpuStorage, layout: &Layout) -> Result<Self> {
        let (batch, rows, width) = layout.shape().dims3()?;
        let stride = layout.stride();
        if stride[2] != 1 && width > 1 {
            candle_core::bail!("a kernel was handed tokens that do not lie in rows");
        }
        Ok(Self {
            values: values_from(storage, layout)?,
            dims: [batch, rows, width],
            strides: [stride[0], stride[1]],
        })
    }

    /// Batch, rows, width.
    pub(super) fn dims(&self) -> [usize; 3] {
        self.dims
    }

    /// A row, counted through all batches.
    pub(super) fn row(&self, index: usize) -> &'a [f32] {
        let [_, rows, width] = self.dims;
        let first = index / rows * self.strides[0] + index % rows * self.strides[1];
        &self.values[first..first + width]
    }

    /// A new row for each: `work` is told the batch, which row of it, the row itself and where the new one goes.
    pub(super) fn each(
        &self,
        work: impl Fn(usize, usize, &[f32], &mut [f32]) + Sync,
    ) -> (CpuStorage, Shape) {
        let [batch, rows, width] = self.dims;
        let mut out = vec![0.0; batch * rows * width];
        out.par_chunks_exact_mut(width)
            .with_min_len(8)
            .enumerate()
            .for_each(|(index, out)| work(index / rows, index % rows, self.row(index), out));
        (CpuStorage::F32(out), (batch, rows, width).into())
    }
}
