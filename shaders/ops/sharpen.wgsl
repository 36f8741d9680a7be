// Sharpen. Constants: amount, coring threshold, Gaussian.
fn lightness(u: u32, at: vec2i) -> vec4f {
    return vec4f(cube_root(max(luminance(load(0u, at).rgb), 0.0)), 0.0, 0.0, 0.0);
}

// Layers: picture, lightness, blurred lightness.
fn sharpen(u: u32, at: vec2i) -> vec4f {
    let c = load(0u, at);
    let here = load(1u, at).x;
    var least = here;
    var most = here;
    for (var j = -1; j <= 1; j++) {
        for (var i = -1; i <= 1; i++) {
            let v = load(1u, at + vec2i(i, j)).x;
            least = min(least, v);
            most = max(most, v);
        }
    }
    let core = constants[u + 1u];
    var d = here - enlarged(2u, i32(constants[u + 2u]), at).x;
    d = d * (d * d) / (d * d + core * core);
    let room = 0.12 * (most - least);
    let sharp = clamp(here + constants[u] * d, least - room, most + room);
    let ratio = (max(sharp, 0.0) + 0.04) / (here + 0.04);
    return vec4f(c.rgb * (ratio * ratio * ratio), c.a);
}
