// Bloom. Constants: amount, threshold, grid of the narrow Gaussian, how much coarser the wide one's is, both Gaussians.
fn bright(u: u32, at: vec2i) -> vec4f {
    let factor = i32(constants[u + 2u]);
    var sum = vec3f(0.0);
    for (var j = 0; j < factor; j++) {
        for (var i = 0; i < factor; i++) {
            let c = load(0u, at * factor + vec2i(i, j)).rgb;
            let light = luminance(c);
            sum += c * (max(light - constants[u + 1u], 0.0) / max(light, 1e-6));
        }
    }
    return vec4f(sum / f32(factor * factor), 0.0);
}

// Layers: picture, narrow and wide glow.
fn bloom(u: u32, at: vec2i) -> vec4f {
    let c = load(0u, at);
    let fine = i32(constants[u + 2u]);
    let near = enlarged(1u, fine, at).rgb;
    let far = enlarged(2u, fine * i32(constants[u + 3u]), at).rgb;
    let room = constants[u] * (1.0 - 0.6 * clamp(luminance(c.rgb), 0.0, 1.0));
    return vec4f(c.rgb + room * (0.6 * near + 0.4 * far), c.a);
}
