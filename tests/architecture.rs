//! The rooms of the house: which crate may know which, read from the manifests.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// (crate, the workspace crates it may name). Arrows point down only.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("core", &[]),
    ("pixels", &["core"]),
    ("language", &["core"]),
    ("files", &["core", "pixels"]),
    ("darkroom", &["core", "pixels"]),
    ("rewards", &["core", "pixels"]),
    ("search", &["core"]),
    ("engine", &["core", "pixels", "files", "language", "search"]),
    ("sheet", &["core", "pixels"]),
    ("tensors", &["pixels"]),
    ("models", &["core", "pixels", "tensors"]),
    ("vision", &["core", "pixels", "tensors", "models"]),
    ("reading", &["core", "pixels", "models"]),
    ("judges", &["core", "pixels", "models", "vision"]),
    ("lab", &["core", "pixels", "files", "language", "search"]),
    ("tables", &["core", "files", "lab"]),
    (
        "studio",
        &[
            "core", "pixels", "files", "language", "darkroom", "engine", "lab",
        ],
    ),
];

fn manifest(room: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("app")
        .join(room)
        .join("Cargo.toml");
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The part of a manifest that the product is built from.
fn dependencies(manifest: &str) -> &str {
    let start = manifest.find("[dependencies]").unwrap_or(manifest.len());
    let rest = &manifest[start..];
    &rest[..rest.find("[dev-dependencies]").unwrap_or(rest.len())]
}

#[test]
fn arrows_point_down_only() {
    for (room, may_know) in MAY_KNOW {
        let text = manifest(room);
        let known: BTreeSet<&str> = dependencies(&text)
            .lines()
            .filter_map(|line| line.strip_prefix("retake-")?.split([' ', '=', '.']).next())
            .collect();
        let allowed: BTreeSet<&str> = may_know.iter().copied().collect();
        assert!(
            known.is_subset(&allowed),
            "{room} may know {allowed:?} but names {known:?}"
        );
    }
}

#[test]
fn every_room_stands_in_the_table() {
    let app = Path::new(env!("CARGO_MANIFEST_DIR")).join("app");
    for entry in fs::read_dir(app).expect("app can be listed").flatten() {
        if entry.path().join("Cargo.toml").exists() {
            let name = entry.file_name().to_string_lossy().into_owned();
            assert!(
                MAY_KNOW.iter().any(|(room, _)| *room == name),
                "app/{name} is not in the table"
            );
        }
    }
}

#[test]
fn only_the_darkroom_and_the_studio_name_the_graphics_card() {
    for (room, _) in MAY_KNOW
        .iter()
        .filter(|(room, _)| !matches!(*room, "darkroom" | "studio"))
    {
        assert!(
            !dependencies(&manifest(room)).contains("wgpu"),
            "{room} names wgpu"
        );
    }
}

#[test]
fn every_line_of_a_manifest_that_brings_a_crate_says_why() {
    let root = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .expect("readable");
    let mut manifests = vec![("the root".to_owned(), root)];
    manifests.extend(
        MAY_KNOW
            .iter()
            .map(|(room, _)| ((*room).to_owned(), manifest(room))),
    );
    for (room, text) in manifests {
        for line in dependencies(&text)
            .lines()
            .take_while(|line| !line.starts_with("[profile"))
        {
            let heading = line.starts_with('[');
            let brings = !heading && (line.contains(" = \"") || line.contains("version = "));
            assert!(
                !brings || line.contains('#') || line.ends_with('['),
                "{room}: {line}"
            );
        }
    }
}

#[test]
fn only_the_studio_names_the_window() {
    for (room, _) in MAY_KNOW.iter().filter(|(room, _)| *room != "studio") {
        assert!(
            !dependencies(&manifest(room)).contains("egui"),
            "{room} names egui"
        );
    }
}

#[test]
fn only_the_rooms_of_networks_name_candle() {
    let of_networks = ["tensors", "models", "vision"];
    for (room, _) in MAY_KNOW
        .iter()
        .filter(|(room, _)| !of_networks.contains(room))
    {
        assert!(
            !dependencies(&manifest(room)).contains("candle"),
            "{room} names candle"
        );
    }
}
