// Tone curve. Constants: tables of 257 values for luminance, red, green and blue; which are there; luminance of black afterwards.
fn tone_curve_along(table: u32, x: f32) -> f32 {
    let place = x * 256.0;
    let i = u32(clamp(place, 0.0, 255.0));
    let low = constants[table + i];
    let high = constants[table + i + 1u];
    return select(low + (high - low) * (place - f32(i)), high + max(high - low, 0.0) * (place - 256.0), x > 1.0);
}

fn tone_curve(c: vec3f, u: u32, at: vec2f) -> vec3f {
    let rest = u + 1028u;
    var out = c;
    if constants[rest] > 0.0 {
        let t = lightness(luminance(c));
        let after = srgb_decode(tone_curve_along(u, srgb_encode(max(luminance(c), 1e-7))));
        out = relit_above(c, t, after, constants[rest + 4u]);
    }
    if constants[rest + 1u] > 0.0 {
        out.x = srgb_decode(tone_curve_along(u + 257u, srgb_encode(out.x)));
    }
    if constants[rest + 2u] > 0.0 {
        out.y = srgb_decode(tone_curve_along(u + 514u, srgb_encode(out.y)));
    }
    if constants[rest + 3u] > 0.0 {
        out.z = srgb_decode(tone_curve_along(u + 771u, srgb_encode(out.z)));
    }
    return out;
}
