// What point-wise operations share: lightness and relighting, and colour changes among Oklab's cone responses.
// The twin of the darkroom's ops/pixel.rs; needs colour.wgsl.

fn eased(t: f32) -> f32 {
    let s = clamp(t, 0.0, 1.0);
    return s * s * (3.0 - 2.0 * s);
}

// L*/100 of a luminance; luminances below 1e-7 count as that
fn lightness(luminance: f32) -> f32 {
    let y = max(luminance, 1e-7);
    return select(y * (24389.0 / 2700.0), 1.16 * cube_root(y) - 0.16, y > 216.0 / 24389.0);
}

fn luminance_of(light: f32) -> f32 {
    let f = (light + 0.16) * (1.0 / 1.16);
    return select(light * (2700.0 / 24389.0), f * f * f, light > 0.08);
}

// light multiplied so that lightness `before` becomes `after`
fn relit(c: vec3f, before: f32, after: f32) -> vec3f {
    return c * (luminance_of(max(after, 0.0)) / luminance_of(before));
}

// the same where black becomes the luminance `lowest`
fn relit_above(c: vec3f, before: f32, luminance_after: f32, lowest: f32) -> vec3f {
    return c * ((luminance_after - lowest) / luminance_of(before)) + lowest;
}

fn cone_roots(c: vec3f) -> vec3f {
    return cube_roots(vec3f(
        dot(vec3f(0.6167558, 0.3601984, 0.023045814), c),
        dot(vec3f(0.26513305, 0.63583934, 0.099027574), c),
        dot(vec3f(0.10010263, 0.20390652, 0.69599086), c),
    ));
}

fn oklab_light(q: vec3f) -> f32 {
    return dot(vec3f(0.21045426, 0.7936178, -0.004072047), q);
}

fn oklab_ab(q: vec3f) -> vec2f {
    return vec2f(
        dot(vec3f(1.9779985, -2.4285922, 0.4505937), q),
        dot(vec3f(0.025904037, 0.78277177, -0.80867577), q),
    );
}

fn roots_moved(q: vec3f, by: vec2f) -> vec3f {
    return vec3f(
        q.x + (0.39633778 * by.x + 0.21580376 * by.y),
        q.y - (0.105561346 * by.x + 0.06385417 * by.y),
        q.z - (0.08948418 * by.x + 1.2914855 * by.y),
    );
}

fn with_luminance(c: vec3f, y: f32) -> vec3f {
    return c * clamp((max(y, 0.0) + 1e-4) / (max(luminance(c), 0.0) + 1e-4), 0.5, 2.0);
}

// the colour whose cone roots were `before` and are to be `after`, with the luminance it had
fn recoloured(c: vec3f, before: vec3f, after: vec3f) -> vec3f {
    let cubes = (after - before) * (after * after + after * before + before * before);
    let d = vec3f(
        dot(vec3f(2.1399066, -1.2463895, 0.106482774), cubes),
        dot(vec3f(-0.8847359, 2.163231, -0.27849513), cubes),
        dot(vec3f(-0.04857376, -0.45450315, 1.5030769), cubes),
    );
    return with_luminance(c + d, luminance(c));
}

// a grey tinted by (a, b) of Oklab: fully in the middle tones, not at all in black, a third in white
fn tinted_grey(y: f32, ab: vec2f) -> vec3f {
    let light = cube_root(y);
    let from_middle = (light - 0.55) * (1.0 / 0.55);
    let depth = max(1.0 - from_middle * from_middle, 0.0);
    return recoloured(vec3f(y), vec3f(light), roots_moved(vec3f(light), ab * depth));
}

// angle of (x, y), radians, -pi to pi; 0 for (0, 0)
fn angle_of(y: f32, x: f32) -> f32 {
    let t = min(abs(x), abs(y)) / max(max(abs(x), abs(y)), 1e-30);
    let t2 = t * t;
    let high = 0.09906097 + t2 * (-0.0593671 + t2 * (0.02416619 - t2 * 0.004668773));
    var arc = t * (1.0 + t2 * (-0.3333196 + t2 * (0.19969235 + t2 * (-0.14016585 + t2 * high))));
    arc = select(arc, 1.57079633 - arc, abs(y) > abs(x));
    arc = select(arc, 3.14159265 - arc, x < 0.0);
    return select(arc, -arc, y < 0.0);
}
