//! A model for the window's tests: sets a round patch of colour into the picture in eight steps, slowly if it is told to.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use retake_core::{
    Candidate, EditError, EditRequest, Editor, EditorInfo, Instruction, Photo, PhotoId, Picture,
    Provenance, Raster, Rng, Said, Setting, SettingKind, SettingValue, Stop, Trajectory, Watch,
};
use retake_engine::{EditorOffer, Editors};

const STEPS: usize = 8;
/// Of a slow model, a step.
const SLOW: Duration = Duration::from_millis(120);

/// What a test sets.
#[derive(Default)]
pub(crate) struct Stage {
    /// loading waits while this is set
    pub(crate) held: AtomicBool,
    /// steps take their time
    pub(crate) slow: AtomicBool,
    /// seeds that fail
    pub(crate) fails: Mutex<Vec<u64>>,
}

impl Stage {
    /// Two that are installed; any folder but "/nowhere" can be opened beside them.
    pub(crate) fn editors(self: &Arc<Self>) -> Editors {
        let offer = |(id, name, bytes): (&str, &str, u64)| EditorOffer {
            id: id.to_owned(),
            name: name.to_owned(),
            about: Said::words("Adds, removes and replaces things."),
            folder: format!("/models/{id}").into(),
            bytes,
        };
        let all = [
            ("klein", "FLUX.2 klein 4B", 15_800_000_000),
            ("ip2p", "InstructPix2Pix", 4_270_000_000),
        ];
        let stage = self.clone();
        Editors {
            offers: Arc::new(move || all.map(offer).to_vec()),
            open: Arc::new(move |model| {
                while stage.held.load(Ordering::Relaxed) {
                    std::thread::sleep(Duration::from_millis(5));
                }
                match model.id.as_str() {
                    "/nowhere" => Err(Said::words("there is no such folder: /nowhere")),
                    _ => Ok(Arc::new(Patch(stage.clone())) as Arc<dyn Editor>),
                }
            }),
        }
    }
}

struct Patch(Arc<Stage>);

/// The picture with the patch of its record, as strong as so many of the steps make it.
fn patched(source: &Raster, recipe: &serde_json::Value, done: usize) -> Raster {
    let number = |at: &str| recipe.pointer(at).and_then(|v| v.as_f64()).unwrap_or(0.0) as f32;
    let colour = [
        number("/colour/0"),
        number("/colour/1"),
        number("/colour/2"),
    ];
    let (width, height) = (source.width as f32, source.height as f32);
    let (x, y) = (number("/at/0") * width, number("/at/1") * height);
    let radius = 0.12 * width.min(height);
    let strength = done as f32 / STEPS as f32;
    Raster::from_fn(source.width, source.height, |column, row| {
        let off = (column as f32 - x).hypot(row as f32 - y) / radius;
        let share = strength * (1.5 - off).clamp(0.0, 1.0);
        let i = row * source.width + column;
        [0, 1, 2].map(|c| source.planes[c][i] * (1.0 - share) + colour[c] * share)
    })
}

