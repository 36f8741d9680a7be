// Hue, saturation and luminance of eight colour bands. Constants: red's hue and three values, then for each of eight steps its begin, 1/length and three differences.
fn hsl(c: vec3f, u: u32, at: vec2f) -> vec3f {
    let q = cone_roots(c);
    let ab = oklab_ab(q);
    var from_red = angle_of(ab.y, ab.x) - constants[u];
    from_red = select(from_red, from_red + 6.28318531, from_red < 0.0);
    var moved = vec3f(constants[u + 1u], constants[u + 2u], constants[u + 3u]);
    for (var i = 0u; i < 8u; i++) {
        let step = u + 4u + 5u * i;
        let passed = eased((from_red - constants[step]) * constants[step + 1u]);
        moved += passed * vec3f(constants[step + 2u], constants[step + 3u], constants[step + 4u]);
    }
    let h2 = moved.x * moved.x;
    let sine = moved.x * (1.0 - h2 * (1.0 / 6.0) * (1.0 - h2 * (1.0 / 20.0) * (1.0 - h2 * (1.0 / 42.0))));
    let less_cosine = -0.5 * h2 * (1.0 - h2 * (1.0 / 12.0) * (1.0 - h2 * (1.0 / 30.0)));
    let scale = 1.0 + max(moved.y, -1.0);
    let turned = ab * less_cosine + vec2f(-ab.y, ab.x) * sine;
    let by = turned * scale + ab * (scale - 1.0);
    let chroma2 = dot(ab, ab);
    return recoloured(c, q, roots_moved(q, by)) * exp2(moved.z * chroma2 / (chroma2 + 0.0025));
}
