//! The colour of the haze, from the analysis copy of the photo.

use retake_core::Raster;

/// Colour of the haze: the mean of the 0.2 % of pixels whose surroundings are brightest in their darkest channel
/// (He, Sun & Tang 2009, section 4.3, which takes 0.1 % and the brightest of them; the mean is calmer). Linear
/// Rec.2020, each channel at least a quarter of the brightest and never below 0.05.
pub fn airlight(proxy: &Raster) -> [f32; 3] {
    let (width, height) = (proxy.width, proxy.height);
    if proxy.is_empty() {
        return [1.0; 3];
    }
    let radius = width.max(height) / 70;
    let own: Vec<f32> = (0..proxy.len())
        .map(|i| {
            proxy
                .planes
                .iter()
                .map(|plane| plane[i])
                .fold(f32::INFINITY, f32::min)
                .max(0.0)
        })
        .collect();
    let across: Vec<f32> = (0..proxy.len())
        .map(|i| {
            let (x, y) = (i % width, i / width);
            let (from, to) = (x.saturating_sub(radius), (x + radius + 1).min(width));
            own[y * width + from..y * width + to]
                .iter()
                .copied()
                .fold(f32::INFINITY, f32::min)
        })
        .collect();
    let mut dark: Vec<(f32, usize)> = (0..proxy.len())
        .map(|i| {
            let (x, y) = (i % width, i / width);
            let (from, to) = (y.saturating_sub(radius), (y + radius + 1).min(height));
            let least = (from..to)
                .map(|y| across[y * width + x])
                .fold(f32::INFINITY, f32::min);
            (least, i)
        })
        .collect();
    dark.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let count = (proxy.len() / 500).max(1);
    let mean = |plane: &Vec<f32>| {
        let sum: f64 = dark[..count]
            .iter()
            .map(|&(_, i)| f64::from(plane[i]))
            .sum();
        (sum / count as f64) as f32
    };
    let air = [0, 1, 2].map(|c| mean(&proxy.planes[c]));
    let most = air.into_iter().fold(0.05, f32::max).min(1.5);
    air.map(|value| value.clamp(0.25 * most, 1.5).max(0.05))
}
