//! Networks of full size against the names and shapes of published checkpoints: every tensor is used exactly once, and
//! none takes memory. What the tests of several rooms share; they take it in by its path.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use serde_json::{Map, Value};

/// Names and shapes.
pub(crate) type Shapes = BTreeMap<String, Vec<usize>>;

/// A published checkpoint without its numbers.
#[derive(serde::Deserialize)]
pub(crate) struct Manifest {
    parameters: usize,
    pub(crate) config: Map<String, Value>,
    pub(crate) tensors: Shapes,
}

/// The one of this name.
pub(crate) fn manifest(name: &str) -> Manifest {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/parity/manifests");
    let file = std::fs::File::open(folder.join(format!("{name}.json.gz"))).expect("a manifest");
    let mut text = String::new();
    flate2::read::GzDecoder::new(file)
        .read_to_string(&mut text)
        .expect("a manifest");
    serde_json::from_str(&text).expect("a manifest")
}

/// Builds a network of a manifest, and of the same manifest with one tensor fewer and one more.
pub(crate) fn fits(name: &str, build: impl Fn(&Map<String, Value>, Shapes) -> Result<(), String>) {
    let Manifest {
        parameters,
        config,
        tensors,
    } = manifest(name);
    let count: usize = tensors
        .values()
        .map(|shape| shape.iter().product::<usize>())
        .sum();
    assert_eq!(count, parameters, "{name}");
    assert_eq!(build(&config, tensors.clone()), Ok(()));
    let mut fewer = tensors.clone();
    fewer.pop_last();
    assert!(build(&config, fewer).is_err_and(|said| said.contains("is missing")));
    let mut more = tensors;
    more.insert("one.more".to_owned(), vec![1]);
    assert!(build(&config, more).is_err_and(|said| said.contains("one.more is left over")));
}
