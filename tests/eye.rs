//! An eye of the tests' own: measures 8-bit sRGB files with formulas written here, in f64, and shares no line of code
//! with the program, its rewards or its editor.

use std::path::Path;

/// CIELAB of every pixel.
pub(crate) struct Seen {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) lab: Vec<[f64; 3]>,
}

fn lab(code: [u8; 3]) -> [f64; 3] {
    let linear = code.map(|v| {
        let v = f64::from(v) / 255.0;
        if v <= 0.04045 {
            v / 12.92
        } else {
            ((v + 0.055) / 1.055).powf(2.4)
        }
    });
    let [r, g, b] = linear;
    let xyz = [
        (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047,
        0.2126729 * r + 0.7151522 * g + 0.0721750 * b,
        (0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883,
    ];
    let f = xyz.map(|t| {
        if t > 0.008856 {
            t.cbrt()
        } else {
            7.787 * t + 16.0 / 116.0
        }
    });
    [
        116.0 * f[1] - 16.0,
        500.0 * (f[0] - f[1]),
        200.0 * (f[1] - f[2]),
    ]
}

impl Seen {
    pub(crate) fn open(path: &Path) -> Self {
        let picture = image::open(path)
            .unwrap_or_else(|e| panic!("{}: {e}", path.display()))
            .to_rgb8();
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        Self {
            width,
            height,
            lab: picture.pixels().map(|p| lab(p.0)).collect(),
        }
    }

    fn at(&self, x: usize, y: usize) -> [f64; 3] {
        self.lab[y * self.width + x]
    }

    fn gradient(&self, x: usize, y: usize) -> f64 {
        if x == 0 || y == 0 || x + 1 >= self.width || y + 1 >= self.height {
            return 0.0;
        }
        let l = |dx: isize, dy: isize| {
            self.at((x as isize + dx) as usize, (y as isize + dy) as usize)[0]
        };
        let gx = l(1, -1) + 2.0 * l(1, 0) + l(1, 1) - l(-1, -1) - 2.0 * l(-1, 0) - l(-1, 1);
        let gy = l(-1, 1) + 2.0 * l(0, 1) + l(1, 1) - l(-1, -1) - 2.0 * l(0, -1) - l(1, -1);
        gx.hypot(gy) / 8.0
    }
}

/// Pixels of an area of the source. Rectangles are shares of the picture; colours and tones are looked up in the source.
pub(crate) fn area(source: &Seen, name: &str) -> Vec<usize> {
    let (w, h) = (source.width, source.height);
    let rectangle = |x0: f64, y0: f64, x1: f64, y1: f64| {
        let inside = move |i: &usize| {
            let (x, y) = ((i % w) as f64 / w as f64, (i / w) as f64 / h as f64);
            (x0..x1).contains(&x) && (y0..y1).contains(&y)
        };
        (0..w * h).filter(inside).collect::<Vec<_>>()
    };
    let hue = |low: f64, high: f64| {
        (0..w * h)
            .filter(|&i| {
                let [_, a, b] = source.lab[i];
                let hue = b.atan2(a).to_degrees().rem_euclid(360.0);
                let inside = if low < high {
                    (low..high).contains(&hue)
                } else {
                    hue >= low || hue < high
                };
                inside && a.hypot(b) > 22.0
            })
            .collect::<Vec<_>>()
    };
    let by_light = |from: f64, to: f64| {
        let mut order: Vec<usize> = (0..w * h).collect();
        order.sort_by(|&a, &b| source.lab[a][0].total_cmp(&source.lab[b][0]));
        order[(from * order.len() as f64) as usize..(to * order.len() as f64) as usize].to_vec()
    };
    match name {
        "" => (0..w * h).collect(),
        "left" => rectangle(0.0, 0.0, 0.28, 1.0),
        "right" => rectangle(0.72, 0.0, 1.0, 1.0),
        "top" => rectangle(0.0, 0.0, 1.0, 0.28),
        "bottom" => rectangle(0.0, 0.72, 1.0, 1.0),
        "centre" => rectangle(0.4, 0.4, 0.6, 0.6),
        "corners" => [(0.0, 0.0), (0.9, 0.0), (0.0, 0.9), (0.9, 0.9)]
            .iter()
            .flat_map(|&(x, y)| rectangle(x, y, x + 0.1, y + 0.1))
            .collect(),
        "dark" => by_light(0.02, 0.25),
        "bright" => by_light(0.75, 0.98),
        "reds" => hue(15.0, 45.0),
        "oranges" => hue(50.0, 75.0),
        "yellows" => hue(85.0, 105.0),
        "greens" => hue(115.0, 160.0),
        "blues" => hue(245.0, 300.0),
        "greys" => (0..w * h)
            .filter(|&i| source.lab[i][1].hypot(source.lab[i][2]) < 5.0 && source.lab[i][0] > 25.0)
            .collect(),
        // what a person sees on the sample photos
        "mountain-sky" => rectangle(0.62, 0.02, 0.95, 0.2),
        "mountain-meadow" => rectangle(0.4, 0.75, 0.95, 0.95),
        "mountain-snow" => rectangle(0.80, 0.585, 0.99, 0.635),
        "face" => rectangle(0.38, 0.14, 0.48, 0.3),
        "suit" => rectangle(0.3, 0.55, 0.5, 0.8),
        "astronaut-wall" => rectangle(0.58, 0.05, 0.68, 0.3),
        other => panic!("no area is called {other}"),
    }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), v| (sum + v, count + 1.0));
    sum / f64::max(count, 1.0)
}

