// Denoise. Constants: levels, 2, what noise gives a lightness band at each of 4 levels, the same for colour,
// and the share of grain that is kept, 4 times.
const TOE: f32 = 0.002;

fn coded_light(c: vec3f) -> vec3f {
    let u = sqrt(abs(c) + TOE) - sqrt(TOE);
    return select(u, -u, c < vec3f(0.0));
}

fn decoded_light(u: vec3f) -> vec3f {
    let root = abs(u) + sqrt(TOE);
    let c = root * root - TOE;
    return select(c, -c, u < vec3f(0.0));
}

fn split_light(u: u32, at: vec2i) -> vec4f {
    let c = coded_light(load(0u, at).rgb);
    return vec4f(0.25 * (c.r + c.b) + 0.5 * c.g, 0.5 * (c.r - c.b), 0.5 * c.g - 0.25 * (c.r + c.b), 0.0);
}

fn join_light(u: u32, at: vec2i) -> vec4f {
    let v = load(0u, at).xyz;
    return vec4f(decoded_light(vec3f(v.x - v.z + v.y, v.x + v.z, v.x - v.z - v.y)), 1.0);
}

// Layers: a level, the next coarser one.
fn band_of(u: u32, at: vec2i) -> vec4f {
    return load(0u, at) - enlarged(1u, 2, at);
}

// Layers: band, what the coarser level became.
fn shrink(u: u32, at: vec2i) -> vec4f {
    var energy = vec2f(0.0);
    for (var j = -2; j <= 2; j++) {
        for (var i = -2; i <= 2; i++) {
            let d = load(0u, at + vec2i(i, j));
            energy += vec2f(d.x * d.x, d.y * d.y + d.z * d.z);
        }
    }
    energy *= 0.04;
    let noise = vec2f(constants[u], constants[u + 4u]);
    let keep = max(1.0 - noise / max(energy, vec2f(1e-12)), vec2f(constants[u + 8u], 0.0));
    return load(0u, at) * vec4f(keep.x, keep.y, keep.y, 0.0) + enlarged(1u, 2, at);
}
