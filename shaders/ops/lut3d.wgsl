// Look-up table over coded sRGB. Constants: dimensions (0, 1 or 3), size, strength, least values of the domain, cells per unit, then the table, red fastest.
fn lut3d_value(base: u32) -> vec3f {
    return vec3f(constants[base], constants[base + 1u], constants[base + 2u]);
}

fn lut3d(c: vec3f, u: u32, at: vec2f) -> vec3f {
    let dimensions = constants[u];
    if dimensions < 1.0 {
        return c;
    }
    let size = u32(constants[u + 1u]);
    let cells = constants[u + 1u] - 1.0;
    let table = u + 9u;
    let coded = srgb_encode3(linear_srgb(c));
    let least = vec3f(constants[u + 3u], constants[u + 4u], constants[u + 5u]);
    let scale = vec3f(constants[u + 6u], constants[u + 7u], constants[u + 8u]);
    let place = clamp((coded - least) * scale, vec3f(-0.5 * cells), vec3f(1.5 * cells));
    let cell = vec3u(clamp(place, vec3f(0.0), vec3f(cells - 1.0)));
    let f = place - vec3f(cell);
    var found: vec3f;
    if dimensions < 2.0 {
        let i = table + 3u * cell;
        found.x = constants[i.x] + f.x * (constants[i.x + 3u] - constants[i.x]);
        found.y = constants[i.y + 1u] + f.y * (constants[i.y + 4u] - constants[i.y + 1u]);
        found.z = constants[i.z + 2u] + f.z * (constants[i.z + 5u] - constants[i.z + 2u]);
    } else {
        // straight from corner to corner of the cell, along the axis gone furthest first
        let steps = vec3u(3u, 3u * size, 3u * size * size);
        let base = table + dot(cell, steps);
        var first = 0u;
        if f.y > f[first] { first = 1u; }
        if f.z > f[first] { first = 2u; }
        var last = 2u;
        if f.y < f[last] { last = 1u; }
        if f.x < f[last] { last = 0u; }
        let middle = 3u - first - last;
        let v0 = lut3d_value(base);
        let v1 = lut3d_value(base + steps[first]);
        let v2 = lut3d_value(base + steps[first] + steps[middle]);
        let v3 = lut3d_value(base + steps.x + steps.y + steps.z);
        found = v0 + f[first] * (v1 - v0) + f[middle] * (v2 - v1) + f[last] * (v3 - v2);
    }
    let decoded = rgb_from_linear_srgb(srgb_decode3(found));
    return decoded * constants[u + 2u] + c * (1.0 - constants[u + 2u]);
}
