use super::*;

fn line(name: &str, points: &[(f64, f64)], look: Look) -> PlotLine {
    let of = |(x, y): &(f64, f64)| PlotPoint {
        x: *x,
        y: *y,
        band: Some([y - 0.1, y + 0.1]),
    };
    PlotLine {
        name: name.to_owned(),
        points: points.iter().map(of).collect(),
        look,
    }
}

fn plot(lines: Vec<PlotLine>) -> Plot {
    Plot {
        title: "Best of N".into(),
        axes: ["candidates".into(), "score".into()],
        lines,
        note: String::new(),
    }
}

/// Pixels of about this colour.
fn painted(canvas: &Canvas, ink: [u8; 3]) -> usize {
    let near = |pixel: &&[u8]| pixel.iter().zip(ink).all(|(a, b)| a.abs_diff(b) < 6);
    canvas.rgb.chunks(3).filter(near).count()
}

#[test]
fn every_line_has_its_name_and_its_points() {
    let svg = plot(vec![
        line("proxy", &[(1.0, 0.2), (2.0, 0.5), (4.0, 0.6)], Look::Joined),
        line("people", &[(1.0, 0.2), (2.0, 0.3)], Look::Joined),
    ])
    .svg();
    assert!(svg.contains(">proxy<") && svg.contains(">people<"), "{svg}");
    assert_eq!(svg.matches("<circle").count(), 5);
    assert_eq!(svg.matches("<polygon").count(), 2);
}

#[test]
fn words_cannot_break_the_document() {
    let mut plot = plot(vec![line(
        "a<b & \u{1}c",
        &[(0.0, 1.0), (1.0, 2.0)],
        Look::Joined,
    )]);
    plot.title = "<script>".into();
    let svg = plot.svg();
    assert!(
        svg.contains("&lt;script&gt;") && svg.contains("a&lt;b &amp;  c"),
        "{svg}"
    );
}

#[test]
fn higher_numbers_stand_higher() {
    let heights = |svg: &str| -> Vec<f32> {
        let all = svg.split("cy=\"").skip(1);
        all.map(|rest| {
            rest.split('"')
                .next()
                .expect("quoted")
                .parse()
                .expect("a number")
        })
        .collect()
    };
    let svg = plot(vec![line(
        "one",
        &[(1.0, 0.1), (2.0, 0.7), (3.0, 0.4)],
        Look::Joined,
    )])
    .svg();
    let [low, high, middle] = heights(&svg)[..] else {
        panic!("three points: {svg}")
    };
    assert!(high < middle && middle < low);
}

#[test]
fn what_is_no_number_is_left_out_and_nothing_at_all_is_an_empty_frame() {
    for points in [vec![], vec![(f64::NAN, 1.0), (1.0, f64::INFINITY)]] {
        let empty = plot(vec![line("none", &points, Look::Joined)]);
        assert!(!empty.svg().contains("NaN") && !empty.svg().contains("inf"));
        assert_eq!(empty.pixels().width, 1920);
    }
}

#[test]
fn a_single_value_has_an_axis_too() {
    let svg = plot(vec![line("one", &[(3.0, 0.0)], Look::Joined)]).svg();
    assert_eq!(svg.matches("<circle").count(), 1);
    assert!(!svg.contains("NaN"));
}

#[test]
fn pixels_show_the_line_its_band_and_the_steps() {
    let joined = plot(vec![line("one", &[(0.0, 0.0), (1.0, 1.0)], Look::Joined)]).pixels();
    assert!(painted(&joined, [0, 114, 178]) > 1000);
    // a sixth of the ink over the paper
    assert!(painted(&joined, [214, 232, 243]) > 20_000);
    let steps = plot(vec![line("one", &[(0.0, 2.0), (1.0, 5.0)], Look::Steps)]).pixels();
    assert!(painted(&steps, [0, 114, 178]) > 1000);
}
