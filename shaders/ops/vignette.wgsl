// Vignette: light by the distance from the middle. Constants: stops in the corners, middle (x, y), scales (x, y), exponent, its inverse, where it begins, 1/width of the change.
fn vignette(c: vec3f, u: u32, at: vec2f) -> vec3f {
    let x = power(abs(at.x + 0.5 - constants[u + 1u]) * constants[u + 3u], constants[u + 5u]);
    let y = power(abs(at.y + 0.5 - constants[u + 2u]) * constants[u + 4u], constants[u + 5u]);
    let distance = power(x + y, constants[u + 6u]);
    return c * exp2(constants[u] * eased((distance - constants[u + 7u]) * constants[u + 8u]));
}
