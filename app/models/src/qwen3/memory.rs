//! Keys and values of the tokens so far, for going on without computing them again. A copy costs nothing until it goes
//! its own way.

use candle_core::{Result, Tensor};

/// Keys and values of every layer.
#[derive(Default)]
pub struct Memory {
    layers: Vec<Kept>,
    length: usize,
    /// whether another one reads the same tensors, so that they must not be written to
    shared: bool,
}

/// (batch, room, width) each, of which the first tokens are known.
#[derive(Clone)]
struct Kept {
    keys: Tensor,
    values: Tensor,
}

/// The least room that is added when it runs out, tokens.
const MORE: usize = 64;

impl Memory {
    /// Tokens so far.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Another one that goes on from here, with the same tokens. This one may go on too: what it adds lies behind what
    /// the other sees.
    pub fn fork(&self) -> Self {
        Self {
            layers: self.layers.clone(),
            length: self.length,
            shared: true,
        }
    }

    /// Another one with the first so many of its tokens alone.
    pub fn first(&self, length: usize) -> Self {
        if length == 0 {
            return Self::default();
        }
        Self {
            length: length.min(self.length),
            ..self.fork()
        }
    }

    /// Bytes of its tensors.
    pub fn bytes(&self) -> usize {
        let of = |x: &Tensor| x.elem_count() * x.dtype().size_in_bytes();
        let layers = self.layers.iter();
        layers.map(|kept| of(&kept.keys) + of(&kept.values)).sum()
    }

    /// Keys and values of a layer with more of them, (batch, tokens, width). Layers come in their order, and all of
    /// them before [`Self::grown_by`].
    pub(super) fn with(
        &mut self,
        layer: usize,
        keys: &Tensor,
        values: &Tensor,
    ) -> Result<(Tensor, Tensor)> {
        let more = keys.dim(1)?;
        let needed = self.length + more;
        let Some(kept) = self.layers.get_mut(layer) else {
            let kept = Kept {
                keys: keys.contiguous()?,
                values: values.contiguous()?,
            };
            self.layers.push(kept.clone());
            return Ok((kept.keys, kept.values));
        };
        if self.shared || kept.keys.dim(1)? < needed {
            let room = needed + MORE.max(needed / 8);
            let length = self.length;
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
        kept.keys.slice_set(&keys.contiguous()?, 1, self.length)?;
        kept.values
            .slice_set(&values.contiguous()?, 1, self.length)?;
        Ok((
            kept.keys.narrow(1, 0, needed)?,
            kept.values.narrow(1, 0, needed)?,
        ))
    }

    /// All layers have been given so many more tokens.
    pub(super) fn grown_by(&mut self, tokens: usize) {
        self.length += tokens;
        self.shared = false;
    }
}
