// Posterise: coded sRGB channels in equal steps. Constants: levels less 1, or 0 for off.
fn posterise(c: vec3f, u: u32, at: vec2f) -> vec3f {
    let levels = constants[u];
    if levels < 1.0 {
        return c;
    }
    let coded = srgb_encode3(linear_srgb(c)) * levels;
    let whole = floor(coded);
    let ramp = clamp((coded - whole - 0.5) * 16.0 + 0.5, vec3f(0.0), vec3f(1.0));
    return rgb_from_linear_srgb(srgb_decode3((whole + ramp * ramp * (3.0 - 2.0 * ramp)) * (1.0 / levels)));
}
