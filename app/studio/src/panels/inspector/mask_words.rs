//! A layer's mask in words: "in the sky", "top to bottom, without the skin".

use retake_darkroom::recipe::Combine;
use retake_darkroom::{MaskPart, MaskShape};

use crate::texts::Texts;

/// The whole mask in one line.
pub(super) fn mask(texts: &Texts, parts: &[MaskPart]) -> String {
    if parts.is_empty() {
        return texts.get("inspector_everywhere").to_owned();
    }
    let mut words = String::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            let joint = match part.combine {
                Combine::Add => "inspector_mask_add",
                Combine::Subtract => "inspector_mask_subtract",
                Combine::Intersect => "inspector_mask_intersect",
            };
            words.push_str(&format!(" {} ", texts.get(joint)));
        }
        let shape = shape(texts, &part.shape);
        if part.invert {
            words.push_str(&texts.with("inspector_mask_inverted", &[("shape", &shape)]));
        } else {
            words.push_str(&shape);
        }
    }
    words
}

fn shape(texts: &Texts, shape: &MaskShape) -> String {
    match shape {
        MaskShape::Whole => texts.get("inspector_everywhere").to_owned(),
        MaskShape::Linear { .. } => texts.get("inspector_mask_linear").to_owned(),
        MaskShape::Radial { .. } => texts.get("inspector_mask_radial").to_owned(),
        MaskShape::Luminance { low, high, .. } => texts.with(
            "inspector_mask_tones",
            &[
                ("low", &format!("{low:.0}")),
                ("high", &format!("{high:.0}")),
            ],
        ),
        MaskShape::Colour { hue_deg, .. } => {
            texts.with("inspector_mask_hue", &[("hue", &format!("{hue_deg:.0}"))])
        }
        MaskShape::Neutral { .. } => texts.get("inspector_mask_neutral").to_owned(),
        MaskShape::Region(region) => texts.said(&region.said()),
        MaskShape::Painted => texts.get("inspector_mask_painted").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use retake_core::{Region, RegionKind};

    fn part(shape: MaskShape, combine: Combine, invert: bool) -> MaskPart {
        MaskPart {
            shape,
            combine,
            invert,
        }
    }

    #[test]
    fn a_mask_reads_as_a_sentence_part() {
        let sky = MaskShape::Region(Region::of(RegionKind::Sky));
        let skin = MaskShape::Region(Region::of(RegionKind::Skin));
        let parts = [
            part(sky, Combine::Intersect, false),
            part(skin, Combine::Subtract, false),
        ];
        assert_eq!(mask(&Texts::of("en"), &parts), "the sky without the skin");
    }

    #[test]
    fn no_mask_is_everywhere_and_an_inverted_one_says_so() {
        let texts = Texts::of("en");
        assert_eq!(mask(&texts, &[]), "the whole photo");
        let inverted = [part(MaskShape::Painted, Combine::Intersect, true)];
        assert_eq!(mask(&texts, &inverted), "all but the painted mask");
    }
}
