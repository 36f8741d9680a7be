// Pixelate. Constants: size, frame width, frame height, px.
fn square_mean(u: u32, at: vec2i) -> vec4f {
    let size = i32(constants[u]);
    let start = at * size;
    let end = min(start + size, vec2i(i32(constants[u + 1u]), i32(constants[u + 2u])));
    var sum = vec3f(0.0);
    for (var y = start.y; y < end.y; y++) {
        var row = vec3f(0.0);
        for (var x = start.x; x < end.x; x++) {
            row += load(0u, vec2i(x, y)).rgb;
        }
        sum += row;
    }
    let count = max(end - start, vec2i(1));
    return vec4f(sum / f32(count.x * count.y), 1.0);
}

fn pixelate(u: u32, at: vec2i) -> vec4f {
    return load(0u, cell_of(at, i32(constants[u])));
}
