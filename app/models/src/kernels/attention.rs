//! Attention without its large matrix: for a block of queries at a time, the scores, their softmax and the weighted sum
//! stay in a core's cache.

use candle_core::{CpuStorage, CustomOp3, D, DType, Layout, Result, Shape, Tensor};
use retake_pixels::{fast, vectorised};

use super::product::{Matrix, Target, Threads, side_by_side, with_buffer};
use super::{ours, values};

/// softmax(q · kᵀ / √width) · v in each head. `q` is (batch, queries, heads · width), `k` and `v` (batch, keys, heads ·
/// width). `causal`: a query sees no key of a higher index.
pub(crate) fn attention(
    q: &Tensor,
    k: &Tensor,
    v: &Tensor,
    heads: usize,
    causal: bool,
) -> Result<Tensor> {
    if ours(q) {
        let op = Attention { heads, causal };
        return q
            .contiguous()?
            .apply_op3_no_bwd(&k.contiguous()?, &v.contiguous()?, &op);
    }
    let (batch, queries, all) = q.dims3()?;
    let keys = k.dim(1)?;
    let width = all / heads;
    let apart = |x: &Tensor, rows: usize| {
        x.reshape((batch, rows, heads, width))?
            .transpose(1, 2)?
            .contiguous()
    };
    let (q, k, v) = (apart(q, queries)?, apart(k, keys)?, apart(v, keys)?);
    let scores = (q.matmul(&k.t()?)? / (width as f64).sqrt())?;
    let scores = if causal {
        let seen: Vec<f32> = (0..queries * keys)
            .map(|i| {
                if i % keys > i / keys {
                    f32::NEG_INFINITY
                } else {
                    0.0
                }
            })
            .collect();
        let seen = Tensor::from_vec(seen, (queries, keys), q.device())?.to_dtype(q.dtype())?;
        scores.broadcast_add(&seen)?
    } else {
        scores
    };
    let shares = candle_nn::ops::softmax(&scores.to_dtype(DType::F32)?, D::Minus1)?;
    shares
        .to_dtype(v.dtype())?
        .matmul(&v)?
        .transpose(1, 2)?
        .reshape((batch, queries, all))
}

struct Attention {
    heads: usize,
    causal: bool,
}

/// Queries of a block.
const BLOCK: usize = 128;

impl CustomOp3 for Attention {
    fn name(&self) -> &'static str {
        "attention"
    }

    fn cpu_fwd(
        &self,
        q: &CpuStorage,
        lq: &Layout,
        k: &CpuStorage,
        lk: &Layout,
        v: &CpuStorage,
        lv: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (batch, queries, all) = lq.shape().dims3()?;
        let keys = lk.shape().dims()[1];
        if all % self.heads != 0 || lk.shape().dims() != lv.shape().dims() {
            candle_core::bail!("{:?} and {:?} do not attend", lq.shape(), lk.shape());
        }
        let width = all / self.heads;
        let (q, k, v) = (values(q, lq)?, values(k, lk)?, values(v, lv)?);
        let mut out = vec![0.0; batch * queries * all];
        let mut blocks = Vec::new();
        for (index, out) in out.chunks_exact_mut(queries * all).enumerate() {
            for (block, out) in out.chunks_mut(BLOCK * all).enumerate() {
                let rows = out.len() / all;
                let heads = Target::new(out, rows, all, all).strips(width);
                let place = (index, block * BLOCK, rows);
                blocks.extend(
                    heads
                        .into_iter()
                        .map(|(first, target)| (place, first, target)),
                );
            }
        }
        let scale = std::f32::consts::LOG2_E / (width as f32).sqrt();
        side_by_side(blocks, |((index, row, rows), head, mut target)| {
            let part = |x, start: usize, rows| {
                Matrix::new(from(x, start * all + head), (rows, width), (all, 1))
            };
            fn from(x: &[f32], start: usize) -> &[f32] {
                &x[start..]
            }
            let query = part(q, index * queries + row, rows);
            let key = part(k, index * keys, keys);
            let value = part(v, index * keys, keys);
            with_buffer(rows * keys, |scores| {
                Target::new(scores, rows, keys, keys).product(
                    query,
                    key.transposed(),
                    scale,
                    false,
                    Threads::One,
                );
                for (i, line) in scores.chunks_exact_mut(keys).enumerate() {
                    let seen = if self.causal {
                        (row + i + 1).min(keys)
                    } else {
                        keys
                    };
                    let (line, hidden) = line.split_at_mut(seen);
                    softmax2(line);
                    hidden.fill(0.0);
                }
                let scores = Matrix::by_rows(scores, rows, keys);
                target.product(scores, value, 1.0, false, Threads::One);
            });
        });
        Ok((CpuStorage::F32(out), lq.shape().clone()))
    }
}

vectorised! {
    /// Softmax of scores that were multiplied by log2(e), in place.
    fn softmax2(line: &mut [f32]) {
        let mut highest = [f32::NEG_INFINITY; 8];
        let (lanes, rest) = line.as_chunks::<8>();
        for lane in lanes {
            for i in 0..8 {
                highest[i] = if lane[i] > highest[i] { lane[i] } else { highest[i] };
            }
        }
        let highest = rest.iter().chain(&highest).fold(f32::NEG_INFINITY, |a, &b| a.max(b));
        let mut sum = [0.0f32; 8];
        let (lanes, rest) = line.as_chunks_mut::<8>();
        for lane in lanes {
            for i in 0..8 {
                lane[i] = fast::exp2(lane[i] - highest);
                sum[i] += lane[i];
            }
        }
        let mut total: f32 = sum.iter().sum();
        for value in rest {
            *value = fast::exp2(*value - highest);
            total += *value;
        }
        let share = 1.0 / total;
        for value in line {
            *value *= share;
        }
    }
}
