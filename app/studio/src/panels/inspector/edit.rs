//! Changes to a recipe, as values: set one slider, add an operation, take one away; each with its words for the history.

use retake_core::{Said, number, said};
use retake_darkroom::{Layer, Operation, Param, Recipe, ops};
use serde_json::Value;

/// Where a slider is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    /// index of the layer
    pub(super) layer: usize,
    /// index of the operation within it
    pub(super) operation: usize,
    /// index of the parameter
    pub(super) param: usize,
}

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change {
    /// a slider
    Value(Place, f32),
    /// a layer's opacity, 0 to 1
    Opacity(usize, f32),
    /// an operation at the end of a layer, by its id
    Add(usize, &'static str),
    /// an operation out of a layer
    Remove(usize, usize),
}

impl Change {
    /// The recipe after it. A recipe without layers gets one to add to.
    pub(super) fn applied(&self, recipe: &Recipe) -> Recipe {
        let mut recipe = recipe.clone();
        match *self {
            Self::Value(at, value) => {
                if let Some(operation) = operation_mut(&mut recipe, at.layer, at.operation)
                    && let Some(param) = operation.op.params.get(at.param)
                {
                    operation.values[at.param] = value.clamp(param.range.0, param.range.1);
                }
            }
            Self::Opacity(layer, value) => {
                if let Some(layer) = recipe.layers.get_mut(layer) {
                    layer.opacity = value.clamp(0.0, 1.0);
                }
            }
            Self::Add(layer, id) => {
                if recipe.layers.is_empty() {
                    recipe.layers = Recipe::of(Vec::new()).layers;
                }
                if let Some(layer) = recipe.layers.get_mut(layer) {
                    layer.operations.push(Operation::new(id));
                }
            }
            Self::Remove(layer, operation) => {
                if let Some(layer) = recipe.layers.get_mut(layer)
                    && operation < layer.operations.len()
                {
                    layer.operations.remove(operation);
                }
            }
        }
        recipe
    }
}

fn operation_mut(recipe: &mut Recipe, layer: usize, operation: usize) -> Option<&mut Operation> {
    recipe.layers.get_mut(layer)?.operations.get_mut(operation)
}

/// Reads a recipe that was copied as text; `None` when the text is none.
pub(crate) fn read(text: &str) -> Option<Value> {
    let text = text.trim();
    if !text.starts_with('{') {
        return None;
    }
    Recipe::from_json(text).ok().map(|recipe| recipe.to_value())
}

/// What may be added to a layer: geometry cannot stand under a mask, and what needs a curve or a table needs more than a
/// slider to begin with.
pub(super) fn addable(layer: Option<&Layer>) -> impl Iterator<Item = &'static ops::Op> {
    let masked = layer.is_some_and(|layer| !layer.mask.is_empty());
    ops::OPS.iter().copied().filter(move |op| {
        let geometry = matches!(op.work, ops::Work::Geometry { .. });
        let plain = (op.check)(&Operation::new(op.id)).is_ok() && !op.params.is_empty();
        plain && !(masked && geometry)
    })
}

/// The value of the same slider in the recipe the take was made with.
pub(super) fn as_made(made: &Recipe, now: &Recipe, at: Place) -> Option<f32> {
    let of = |recipe: &Recipe| -> Option<Operation> {
        recipe
            .layers
            .get(at.layer)?
            .operations
            .get(at.operation)
            .cloned()
    };
    let (then, now) = (of(made)?, of(now)?);
    (then.op.id == now.op.id).then(|| then.values[at.param])
}

/// Decimals that a slider of this range is shown with.
pub(super) fn decimals(range: (f32, f32)) -> usize {
    match range.1 - range.0 {
        span if span > 50.0 => 0,
        span if span > 14.0 => 1,
        _ => 2,
    }
}

/// A slider's value for people: "+0.40", "5600". A range around 0 shows its sign.
pub(super) fn shown(value: f32, range: (f32, f32)) -> String {
    let decimals = decimals(range);
    let text = if range.0 < 0.0 && value.abs() >= 0.5 * 10f32.powi(-(decimals as i32)) {
        format!("{value:+.decimals$}")
    } else {
        format!("{:.decimals$}", value.abs().copysign(value.max(0.0)))
    };
    text.replace('-', "−")
}

/// What a slider is called: the operation alone when it has no other.
pub(super) fn name(op: &ops::Op, param: &Param) -> Said {
    let operation = Said::name(op.name);
    if op.params.len() == 1 {
        return operation;
    }
    let parameter = Said::name(param.name.to_lowercase());
    said!("{operation}, {parameter}", operation, parameter)
}

/// For the history: "Exposure +0.40".
pub(super) fn label(op: &ops::Op, param: &Param, value: f32) -> Said {
    let value = number(shown(value, param.range));
    said!("{slider} {value}", slider = name(op, param), value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn recipe() -> Recipe {
        Recipe::of(vec![
            Operation::new("exposure"),
            Operation::new("white_balance"),
        ])
    }

    proptest! {
        #[test]
        fn whatever_a_slider_is_set_to_the_recipe_can_be_read(value in -1e9f32..1e9, operation in 0..2usize) {
            let at = Place { layer: 0, operation, param: 0 };
            let after = Change::Value(at, value).applied(&recipe());
            prop_assert!(Recipe::from_value(after.to_value()).is_ok());
        }
    }

    #[test]
    fn a_changed_slider_changes_nothing_else() {
        let at = Place {
            layer: 0,
            operation: 1,
            param: 0,
        };
        let after = Change::Value(at, 5000.0).applied(&recipe());
        assert_eq!(after.layers[0].operations[1].values[0], 5000.0);
        assert_eq!(
            after.layers[0].operations[0],
            recipe().layers[0].operations[0]
        );
    }

    #[test]
    fn every_operation_that_can_be_added_makes_a_recipe_that_can_be_read() {
        for op in addable(recipe().layers.first()) {
            let after = Change::Add(0, op.id).applied(&recipe());
            assert!(Recipe::from_value(after.to_value()).is_ok(), "{}", op.id);
        }
    }

    #[test]
    fn an_operation_can_be_added_to_a_recipe_without_layers() {
        let after = Change::Add(0, "exposure").applied(&Recipe::neutral());
        assert_eq!(after.layers[0].operations.len(), 1);
    }

    #[test]
    fn places_that_are_not_there_change_nothing() {
        let at = Place {
            layer: 7,
            operation: 0,
            param: 0,
        };
        for change in [
            Change::Value(at, 1.0),
            Change::Opacity(7, 0.5),
            Change::Remove(0, 9),
        ] {
            assert_eq!(change.applied(&recipe()), recipe());
        }
    }

    #[test]
    fn numbers_are_shown_with_the_sign_and_decimals_of_their_range() {
        assert_eq!(shown(0.4, (-6.0, 6.0)), "+0.40");
        assert_eq!(shown(-12.4, (-100.0, 100.0)), "−12");
        assert_eq!(shown(-0.2, (-100.0, 100.0)), "0");
        assert_eq!(shown(5600.0, (2000.0, 25000.0)), "5600");
    }

    #[test]
    fn text_that_is_no_recipe_is_not_read_as_one() {
        for text in ["", "hello", "{\"a\": 1}", "/home/me/photo.jpg"] {
            assert!(read(text).is_none(), "{text}");
        }
        assert_eq!(read(&recipe().to_json()), Some(recipe().to_value()));
    }
}
