//! Candidates: each the same on every run, whatever the number of them and of threads, and each unlike the others.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use super::{Said, bytes, edit, edit_command, photo};
use crate::eye::Seen;
use crate::places::temporary;

const ASKED: &str = "warmer, more contrast in the shadows, slight vignette, a bit of grain";

/// The folder of the photo and a run of three candidates that the others are compared with.
static FIRST: LazyLock<(PathBuf, PathBuf)> = LazyLock::new(|| {
    let folder = temporary("candidates");
    let (source, out) = (photo(&folder, "a.png"), folder.join("first"));
    edit(&source, ASKED, &out, &["-n", "3", "--seed", "4"]).done();
    (source, out)
});

fn candidate(run: &Path, index: usize) -> Vec<u8> {
    bytes(&run.join(format!("candidates/{index:03}.png")))
}

/// Whether the first three candidates of a run are those of the first run.
fn same(run: &Path) -> bool {
    (0..3).all(|index| candidate(run, index) == candidate(&FIRST.1, index))
}

#[test]
fn a_candidate_has_the_same_bytes_however_many_there_are() {
    let (source, out) = (&FIRST.0, temporary("candidates-six").join("out"));
    edit(source, ASKED, &out, &["-n", "6", "--seed", "4"]).done();
    assert!(same(&out));
}

#[test]
fn a_run_made_twice_is_the_same() {
    let (source, out) = (&FIRST.0, temporary("candidates-again").join("out"));
    edit(source, ASKED, &out, &["-n", "3", "--seed", "4"]).done();
    assert!(same(&out));
    assert_eq!(
        bytes(&out.join("best.png")),
        bytes(&FIRST.1.join("best.png"))
    );
}

#[test]
fn one_thread_and_four_make_the_same_bytes() {
    for threads in ["1", "4"] {
        let (source, out) = (
            &FIRST.0,
            temporary(&format!("candidates-threads-{threads}")).join("out"),
        );
        let mut command = edit_command(source, ASKED, &out, &["-n", "3", "--seed", "4"]);
        let said: Said = command
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .expect("starts")
            .into();
        said.done();
        assert!(same(&out), "{threads} threads");
        assert_eq!(
            bytes(&out.join("best.png")),
            bytes(&FIRST.1.join("best.png"))
        );
    }
}

#[test]
fn another_seed_makes_other_candidates() {
    let (source, out) = (&FIRST.0, temporary("candidates-seed").join("out"));
    edit(source, ASKED, &out, &["-n", "3", "--seed", "5"]).done();
    assert!((0..3).any(|index| candidate(&out, index) != candidate(&FIRST.1, index)));
}

#[test]
fn candidates_of_one_word_are_seen_to_differ() {
    let folder = temporary("candidates-differ");
    let (source, out) = (photo(&folder, "a.png"), folder.join("out"));
    edit(&source, "warmer", &out, &["-n", "8"]).done();
    let seen: Vec<Seen> = (0..8)
        .map(|index| Seen::open(&out.join(format!("candidates/{index:03}.png"))))
        .collect();
    let apart = |a: &Seen, b: &Seen| {
        let sum: f64 = a
            .lab
            .iter()
            .zip(&b.lab)
            .map(|(p, q)| {
                p.iter()
                    .zip(q)
                    .map(|(v, w)| (v - w).powi(2))
                    .sum::<f64>()
                    .sqrt()
            })
            .sum();
        sum / a.lab.len() as f64
    };
    let mut distances = Vec::new();
    for (i, a) in seen.iter().enumerate() {
        distances.extend(seen[..i].iter().map(|b| apart(a, b)));
    }
    let mean = distances.iter().sum::<f64>() / distances.len() as f64;
    let least = distances.iter().copied().fold(f64::INFINITY, f64::min);
    assert!(mean > 1.5, "mean distance {mean:.2}");
    assert!(least > 0.1, "two are the same: {least:.3}");
}

#[test]
fn a_change_of_shape_goes_with_any_other_wish() {
    let folder = temporary("candidates-shape");
    let source = photo(&folder, "a.png");
    let wishes = "sharper, brighter, darken the left third, vignette, more contrast in the shadows";
    for shape in [
        "crop to 16:9",
        "square crop",
        "rotate 90° clockwise",
        "mirror it",
        "straighten",
    ] {
        for (order, said) in [
            format!("{wishes}, {shape}"),
            format!("{shape}, film noir, without clipping the highlights"),
        ]
        .iter()
        .enumerate()
        {
            let out = folder.join(format!("{shape} {order}").replace(':', "-"));
            let said = edit(&source, said, &out, &["-n", "2"]);
            assert!(!said.err.contains("fault of the program"), "{}", said.err);
            said.done();
        }
    }
}

#[test]
fn a_face_is_not_brightened_where_there_is_none() {
    let folder = temporary("candidates-no-face");
    let source = folder.join("gradient.png");
    // light in the colour of skin that fades into violet
    let fades = image::RgbImage::from_fn(400, 300, |x, y| {
        let r = ((x as f32 - 200.0) / 200.0).hypot((y as f32 - 150.0) / 150.0);
        let share = (1.0 - 0.9 * r).clamp(0.0, 1.0).sqrt();
        let code = [(190.0, 70.0), (125.0, 50.0), (92.0, 160.0)];
        image::Rgb(
            code.map(|(brown, violet): (f32, f32)| (violet + (brown - violet) * share) as u8),
        )
    });
    fades.save(&source).expect("writable");
    edit(
        &source,
        "brighten the face",
        &folder.join("out"),
        &["-n", "1"],
    )
    .refused(1, "the skin cannot be found in this photo");
    assert!(!folder.join("out").exists());
}

#[test]
fn a_run_that_stops_when_more_is_no_use_has_the_same_first_candidates_and_replays() {
    let (source, out) = (&FIRST.0, temporary("candidates-helps").join("out"));
    let flags = ["-n", "40", "--seed", "4", "--strategy", "while-it-helps"];
    edit(source, ASKED, &out, &flags).done();
    let made = std::fs::read_dir(out.join("candidates"))
        .expect("there")
        .count();
    assert!((4..40).contains(&made), "{made}");
    assert!(same(&out));
    let run = out.display().to_string();
    super::retake(&["replay", &run]).done();
}
