//! Attention without its large matrix: for a block of queries at a time, the scores, their softmax and the weighted sum
//! stay in a core's cache.

use candle_core::{CpuStorage, CustomOp3, D, DType, Layout, Result, Shape, Storage, Tensor, Var};
use retake_pixels::{fast, vectorised};

use super::product::{Matrix, Target, Threads, side_by_side, with_buffer};
use super::{ours, ours_also_back, values};

/// softmax(q · kᵀ / √width) · v in each head. `q` is (batch, queries, heads · width), `k` and `v` (batch, keys, heads ·
/// width), or with fewer heads that neighbouring heads of `q` share (Ainslie et al. 2023). `causal`: a query sees no key
/// of a higher index.
pub fn attention(q: &Tensor, k: &Tensor, v: &Tensor, heads: usize, causal: bool) -> Result<Tensor> {
    attend(q, k, v, heads, causal.then_some(0))
}

/// The same where the first query has the place of key `first`: it sees that one and all before it, the next query one
/// more.
pub fn attention_after(
    q: &Tensor,
    k: &Tensor,
    v: &Tensor,
    heads: usize,
    first: usize,
) -> Result<Tensor> {
    attend(q, k, v, heads, Some(first))
}

/// The same where keys and values lie in several parts, (keys, values) each, the first the earliest: what several
/// conversations share need not be copied for each. Queries are the last tokens, of which the last part holds the keys.
pub fn attention_over(q: &Tensor, parts: &[(Tensor, Tensor)], heads: usize) -> Result<Tensor> {
    let Some(((k, v), before)) = parts.split_last() else {
        candle_core::bail!("attention to nothing");
    };
    let mut keys = k.dim(1)?;
    for (k, _) in before {
        keys += k.dim(1)?;
    }
    let first = keys.saturating_sub(q.dim(1)?);
    if before.is_empty() {
        return attention_after(q, k, v, heads, first);
    }
    if ours(q) {
        let whole = |(k, v): &(Tensor, Tensor)| Ok((k.contiguous()?, v.contiguous()?));
        let op = Attention {
            heads,
            first: Some(first),
            before: before.iter().map(whole).collect::<Result<_>>()?,
            distances: None,
        };
        return q
            .contiguous()?
            .apply_op3_no_bwd(&k.contiguous()?, &v.contiguous()?, &op);
    }
    let (k, v): (Vec<&Tensor>, Vec<&Tensor>) = parts.iter().map(|(k, v)| (k, v)).unzip();
    attention_after(q, &Tensor::cat(&k, 1)?, &Tensor::cat(&v, 1)?, heads, first)
}

/// softmax(q · kᵀ / √width + distances) · v in each head, where keys are the places of a grid, row after row. `rows` and
/// `columns` are (batch, queries, heads · size): what a query adds for the row and for the column of a key (Li et al. 2022).
pub fn attention_with_distances(
    q: &Tensor,
    k: &Tensor,
    v: &Tensor,
    heads: usize,
    rows: &Tensor,
    columns: &Tensor,
) -> Result<Tensor> {
    if ours(q) {
        let op = Attention {
            heads,
            first: None,
            before: Vec::new(),
            distances: Some((rows.contiguous()?, columns.contiguous()?)),
        };
        return q
            .contiguous()?
            .apply_op3_no_bwd(&k.contiguous()?, &v.contiguous()?, &op);
    }
    let (batch, queries, all) = q.dims3()?;
    let keys = k.dim(1)?;
    let width = all / heads;
    let apart = |x: &Tensor, last: usize| {
        let count = x.dim(1)?;
        x.reshape((batch, count, heads, last))?
            .transpose(1, 2)?
            .contiguous()
    };
    let (q, k, v) = (apart(q, width)?, apart(k, width)?, apart(v, width)?);
    let (down, across) = (rows.dim(2)? / heads, columns.dim(2)? / heads);
    let distances = apart(rows, down)?
        .unsqueeze(4)?
        .broadcast_add(&apart(columns, across)?.unsqueeze(3)?)?
        .reshape((batch, heads, queries, keys))?;
    let scores = ((q.matmul(&k.t()?)? / (width as f64).sqrt())? + distances)?;
    let shares = candle_nn::ops::softmax(&scores.to_dtype(DType::F32)?, D::Minus1)?;
    shares
        .to_dtype(v.dtype())?
        .matmul(&v)?
        .transpose(1, 2)?
        .reshape((batch, queries, all))
}