impl Editor for Patch {
    fn info(&self) -> EditorInfo {
        EditorInfo {
            id: "patch",
            version: "1",
            name: "Patch",
            about: "Sets a patch of colour into the picture.",
            at_once: Some(1),
            generative: true,
        }
    }
    fn settings(&self) -> Vec<Setting> {
        let number = |from, to, own| SettingKind::Number { from, to, own };
        let steps = SettingKind::Whole {
            from: 1,
            to: 100,
            own: STEPS as u32,
        };
        let sampler = SettingKind::Choice {
            of: vec![("euler_ancestral", "Euler ancestral"), ("ddim", "DDIM")],
            own: "euler_ancestral".to_owned(),
        };
        [
            ("steps", steps),
            ("guidance", number(0.0, 20.0, 7.5)),
            ("image-guidance", number(0.0, 5.0, 1.5)),
            ("strength", number(0.15, 1.0, 1.0)),
            ("unwanted", SettingKind::Words),
            ("sampler", sampler),
            (
                "precision",
                SettingKind::Precision(vec![("f32", "32 bit"), ("bf16", "16 bit (bf16)")]),
            ),
            ("adapters", SettingKind::Adapters),
            ("references", SettingKind::Pictures),
        ]
        .map(|(id, kind)| Setting { id, kind })
        .into()
    }
    fn start(&self, request: &EditRequest) -> Result<Box<dyn Trajectory>, EditError> {
        let set = |id: &str| request.settings.get(id).map(SettingValue::number);
        let mut rng = Rng::new(request.seed);
        let at = [rng.between(0.3, 0.7), rng.between(0.2, 0.4)];
        let colour = [
            rng.between(0.3, 0.7),
            rng.between(0.0, 0.1),
            rng.between(0.0, 0.1),
        ];
        let recipe = serde_json::json!({
            "editor": "patch", "weights": "5f0c9a7e21bb40aa93d1", "sampler": "euler_ancestral",
            "steps": set("steps").unwrap_or(STEPS as f64), "guidance": set("guidance").unwrap_or(7.5), "image_guidance": 1.5, "tokens_cut": 0, "seed": request.seed,
            "source": [request.source.width, request.source.height], "at": at, "colour": colour,
            "fit": {
                "way": "region", "drift": { "shift_px": [0.41, -0.12], "scale": 1.002 },
                "cast": { "gain": [1.01, 0.99, 0.97], "offset": [0.0, 0.0, 0.0] },
                "residual": 0.011, "changed": 0.047, "changed_outside_mask": null
            },
        });
        let fails = self.0.fails.lock().expect("nobody panics");
        Ok(Box::new(Brush {
            stage: self.0.clone(),
            done: 0,
            fails: fails.contains(&request.seed),
            source: request.source.clone(),
            provenance: Provenance {
                editor: "patch".to_owned(),
                version: "1".to_owned(),
                seed: request.seed,
                recipe,
                label: Said::default(),
            },
        }))
    }
    fn redo(&self, request: &EditRequest, recipe: &serde_json::Value) -> Result<Raster, EditError> {
        Ok(patched(&request.source, recipe, STEPS))
    }
    fn develop(
        &self,
        photo: &Photo,
        _: &Instruction,
        provenance: &Provenance,
    ) -> Result<Box<dyn Picture>, EditError> {
        let all = photo.rows(0..photo.height());
        let all = all.map_err(|stop| EditError::Machine(stop.said()))?;
        let picture = patched(&all, &provenance.recipe, STEPS);
        Ok(Box::new(Photo::from_raster(picture, PhotoId([4; 32]))))
    }
}

#[derive(Clone)]
struct Brush {
    stage: Arc<Stage>,
    done: usize,
    fails: bool,
    source: Arc<Raster>,
    provenance: Provenance,
}

impl Trajectory for Brush {
    fn steps_left(&self) -> usize {
        STEPS - self.done
    }
    fn step(&mut self, _: &dyn Watch) -> Result<(), Stop> {
        if self.stage.slow.load(Ordering::Relaxed) {
            std::thread::sleep(SLOW);
        }
        self.done += 1;
        match self.fails && self.done == 3 {
            true => Err(Stop::Failed(Said::words(
                "the model's numbers became infinite at step 3 of 8; less guidance may help",
            ))),
            false => Ok(()),
        }
    }
    fn preview(&self) -> Option<Raster> {
        Some(patched(&self.source, &self.provenance.recipe, self.done))
    }
    fn fork(&self, seed: u64) -> Option<Box<dyn Trajectory>> {
        let mut other = self.clone();
        other.provenance.seed = seed;
        let mut rng = Rng::new(seed);
        let colour = [0.3, 0.1, 0.1].map(|most| rng.between(0.0, most));
        other.provenance.recipe["colour"] = serde_json::json!(colour);
        Some(Box::new(other))
    }
    fn finish(mut self: Box<Self>, watch: &dyn Watch) -> Result<Candidate, Stop> {
        while self.steps_left() > 0 {
            self.step(watch)?;
        }
        Ok(Candidate {
            picture: patched(&self.source, &self.provenance.recipe, STEPS),
            provenance: self.provenance,
        })
    }
}
