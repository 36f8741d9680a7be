//! Recipes as Lightroom's and Camera Raw's settings: XMP with `crs:` attributes, as a preset or beside a photo.
//! Approximate: sliders of the same name are given the same number, but another program's formulas are not ours.

mod settings;

use std::fmt::Write;

use settings::Settings;

use crate::ops::Work;
use crate::recipe::{Operation, Recipe};
use crate::render::Frame;

/// A recipe in the other program's words, and what those cannot say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crs {
    /// the XMP document
    pub xmp: String,
    /// one sentence part for each thing that was left out or bent, to follow "Not carried over: "
    pub left_out: Vec<String>,
}

/// A preset called `name` for the other program's list of presets. Crops and turns are not part of presets.
pub fn preset(recipe: &Recipe, name: &str) -> Crs {
    let mut settings = settings_of(recipe);
    for operation in geometry(recipe) {
        settings.leave_out(format!(
            "\"{}\" (presets do not move pixels)",
            operation.op.id
        ));
    }
    let mut head = String::new();
    // two halves of a name for the preset that is the same whenever the recipe is
    let (a, b) = (
        fnv1a(name.as_bytes(), 1),
        fnv1a(recipe.to_json().as_bytes(), 2),
    );
    let _ = write!(
        head,
        "\n   crs:PresetType=\"Normal\"\n   crs:Cluster=\"\"\n   crs:UUID=\"{a:016X}{b:016X}\"\n   crs:SupportsAmount=\"False\"\n   crs:SupportsColor=\"True\"\n   crs:SupportsMonochrome=\"True\""
    );
    let named = format!(
        "   <crs:Name>\n    <rdf:Alt>\n     <rdf:li xml:lang=\"x-default\">{}</rdf:li>\n    </rdf:Alt>\n   </crs:Name>\n",
        escaped(name)
    );
    document(settings, &head, &named)
}

/// A sidecar for a photo of this size in px.
pub fn sidecar(recipe: &Recipe, width: usize, height: usize) -> Crs {
    let mut settings = settings_of(recipe);
    let mut frame = Frame::whole(width, height);
    for operation in geometry(recipe) {
        match operation.op.work {
            Work::Geometry { place } if operation.op.id == "crop" => {
                frame = place(operation, frame)
            }
            _ => settings.leave_out(format!("\"{}\"", operation.op.id)),
        }
    }
    if !frame.is_whole() {
        let (left, top) = frame.source_at(0.0, 0.0);
        let (right, bottom) = frame.source_at(frame.width as f64, frame.height as f64);
        settings.set("HasCrop", "True");
        for (side, at, length) in [
            ("CropLeft", left, width),
            ("CropTop", top, height),
            ("CropRight", right, width),
            ("CropBottom", bottom, height),
        ] {
            settings.set(side, &format!("{:.6}", at / length as f64));
        }
        settings.set("CropAngle", "0");
    }
    document(settings, "", "")
}

/// What the whole photo gets; masked and half-transparent layers are named as left out.
fn settings_of(recipe: &Recipe) -> Settings {
    let mut settings = Settings::default();
    for (index, layer) in recipe.layers.iter().enumerate() {
        if layer.operations.iter().all(Operation::is_neutral) || layer.opacity == 0.0 {
            continue;
        }
        let name = if layer.name.is_empty() {
            format!("layer {}", index + 1)
        } else {
            format!("the layer \"{}\"", layer.name)
        };
        if !layer.mask.is_empty() {
            settings.leave_out(format!("{name} (it has a mask)"));
        } else if layer.opacity < 1.0 {
            settings.leave_out(format!("{name} (it is partly transparent)"));
        } else {
            for operation in &layer.operations {
                let moves = matches!(operation.op.work, Work::Geometry { .. });
                if !moves && !operation.is_neutral() {
                    settings.take(operation);
                }
            }
        }
    }
    settings.finish();
    settings
}

fn geometry(recipe: &Recipe) -> impl Iterator<Item = &Operation> {
    let all = recipe.layers.iter().flat_map(|layer| &layer.operations);
    all.filter(|o| matches!(o.op.work, Work::Geometry { .. }) && !o.is_neutral())
}