fn attend(
    q: &Tensor,
    k: &Tensor,
    v: &Tensor,
    heads: usize,
    first: Option<usize>,
) -> Result<Tensor> {
    if ours_also_back(q) {
        let op = Attention {
            heads,
            first,
            before: Vec::new(),
            distances: None,
        };
        return q
            .contiguous()?
            .apply_op3(&k.contiguous()?, &v.contiguous()?, op);
    }
    by_formula(q, k, v, heads, first)
}

fn by_formula(
    q: &Tensor,
    k: &Tensor,
    v: &Tensor,
    heads: usize,
    first: Option<usize>,
) -> Result<Tensor> {
    let (batch, queries, all) = q.dims3()?;
    let keys = k.dim(1)?;
    let width = all / heads;
    #[cfg(feature = "flash-attn")]
    if !q.track_op() && flash::takes(q, width, first.map(|first| first + queries == keys)) {
        return flash::attend(q, k, v, width, first.is_some());
    }
    let apart = |x: &Tensor, rows: usize| {
        let own = x.dim(2)? / width;
        let x = x
            .reshape((batch, rows, own, width))?
            .transpose(1, 2)?
            .contiguous()?;
        if own == heads {
            return Ok(x);
        }
        x.unsqueeze(2)?
            .broadcast_as((batch, own, heads / own, rows, width))?
            .contiguous()?
            .reshape((batch, heads, rows, width))
    };
    let (q, k, v) = (apart(q, queries)?, apart(k, keys)?, apart(v, keys)?);
    // products of some checkpoints do not fit into f16 (Stable Diffusion 2.1 asks for upcast_attention)
    let exact = match q.dtype() {
        DType::F16 => DType::F32,
        other => other,
    };
    let (q, k) = (q.to_dtype(exact)?, k.to_dtype(exact)?);
    let scores = (q.matmul(&k.t()?)? / (width as f64).sqrt())?;
    let scores = if let Some(first) = first {
        let seen: Vec<f32> = (0..queries * keys)
            .map(|i| {
                if i % keys > first + i / keys {
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

/// Attention on an NVIDIA card that never writes its large matrix either (Dao 2023). 16-bit floats only.
#[cfg(feature = "flash-attn")]
mod flash {
    use candle_core::{DType, Result, Tensor};

    /// The widest head that its kernels are made for.
    const WIDEST: usize = 512;

    /// Whether the kernels can take it. `ends_level`: where queries see no later key, whether the last query has the
    /// place of the last key, which is how the kernels count.
    pub(super) fn takes(q: &Tensor, width: usize, ends_level: Option<bool>) -> bool {
        let half = matches!(q.dtype(), DType::F16 | DType::BF16);
        let fits = width.is_multiple_of(8) && width <= WIDEST;
        q.device().is_cuda() && half && fits && ends_level.unwrap_or(true)
    }

    pub(super) fn attend(
        q: &Tensor,
        k: &Tensor,
        v: &Tensor,
        width: usize,
        causal: bool,
    ) -> Result<Tensor> {
        let apart = |x: &Tensor| {
            let (batch, rows, all) = x.dims3()?;
            x.contiguous()?.reshape((batch, rows, all / width, width))
        };
        let scale = 1.0 / (width as f32).sqrt();
        candle_flash_attn::flash_attn(&apart(q)?, &apart(k)?, &apart(v)?, scale, causal)?
            .reshape(q.dims())
    }
}

struct Attention {
    heads: usize,
    /// the place of the first query among the keys, where a query sees no later key
    first: Option<usize>,
    /// keys and values that come before the given ones
    before: Vec<(Tensor, Tensor)>,
    /// what is added for the rows and columns of keys
    distances: Option<(Tensor, Tensor)>,
}

/// Keys and values that lie together.
struct Part<'a> {
    keys: &'a [f32],
    values: &'a [f32],
    /// how many, for each index of the batch
    count: usize,
    /// how many lie in parts before it
    from: usize,
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
        let (of_keys, last, shared) = lk.shape().dims3()?;
        let width = all / self.heads;
        let fits = all % self.heads == 0
            && shared > 0
            && shared % width == 0
            && all % shared == 0
            && of_keys == batch
            && lk.shape().dims() == lv.shape().dims();
        if !fits {
            candle_core::bail!("{:?} and {:?} do not attend", lq.shape(), lk.shape());
        }
        let group = all / shared;
        let q = values(q, lq)?;
        let stored: Vec<_> = self
            .before
            .iter()
            .map(|(k, v)| (k.storage_and_layout(), v.storage_and_layout()))
            .collect();
        let mut parts = Vec::new();
        let mut keys = 0;
        for ((k, lk), (v, lv)) in &stored {
            let (Storage::Cpu(k), Storage::Cpu(v)) = (&**k, &**v) else {
                candle_core::bail!("keys lie elsewhere than their queries");
            };
            let (of, count, width) = lk.shape().dims3()?;
            if (of, width) != (of_keys, shared) || lk.shape().dims() != lv.shape().dims() {
                candle_core::bail!("{:?} does not come before {:?}", lk.shape(), lv.shape());
            }
            parts.push(Part {
                keys: values(k, lk)?,
                values: values(v, lv)?,
                count,
                from: keys,
            });
            keys += count;
        }
        parts.push(Part {
            keys: values(k, lk)?,
            values: values(v, lv)?,
            count: last,
            from: keys,
        });
        keys += last;
        let distances = self
            .distances
            .as_ref()
            .map(|(rows, columns)| (rows.storage_and_layout(), columns.storage_and_layout()));
        let distances = match &distances {
            None => None,
            Some(((rows, lr), (columns, lc))) => {
                let (Storage::Cpu(rows), Storage::Cpu(columns)) = (&**rows, &**columns) else {
                    candle_core::bail!("distances lie elsewhere than their queries");
                };
                let size = |layout: &Layout| {
                    Ok::<_, candle_core::Error>(layout.shape().dims3()?.2 / self.heads)
                };
                let (down, across) = (size(lr)?, size(lc)?);
                let of = |size: usize| Shape::from((batch, queries, self.heads * size));
                if down * across != keys || *lr.shape() != of(down) || *lc.shape() != of(across) {
                    candle_core::bail!(
                        "{:?} and {:?} are no distances of {keys} keys",
                        lr.shape(),
                        lc.shape()
                    );
                }
                let (rows, columns) = (values(rows, lr)?, values(columns, lc)?);
                Some(((rows, down), (columns, across)))
            }
        };
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
            let query = &q[(index * queries + row) * all + head..];
            let query = Matrix::new(query, (rows, width), (all, 1));
            let of_head =
                |part: &Part<'_>| index * part.count * shared + head / width / group * width;
            with_buffer(rows * keys, |scores| {
                for part in &parts {
                    let key = &part.keys[of_head(part)..];
                    let key = Matrix::new(key, (part.count, width), (shared, 1));
                    Target::new(&mut scores[part.from..], rows, part.count, keys).product(
                        query,
                        key.transposed(),
                        scale,
                        false,
                        Threads::One,
                    );
                }
                for (i, line) in scores.chunks_exact_mut(keys).enumerate() {
                    if let Some((rows, columns)) = distances {
                        let query = (index * queries + row + i) * self.heads + head / width;
                        let of = |(all, size): (&'_ [f32], usize)| {
                            query * size..query * size + size.min(all.len())
                        };
                        further(line, &rows.0[of(rows)], &columns.0[of(columns)]);
                    }
                    let seen = match self.first {
                        Some(first) => (first + row + i + 1).min(keys),
                        None => keys,
                    };
                    let (line, hidden) = line.split_at_mut(seen);
                    softmax2(line);
                    hidden.fill(0.0);
                }
                for part in &parts {
                    let value = &part.values[of_head(part)..];
                    let value = Matrix::new(value, (part.count, width), (shared, 1));
                    let scores = &scores[part.from..];
                    let scores = Matrix::new(scores, (rows, part.count), (keys, 1));
                    target.product(scores, value, 1.0, part.from > 0, Threads::One);
                }
            });
        });
        Ok((CpuStorage::F32(out), lq.shape().clone()))
    }

    /// By the formula, gone over again: its large matrix is there only for that long.
    fn bwd(
        &self,
        q: &Tensor,
        k: &Tensor,
        v: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let of = |x: &Tensor| Var::from_tensor(&x.detach());
        let (q, k, v) = (of(q)?, of(k)?, of(v)?);
        let y = by_formula(
            q.as_tensor(),
            k.as_tensor(),
            v.as_tensor(),
            self.heads,
            self.first,
        )?;
        let mut gradients = (y * gradient)?.sum_all()?.backward()?;
        Ok((
            gradients.remove(&q),
            gradients.remove(&k),
            gradients.remove(&v),
        ))
    }
}

/// Adds to the scores of a grid of keys, which were multiplied by log2(e), what their rows and columns call for.
fn further(line: &mut [f32], rows: &[f32], columns: &[f32]) {
    for (line, row) in line.chunks_exact_mut(columns.len()).zip(rows) {
        for (score, column) in line.iter_mut().zip(columns) {
            *score += (row + column) * std::f32::consts::LOG2_E;
        }
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
