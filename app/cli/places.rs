//! The places that the steps of a search work at: each stands once in the record, and is laid over the photo in the run's
//! folder.

use std::sync::Arc;

use anyhow::Result;
use retake_engine::{Node, Outcome, Place};
use retake_files::NewFolder;
use retake_files::record::PlaceRecord;
use retake_files::save;
use retake_pixels::resize::{self, size_within};
use retake_sheet::overlay;

use super::edit::EVIDENCE_EDGE;

/// The places of a run, each once, in the order in which they came.
pub(crate) fn of(nodes: &[Node]) -> Vec<Arc<Place>> {
    let mut places: Vec<Arc<Place>> = Vec::new();
    for place in nodes.iter().filter_map(|node| node.place.as_ref()) {
        if !places.contains(place) {
            places.push(place.clone());
        }
    }
    places
}

/// Which of them a node's is.
pub(crate) fn which(places: &[Arc<Place>], node: &Node) -> Option<usize> {
    let own = node.place.as_ref()?;
    places.iter().position(|place| place == own)
}

/// As they stand in the record.
pub(crate) fn records(places: &[Arc<Place>]) -> Vec<PlaceRecord> {
    let record = |(number, place): (usize, &Arc<Place>)| PlaceRecord {
        file: Some(file(number)),
        ..PlaceRecord::of(place.name.to_string(), &place.mask)
    };
    places.iter().enumerate().map(record).collect()
}

/// Lays each over the photo and writes it.
pub(crate) fn write(outcome: &Outcome, folder: &NewFolder) -> Result<()> {
    let places = of(&outcome.nodes);
    if places.is_empty() {
        return Ok(());
    }
    let source = &outcome.source;
    let (width, height) = size_within(source.width, source.height, EVIDENCE_EDGE);
    let small = resize::raster(source, width, height);
    for (number, place) in places.iter().enumerate() {
        let file = file(number);
        let canvas = overlay(&small, &place.mask);
        let (width, height) = (canvas.width, canvas.height);
        save::save_rgb8(&folder.path(&file)?, width, height, &canvas.rgb, 92)
            .map_err(|error| error.at(&folder.target().join(&file)))?;
    }
    Ok(())
}

/// Where one lies in the run's folder.
fn file(number: usize) -> String {
    format!("evidence/place-{number}.png")
}
