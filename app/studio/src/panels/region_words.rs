//! Regions in the window's language: "the sky", "der Himmel".

use retake_core::{Part, Region, RegionKind};

use crate::texts::Texts;

/// A region in the window's language.
pub(crate) fn region(texts: &Texts, region: &Region) -> String {
    let part = |part: &Part| {
        let named = match part.kind {
            RegionKind::Colour(band) => {
                let key = format!("band_{}", band.name());
                texts.with("region_colour", &[("colour", texts.get(&key))])
            }
            kind => {
                let key = serde_json::to_value(kind).ok();
                let key = key
                    .as_ref()
                    .and_then(|key| key.as_str())
                    .unwrap_or_default();
                texts.get(&format!("region_{key}")).to_owned()
            }
        };
        if part.inverted {
            texts.with("region_but", &[("region", &named)])
        } else {
            named
        }
    };
    let parts: Vec<String> = region.parts.iter().map(part).collect();
    parts.join(texts.get("region_within"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_named_in_the_windows_language() {
        let sky = Region::of(RegionKind::Sky);
        assert_eq!(region(&Texts::of("en"), &sky), "the sky");
        assert_eq!(region(&Texts::of("de"), &sky), "der Himmel");
    }
}
