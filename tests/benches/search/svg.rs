//! Curves as plain SVG: small charts side by side, one legend below.

use std::fmt::Write as _;

/// One curve: points in the order in which they are joined.
pub(crate) struct Curve {
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, f64)>,
}

/// One chart.
pub(crate) struct Chart {
    pub(crate) title: String,
    pub(crate) across: &'static str,
    pub(crate) up: &'static str,
    pub(crate) curves: Vec<Curve>,
}

/// Told apart by people who see red and green alike (Okabe & Ito 2008), then the same again, dashed.
const COLOURS: [&str; 7] = [
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#000000",
];
const WIDTH: f64 = 340.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 46.0;
const TOP: f64 = 30.0;
const RIGHT: f64 = 12.0;
const BOTTOM: f64 = 40.0;
const ROW: f64 = 16.0;
const A_ROW: usize = 3;

/// The charts, three a row. What they cost goes across by powers of two.
pub(crate) fn charts(charts: &[Chart]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for curve in charts.iter().flat_map(|chart| &chart.curves) {
        if !names.contains(&curve.name.as_str()) {
            names.push(&curve.name);
        }
    }
    let rows = charts.len().div_ceil(A_ROW);
    let width = WIDTH * charts.len().clamp(1, A_ROW) as f64;
    let height = HEIGHT * rows as f64 + ROW * names.len() as f64 + 12.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    for (place, chart) in charts.iter().enumerate() {
        let (x, y) = (
            (place % A_ROW) as f64 * WIDTH,
            (place / A_ROW) as f64 * HEIGHT,
        );
        let _ = writeln!(
            svg,
            "<g transform=\"translate({x:.0} {y:.0})\">{}</g>",
            drawn(chart, &names)
        );
    }
    for (place, name) in names.iter().enumerate() {
        let y = HEIGHT * rows as f64 + ROW * place as f64 + 8.0;
        let _ = writeln!(
            svg,
            "<path d=\"M{LEFT} {y:.1} h28\" fill=\"none\" {}/><text x=\"{:.0}\" y=\"{:.1}\">{}</text>",
            stroke(place),
            LEFT + 36.0,
            y + 4.0,
            escaped(name)
        );
    }
    svg.push_str("</svg>\n");
    svg
}

fn stroke(place: usize) -> String {
    let colour = COLOURS[place % COLOURS.len()];
    let dash = if place < COLOURS.len() {
        ""
    } else {
        " stroke-dasharray=\"5 3\""
    };
    format!("stroke=\"{colour}\" stroke-width=\"1.8\"{dash}")
}

fn drawn(chart: &Chart, names: &[&str]) -> String {
    let points = || chart.curves.iter().flat_map(|curve| &curve.points);
    let bounds = |of: fn(&(f64, f64)) -> f64| {
        points()
            .map(of)
            .fold((f64::MAX, f64::MIN), |(low, high), x| {
                (low.min(x), high.max(x))
            })
    };
    let (x_low, x_high) = bounds(|point| point.0.max(1e-9).log2());
    let (y_low, y_high) = bounds(|point| point.1);
    let (inner_width, inner_height) = (WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
    let place = |(x, y): (f64, f64)| {
        let across = (x.max(1e-9).log2() - x_low) / (x_high - x_low).max(1e-9);
        let up = (y - y_low) / (y_high - y_low).max(1e-9);
        (LEFT + across * inner_width, TOP + (1.0 - up) * inner_height)
    };
    let mut svg = format!(
        "<text x=\"{LEFT}\" y=\"18\" font-weight=\"bold\">{}</text><rect x=\"{LEFT}\" y=\"{TOP}\" width=\"{inner_width}\" height=\"{inner_height}\" fill=\"none\" stroke=\"#bbb\"/>",
        escaped(&chart.title)
    );
    for step in 0..=4 {
        let y = y_low + f64::from(step) / 4.0 * (y_high - y_low);
        let at = place((1.0, y)).1;
        let _ = write!(
            svg,
            "<path d=\"M{LEFT} {at:.1} h{inner_width}\" stroke=\"#eee\"/><text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\">{y:.2}</text>",
            LEFT - 5.0,
            at + 4.0
        );
    }
    for power in x_low.ceil() as i32..=x_high.floor() as i32 {
        let x = 2f64.powi(power);
        let at = place((x, y_low)).0;
        let _ = write!(
            svg,
            "<text x=\"{at:.1}\" y=\"{:.0}\" text-anchor=\"middle\">{x:.0}</text>",
            HEIGHT - BOTTOM + 14.0
        );
    }
    let _ = write!(
        svg,
        "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"middle\">{}</text><text transform=\"translate(11 {:.0}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
        LEFT + inner_width / 2.0,
        HEIGHT - 10.0,
        escaped(chart.across),
        TOP + inner_height / 2.0,
        escaped(chart.up)
    );
    for curve in &chart.curves {
        let colour = names
            .iter()
            .position(|name| *name == curve.name)
            .unwrap_or(0);
        let path: Vec<String> = curve
            .points
            .iter()
            .map(|&point| place(point))
            .map(|(x, y)| format!("{x:.1} {y:.1}"))
            .collect();
        let _ = write!(
            svg,
            "<path d=\"M{}\" fill=\"none\" {}/>",
            path.join(" L"),
            stroke(colour)
        );
    }
    svg
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
