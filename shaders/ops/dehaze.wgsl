// Dehaze. Constants: amount, airlight (3), grid of the dark channel, its window's radius, epsilon, 4, Gaussian.
fn haze_guide(c: vec3f) -> f32 {
    return cube_root(clamp(luminance(c), 0.0, 2.0));
}

fn own_dark(u: u32, c: vec3f) -> f32 {
    let q = c / vec3f(constants[u + 1u], constants[u + 2u], constants[u + 3u]);
    return clamp(min(min(q.x, q.y), q.z), 0.0, 1.0);
}

fn dark_and_guide(u: u32, at: vec2i) -> vec4f {
    let factor = i32(constants[u + 4u]);
    var sum = vec3f(0.0);
    for (var j = 0; j < factor; j++) {
        for (var i = 0; i < factor; i++) {
            let c = load(0u, at * factor + vec2i(i, j)).rgb;
            let v = haze_guide(c);
            sum += vec3f(own_dark(u, c), v, v * v);
        }
    }
    return vec4f(sum / f32(factor * factor), 0.0);
}

fn with_product(u: u32, at: vec2i) -> vec4f {
    let m = load(0u, at);
    return vec4f(m.xyz, m.x * m.y);
}

fn haze_line(u: u32, at: vec2i) -> vec4f {
    let m = load(0u, at);
    let a = (m.w - m.x * m.y) / (max(m.z - m.y * m.y, 0.0) + constants[u]);
    return vec4f(a, m.x - a * m.y, 0.0, 0.0);
}

// Layers: picture, line.
fn dehaze(u: u32, at: vec2i) -> vec4f {
    let c = load(0u, at);
    let amount = constants[u];
    let air = vec3f(constants[u + 1u], constants[u + 2u], constants[u + 3u]);
    let line = enlarged(1u, i32(constants[u + 8u]), at);
    let haze = clamp(line.x * haze_guide(c.rgb) + line.y, 0.0, 1.0);
    let taken = max(max(1.0 - 0.92 * amount * haze, 0.22), 1.0 - own_dark(u, c.rgb));
    let added = 1.0 + amount * (0.15 + 0.6 * haze);
    let scale = select(added, 1.0 / taken, amount > 0.0);
    return vec4f(c.rgb * scale + air * (1.0 - scale), c.a);
}
