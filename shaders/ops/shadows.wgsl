// Shadows: a bump over the dark half of L*. Constants: its size.
fn shadows(c: vec3f, u: u32, at: vec2f) -> vec3f {
    let t = lightness(luminance(c));
    let v = min(t * (1.0 / 0.6), 1.0);
    return relit(c, t, t + constants[u] * v * (1.0 - v) * (1.0 - v));
}
