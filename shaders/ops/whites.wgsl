// Whites: a cubic over the upper part of L*. Constants: how far white moves.
fn whites(c: vec3f, u: u32, at: vec2f) -> vec3f {
    let t = lightness(luminance(c));
    let v = clamp((t - 0.3) * (1.0 / 0.7), 0.0, 1.0);
    let over = max(t - 1.0, 0.0);
    return relit(c, t, t + constants[u] * (v * v * v + over * (3.0 / 0.7)));
}
