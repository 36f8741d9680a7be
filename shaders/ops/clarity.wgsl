// Clarity and texture, last pass: light times 2^(strength · shaped detail). Layers: picture, slope and offset of the
// base. Constants: strength, epsilon, window.
fn detail(u: u32, at: vec2i) -> vec4f {
    let c = load(0u, at);
    let line = enlarged(1u, i32(constants[u + 2u]), at);
    let l = log_luminance_of(c.rgb);
    let base = line.x * l + line.y;
    let difference = l - base;
    let light = exp2(base) - DARK;
    let room = 1.0 - 0.7 * clamp((light - 0.5) * 2.0, 0.0, 1.0);
    let change = constants[u] * room * difference / (1.0 + abs(difference) / 1.2);
    return vec4f(c.rgb * exp2(change), c.a);
}
