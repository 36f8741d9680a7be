// Colour grading: tints by tone. Constants: (a, b, stops) of shadows, mid-tones and highlights; Oklab L where the shadows begin to end.
fn colour_grading(c: vec3f, u: u32, at: vec2f) -> vec3f {
    let q = cone_roots(c);
    let light = max(oklab_light(q), 0.0);
    let begin = constants[u + 9u];
    let dark = 1.0 - eased((light - begin) * (1.0 / 0.4));
    let bright = eased((light - begin - 0.35) * (1.0 / 0.4));
    let tint = vec3f(constants[u], constants[u + 1u], constants[u + 2u]) * dark
        + vec3f(constants[u + 3u], constants[u + 4u], constants[u + 5u]) * (1.0 - dark - bright)
        + vec3f(constants[u + 6u], constants[u + 7u], constants[u + 8u]) * bright;
    let own = oklab_ab(q);
    let against = 0.4 * length(own) - dot(tint.xy, own) / max(length(tint.xy), 1e-6);
    let depth = light / (light + 0.1) * (1.0 - 0.85 * eased((against - 0.01) * 20.0));
    return recoloured(c, q, roots_moved(q, tint.xy * depth)) * exp2(tint.z);
}