fn spread(values: &[f64]) -> f64 {
    let m = mean(values.iter().copied());
    mean(values.iter().map(|v| (v - m).powi(2))).sqrt()
}

fn percentile(seen: &Seen, area: &[usize], share: f64) -> f64 {
    let mut values: Vec<f64> = area.iter().map(|&i| seen.lab[i][0]).collect();
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * share) as usize]
}

fn chroma(seen: &Seen, area: &[usize]) -> f64 {
    mean(area.iter().map(|&i| seen.lab[i][1].hypot(seen.lab[i][2])))
}

/// Mean gradient over the area's pixels that are edges in the source.
fn edges(source: &Seen, seen: &Seen, area: &[usize]) -> f64 {
    let mut strength: Vec<(f64, usize)> = area
        .iter()
        .map(|&i| (source.gradient(i % source.width, i / source.width), i))
        .collect();
    strength.sort_by(|a, b| b.0.total_cmp(&a.0));
    mean(
        strength
            .iter()
            .take((strength.len() / 10).max(1))
            .map(|&(_, i)| seen.gradient(i % seen.width, i / seen.width)),
    )
}

/// Difference from the mean of the four neighbours, over the smoothest fifth of the area.
fn fine(source: &Seen, seen: &Seen, area: &[usize]) -> f64 {
    let inner: Vec<usize> = area
        .iter()
        .copied()
        .filter(|i| {
            let (x, y) = (i % seen.width, i / seen.width);
            x > 0 && y > 0 && x + 1 < seen.width && y + 1 < seen.height
        })
        .collect();
    let rough = |seen: &Seen, i: usize| {
        let around = (seen.lab[i - 1][0]
            + seen.lab[i + 1][0]
            + seen.lab[i - seen.width][0]
            + seen.lab[i + seen.width][0])
            / 4.0;
        (seen.lab[i][0] - around).abs()
    };
    let mut order = inner;
    order.sort_by(|&a, &b| {
        source
            .gradient(a % source.width, a / source.width)
            .total_cmp(&source.gradient(b % source.width, b / source.width))
    });
    let count = (order.len() / 5).max(1);
    mean(order.iter().take(count).map(|&i| rough(seen, i)))
}

