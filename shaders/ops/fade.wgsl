// Fade: blacks lifted to grey, whites softened. Constants: square of the lift, scale, luminance of black afterwards.
fn fade(c: vec3f, u: u32, at: vec2f) -> vec3f {
    let t = lightness(luminance(c));
    let after = constants[u + 1u] * sqrt(t * t + constants[u]);
    return relit_above(c, t, luminance_of(after), constants[u + 2u]);
}
