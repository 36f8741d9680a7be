//! The numbers of a recipe that are a matter of degree, so that a search may turn them: those that the recipe uses, with
//! the ranges of the table of operations. Frames, angles, hues and seeds are not more or less of anything and stay.

use retake_core::Knob;

use crate::ops::{Op, Param, Work};
use crate::recipe::Recipe;

/// A turn of this share of what a value does now.
const OF_ITSELF: f32 = 0.2;
/// And of the range at the least, so that small values move at all.
const OF_RANGE: f32 = 0.004;

/// Whether more or less of it is the same edit, stronger or weaker.
pub(crate) fn by_degrees(op: &Op, param: &Param) -> bool {
    let geometry = matches!(op.work, Work::Geometry { .. });
    let fixed = param.unit == "°" || param.id.contains("seed") || param.id.contains("hue");
    !geometry && !fixed
}

/// Of every operation in use, in the order of the recipe. Values that are neutral are not in a recipe's JSON.
pub(crate) fn of(recipe: &Recipe) -> Vec<Knob> {
    let mut knobs = Vec::new();
    for (layer, operations) in recipe
        .layers
        .iter()
        .map(|layer| &layer.operations)
        .enumerate()
    {
        for (place, operation) in operations.iter().enumerate() {
            for (param, value) in operation.op.params.iter().zip(&operation.values) {
                if *value == param.neutral || !by_degrees(operation.op, param) {
                    continue;
                }
                let (low, high) = param.range;
                let step = OF_ITSELF * (value - param.neutral).abs();
                knobs.push(Knob {
                    pointer: format!("/layers/{layer}/operations/{place}/{}", param.id),
                    low: low.into(),
                    high: high.into(),
                    value: (*value).into(),
                    step: step.max(OF_RANGE * (high - low)).into(),
                });
            }
        }
    }
    knobs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::OPS;
    use crate::recipe::Operation;

    /// A recipe of this operation with all its numbers off neutral, where it is one that needs no data.
    fn recipe_with(op: &Op) -> Option<Recipe> {
        let mut operation = Operation::new(op.id);
        for (param, value) in op.params.iter().zip(&mut operation.values) {
            let (low, high) = param.range;
            *value = low + 0.37 * (high - low);
        }
        let recipe = Recipe::of(vec![
            Operation::new("exposure").with("stops", 0.5),
            operation,
        ]);
        Recipe::from_value(recipe.to_value()).ok()
    }

    #[test]
    fn every_knob_turned_alone_gives_a_valid_recipe_that_differs_there() {
        let mut turned = 0;
        for op in OPS {
            let Some(recipe) = recipe_with(op) else {
                continue;
            };
            for knob in of(&recipe) {
                for to in [
                    knob.low,
                    knob.high,
                    0.5 * (knob.low + knob.high),
                    knob.value + 0.01 * knob.step,
                ] {
                    let mut value = recipe.to_value();
                    let place = value.pointer_mut(&knob.pointer);
                    *place.unwrap_or_else(|| panic!("{}", knob.pointer)) = to.into();
                    let read = Recipe::from_value(value);
                    let read =
                        read.unwrap_or_else(|error| panic!("{} to {to}: {error}", knob.pointer));
                    assert_ne!(read, recipe, "{} to {to}", knob.pointer);
                    turned += 1;
                }
            }
        }
        assert!(turned > 200, "{turned}");
    }

    #[test]
    fn a_knob_says_what_the_recipe_says() {
        let recipe = Recipe::of(vec![Operation::new("exposure").with("stops", 0.5)]);
        let [knob] = &of(&recipe)[..] else {
            panic!("exposure has one number");
        };
        let there = recipe
            .to_value()
            .pointer(&knob.pointer)
            .and_then(serde_json::Value::as_f64);
        assert_eq!(there, Some(knob.value));
        assert!((knob.step - 0.1).abs() < 1e-3 && knob.low < knob.value && knob.value < knob.high);
    }

    #[test]
    fn angles_seeds_frames_and_what_is_not_used_are_left_alone() {
        let recipe = Recipe::of(vec![
            Operation::new("straighten").with("angle", 3.0),
            Operation::new("grain").with("seed", 9.0),
            Operation::new("motion_blur").with("angle", 40.0),
            Operation::new("contrast"),
        ]);
        assert_eq!(of(&recipe), []);
    }
}
