// White balance: a chromatic adaptation. Constants: its matrix on linear Rec.2020, row by row.
fn white_balance(c: vec3f, u: u32, at: vec2f) -> vec3f {
    return vec3f(
        dot(vec3f(constants[u], constants[u + 1u], constants[u + 2u]), c),
        dot(vec3f(constants[u + 3u], constants[u + 4u], constants[u + 5u]), c),
        dot(vec3f(constants[u + 6u], constants[u + 7u], constants[u + 8u]), c),
    );
}
