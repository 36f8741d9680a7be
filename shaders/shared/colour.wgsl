// Colour values of linear Rec.2020, as in retake_pixels::color: luminance, sRGB's curve, CIELAB, Oklab, and the ways
// back. Logarithms see no number below 1e-30, so that nothing here makes a NaN of a number.

fn luminance(c: vec3f) -> f32 {
    return dot(vec3f(0.2627002, 0.67799807, 0.059301715), c);
}

// x to the power p for x > 0, else 0
fn power(x: f32, p: f32) -> f32 {
    return select(0.0, exp2(p * log2(max(x, 1e-30))), x > 0.0);
}

// cube root of any sign
fn cube_root(x: f32) -> f32 {
    let magnitude = max(abs(x), 1e-30);
    let root = exp2(log2(magnitude) * (1.0 / 3.0));
    let better = root - (root * root * root - magnitude) / (3.0 * root * root);
    return select(select(better, -better, x < 0.0), 0.0, abs(x) < 1e-30);
}

fn cube_roots(v: vec3f) -> vec3f {
    return vec3f(cube_root(v.x), cube_root(v.y), cube_root(v.z));
}

fn srgb_encode(linear: f32) -> f32 {
    let x = abs(linear);
    let curve = 1.055 * exp2(log2(max(x, 1e-10)) * (1.0 / 2.4)) - 0.055;
    let y = select(curve, 12.92 * x, x <= 0.0031308);
    return select(y, -y, linear < 0.0);
}

fn srgb_decode(coded: f32) -> f32 {
    let x = abs(coded);
    let curve = exp2(log2((x + 0.055) * (1.0 / 1.055)) * 2.4);
    let y = select(curve, x * (1.0 / 12.92), x <= 0.04045);
    return select(y, -y, coded < 0.0);
}

fn srgb_encode3(c: vec3f) -> vec3f {
    return vec3f(srgb_encode(c.x), srgb_encode(c.y), srgb_encode(c.z));
}

fn srgb_decode3(c: vec3f) -> vec3f {
    return vec3f(srgb_decode(c.x), srgb_decode(c.y), srgb_decode(c.z));
}

fn linear_srgb(c: vec3f) -> vec3f {
    return vec3f(
        dot(vec3f(1.660491, -0.5876411, -0.07284986), c),
        dot(vec3f(-0.12455048, 1.1328999, -0.008349422), c),
        dot(vec3f(-0.018150764, -0.1005789, 1.1187297), c),
    );
}

fn rgb_from_linear_srgb(c: vec3f) -> vec3f {
    return vec3f(
        dot(vec3f(0.6274039, 0.32928303, 0.043313067), c),
        dot(vec3f(0.06909729, 0.9195404, 0.011362315), c),
        dot(vec3f(0.01639144, 0.088013306, 0.89559525), c),
    );
}

fn lab_curve(t: f32) -> f32 {
    return select(t * (841.0 / 108.0) + 4.0 / 29.0, cube_root(t), t > 216.0 / 24389.0);
}

fn lab_curve_inverse(f: f32) -> f32 {
    return select((f - 4.0 / 29.0) * (108.0 / 841.0), f * f * f, f > 6.0 / 29.0);
}

// L* of a relative luminance
fn lstar(y: f32) -> f32 {
    return 116.0 * lab_curve(y) - 16.0;
}

fn lab(c: vec3f) -> vec3f {
    let fx = lab_curve(dot(vec3f(0.63695806, 0.1446169, 0.16888097), c) / 0.9504559);
    let fy = lab_curve(luminance(c));
    let fz = lab_curve(dot(vec3f(0.0, 0.028072692, 1.0609851), c) / 1.0890578);
    return vec3f(116.0 * fy - 16.0, 500.0 * (fx - fy), 200.0 * (fy - fz));
}

fn rgb_from_lab(v: vec3f) -> vec3f {
    let fy = (v.x + 16.0) / 116.0;
    let xyz = vec3f(
        lab_curve_inverse(fy + v.y / 500.0) * 0.9504559,
        lab_curve_inverse(fy),
        lab_curve_inverse(fy - v.z / 200.0) * 1.0890578,
    );
    return vec3f(
        dot(vec3f(1.7166512, -0.35567078, -0.2533663), xyz),
        dot(vec3f(-0.6666843, 1.6164812, 0.015768547), xyz),
        dot(vec3f(0.017639857, -0.042770613, 0.94210315), xyz),
    );
}

fn oklab(c: vec3f) -> vec3f {
    let lms = cube_roots(vec3f(
        dot(vec3f(0.6167558, 0.3601984, 0.023045814), c),
        dot(vec3f(0.26513305, 0.63583934, 0.099027574), c),
        dot(vec3f(0.10010263, 0.20390652, 0.69599086), c),
    ));
    return vec3f(
        dot(vec3f(0.21045426, 0.7936178, -0.004072047), lms),
        dot(vec3f(1.9779985, -2.4285922, 0.4505937), lms),
        dot(vec3f(0.025904037, 0.78277177, -0.80867577), lms),
    );
}

fn rgb_from_oklab(v: vec3f) -> vec3f {
    let lms = vec3f(
        v.x + 0.39633778 * v.y + 0.21580376 * v.z,
        v.x - 0.105561346 * v.y - 0.06385417 * v.z,
        v.x - 0.08948418 * v.y - 1.2914855 * v.z,
    );
    let cubes = lms * lms * lms;
    return vec3f(
        dot(vec3f(2.1399066, -1.2463895, 0.106482774), cubes),
        dot(vec3f(-0.8847359, 2.163231, -0.27849513), cubes),
        dot(vec3f(-0.04857376, -0.45450315, 1.5030769), cubes),
    );
}
