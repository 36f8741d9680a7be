//! Heads that give numbers instead of words, as EditReward has them (Wu et al. 2025, 2509.26346): the last state at a special
//! token goes through a small perceptron, whose two numbers are the mean of a reward and the logarithm of its spread.
//! Each head is for one dimension, and is asked a question of its own.

use candle_core::{Result, Tensor};
use retake_models::ModelError;
use retake_tensors::checkpoint::Weights;
use retake_tensors::layers::Linear;

use super::QwenVl;
use super::conversation::{Asked, Part};
use crate::picture::Bitmap;

/// The token at which the state is read.
pub const TOKEN: &str = "<|Reward|>";

/// The area that EditReward brings pictures to, px: 256 tokens.
pub const PIXELS: usize = 200_704;

/// What a head says of an edit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reward {
    /// unbounded; higher is better
    pub mean: f64,
    /// standard deviation
    pub sigma: f64,
}

/// The linear layers of a head, the first first: (place in its sequence, outputs, inputs, whether it has a bias).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sizes {
    name: String,
    layers: Vec<(usize, usize, usize, bool)>,
}

/// The heads of a checkpoint, from the names and shapes of its tensors: `rm_heads.head_0.0.weight`, …
pub fn sizes<'a>(shapes: impl Iterator<Item = (&'a str, &'a [usize])>) -> Vec<Sizes> {
    let mut heads: std::collections::BTreeMap<
        String,
        std::collections::BTreeMap<usize, (usize, usize, bool)>,
    > = Default::default();
    for (name, shape) in shapes {
        let Some((head, rest)) = name
            .strip_prefix("rm_heads.")
            .and_then(|rest| rest.split_once('.'))
        else {
            continue;
        };
        let Some((place, last)) = rest.split_once('.') else {
            continue;
        };
        let Ok(place) = place.parse() else { continue };
        let layer = heads
            .entry(head.to_owned())
            .or_default()
            .entry(place)
            .or_insert((0, 0, false));
        match (last, shape) {
            ("weight", &[outputs, inputs]) => (layer.0, layer.1) = (outputs, inputs),
            ("bias", _) => layer.2 = true,
            _ => {}
        }
    }
    let sizes = heads.into_iter().map(|(name, layers)| Sizes {
        name,
        layers: layers
            .into_iter()
            .map(|(place, (outputs, inputs, bias))| (place, outputs, inputs, bias))
            .collect(),
    });
    sizes.collect()
}

/// The heads, in the order of their names.
pub struct Heads(Vec<Vec<Linear>>);

impl Heads {
    pub(super) fn new(sizes: &[Sizes], vb: Weights) -> Result<Option<Self>> {
        if sizes.is_empty() {
            return Ok(None);
        }
        let head = |sizes: &Sizes| {
            let vb = vb.pp("rm_heads").pp(&sizes.name);
            let layers = sizes
                .layers
                .iter()
                .map(|&(place, outputs, inputs, bias)| match bias {
                    true => Linear::new(inputs, outputs, vb.pp(place)),
                    false => Linear::no_bias(inputs, outputs, vb.pp(place)),
                });
            let layers: Vec<Linear> = layers.collect::<Result<_>>()?;
            match sizes.layers.last() {
                Some(&(_, 2, _, _)) => Ok(layers),
                _ => candle_core::bail!(
                    "the head {} does not end in a mean and a spread",
                    sizes.name
                ),
            }
        };
        Ok(Some(Self(sizes.iter().map(head).collect::<Result<_>>()?)))
    }

    /// How many dimensions.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// What a head makes of a state.
    fn reward(&self, head: usize, state: &Tensor) -> std::result::Result<Reward, ModelError> {
        let layers = self.0.get(head).ok_or_else(|| {
            ModelError::Machine(format!(
                "the judge has {} dimensions and no {}",
                self.0.len(),
                head + 1
            ))
        })?;
        let mut x = state.clone();
        for (index, layer) in layers.iter().enumerate() {
            x = layer.forward(&if index > 0 { x.relu()? } else { x })?;
        }
        let numbers: Vec<f32> = x
            .to_dtype(candle_core::DType::F32)?
            .flatten_all()?
            .to_vec1()?;
        match numbers[..] {
            [mean, log_sigma] => Ok(Reward {
                mean: f64::from(mean),
                sigma: f64::from(log_sigma).exp(),
            }),
            _ => Err(ModelError::Machine(
                "the judge did not give a mean and a spread".to_owned(),
            )),
        }
    }
}

impl QwenVl {
    /// What a head says of an edit: the pictures, then the words of its dimension, which end in [`TOKEN`]. The source
    /// and whatever comes before it is seen once. `None` once `stop` says so.
    pub fn reward(
        &self,
        head: usize,
        source: &Bitmap,
        edited: &Bitmap,
        words: &str,
        stop: &dyn Fn() -> bool,
    ) -> std::result::Result<Option<Reward>, ModelError> {
        let Some(prefix) = self.prefix(None, &[Part::Picture(source)], stop)? else {
            return Ok(None);
        };
        let rest = [
            Part::Picture(edited),
            Part::Words(words),
            Part::Tokens(TOKEN),
        ];
        let Some(asked) = prefix.with(&rest, "", stop)? else {
            return Ok(None);
        };
        self.reward_of(head, &asked).map(Some)
    }

    /// The same of a question that was read already.
    pub fn reward_of(
        &self,
        head: usize,
        asked: &Asked<'_>,
    ) -> std::result::Result<Reward, ModelError> {
        let heads = self.heads().ok_or_else(|| {
            ModelError::Machine(
                "this model has no heads (rm_heads): it answers in words".to_owned(),
            )
        })?;
        let state = self
            .chat
            .token(TOKEN)
            .and_then(|token| asked.state_at(token));
        let state = state
            .ok_or_else(|| ModelError::Machine(format!("the question does not hold {TOKEN}")))?;
        let width = state.len();
        let state = Tensor::from_vec(state, (1, 1, width), &self.device)?
            .to_dtype(self.networks.eyes.dtype())?;
        heads.reward(head, &state)
    }
}
