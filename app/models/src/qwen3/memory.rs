//! Keys and values of the tokens so far, for going on without computing them again. Several may go on from the same
//! tokens: what they share lies there once.

use std::sync::Arc;

use candle_core::{Result, Tensor};

/// Keys and values of every layer.
#[derive(Default)]
pub struct Memory {
    /// what others may read too, the earliest first
    shared: Vec<Segment>,
    /// what is this one's own
    own: Vec<Kept>,
    /// tokens of its own
    length: usize,
}

/// Tokens that are not written to any more.
#[derive(Clone)]
struct Segment {
    layers: Arc<Vec<Kept>>,
    /// of these the first so many are meant
    length: usize,
}

/// (batch, room, width) each, of which the first tokens are known.
#[derive(Clone)]
struct Kept {
    keys: Tensor,
    values: Tensor,
}

impl Kept {
    fn first(&self, length: usize) -> Result<(Tensor, Tensor)> {
        Ok((
            self.keys.narrow(1, 0, length)?,
            self.values.narrow(1, 0, length)?,
        ))
    }
}

/// The least room that is added when it runs out, tokens.
const MORE: usize = 64;

impl Memory {
    /// Tokens so far.
    pub fn length(&self) -> usize {
        let shared: usize = self.shared.iter().map(|segment| segment.length).sum();
        shared + self.length
    }

    /// Another one that goes on from here, with the same tokens. This one may go on too: what it adds lies behind what
    /// the other sees.
    pub fn fork(&self) -> Self {
        let own = (self.length > 0).then(|| Segment {
            layers: Arc::new(self.own.clone()),
            length: self.length,
        });
        Self {
            shared: self.shared.iter().cloned().chain(own).collect(),
            own: Vec::new(),
            length: 0,
        }
    }

    /// Another one with the first so many of its tokens alone.
    pub fn first(&self, length: usize) -> Self {
        let mut first = self.fork();
        let mut left = length;
        first.shared.retain_mut(|segment| {
            segment.length = segment.length.min(left);
            left -= segment.length;
            segment.length > 0
        });
        first
    }

    /// Bytes of the tensors that are its own.
    pub fn bytes(&self) -> usize {
        let of = |x: &Tensor| x.elem_count() * x.dtype().size_in_bytes();
        let own = self.own.iter();
        own.map(|kept| of(&kept.keys) + of(&kept.values)).sum()
    }

    /// Keys and values of a layer with more of them, (batch, tokens, width), in the parts in which they lie, the earliest
    /// first. Layers come in their order, and all of them before [`Self::grown_by`].
    pub(super) fn with(
        &mut self,
        layer: usize,
        keys: &Tensor,
        values: &Tensor,
    ) -> Result<Vec<(Tensor, Tensor)>> {
        // a card's kernels want all keys in one piece
        if layer == 0 && !self.shared.is_empty() && !keys.device().is_cpu() {
            self.merge()?;
        }
        let length = self.length;
        let needed = length + keys.dim(1)?;
        match self.own.get_mut(layer) {
            None => self.own.push(Kept {
                keys: keys.contiguous()?,
                values: values.contiguous()?,
            }),
            Some(kept) => {
                if kept.keys.dim(1)? < needed {
                    let room = needed + MORE.max(needed / 8);
                    let wider = |old: &Tensor| {
                        let (batch, _, width) = old.dims3()?;
                        let new = Tensor::zeros((batch, room, width), old.dtype(), old.device())?;
                        new.slice_set(&old.narrow(1, 0, length)?.contiguous()?, 1, 0)?;
                        Ok::<_, candle_core::Error>(new)
                    };
                    *kept = Kept {
                        keys: wider(&kept.keys)?,
                        values: wider(&kept.values)?,
                    };
                }
                kept.keys.slice_set(&keys.contiguous()?, 1, length)?;
                kept.values.slice_set(&values.contiguous()?, 1, length)?;
            }
        }
        let shared = self.shared.iter();
        let mut parts: Vec<(Tensor, Tensor)> = shared
            .map(|segment| segment.layers[layer].first(segment.length))
            .collect::<Result<_>>()?;
        parts.push(self.own[layer].first(needed)?);
        Ok(parts)
    }

    /// A copy of what is shared becomes its own.
    fn merge(&mut self) -> Result<()> {
        let layers = self.shared.first().map_or(0, |first| first.layers.len());
        let own = (0..layers).map(|layer| {
            let shared = self.shared.iter();
            let mut parts: Vec<(Tensor, Tensor)> = shared
                .map(|segment| segment.layers[layer].first(segment.length))
                .collect::<Result<_>>()?;
            if let Some(own) = self.own.get(layer) {
                parts.push(own.first(self.length)?);
            }
            let (keys, values): (Vec<Tensor>, Vec<Tensor>) = parts.into_iter().unzip();
            Ok(Kept {
                keys: Tensor::cat(&keys, 1)?,
                values: Tensor::cat(&values, 1)?,
            })
        });
        self.own = own.collect::<Result<_>>()?;
        self.length = self.length();
        self.shared.clear();
        Ok(())
    }

    /// All layers have been given so many more tokens.
    pub(super) fn grown_by(&mut self, tokens: usize) {
        self.length += tokens;
    }
}
