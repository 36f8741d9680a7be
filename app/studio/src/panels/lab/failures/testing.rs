//! A data set of pictures and a reward that tells all it can, for tests of the page of failures.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use retake_core::{Mask, Raster, Raw, Said, decimals, said};
use retake_lab::scoring::{Question, Scorer, Scores, Told};
use serde_json::json;

use crate::LabTools;
use crate::hands::{CTRL, Window, click_button, drop_on, press_with};
use crate::testing::{sample, until};
use eframe::egui::Key;

/// Likes what is brighter; says why, what else it could have given, and where.
pub(crate) struct Talker {
    /// what it writes, before its scores
    pub(crate) words: &'static str,
}

const DIMENSIONS: [&str; 3] = [
    "instruction_following",
    "detail_preserving",
    "generation_quality",
];

impl Scorer for Talker {
    fn fingerprint(&self) -> String {
        "talker".to_owned()
    }
    fn score(&self, question: &Question<'_>, edits: &[&Raster]) -> Result<Vec<Scores>, Said> {
        let mean = |raster: &Raster| {
            let sum: f32 = raster.planes[1].iter().sum();
            (f64::from(sum) / raster.len() as f64)
                .clamp(0.0, 1.0)
                .sqrt()
        };
        let one = |edit: &&Raster| {
            let light = mean(edit);
            let shares = [
                light,
                1.0 - (light - mean(question.source)).abs(),
                0.5 + light / 3.0,
            ];
            let reason = said!(
                "{judge} gives {value} of 10.",
                judge = "eye-1",
                value = decimals(light * 10.0, 1)
            );
            Scores {
                overall: light,
                by_dimension: DIMENSIONS
                    .map(str::to_owned)
                    .into_iter()
                    .zip(shares)
                    .collect(),
                spread: [(DIMENSIONS[0].to_owned(), 0.08)].into(),
                reasons: vec![reason, said!("The edit shows the photo as it was.")],
                reasons_of: vec![DIMENSIONS[0].to_owned(), DIMENSIONS[1].to_owned()],
                told: question.tell.then(|| Box::new(self.told(edit, shares))),
                ..Scores::default()
            }
        };
        Ok(edits.iter().map(one).collect())
    }
}

impl Talker {
    fn told(&self, edit: &Raster, shares: [f64; 3]) -> Told {
        let weighed = |pass: usize, place: usize| {
            let score = (shares[place] * 10.0 + pass as f64 * 0.4).min(10.0);
            let likely: Vec<(String, f64)> = (0..=10)
                .map(|value| {
                    let apart = f64::from(value) - score;
                    (value.to_string(), 0.38 * (-apart * apart / 2.0).exp())
                })
                .filter(|(_, share)| *share > 0.001)
                .collect();
            json!({ "place": place, "dimension": DIMENSIONS[place], "likely": likely, "rest": 0.04,
                "score": score })
        };
        let answer = |pass: usize| {
            let weighed: Vec<_> = (0..3).map(|place| weighed(pass, place)).collect();
            let text = format!("{}\n{{\"score\": [{}, 7]}}", self.words, pass + 6);
            json!({ "pass": pass, "call": 0, "answer": text, "distributions": weighed })
        };
        let passes: serde_json::Map<_, _> = DIMENSIONS
            .iter()
            .zip(shares)
            .map(|(name, share)| ((*name).to_owned(), json!([share, share * 0.9, share * 0.8])))
            .collect();
        let corner = |place: usize| {
            Mask::from_fn(edit.width, edit.height, |x, y| {
                let (x, y) = (x as f32 / edit.width as f32, y as f32 / edit.height as f32);
                let middle = 0.25 + 0.25 * place as f32;
                (1.0 - 3.0 * (x - middle).hypot(y - middle)).clamp(0.0, 1.0)
            })
        };
        let maps = DIMENSIONS.iter().enumerate();
        Told {
            raw: vec![Raw {
                reward: "generative_judge".to_owned(),
                measures: Default::default(),
                told: json!({ "model": "eye-1", "passes": passes,
                    "answers": (0..3).map(answer).collect::<Vec<_>>() }),
            }],
            maps: maps
                .map(|(at, name)| ((*name).to_owned(), corner(at)))
                .collect(),
            ..Told::default()
        }
    }
}

/// The sample photo, and the same brighter and darker, 320 px wide.
fn pictures(folder: &Path) -> [PathBuf; 3] {
    let bytes = std::fs::read(sample("astronaut.png")).expect("it is there");
    let photo = retake_files::decode(&bytes, &retake_files::Limits::default()).expect("a photo");
    let small = retake_pixels::resize::fit(&photo, 320).expect("nobody stops it");
    [("source", 1.0), ("bright", 2.0), ("dark", 0.4)].map(|(name, gain)| {
        let mut edit = small.clone();
        for plane in &mut edit.planes {
            plane.iter_mut().for_each(|value| *value *= gain);
        }
        let path = folder.join(format!("{name}.png"));
        retake_lab::picture::save_small(&path, &edit, 320).expect("temporary files can be written");
        path
    })
}

/// A window's lab with pairs of which people like the darker, scored by a talker that keeps what it told in `home`, on the
/// page of failures. `words` are the talker's, `wish` is what was asked.
pub(crate) fn failures(
    window: &mut Window,
    folder: &Path,
    home: PathBuf,
    [words, wish]: [&'static str; 2],
) {
    let [source, bright, dark] = pictures(folder).map(|path| path.display().to_string());
    let line = |at: usize| {
        json!({ "key": format!("{at}"), "instruction": format!("{wish} {at}"), "source_image_path": &source,
            "edited_image_paths": [&bright, &dark], "winner": "Image B" })
        .to_string()
    };
    let path = folder.join("paare.jsonl");
    let lines: Vec<String> = (0..4).map(line).collect();
    std::fs::write(&path, lines.join("\n")).expect("temporary files can be written");
    window.state_mut().equip_lab(LabTools {
        home: Some(home),
        rewards: Some(Arc::new(move |_| Ok(Box::new(Talker { words })))),
        ..LabTools::default()
    });
    window.state_mut().look_mut().room = crate::look::Room::Lab;
    window.run_steps(2);
    drop_on(window, &[path]);
    until(window, |studio| studio.lab().data.is_some());
    window.run_steps(3);
    press_with(window, CTRL, Key::Num2);
    let name = match window.state_mut().look_mut().language.as_str() {
        "de" => "Werten",
        _ => "Score",
    };
    click_button(window, name);
    until(window, |studio| studio.lab().scoring.is_some());
    press_with(window, CTRL, Key::Num4);
    window.run_steps(2);
    until(window, |studio| {
        let inspection = &studio.lab().inspection;
        let shown = studio.look().lab.case;
        let shown = shown.or_else(|| inspection.found.first().map(|worst| worst.place));
        shown.is_some_and(|place| {
            inspection.pictures(place).is_some() && inspection.told(place).is_some()
        })
    });
    window.run_steps(3);
}
