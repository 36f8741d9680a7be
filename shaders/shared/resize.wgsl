// One side of a picture at another size, as retake_pixels::resize: area averages on the way down, linear on the way up.
// `has` pixels become `to`, both at most 16384; positions are whole numbers, so that no edge moves by rounding.

// the first pixel that the i-th is made of
fn first_tap(i: i32, has: i32, to: i32) -> i32 {
    if to <= has {
        return i * has / to;
    }
    return min(twice_centre(i, has, to) / (2 * to), max(has - 2, 0));
}

// one past the last
fn end_tap(i: i32, has: i32, to: i32) -> i32 {
    if to <= has {
        return ((i + 1) * has + to - 1) / to;
    }
    return min(first_tap(i, has, to) + 2, has);
}

// how much of the i-th comes from pixel k
fn tap(k: i32, i: i32, has: i32, to: i32) -> f32 {
    if to <= has {
        return f32(min((k + 1) * to, (i + 1) * has) - max(k * to, i * has)) / f32(has);
    }
    let first = first_tap(i, has, to);
    let share = f32(twice_centre(i, has, to) - first * 2 * to) / f32(2 * to);
    return select(share, 1.0 - share, k == first);
}

// the middle of the i-th among the pixels, times twice `to`
fn twice_centre(i: i32, has: i32, to: i32) -> i32 {
    return clamp((2 * i + 1) * has - to, 0, 2 * to * (has - 1));
}
