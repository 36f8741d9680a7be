// Vibrance: chroma of Oklab times more for pale colours, less for skin, at constant luminance. Constants: amount.
fn vibrance(c: vec3f, u: u32, at: vec2f) -> vec3f {
    let q = cone_roots(c);
    let ab = oklab_ab(q);
    let chroma2 = dot(ab, ab);
    let towards_skin = dot(ab, vec2f(0.6427876, 0.7660444)) / (sqrt(chroma2) + 1e-6);
    let spared = 1.0 - 0.65 * eased((towards_skin - 0.82) * (1.0 / 0.18));
    let amount = constants[u] * spared / (1.0 + chroma2 * (1.0 / 0.0144));
    return recoloured(c, q, q + amount * (q - oklab_light(q)));
}
