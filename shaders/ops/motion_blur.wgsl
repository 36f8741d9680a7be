// Motion blur. Constants: taps, 1 for a line nearer to level, slope, taps of the short line, and for the short line and
// for the steps of its length: whole taps on either side, weight of one more.
fn motion_offset(u: u32, along: i32, across: i32) -> vec2i {
    return select(vec2i(across, along), vec2i(along, across), constants[u + 1u] == 1.0);
}

fn motion_short(u: u32, at: vec2i) -> vec4f {
    let whole = i32(constants[u + 4u]);
    let part = constants[u + 5u];
    var sum = vec4f(0.0);
    for (var k = -whole - 1; k <= whole + 1; k++) {
        let across = f32(k) * constants[u + 2u];
        let low = floor(across);
        let here = mix(
            load(0u, at + motion_offset(u, k, i32(low))),
            load(0u, at + motion_offset(u, k, i32(low) + 1)),
            across - low,
        );
        sum += select(1.0, part, abs(k) > whole) * here;
    }
    return sum / (2.0 * (f32(whole) + part) + 1.0);
}

fn motion_long(u: u32, at: vec2i) -> vec4f {
    let step = i32(constants[u + 3u]);
    let whole = i32(constants[u + 6u]);
    let part = constants[u + 7u];
    var sum = vec4f(0.0);
    for (var k = -whole - 1; k <= whole + 1; k++) {
        let across = i32(floor(f32(k * step) * constants[u + 2u] + 0.5));
        sum += select(1.0, part, abs(k) > whole) * load(0u, at + motion_offset(u, k * step, across));
    }
    return sum / (2.0 * (f32(whole) + part) + 1.0);
}
