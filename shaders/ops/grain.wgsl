// Grain: lattice noise by place, strongest in the mid-tones. Constants: amount, 1/cell in px of the coarse and of the fine lattice, their weights, seed.
fn grain_hash(value: u32) -> u32 {
    let state = value * 747796405u + 2891336453u;
    let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
    return (word >> 22u) ^ word;
}

fn grain_lattice(column: i32, row: u32) -> f32 {
    let h = grain_hash(row + u32(column));
    return f32((h & 0xFFFFu) + (h >> 16u)) * (1.0 / 65535.0) - 1.0;
}

fn grain_noise(place: vec2f, seed: u32) -> f32 {
    let cell = vec2i(place);
    let part = place - vec2f(cell);
    let way = part * part * (3.0 - 2.0 * part);
    let above = grain_hash(u32(cell.y) + seed);
    let below = grain_hash(u32(cell.y) + 1u + seed);
    let upper = mix(grain_lattice(cell.x, above), grain_lattice(cell.x + 1, above), way.x);
    let lower = mix(grain_lattice(cell.x, below), grain_lattice(cell.x + 1, below), way.x);
    let variance = way * way + (1.0 - way) * (1.0 - way);
    return mix(upper, lower, way.y) / sqrt(variance.x * variance.y);
}

fn grain(c: vec3f, u: u32, at: vec2f) -> vec3f {
    let seed = grain_hash(u32(constants[u + 5u]));
    let place = at + 0.5;
    let noise = constants[u + 3u] * grain_noise(place * constants[u + 1u], seed)
        + constants[u + 4u] * grain_noise(place * constants[u + 2u], grain_hash(seed));
    let t = lightness(luminance(c));
    return relit(c, t, t * (1.0 + constants[u] * max(1.0 - t, 0.0) * clamp(noise, -1.0, 1.0)));
}
