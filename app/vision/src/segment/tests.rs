//! Words and classes; the numbers are held beside transformers in `tests/parity`.

use std::path::PathBuf;

use super::*;

fn segformer() -> Segformer {
    let folder =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/parity/cases/segformer/model");
    Segformer::on_processor(&folder).expect("a checkpoint")
}

#[test]
fn words_name_classes_whole_and_in_the_plural() {
    let segformer = segformer();
    let named = |words: &str| -> Vec<&str> {
        segformer
            .named_in(words)
            .into_iter()
            .map(|class| segformer.names()[class].as_str())
            .collect()
    };
    assert_eq!(named("Paint the car red!"), ["car"]);
    assert_eq!(
        named("more cars, and a double door"),
        ["car", "door;double door"]
    );
    assert_eq!(named("carpet and cartoon"), [""; 0]);
}

#[test]
fn every_pixel_has_a_class_and_masks_share_them_out() {
    let segformer = segformer();
    let rgb = (0..70 * 50 * 3).map(|i| (i * 13 % 251) as u8).collect();
    let picture = Bitmap::new(70, 50, rgb).expect("a picture");
    let segments = segformer.look(&picture).expect("segments");
    assert_eq!(segments.classes.len(), segments.width * segments.height);
    let all: f32 = (0..segformer.names().len())
        .map(|class| segments.mask(&[class]).share())
        .sum();
    assert!((all - 1.0).abs() < 1e-6);
}

#[test]
fn a_network_of_another_family_is_no_segformer() {
    let folder =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/parity/cases/dinov2/model");
    let said = Segformer::on_processor(&folder)
        .err()
        .expect("a fault")
        .to_string();
    assert!(
        said.starts_with("this is a network of the kind dinov2; SegFormer is called for"),
        "{said}"
    );
}
