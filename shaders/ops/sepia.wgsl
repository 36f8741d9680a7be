// Sepia: towards a brown-tinted grey of the same luminance. Constants: amount.
fn sepia(c: vec3f, u: u32, at: vec2f) -> vec3f {
    return tinted_grey(luminance(c), vec2f(0.0188111, 0.0516831)) * constants[u] + c * (1.0 - constants[u]);
}
