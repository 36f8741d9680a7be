//! The winner's recipe as other programs get it.

use std::fs;
use std::path::PathBuf;

use super::{edit, photo};
use crate::places::temporary;

/// A run of one candidate; its folder.
fn run(name: &str, instruction: &str) -> PathBuf {
    let folder = temporary(name);
    let out = folder.join("out");
    edit(&photo(&folder, "a.png"), instruction, &out, &["-n", "1"]).done();
    out.join("recipe")
}

#[test]
fn the_winners_recipe_is_beside_it_and_goes_to_lightroom() {
    let recipe = run("exchange-xmp", "one stop brighter");
    let json: serde_json::Value =
        serde_json::from_slice(&fs::read(recipe.join("best.json")).expect("written"))
            .expect("JSON");
    assert_eq!(json["layers"][0]["operations"][0]["op"], "exposure");
    let xmp = fs::read_to_string(recipe.join("best.xmp")).expect("written");
    assert!(xmp.contains("Exposure2012=\"+1.0"), "{xmp}");
}

#[test]
fn colour_alone_over_the_whole_photo_has_a_lut() {
    let text =
        fs::read_to_string(run("exchange-cube", "warmer").join("best.cube")).expect("written");
    assert!(text.contains("LUT_3D_SIZE 33"));
    assert_eq!(
        text.lines()
            .filter(|line| line.split(' ').count() == 3 && !line.contains('_'))
            .count(),
        33 * 33 * 33
    );
}

#[test]
fn what_a_lut_cannot_hold_has_none() {
    assert!(!run("exchange-none", "sharper").join("best.cube").exists());
}
