// What the screen shows of an unclipped linear colour, as retake_pixels::display: into sRGB's gamut towards the grey of
// the same luminance, then sRGB's curve. Needs colour.wgsl.

fn into_gamut(c: vec3f, light: f32) -> vec3f {
    let y = clamp(light, 0.0, 1.0);
    let low = min(c.x, min(c.y, c.z));
    let high = max(c.x, max(c.y, c.z));
    let keep_low = select(1.0, y / max(y - low, 1e-12), low < -1e-4);
    let keep_high = select(1.0, (1.0 - y) / max(high - y, 1e-12), high > 1.0 + 1e-4);
    let keep = clamp(min(keep_low, keep_high), 0.0, 1.0);
    return clamp(vec3f(y) + (c - y) * keep, vec3f(0.0), vec3f(1.0));
}

// code values in [0, 1]
fn shown(c: vec3f) -> vec3f {
    return srgb_encode3(into_gamut(linear_srgb(c), luminance(c)));
}
