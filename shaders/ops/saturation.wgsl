// Saturation: chroma of Oklab times 1 + amount, at constant luminance. Constants: amount.
fn saturation(c: vec3f, u: u32, at: vec2f) -> vec3f {
    let q = cone_roots(c);
    return recoloured(c, q, q + constants[u] * (q - oklab_light(q)));
}
