// Blacks: a toe over the dark half of L*. Constants: its size.
fn blacks(c: vec3f, u: u32, at: vec2f) -> vec3f {
    let t = lightness(luminance(c));
    let rest = max(1.0 - 2.0 * t, 0.0);
    return relit(c, t, t + constants[u] * (t / (t + 0.12)) * rest * rest);
}
