//! One recipe with another at some places: what the first does alone is taken away there, and what the second does alone is
//! kept to them.

use retake_core::Spot;

use crate::ops::Work;
use crate::recipe::{Combine, Layer, MOST_OPERATIONS, MaskPart, MaskShape, Recipe};

/// `below` with `above` at these places. `None` where `above` moves the photo otherwise than `below`, where its masks cannot
/// be kept to several places, or where both have more operations than a recipe may have.
pub(crate) fn within(below: Recipe, above: &Recipe, spots: &[Spot]) -> Option<Recipe> {
    let pairs = below.layers.iter().zip(&above.layers);
    let same = pairs.take_while(|(one, other)| one == other).count();
    let framed: Vec<&Layer> = below.layers.iter().filter(|layer| moves(layer)).collect();
    let mut kept = Vec::new();
    for layer in &above.layers[same..] {
        match moves(layer) {
            // the frame is the whole photo's, and it has it already
            true if framed.contains(&layer) => {}
            true => return None,
            false => kept.push(kept_to(layer, spots)?),
        }
    }
    if kept.is_empty() {
        return None;
    }
    let mut both = below.without(same, spots);
    both.layers.extend(kept);
    let operations = both.layers.iter().map(|layer| layer.operations.len());
    (operations.sum::<usize>() <= MOST_OPERATIONS).then_some(both)
}

fn moves(layer: &Layer) -> bool {
    let mut operations = layer.operations.iter();
    operations.any(|operation| matches!(operation.op.work, Work::Geometry { .. }))
}

/// A place as a part of a mask.
pub(crate) fn part(spot: &Spot, combine: Combine) -> MaskPart {
    MaskPart {
        shape: MaskShape::Radial {
            centre: spot.centre,
            radius: spot.radius,
            angle_deg: spot.angle_deg,
            feather: spot.feather,
        },
        combine,
        invert: false,
    }
}

/// A layer that works at these places only, and there where its own mask lets it.
fn kept_to(layer: &Layer, spots: &[Spot]) -> Option<Layer> {
    let mut mask: Vec<MaskPart> = spots.iter().map(|spot| part(spot, Combine::Add)).collect();
    match &layer.mask[..] {
        [] => {}
        // parts are joined by products, whose order is no matter
        [first, rest @ ..] if rest.iter().all(|part| part.combine != Combine::Add) => {
            mask.push(MaskPart {
                combine: Combine::Intersect,
                ..first.clone()
            });
            mask.extend(rest.iter().cloned());
        }
        own => {
            let [spot] = spots else {
                return None;
            };
            mask = own.to_vec();
            mask.push(part(spot, Combine::Intersect));
        }
    }
    Some(Layer {
        mask,
        ..layer.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::Operation;

    const SPOT: Spot = Spot {
        centre: [0.3, 0.4],
        radius: [0.1, 0.1],
        angle_deg: 0.0,
        feather: 0.3,
    };

    fn brighter(stops: f32) -> Recipe {
        Recipe::of(vec![Operation::new("exposure").with("stops", stops)])
    }

    #[test]
    fn what_both_do_stays_everywhere_and_the_rest_is_divided() {
        let base = brighter(0.5);
        let with = |more: Recipe| Recipe {
            layers: base.layers.iter().chain(&more.layers).cloned().collect(),
            ..base.clone()
        };
        let (below, above) = (with(brighter(1.0)), with(brighter(-1.0)));
        let both = within(below.clone(), &above, &[SPOT]).expect("it can be done");
        assert_eq!(both.layers.len(), 3);
        assert_eq!(both.layers[0], base.layers[0]);
        assert_eq!(
            both.layers[1].mask.last(),
            Some(&part(&SPOT, Combine::Subtract))
        );
        assert_eq!(both.layers[2].mask, [part(&SPOT, Combine::Add)]);
        // a turn alone leaves all below as it was
        let turn = within(base.clone(), &below, &[SPOT]).expect("it can be done");
        assert_eq!(turn.layers[0], base.layers[0]);
        assert_eq!(turn.layers[1].mask, [part(&SPOT, Combine::Add)]);
    }

    #[test]
    fn a_mask_of_its_own_is_kept_to_several_places_where_its_parts_are_products() {
        let far = Spot {
            centre: [0.8, 0.8],
            ..SPOT
        };
        let mut above = brighter(1.0);
        above.layers[0].mask = vec![part(&far, Combine::Add)];
        let both = within(brighter(0.2), &above, &[SPOT, far]).expect("it can be done");
        let combined: Vec<Combine> = both.layers[1]
            .mask
            .iter()
            .map(|part| part.combine)
            .collect();
        assert_eq!(combined, [Combine::Add, Combine::Add, Combine::Intersect]);
        above.layers[0].mask.push(part(&SPOT, Combine::Add));
        assert_eq!(within(brighter(0.2), &above, &[SPOT, far]), None);
        assert!(within(brighter(0.2), &above, &[SPOT]).is_some());
    }

    #[test]
    fn another_frame_cannot_be_had_at_a_place_and_nothing_new_is_no_patch() {
        let mut turned = brighter(1.0);
        let straight = Operation::new("straighten").with("angle", 3.0);
        turned
            .layers
            .insert(0, Recipe::of(vec![straight]).layers[0].clone());
        assert_eq!(within(brighter(0.2), &turned, &[SPOT]), None);
        assert!(within(turned.clone(), &brighter(0.2), &[SPOT]).is_some());
        assert_eq!(within(turned.clone(), &turned, &[SPOT]), None);
    }
}
