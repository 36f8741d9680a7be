// Painterly: anisotropic Kuwahara. Constants: amount, grid factor, radius in cells, sharpness, Gaussian for directions.
const ZETA: f32 = 0.33333334;
const ETA: f32 = 0.8388806;

fn light_roots(c: vec3f) -> vec3f {
    return sqrt(max(c, vec3f(0.0)));
}

fn paint_roots(u: u32, at: vec2i) -> vec4f {
    let factor = i32(constants[u + 1u]);
    var sum = vec3f(0.0);
    for (var j = 0; j < factor; j++) {
        for (var i = 0; i < factor; i++) {
            sum += light_roots(load(0u, at * factor + vec2i(i, j)).rgb);
        }
    }
    return vec4f(sum / f32(factor * factor), 0.0);
}

fn paint_tensor(u: u32, at: vec2i) -> vec4f {
    let nw = load(0u, at + vec2i(-1, -1)).rgb;
    let n = load(0u, at + vec2i(0, -1)).rgb;
    let ne = load(0u, at + vec2i(1, -1)).rgb;
    let w = load(0u, at + vec2i(-1, 0)).rgb;
    let e = load(0u, at + vec2i(1, 0)).rgb;
    let sw = load(0u, at + vec2i(-1, 1)).rgb;
    let s = load(0u, at + vec2i(0, 1)).rgb;
    let se = load(0u, at + vec2i(1, 1)).rgb;
    let across = 0.125 * (ne - nw + 2.0 * (e - w) + se - sw);
    let down = 0.125 * (sw - nw + 2.0 * (s - n) + se - ne);
    return vec4f(dot(across, across), dot(across, down), dot(down, down), 0.0);
}

// Layers: roots, smoothed tensor.
fn paint(u: u32, at: vec2i) -> vec4f {
    let radius = constants[u + 2u];
    let tensor = load(1u, at);
    let half = 0.5 * (tensor.x - tensor.z);
    let root = sqrt(half * half + tensor.y * tensor.y);
    let middle = 0.5 * (tensor.x + tensor.z);
    let steps = 8.0;
    let anisotropy = min(root / (middle + 1e-6), 1.0);
    let stretch = 1.0 + floor(anisotropy * steps + 0.5) / steps;
    var form = vec2f(root - half, -tensor.y);
    if half > 0.0 {
        form = vec2f(-tensor.y, half + root);
    }
    // atan2 knows no direction of nothing
    var turn = 0.0;
    if abs(form.x) + abs(form.y) > 0.0 {
        turn = atan2(form.y, form.x);
    }
    let part = 0.09817477042468103;
    let angle = floor(turn / part + 0.5) * part;
    let direction = vec2f(cos(angle), sin(angle));
    let a = radius * stretch;
    let b = radius / stretch;
    let along = direction / a;
    let across = vec2f(-direction.y, direction.x) / b;
    let squared = direction * direction;
    let reach = min(vec2i(i32(ceil(a))), vec2i(sqrt(vec2f(a * a * squared.x + b * b * squared.y, a * a * squared.y + b * b * squared.x))) + 1);
    var weights: array<f32, 8>;
    var sums: array<vec4f, 8>;
    var squares: array<f32, 8>;
    for (var dy = -reach.y; dy <= reach.y; dy++) {
        for (var dx = -reach.x; dx <= reach.x; dx++) {
            let offset = vec2f(f32(dx), f32(dy));
            let p = dot(offset, along);
            let q = dot(offset, across);
            let distance = p * p + q * q;
            if distance > 1.0 {
                continue;
            }
            let c = load(0u, at + vec2i(dx, dy)).rgb;
            let v = 0.25 * (c.r + 2.0 * c.g + c.b);
            let fade = 1.0 - distance * distance;
            for (var k = 0; k < 8; k++) {
                let angle = 0.7853981633974483 * f32(k);
                let s = cos(angle) * p + sin(angle) * q;
                let t = cos(angle) * q - sin(angle) * p;
                let inside = max(s + ZETA - ETA * t * t, 0.0);
                let weight = fade * inside * inside;
                weights[k] += weight;
                sums[k] += weight * vec4f(c, v);
                squares[k] += weight * v * v;
            }
        }
    }
    var variances: array<f32, 8>;
    var calm = 0.0;
    for (var k = 0; k < 8; k++) {
        let mean = sums[k].w / weights[k];
        variances[k] = max(squares[k] / weights[k] - mean * mean, 0.0);
        calm += 0.0625 * variances[k];
    }
    calm = clamp(calm, 0.00002, 0.001);
    var total = 0.0;
    var colour = vec3f(0.0);
    for (var k = 0; k < 8; k++) {
        let chosen = 1e-9 + 1.0 / (1.0 + exp2(min(constants[u + 3u] * log2(max(variances[k] / calm, 1e-6)), 126.0)));
        total += chosen;
        colour += chosen * sums[k].rgb / weights[k];
    }
    return vec4f(colour / total, 0.0);
}

// Layers: picture, painted roots.
fn painterly(u: u32, at: vec2i) -> vec4f {
    let c = load(0u, at);
    let factor = i32(constants[u + 1u]);
    let own = light_roots(c.rgb);
    let cell = cell_of(at, factor);
    let d = (vec2f(at - cell * factor) + 0.5) / f32(factor) - 0.5;
    let wx = spline_weights(d.x);
    let wy = spline_weights(d.y);
    // on the full grid there are no finer edges to follow: only the strokes' stairs are smoothed
    let follow = select(0.0, 1.0 / 0.0012, factor > 1);
    var total = 0.0;
    var sum = vec3f(0.0);
    for (var j = 0; j < 3; j++) {
        for (var i = 0; i < 3; i++) {
            let painted = load(1u, cell + vec2i(i - 1, j - 1)).rgb;
            let apart = dot(painted - own, painted - own) * follow + 1.0;
            let weight = wx[i] * wy[j] / (apart * apart);
            total += weight;
            sum += weight * painted;
        }
    }
    let root = sum / total;
    return vec4f(mix(c.rgb, root * root, constants[u]), c.a);
}
