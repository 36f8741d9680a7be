// Lens blur. Constants: grid factor, rows above and below the middle, highlights, radius, then half width and weight of
// each row of the aperture.
fn lens_weigh(u: u32, at: vec2i) -> vec4f {
    let factor = i32(constants[u]);
    var sum = vec4f(0.0);
    for (var j = 0; j < factor; j++) {
        for (var i = 0; i < factor; i++) {
            let c = load(0u, at * factor + vec2i(i, j)).rgb;
            let h = clamp((luminance(c) - 0.45) * 1.6, 0.0, 1.5);
            let w = 1.0 + constants[u + 2u] * h * h;
            sum += vec4f(c * w, w);
        }
    }
    return sum / f32(factor * factor);
}

fn lens_gather(u: u32, at: vec2i) -> vec4f {
    let reach = i32(constants[u + 1u]);
    var sum = vec4f(0.0);
    for (var dy = -reach; dy <= reach; dy++) {
        let half = constants[u + 4u + 2u * u32(dy + reach)];
        let weight = constants[u + 5u + 2u * u32(dy + reach)];
        if weight == 0.0 {
            continue;
        }
        let whole = i32(half);
        var row = (half - f32(whole)) * (load(0u, at + vec2i(-whole - 1, dy)) + load(0u, at + vec2i(whole + 1, dy)));
        for (var dx = -whole; dx <= whole; dx++) {
            row += load(0u, at + vec2i(dx, dy));
        }
        sum += weight * row;
    }
    return vec4f(sum.rgb / sum.w, 1.0);
}
