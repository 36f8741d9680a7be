// Black and white: towards a weighted sum of the channels. Constants: amount, weights of red, green and blue.
fn monochrome(c: vec3f, u: u32, at: vec2f) -> vec3f {
    let grey = dot(vec3f(constants[u + 1u], constants[u + 2u], constants[u + 3u]), c);
    return grey * constants[u] + c * (1.0 - constants[u]);
}
