// Duotone: towards a grey tinted by one ink in the shadows and another in the highlights. Constants: strength, (a, b) of either ink, where the change begins (L*/100).
fn duotone(c: vec3f, u: u32, at: vec2f) -> vec3f {
    let y = luminance(c);
    let high = eased((lightness(y) - constants[u + 5u]) * (1.0 / 0.6));
    let low_ink = vec2f(constants[u + 1u], constants[u + 2u]);
    let high_ink = vec2f(constants[u + 3u], constants[u + 4u]);
    return tinted_grey(y, low_ink + (high_ink - low_ink) * high) * constants[u] + c * (1.0 - constants[u]);
}
