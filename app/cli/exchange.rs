//! The winner's recipe for other programs: as JSON to edit, as Lightroom's settings, and as a LUT when a LUT can hold it.

use retake_darkroom::exchange::{crs, lut};
use retake_darkroom::{Darkroom, Recipe};

use super::edit::Made;

/// (file name, contents) of each form that the winner's recipe has. None for an edit that is not a recipe.
pub(crate) fn files(made: &Made) -> Vec<(&'static str, String)> {
    let winner = &made.outcome.candidates[made.outcome.selection.order[0]];
    if winner.provenance.editor != Darkroom::ID {
        return Vec::new();
    }
    let Ok(recipe) = Recipe::from_value(winner.provenance.recipe.clone()) else {
        return Vec::new();
    };
    let (width, height) = (made.photo.width(), made.photo.height());
    let mut files = vec![
        ("recipe/best.json", recipe.to_json() + "\n"),
        ("recipe/best.xmp", crs::sidecar(&recipe, width, height).xmp),
    ];
    // masks and whatever looks at neighbours or places have no LUT
    if let Ok(cube) = lut::cube(&recipe, &made.instruction.text.replace(['"', '\n'], " ")) {
        files.push(("recipe/best.cube", cube.to_text()));
    }
    files
}
