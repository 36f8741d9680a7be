// What spatial operations share, after colour.wgsl: blocks, splines, Gaussians and the guided filter; the CPU's definitions are in
// app/darkroom/src/ops/neighbourhood, which also says how passes, load() and constants work.

// added to luminance before its logarithm
const DARK: f32 = 0.02;

fn log_luminance_of(c: vec3f) -> f32 {
    return log2(max(luminance(c), 0.0) + DARK);
}

// Floor of a division by a positive whole number, for coordinates that are never negative.
fn cell_of(at: vec2i, factor: i32) -> vec2i {
    return at / factor;
}

// Mean of the factor² pixels a cell stands for. Constants: factor.
fn reduce(u: u32, at: vec2i) -> vec4f {
    let factor = i32(constants[u]);
    var sum = vec4f(0.0);
    for (var j = 0; j < factor; j++) {
        for (var i = 0; i < factor; i++) {
            sum += load(0u, at * factor + vec2i(i, j));
        }
    }
    return sum / f32(factor * factor);
}

// A Gaussian's constants: factor, radius in cells, weights from the middle outwards.
fn blur_along(u: u32, at: vec2i, step: vec2i) -> vec4f {
    let radius = i32(constants[u + 1u]);
    var sum = constants[u + 2u] * load(0u, at);
    for (var k = 1; k <= radius; k++) {
        sum += constants[u + 2u + u32(k)] * (load(0u, at - k * step) + load(0u, at + k * step));
    }
    return sum;
}

fn blur_across(u: u32, at: vec2i) -> vec4f {
    return blur_along(u, at, vec2i(1, 0));
}

fn blur_down(u: u32, at: vec2i) -> vec4f {
    return blur_along(u, at, vec2i(0, 1));
}

fn spline_weights(d: f32) -> vec3f {
    return vec3f(0.5 * (0.5 - d) * (0.5 - d), 0.75 - d * d, 0.5 * (0.5 + d) * (0.5 + d));
}

// A layer of a grid reduced by `factor` at a pixel of the finer one: quadratic B-spline of 3 × 3 cells.
fn enlarged(layer: u32, factor: i32, at: vec2i) -> vec4f {
    if factor == 1 {
        return load(layer, at);
    }
    let cell = cell_of(at, factor);
    let d = (vec2f(at - cell * factor) + 0.5) / f32(factor) - 0.5;
    let wx = spline_weights(d.x);
    let wy = spline_weights(d.y);
    var sum = vec4f(0.0);
    for (var j = 0; j < 3; j++) {
        var row = vec4f(0.0);
        for (var i = 0; i < 3; i++) {
            row += wx[i] * load(layer, cell + vec2i(i - 1, j - 1));
        }
        sum += wy[j] * row;
    }
    return sum;
}

// Constants: factor.
fn enlarge(u: u32, at: vec2i) -> vec4f {
    return enlarged(0u, i32(constants[u]), at);
}

// Mean of log luminance and of its square over a cell. Constants: factor.
fn log_luminance_moments(u: u32, at: vec2i) -> vec4f {
    let factor = i32(constants[u]);
    var sum = vec2f(0.0);
    for (var j = 0; j < factor; j++) {
        for (var i = 0; i < factor; i++) {
            let l = log_luminance_of(load(0u, at * factor + vec2i(i, j)).rgb);
            sum += vec2f(l, l * l);
        }
    }
    return vec4f(sum / f32(factor * factor), 0.0, 0.0);
}

// Slope and offset of the self-guided filter from mean and mean square. Constants: epsilon.
fn guided_coefficients(u: u32, at: vec2i) -> vec4f {
    let m = load(0u, at);
    let variance = max(m.y - m.x * m.x, 0.0);
    let a = variance / (variance + constants[u]);
    return vec4f(a, (1.0 - a) * m.x, 0.0, 0.0);
}

// The least x of a window, the rest untouched. Constants: radius.
fn lowest_along(u: u32, at: vec2i, step: vec2i) -> vec4f {
    let radius = i32(constants[u]);
    var out = load(0u, at);
    for (var k = 1; k <= radius; k++) {
        out.x = min(out.x, min(load(0u, at - k * step).x, load(0u, at + k * step).x));
    }
    return out;
}

fn lowest_across(u: u32, at: vec2i) -> vec4f {
    return lowest_along(u, at, vec2i(1, 0));
}

fn lowest_down(u: u32, at: vec2i) -> vec4f {
    return lowest_along(u, at, vec2i(0, 1));
}
