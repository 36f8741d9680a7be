//! PNG's row filters (PNG 3, clause 9): each row is stored as its difference from a prediction, and of the four
//! predictions the one with the smallest sum of absolute differences is taken, as the standard advises.

/// Every row of `samples` with its filter byte in front. The first row refers only to itself, so that strips of a
/// picture can be filtered independently. `step` is the number of bytes a pixel.
pub(super) fn filter(samples: &[u8], row_bytes: usize, step: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(samples.len() + samples.len() / row_bytes);
    let mut tries: [Vec<u8>; 4] = std::array::from_fn(|_| vec![0; row_bytes]);
    let mut above: Option<&[u8]> = None;
    for row in samples.chunks_exact(row_bytes) {
        let [left, up, average, paeth] = &mut tries;
        filter_left(row, step, left);
        let best = match above {
            None => 0,
            Some(above) => {
                filter_up(row, above, up);
                filter_average(row, above, step, average);
                filter_paeth(row, above, step, paeth);
                let costs = tries.each_ref().map(|candidate| cost(candidate));
                (0..4).min_by_key(|&kind| costs[kind]).unwrap_or(0)
            }
        };
        out.push(best as u8 + 1);
        out.extend_from_slice(&tries[best]);
        above = Some(row);
    }
    out
}

fn filter_left(row: &[u8], step: usize, out: &mut [u8]) {
    out[..step].copy_from_slice(&row[..step]);
    for ((out, x), a) in out[step..].iter_mut().zip(&row[step..]).zip(row) {
        *out = x.wrapping_sub(*a);
    }
}

fn filter_up(row: &[u8], above: &[u8], out: &mut [u8]) {
    for ((out, x), b) in out.iter_mut().zip(row).zip(above) {
        *out = x.wrapping_sub(*b);
    }
}

fn filter_average(row: &[u8], above: &[u8], step: usize, out: &mut [u8]) {
    for i in 0..step {
        out[i] = row[i].wrapping_sub(above[i] / 2);
    }
    let inputs = row[step..].iter().zip(row).zip(&above[step..]);
    for (out, ((x, a), b)) in out[step..].iter_mut().zip(inputs) {
        *out = x.wrapping_sub(((u16::from(*a) + u16::from(*b)) / 2) as u8);
    }
}

fn filter_paeth(row: &[u8], above: &[u8], step: usize, out: &mut [u8]) {
    for i in 0..step {
        out[i] = row[i].wrapping_sub(above[i]);
    }
    let inputs = row[step..].iter().zip(row).zip(&above[step..]).zip(above);
    for (out, (((x, a), b), c)) in out[step..].iter_mut().zip(inputs) {
        let (left, up, corner) = (i16::from(*a), i16::from(*b), i16::from(*c));
        let from_left = (up - corner).abs();
        let from_up = (left - corner).abs();
        let from_corner = (left + up - 2 * corner).abs();
        let nearer = if from_up <= from_corner { up } else { corner };
        let predicted = if from_left <= from_up && from_left <= from_corner {
            left
        } else {
            nearer
        };
        *out = x.wrapping_sub(predicted as u8);
    }
}

/// Sum of absolute values, bytes taken as signed.
fn cost(row: &[u8]) -> u64 {
    row.chunks(4096)
        .map(|part| {
            let sum: u32 = part
                .iter()
                .map(|&byte| u32::from((byte as i8).unsigned_abs()))
                .sum();
            u64::from(sum)
        })
        .sum()
}