/// Number of tones that are really used.
fn tones(seen: &Seen) -> f64 {
    let mut bins = [0.0f64; 101];
    for lab in &seen.lab {
        bins[lab[0].clamp(0.0, 100.0) as usize] += 1.0 / seen.lab.len() as f64;
    }
    bins.iter()
        .filter(|p| **p > 0.0)
        .map(|p| -p * p.ln())
        .sum::<f64>()
        .exp()
}

fn hue(seen: &Seen, area: &[usize]) -> f64 {
    let (a, b) = (
        mean(area.iter().map(|&i| seen.lab[i][1])),
        mean(area.iter().map(|&i| seen.lab[i][2])),
    );
    b.atan2(a).to_degrees().rem_euclid(360.0)
}

/// A measure by name. `d…` is after less before, `r…` is after over before, others are the value after.
pub(crate) fn measure(name: &str, source: &Seen, edited: &Seen, area: &[usize]) -> f64 {
    let same_size = (source.width, source.height) == (edited.width, edited.height);
    let channel = |seen: &Seen, c: usize| mean(area.iter().map(|&i| seen.lab[i][c]));
    let lights = |seen: &Seen| area.iter().map(|&i| seen.lab[i][0]).collect::<Vec<_>>();
    match name {
        "aspect" => return edited.width as f64 / edited.height as f64,
        "width" => return edited.width as f64 / source.width as f64,
        _ => assert!(same_size, "{name} needs an edit of the source's size"),
    }
    match name {
        "dL" => channel(edited, 0) - channel(source, 0),
        "da" => channel(edited, 1) - channel(source, 1),
        "db" => channel(edited, 2) - channel(source, 2),
        "dC" => chroma(edited, area) - chroma(source, area),
        "rC" => chroma(edited, area) / chroma(source, area).max(0.1),
        "C" => chroma(edited, area),
        "rsd" => spread(&lights(edited)) / spread(&lights(source)).max(0.1),
        "dp1" => percentile(edited, area, 0.01) - percentile(source, area, 0.01),
        "dp99" => percentile(edited, area, 0.99) - percentile(source, area, 0.99),
        "redge" => edges(source, edited, area) / edges(source, source, area).max(0.01),
        "rfine" => fine(source, edited, area) / fine(source, source, area).max(0.01),
        "hue" => hue(edited, area),
        "dhue" => (hue(edited, area) - hue(source, area) + 180.0).rem_euclid(360.0) - 180.0,
        "rtones" => tones(edited) / tones(source),
        "change" => mean(area.iter().map(|&i| {
            let (p, q) = (source.lab[i], edited.lab[i]);
            ((p[0] - q[0]).powi(2) + (p[1] - q[1]).powi(2) + (p[2] - q[2]).powi(2)).sqrt()
        })),
        "stops" => {
            let light = |l: f64| ((l + 16.0) / 116.0).powi(3);
            let mut ratios: Vec<f64> = area
                .iter()
                .filter(|&&i| (20.0..75.0).contains(&source.lab[i][0]) && edited.lab[i][0] < 95.0)
                .map(|&i| (light(edited.lab[i][0]) / light(source.lab[i][0])).log2())
                .collect();
            ratios.sort_by(f64::total_cmp);
            ratios[ratios.len() / 2]
        }
        "mirrored" => likeness(source, edited, |x, y, w, _| (w - 1 - x, y)),
        "upside-down" => likeness(source, edited, |x, y, _, h| (x, h - 1 - y)),
        other => panic!("no measure is called {other}"),
    }
}

/// How near the edit is to the source moved so; 1 is the same.
fn likeness(
    source: &Seen,
    edited: &Seen,
    from: impl Fn(usize, usize, usize, usize) -> (usize, usize),
) -> f64 {
    let (w, h) = (edited.width, edited.height);
    let off = mean((0..w * h).map(|i| {
        let (x, y) = from(i % w, i / w, w, h);
        (edited.lab[i][0] - source.at(x, y)[0]).abs()
    }));
    1.0 - off / 100.0
}
