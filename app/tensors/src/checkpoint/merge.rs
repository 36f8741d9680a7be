//! Adapters and the tensors that they change: which change goes to which tensor, and the sum.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use candle_core::{Device, Tensor};

use super::adapter::{Adapter, Change};
use super::dialect::{Dialect, places};
use super::file::Stored;
use super::names::{Rename, today};
use crate::ModelError;

/// What one adapter adds to one tensor.
pub(super) struct Delta {
    adapter: Arc<Adapter>,
    /// which of its changes
    change: usize,
    /// the rows of its upper matrix that are meant, in this order
    rows: Vec<Range<usize>>,
}

impl Delta {
    /// Finds the tensors that an adapter's changes of a network are for. `shapes` are the tensors of the network.
    pub(super) fn fitted(
        adapter: &Arc<Adapter>,
        part: &str,
        shapes: &BTreeMap<&str, &[usize]>,
        renames: &[Rename],
        dialect: Dialect,
    ) -> Result<Vec<(String, Self)>, ModelError> {
        let underscored: BTreeMap<String, &str> = shapes
            .keys()
            .filter_map(|name| Some((name.strip_suffix(".weight")?.replace('.', "_"), *name)))
            .collect();
        let mut fitted = Vec::new();
        let of_part = adapter
            .changes
            .iter()
            .enumerate()
            .filter(|(_, change)| change.part == part);
        for (index, change) in of_part {
            let whole = 0..change.up.shape.first().copied().unwrap_or(0);
            let own = today(&format!("{}.weight", change.layer), renames);
            let bare = without_prefix(&change.layer, renames);
            let targets = if shapes.contains_key(own.as_str()) {
                vec![(own, vec![whole])]
            } else if let Some(name) = underscored.get(bare.as_str()) {
                vec![((*name).to_owned(), vec![whole])]
            } else {
                places(dialect, &change.layer)
                    .into_iter()
                    .flatten()
                    .map(|place| {
                        let share = whole.len() / place.of;
                        let rows = |part: &Range<usize>| part.start * share..part.end * share;
                        let rows = place.shares.iter().map(rows).collect();
                        (format!("{}.weight", place.stem), rows)
                    })
                    .collect()
            };
            if targets.is_empty() {
                return Err(misfit(
                    adapter,
                    format!(
                        "the adapter's tensor {} fits nowhere in the model's {part}",
                        change.written
                    ),
                ));
            }
            for (name, rows) in targets {
                let Some(shape) = shapes.get(name.as_str()) else {
                    return Err(misfit(
                        adapter,
                        format!(
                            "the adapter's tensor {} is for {name}, which the model's {part} does not have",
                            change.written
                        ),
                    ));
                };
                agree(change, shape, &rows).map_err(|what| misfit(adapter, what))?;
                let adapter = adapter.clone();
                fitted.push((
                    name,
                    Self {
                        adapter,
                        change: index,
                        rows,
                    },
                ));
            }
        }
        Ok(fitted)
    }

    /// W + scale · alpha / rank · up · down, (out, in · …).
    pub(super) fn add_to(&self, values: &mut [f32]) -> Result<(), ModelError> {
        let change = &self.adapter.changes[self.change];
        let rank = change.down.shape[0];
        let down = self.matrix(&change.down)?; // (rank, in · …)
        let up = self.matrix(&change.up)?; // (out, rank)
        let up: Vec<Tensor> = self
            .rows
            .iter()
            .map(|rows| up.narrow(0, rows.start, rows.len()))
            .collect::<Result<_, _>>()?;
        let delta = Tensor::cat(&up, 0)?.matmul(&down)?;
        let factor = self.adapter.scale * change.alpha.map_or(1.0, |alpha| alpha / rank as f64);
        let delta = delta.flatten_all()?.to_vec1::<f32>()?;
        for (value, delta) in values.iter_mut().zip(delta) {
            *value += (factor * f64::from(delta)) as f32;
        }
        Ok(())
    }

    fn matrix(&self, stored: &Stored) -> Result<Tensor, ModelError> {
        let bytes = self.adapter.file.bytes(stored.from, stored.to)?;
        let count = stored.shape.iter().product();
        let values = stored.kind.numbers(&bytes, count);
        let written = &self.adapter.changes[self.change].written;
        match values {
            Some(values) if values.iter().all(|value| value.is_finite()) => Ok(Tensor::from_vec(
                values,
                (stored.shape[0], ()),
                &Device::Cpu,
            )?),
            Some(_) => Err(misfit(
                &self.adapter,
                format!("the adapter holds numbers that are not finite, in {written} or beside it"),
            )),
            None => Err(misfit(
                &self.adapter,
                format!(
                    "the adapter holds numbers of the kind {} in {written} or beside it, which Retake does not compute with",
                    stored.kind
                ),
            )),
        }
    }
}

/// Whether the two matrices of a change multiply to the shape of the tensor.
fn agree(change: &Change, shape: &[usize], rows: &[Range<usize>]) -> Result<(), String> {
    let (down, up) = (&change.down.shape, &change.up.shape);
    let outputs: usize = rows.iter().map(ExactSizeIterator::len).sum();
    let multiply = down.len() >= 2
        && up.len() >= 2
        && up[1] == down[0]
        && down[0] > 0
        && up[2..].iter().all(|&side| side == 1);
    let inputs = |shape: &[usize]| shape[1..].iter().product::<usize>();
    if multiply && shape.len() >= 2 && outputs == shape[0] && inputs(down) == inputs(shape) {
        return Ok(());
    }
    Err(format!(
        "the adapter changes {} by matrices of the shapes {up:?} and {down:?}, which do not make {shape:?}: it belongs to another model",
        change.layer
    ))
}

/// A name with underscores, without a beginning that some files have and some do not.
fn without_prefix(layer: &str, renames: &[Rename]) -> String {
    renames
        .iter()
        .filter_map(|rename| match rename {
            Rename::Prefix(prefix) => layer.strip_prefix(prefix.replace('.', "_").as_str()),
            Rename::Piece(..) => None,
        })
        .next()
        .unwrap_or(layer)
        .to_owned()
}

fn misfit(adapter: &Adapter, what: String) -> ModelError {
    ModelError::Weights {
        what,
        path: adapter.file.path().to_owned(),
    }
}
