//! Every shader is valid WGSL, alone and together with the others, as the device would see it.

use std::path::Path;

use crate::common::points;

/// The shared files that point-wise shaders call; others are for passes that read neighbours.
fn shared() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shaders/shared");
    ["colour.wgsl", "tone.wgsl"]
        .map(|file| std::fs::read_to_string(folder.join(file)).expect("it is in the repository"))
        .concat()
}

fn problem(code: &str) -> Option<String> {
    let module = match naga::front::wgsl::parse_str(code) {
        Ok(module) => module,
        Err(error) => return Some(error.emit_to_string(code)),
    };
    let mut validator = naga::valid::Validator::new(
        naga::valid::ValidationFlags::all(),
        naga::valid::Capabilities::empty(),
    );
    validator
        .validate(&module)
        .err()
        .map(|error| error.emit_to_string(code))
}

#[test]
fn the_way_onto_the_screen_is_valid() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shaders/shared");
    let code = ["colour.wgsl", "display.wgsl", "resize.wgsl"]
        .map(|file| std::fs::read_to_string(folder.join(file)).expect("it is in the repository"))
        .concat();
    assert_eq!(problem(&code), None);
}

#[test]
fn every_point_shader_is_valid_and_named_after_its_operation() {
    let mut all = format!(
        "@group(0) @binding(0) var<storage, read> constants: array<f32>;\n{}",
        shared()
    );
    let mut calls = String::new();
    for op in points() {
        let call = format!("    c = {}(c, 0u, vec2f(0.0));\n", op.id);
        let alone = format!(
            "@group(0) @binding(0) var<storage, read> constants: array<f32>;\n{}\n{}\nfn all(start: vec3f) -> vec3f {{\n    var c = start;\n{call}    return c;\n}}\n",
            shared(),
            op.wgsl
        );
        assert_eq!(problem(&alone), None, "{}", op.id);
        all += op.wgsl;
        calls += &call;
    }
    all += &format!(
        "fn all(start: vec3f) -> vec3f {{\n    var c = start;\n{calls}    return c;\n}}\n"
    );
    assert_eq!(problem(&all), None);
}