fn document(settings: Settings, head: &str, body: &str) -> Crs {
    let mut out = String::from("<x:xmpmeta xmlns:x=\"adobe:ns:meta/\" x:xmptk=\"Retake\">\n");
    out += " <!-- Written by Retake. Approximate in other apps: the same numbers, but not the same formulas.";
    if !settings.left_out.is_empty() {
        out += "\n      Not carried over: ";
        // two hyphens in a row would end the comment
        out += &settings.left_out.join("; ").replace("--", "- -");
        out += ".";
    }
    out += " -->\n <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n";
    out += "  <rdf:Description rdf:about=\"\"\n   xmlns:crs=\"http://ns.adobe.com/camera-raw-settings/1.0/\"";
    out += head;
    out += "\n   crs:Version=\"15.0\"\n   crs:ProcessVersion=\"11.0\"";
    for (name, value) in &settings.attributes {
        // writing to a String cannot fail
        let _ = write!(out, "\n   crs:{name}=\"{value}\"");
    }
    out += "\n   crs:HasSettings=\"True\">\n";
    out += body;
    for (name, points) in &settings.curves {
        let _ = writeln!(out, "   <crs:{name}>\n    <rdf:Seq>");
        for [x, y] in points {
            let _ = writeln!(out, "     <rdf:li>{x}, {y}</rdf:li>");
        }
        let _ = writeln!(out, "    </rdf:Seq>\n   </crs:{name}>");
    }
    out += "  </rdf:Description>\n </rdf:RDF>\n</x:xmpmeta>\n";
    Crs {
        xmp: out,
        left_out: settings.left_out,
    }
}

fn escaped(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control()).collect();
    plain
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// 64-bit FNV-1a (Fowler, Noll and Vo) of some bytes, begun elsewhere for each `salt`.
fn fnv1a(bytes: &[u8], salt: u64) -> u64 {
    bytes
        .iter()
        .fold(0xCBF2_9CE4_8422_2325 ^ salt, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::{Combine, MaskPart, MaskShape};

    fn look() -> Recipe {
        let mut curve = Operation::new("tone_curve");
        curve.data = serde_json::json!({ "points": [[0, 0.05], [1, 1]] });
        let mut recipe = Recipe::of(vec![
            Operation::new("exposure").with("stops", 0.35),
            Operation::new("contrast").with("amount", -12.0),
            Operation::new("highlights").with("amount", -40.0),
            Operation::new("white_balance")
                .with("kelvin", 7500.0)
                .with("tint", 15.0),
            Operation::new("vibrance").with("amount", 20.0),
            Operation::new("hsl").with("blue_luminance", -30.0),
            Operation::new("vignette").with("amount", -25.0),
            Operation::new("crop").with("aspect", 1.0),
            Operation::new("posterise").with("levels", 8.0),
            curve,
        ]);
        let mut sky = recipe.layers[0].clone();
        sky.name = "sky & <sea>".to_owned();
        sky.mask = vec![MaskPart {
            shape: MaskShape::Whole,
            combine: Combine::Intersect,
            invert: false,
        }];
        sky.operations.truncate(1);
        recipe.layers.push(sky);
        recipe
    }

    #[test]
    fn a_sidecar_says_what_it_carries_and_what_not() {
        let crs = sidecar(&look(), 600, 400);
        insta::assert_snapshot!(crs.xmp);
        assert_eq!(
            crs.left_out,
            ["\"posterise\"", "the layer \"sky & <sea>\" (it has a mask)"]
        );
    }

    #[test]
    fn a_preset_has_its_name_and_moves_no_pixels() {
        let crs = preset(&look(), "Warm & soft");
        assert!(crs.xmp.contains("x-default\">Warm &amp; soft<"));
        assert!(!crs.xmp.contains("HasCrop"));
        assert!(crs.left_out.iter().any(|what| what.contains("crop")));
        assert_eq!(
            preset(&look(), "Warm & soft"),
            crs,
            "the same recipe is the same preset"
        );
    }

    #[test]
    fn the_same_slider_twice_adds_up_within_the_other_programs_range() {
        let twice = |stops| {
            let exposure = || Operation::new("exposure").with("stops", stops);
            sidecar(&Recipe::of(vec![exposure(), exposure()]), 60, 40)
        };
        assert!(twice(0.5).xmp.contains("crs:Exposure2012=\"+1.00\""));
        let much = twice(4.0);
        assert!(much.xmp.contains("crs:Exposure2012=\"+5.00\""));
        assert_eq!(much.left_out.len(), 1, "{:?}", much.left_out);
    }

    #[test]
    fn a_comment_cannot_be_ended_from_a_layers_name() {
        let mut recipe = look();
        recipe.layers[1].name = "--> <evil/>".to_owned();
        let xmp = sidecar(&recipe, 60, 40).xmp;
        assert_eq!(xmp.matches("-->").count(), 1);
    }
}
