//! Heads that give numbers instead of words, as EditReward has them (Wu et al. 2025, 2509.26346): the last state at a special
//! token goes through a small perceptron, whose two numbers are the mean of a reward and the logarithm of its spread.
//! Each dimension is asked about with a question of its own, and has a head of its own (`rm_heads`), or one head answers
//! both questions (`rm_head`, the paper's shared head).

use std::collections::BTreeMap;

use candle_core::{Result, Tensor};
use retake_models::ModelError;
use retake_tensors::checkpoint::Weights;
use retake_tensors::layers::Linear;

use super::QwenVl;
use super::conversation::{Asked, Part};
use crate::picture::Bitmap;

/// The token at which the state is read.
pub const TOKEN: &str = "<|Reward|>";

/// What the names of all tensors of heads begin with. They were trained in 32 bits over a model in 16, and stay so.
pub const BEGINNING: &str = "rm_head";

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

/// One linear layer of a head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Layer {
    /// its name within the head: its place in a sequence, or nothing where the head is this layer alone
    place: String,
    outputs: usize,
    inputs: usize,
    has_bias: bool,
}

/// The linear layers of a head, the first first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// "rm_heads.head_0", or "rm_head" of one that all dimensions share
    name: String,
    layers: Vec<Layer>,
}

/// What the head of all dimensions is called.
const SHARED: &str = "rm_head";
/// What the heads of one dimension each are called, before their own names.
const APART: &str = "rm_heads";
/// Dimensions that a shared head is asked about: what was asked for, and quality.
const DIMENSIONS: usize = 2;

/// A tensor's name as head, place of the layer and kind; none of one that belongs to no head.
fn understood(name: &str) -> Option<(String, &str, &str)> {
    let (whole, last) = name.rsplit_once('.')?;
    if whole == SHARED {
        return Some((SHARED.to_owned(), "", last));
    }
    let (first, rest) = whole.split_once('.')?;
    match first {
        SHARED => Some((SHARED.to_owned(), rest, last)),
        APART => {
            let (head, place) = rest.split_once('.').unwrap_or((rest, ""));
            Some((format!("{APART}.{head}"), place, last))
        }
        _ => None,
    }
}

/// The heads of a checkpoint, from the names and shapes of its tensors: `rm_heads.head_0.0.weight`, `rm_head.0.weight`, … A
/// tensor of a head that is no part of a linear layer is nobody's, and the checkpoint is refused with its name.
pub fn sizes<'a>(shapes: impl Iterator<Item = (&'a str, &'a [usize])>) -> Vec<Sizes> {
    let mut heads: BTreeMap<String, BTreeMap<(usize, String), Layer>> = BTreeMap::new();
    for (name, shape) in shapes {
        let Some((head, place, last)) = understood(name) else {
            continue;
        };
        // in the order of their numbers, and 10 behind 9
        let order = (place.parse().unwrap_or(usize::MAX), place.to_owned());
        let layers = heads.entry(head).or_default();
        let layer = layers.entry(order).or_insert_with(|| Layer {
            place: place.to_owned(),
            ..Layer::default()
        });
        match (last, shape) {
            ("weight", &[outputs, inputs]) => (layer.outputs, layer.inputs) = (outputs, inputs),
            ("bias", _) => layer.has_bias = true,
            _ => {}
        }
    }
    let sizes = heads.into_iter().map(|(name, layers)| Sizes {
        name,
        layers: layers.into_values().collect(),
    });
    sizes.collect()
}

/// The heads, in the order of their names.
pub struct Heads {
    heads: Vec<Vec<Linear>>,
    shared: bool,
}

impl Heads {
    pub(super) fn new(sizes: &[Sizes], vb: Weights) -> Result<Option<Self>> {
        if sizes.is_empty() {
            return Ok(None);
        }
        let shared = sizes.iter().any(|head| head.name == SHARED);
        if shared && sizes.len() > 1 {
            candle_core::bail!(
                "the judge has a head for all dimensions ({SHARED}) and heads for one each ({APART}); it can have either"
            );
        }
        let head = |sizes: &Sizes| {
            let mut vb = vb.clone();
            for piece in sizes.name.split('.') {
                vb = vb.pp(piece);
            }
            let layers = sizes.layers.iter().map(|layer| {
                let vb = match layer.place.as_str() {
                    "" => vb.clone(),
                    place => vb.pp(place),
                };
                match layer.has_bias {
                    true => Linear::new(layer.inputs, layer.outputs, vb),
                    false => Linear::no_bias(layer.inputs, layer.outputs, vb),
                }
            });
            let layers: Vec<Linear> = layers.collect::<Result<_>>()?;
            match sizes.layers.last() {
                Some(Layer { outputs: 2, .. }) => Ok(layers),
                last => candle_core::bail!(
                    "the head {} ends in {} numbers; a mean and a spread are called for",
                    sizes.name,
                    last.map_or(0, |layer| layer.outputs)
                ),
            }
        };
        Ok(Some(Self {
            heads: sizes.iter().map(head).collect::<Result<_>>()?,
            shared,
        }))
    }

    /// How many dimensions: a head each, or the two that a shared head is asked about.
    pub fn count(&self) -> usize {
        match self.shared {
            true => DIMENSIONS,
            false => self.heads.len(),
        }
    }

    /// Whether one head is for all dimensions.
    pub fn shared(&self) -> bool {
        self.shared
    }

    /// What the head of a dimension makes of a state.
    fn reward(&self, dimension: usize, state: &Tensor) -> std::result::Result<Reward, ModelError> {
        let head = if self.shared { 0 } else { dimension };
        let known = self.heads.get(head).filter(|_| dimension < self.count());
        let layers = known.ok_or_else(|| {
            ModelError::Machine(format!(
                "the judge has {} dimensions and no {}",
                self.count(),
                dimension + 1
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
    /// What the head of a dimension says of an edit: the pictures, then the words of that dimension, which end in [`TOKEN`].
    /// The source and whatever comes before it is seen once. `None` once `stop` says so.
    pub fn reward(
        &self,
        dimension: usize,
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
        self.reward_of(dimension, &asked).map(Some)
    }

    /// The same of a question that was read already.
    pub fn reward_of(
        &self,
        dimension: usize,
        asked: &Asked<'_>,
    ) -> std::result::Result<Reward, ModelError> {
        let heads = self.heads().ok_or_else(|| {
            ModelError::Machine(
                "this model has no heads (rm_heads, rm_head): it answers in words".to_owned(),
            )
        })?;
        let state = self
            .chat
            .token(TOKEN)
            .and_then(|token| asked.state_at(token));
        let state = state
            .ok_or_else(|| ModelError::Machine(format!("the question does not hold {TOKEN}")))?;
        let width = state.len();
        let state = Tensor::from_vec(state, (1, 1, width), &self.device)?;
        heads.reward(dimension, &state)
    }
}
