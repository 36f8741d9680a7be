// Highlights: a bump over the bright half of L*. Constants: its two coefficients, its slope at white, how fast light beyond white comes back.
fn highlights(c: vec3f, u: u32, at: vec2f) -> vec3f {
    let t = lightness(luminance(c));
    let v = clamp((t - 0.4) * (1.0 / 0.6), 0.0, 1.0);
    let over = max(t - 1.0, 0.0);
    let beyond = over * ((1.0 + constants[u + 2u]) / (1.0 + constants[u + 3u] * over) - 1.0);
    return relit(c, t, t + (v * v * (constants[u] - constants[u + 1u] * v) + beyond));
}
