//! The text of shader modules, put together from the shared files, the operations' files and a generated `main`.

use std::fmt::Write as _;

use super::program::{Part, Run};
use crate::ops::Op;
use crate::ops::neighbourhood::{Pass, WGSL as NEIGHBOURHOOD};

const COLOUR: &str = include_str!("../../../../shaders/shared/colour.wgsl");
const TONE: &str = include_str!("../../../../shaders/shared/tone.wgsl");
const DISPLAY: &str = include_str!("../../../../shaders/shared/display.wgsl");
const RESIZE: &str = include_str!("../../../../shaders/shared/resize.wgsl");

/// Threads of a workgroup, across and down.
pub(super) const GROUP: [u32; 2] = [16, 8];
/// Rectangles in `places`.
pub(super) const PLACES: usize = 8;

/// A compute shader and what it binds.
pub(super) struct Shader {
    /// WGSL; its function is `main`
    pub(super) text: String,
    /// of each buffer from binding 2 on: whether it is written
    pub(super) written: Vec<bool>,
    /// whether the binding after the buffers is a texture for the screen, which is written
    pub(super) screen: bool,
}

/// What every module starts with, and the buffers as they are declared.
struct Module {
    text: String,
    written: Vec<bool>,
}

impl Module {
    fn new() -> Self {
        let text = format!(
            "@group(0) @binding(0) var<storage, read> constants: array<f32>;\n\
             @group(0) @binding(1) var<uniform> places: array<vec4i, {PLACES}>;\n"
        );
        Self {
            text,
            written: Vec::new(),
        }
    }
    fn buffer(&mut self, name: &str, element: &str, written: bool) {
        let binding = self.written.len() + 2;
        let access = if written { "read_write" } else { "read" };
        self.line(&format!(
            "@group(0) @binding({binding}) var<storage, {access}> {name}: array<{element}>;"
        ));
        self.written.push(written);
    }
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
    /// Opens `main`: `to` is what is filled, `pixel` is in the frame, `there` is the pixel's place in what is filled.
    fn main(&mut self) {
        let [across, down] = GROUP;
        let _ = write!(
            self.text,
            "@compute @workgroup_size({across}, {down})
fn main(@builtin(global_invocation_id) id: vec3u) {{
    let to = places[0];
    if id.x >= u32(to.z) || id.y >= u32(to.w) {{
        return;
    }}
    let pixel = to.xy + vec2i(id.xy);
    let there = id.y * u32(to.z) + id.x;
"
        );
    }
    fn finish(mut self) -> Shader {
        self.line("}");
        Shader {
            text: self.text,
            written: self.written,
            screen: false,
        }
    }
}

/// A run. Buffers from binding 2 on: source, result, then the masks and what is kept where it has them.
/// `places[0]` is what is wanted of the result, `places[1]` where picture, masks and kept lie, `places[2]` where the
/// photo lies that the first run reads.
pub(super) fn run(run: &Run) -> Shader {
    let mut module = Module::new();
    let element = |planar: bool| if planar { "f32" } else { "vec4f" };
    module.buffer("source", element(run.first), false);
    module.buffer("result", element(run.planar()), true);
    if run.masked() {
        module.buffer("masks", "f32", false);
    }
    if run.restores() || run.saves() {
        module.buffer("under", "vec4f", true);
    }
    module.text.push_str(COLOUR);
    module.text.push_str(TONE);
    let mut written: Vec<&str> = Vec::new();
    for part in &run.parts {
        if let Part::Call { op, .. } = part
            && !written.contains(&op.id)
        {
            module.text.push_str(op.wgsl);
            written.push(op.id);
        }
    }
    module.main();
    module.line("    let seen = places[1];");
    module.line("    let at = vec2f(pixel);");
    module.line("    let here = u32((pixel.y - seen.y) * seen.z + pixel.x - seen.x);");
    module.line("    let count = u32(seen.z * seen.w);");
    if run.first {
        module.line("    let photo = places[2];");
        module.line("    let all = u32(photo.z * photo.w);");
        module.line("    let i = u32((pixel.y - photo.y) * photo.z + pixel.x - photo.x);");
        module.line("    var c = vec3f(source[i], source[i + all], source[i + 2u * all]);");
    } else {
        module.line("    var c = source[here].rgb;");
    }
    module.line(if run.restores() {
        "    var kept = under[here].rgb;"
    } else {
        "    var kept = c;"
    });
    for part in &run.parts {
        module.line(&match part {
            Part::Keep => "    kept = c;".to_owned(),
            Part::Call { op, constants } => format!("    c = {}(c, {constants}u, at);", op.id),
            Part::Blend { mask: None, opacity } => {
                format!("    c = kept + (c - kept) * constants[{opacity}];")
            }
            Part::Blend {
                mask: Some(mask),
                opacity,
            } => format!(
                "    c = kept + (c - kept) * (masks[here + {mask}u * count] * constants[{opacity}]);"
            ),
        });
    }
    if run.saves() {
        module.line("    under[here] = vec4f(kept, 1.0);");
    }
    if run.planar() {
        module.line("    let wanted = u32(to.z * to.w);");
        for (plane, channel) in ["r", "g", "b"].into_iter().enumerate() {
            module.line(&format!(
                "    result[there + {plane}u * wanted] = c.{channel};"
            ));
        }
    } else {
        module.line("    result[there] = vec4f(c, 1.0);");
    }
    module.finish()
}

/// A pass of a spatial operation. Buffers from binding 2 on: the result, then what is read, in order; `places[0]` is
/// the written buffer, `places[1 + k]` the k-th that is read, each on its own grid.
pub(super) fn pass(op: &Op, pass: &Pass) -> Shader {
    let mut module = Module::new();
    module.buffer("result", "vec4f", true);
    for k in 0..pass.reads.len() {
        module.buffer(&format!("layer{k}"), "vec4f", false);
    }
    module.line("fn load(layer: u32, at: vec2i) -> vec4f {");
    module.line("    let grid = places[layer + 1u];");
    module.line("    let cell = clamp(at - grid.xy, vec2i(0), grid.zw - 1);");
    module.line("    let i = u32(cell.y * grid.z + cell.x);");
    module.line("    switch layer {");
    for k in 1..pass.reads.len() {
        module.line(&format!("        case {k}u: {{ return layer{k}[i]; }}"));
    }
    module.line("        default: { return layer0[i]; }");
    module.line("    }\n}");
    module.text.push_str(COLOUR);
    module.text.push_str(NEIGHBOURHOOD);
    module.text.push_str(op.wgsl);
    module.main();
    module.line(&format!(
        "    result[there] = {}(u32(places[{}].x), pixel);",
        pass.entry,
        PLACES - 1
    ));
    module.finish()
}

/// What the screen shows of a picture: at its size, in its gamut, coded. Binding 2 is the picture, which lies on
/// `places[1]`; binding 3 the texture, of the size of `places[0]`.
pub(super) fn screen() -> Shader {
    let mut module = Module::new();
    module.buffer("picture", "vec4f", false);
    module.line("@group(0) @binding(3) var screen: texture_storage_2d<rgba8unorm, write>;");
    module.text.push_str(COLOUR);
    module.text.push_str(DISPLAY);
    module.text.push_str(RESIZE);
    module.main();
    module.text.push_str(
        "    let has = places[1].zw;
    let columns = vec2i(first_tap(pixel.x, has.x, to.z), end_tap(pixel.x, has.x, to.z));
    let rows = vec2i(first_tap(pixel.y, has.y, to.w), end_tap(pixel.y, has.y, to.w));
    var c = vec3f(0.0);
    for (var y = rows.x; y < rows.y; y++) {
        var row = vec3f(0.0);
        for (var x = columns.x; x < columns.y; x++) {
            row += picture[y * has.x + x].rgb * tap(x, pixel.x, has.x, to.z);
        }
        c += row * tap(y, pixel.y, has.y, to.w);
    }
    textureStore(screen, pixel, vec4f(shown(c), 1.0));
",
    );
    Shader {
        screen: true,
        ..module.finish()
    }
}
