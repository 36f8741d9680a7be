// Exposure: linear light times 2^stops. Constants: gain.
fn exposure(c: vec3f, u: u32, at: vec2f) -> vec3f {
    return c * constants[u];
}
