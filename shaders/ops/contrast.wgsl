// Contrast: an S-curve over L* about a pivot. Constants: k, L*/100 of the pivot.
fn contrast(c: vec3f, u: u32, at: vec2f) -> vec3f {
    let k = constants[u];
    let pivot = constants[u + 1u];
    let t = lightness(luminance(c));
    let beyond = max(t - 1.0, 0.0);
    let distance = (t - beyond) - pivot;
    let v = distance / select(pivot, 1.0 - pivot, distance > 0.0);
    let spread = sqrt((1.0 + k) / (1.0 + k * v * v)) - 1.0;
    return relit(c, t, t + distance * spread + beyond * (1.0 / (1.0 + k) - 1.0));
}
