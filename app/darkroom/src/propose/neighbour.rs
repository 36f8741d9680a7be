//! "More like this": a recipe near another one, every value a little stronger or weaker.

use retake_core::{Rng, said};

use super::Proposal;
use crate::knobs::by_degrees;
use crate::recipe::Recipe;

/// Spread of the logarithm of how much stronger the whole recipe is (one standard deviation).
const OVERALL: f32 = 0.22;
/// The same for each value on its own.
const OWN: f32 = 0.18;

/// A neighbour of `recipe`, fixed by the seed: how far each value lies from its neutral is scaled by a factor of its own
/// and one they share. Crops and turns stay, they are not a matter of degree; so do seeds, and angles of hue.
pub(crate) fn neighbour(recipe: &Recipe, seed: u64) -> Proposal {
    let mut rng = Rng::new(seed);
    let overall = (OVERALL * rng.normal()).clamp(-0.6, 0.6);
    let mut near = recipe.clone();
    for operation in near
        .layers
        .iter_mut()
        .flat_map(|layer| &mut layer.operations)
    {
        for (param, value) in operation.op.params.iter().zip(&mut operation.values) {
            let factor = (overall + OWN * rng.normal()).clamp(-0.9, 0.9).exp();
            if by_degrees(operation.op, param) {
                let (low, high) = param.range;
                *value = (param.neutral + (*value - param.neutral) * factor).clamp(low, high);
            }
        }
    }
    let label = match overall {
        o if o < -0.1 => said!("like it, gentler"),
        o if o > 0.1 => said!("like it, stronger"),
        _ => said!("like it, another balance"),
    };
    Proposal {
        recipe: near,
        label,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::Operation;
    use proptest::prelude::*;

    fn recipe() -> Recipe {
        Recipe::of(vec![
            Operation::new("exposure").with("stops", 0.8),
            Operation::new("saturation").with("amount", -30.0),
            Operation::new("straighten").with("angle", 3.0),
        ])
    }

    proptest! {
        #[test]
        fn a_neighbour_goes_the_same_way_and_stays_in_range(seed in any::<u64>()) {
            let near = neighbour(&recipe(), seed).recipe;
            let values = |recipe: &Recipe| -> Vec<f32> {
                recipe.layers[0].operations.iter().map(|operation| operation.value(0)).collect()
            };
            for (near, was) in values(&near).iter().zip(values(&recipe())) {
                prop_assert!(near.signum() == was.signum() && near.abs() <= was.abs() * 4.5);
            }
            prop_assert!(Recipe::from_value(near.to_value()).is_ok());
        }
    }

    #[test]
    fn turning_the_photo_is_not_a_matter_of_degree() {
        let near = neighbour(&recipe(), 5).recipe;
        assert_eq!(
            near.layers[0].operations[2],
            recipe().layers[0].operations[2]
        );
    }

    #[test]
    fn the_same_seed_is_the_same_neighbour() {
        assert_eq!(
            neighbour(&recipe(), 7).recipe,
            neighbour(&recipe(), 7).recipe
        );
    }
}
