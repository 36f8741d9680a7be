//! FLUX.2 klein beside the reference implementation: each stage of each case, from the tokens to the picture. Cases as in
//! `editors.rs`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use retake_models::flux2::{Networks, Place, References, of_picture, of_references, of_text};
use serde::Deserialize;

/// Greatest difference from the reference, of one stage and of a whole run.
const ONE_STAGE: f32 = 1e-4;
const WHOLE_RUN: f32 = 1e-3;

/// One case: a checkpoint, what went in, and what the reference made of it.
struct Case {
    name: String,
    settings: Settings,
    inputs: HashMap<String, Tensor>,
    expected: HashMap<String, Tensor>,
    networks: Networks,
}

#[derive(Deserialize)]
struct Settings {
    prompt: String,
    steps: usize,
    max_sequence_length: usize,
    height: usize,
    width: usize,
    guidance_scale: Option<f64>,
}

/// Calls `claim` with every case of FLUX.2 klein.
fn every_case(claim: impl Fn(&Case)) {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/cases");
    let more = std::env::var_os("RETAKE_GOLDEN").map(PathBuf::from);
    let mut seen = 0;
    for folder in [Some(own), more].into_iter().flatten() {
        let entries = std::fs::read_dir(&folder).expect("a folder of cases");
        for entry in entries.flatten() {
            if entry
                .file_name()
                .to_string_lossy()
                .starts_with("flux2_klein")
            {
                claim(&Case::open(&entry.path()));
                seen += 1;
            }
        }
    }
    assert!(seen >= 3, "there are only {seen} cases");
}

impl Case {
    fn open(folder: &Path) -> Self {
        let load = |name: &str| {
            candle_core::safetensors::load(folder.join(name), &Device::Cpu).expect("tensors")
        };
        let text = std::fs::read_to_string(folder.join("case.json")).expect("settings");
        Self {
            name: folder.display().to_string(),
            settings: serde_json::from_str(&text).expect("settings"),
            inputs: load("inputs.safetensors"),
            expected: load("expected.safetensors"),
            networks: Networks::open(&folder.join("model"), &Device::Cpu).expect("a checkpoint"),
        }
    }

    fn agrees(&self, name: &str, ours: &Tensor, tolerance: f32) {
        let theirs = &self.expected[name];
        assert_eq!(ours.dims(), theirs.dims(), "{name} of {}", self.name);
        let apart = greatest_difference(ours, theirs);
        assert!(
            apart <= tolerance,
            "{name} of {}: {apart:e} apart",
            self.name
        );
    }

    fn text(&self, text: &str) -> Tensor {
        let places = self.settings.max_sequence_length;
        let prompt = self.networks.prompt(text, places).expect("tokens");
        self.networks.text_states(&prompt).expect("states")
    }

    /// The reference pictures as the autoencoder gets them, and what the reference makes of them.
    fn pictures(&self) -> Vec<(String, &Tensor)> {
        let names = (0..).map(|i| match i {
            0 => String::new(),
            i => format!("_{i}"),
        });
        names
            .map_while(|mark| {
                let picture = self.expected.get(&format!("vae_in{mark}"))?;
                Some((format!("vae_image_latents{mark}"), picture))
            })
            .collect()
    }

    fn references(&self) -> References {
        let pictures = self.pictures();
        let latents: Vec<Tensor> = pictures
            .iter()
            .map(|(name, _)| self.expected[name].clone())
            .collect();
        self.networks.references(&latents).expect("references")
    }

    /// Height and width of the latents.
    fn size(&self) -> (usize, usize) {
        let factor = self.networks.sizes().factor;
        (self.settings.height / factor, self.settings.width / factor)
    }

    fn noise(&self) -> Tensor {
        let (height, width) = self.size();
        self.inputs["noise_packed"]
            .transpose(1, 2)
            .and_then(|x| x.reshape((1, (), height, width)))
            .expect("noise")
    }

    /// Whether the denoiser is told the reference pictures first and remembers them.
    fn remembers(&self) -> bool {
        self.name.ends_with("_kv")
    }

    /// The tokens of the picture that is made, and of all pictures in the order of the reference.
    fn order<T>(&self, made: T, references: T) -> [T; 2] {
        if self.remembers() {
            [references, made]
        } else {
            [made, references]
        }
    }
}

fn packed(latents: &Tensor) -> Tensor {
    latents
        .flatten_from(2)
        .and_then(|x| x.transpose(1, 2)?.contiguous())
        .expect("tokens")
}

fn greatest_difference(a: &Tensor, b: &Tensor) -> f32 {
    let values = |tensor: &Tensor| -> Vec<f32> {
        let flat = tensor.flatten_all().and_then(|flat| flat.to_vec1());
        flat.expect("32-bit floats")
    };
    let apart = values(a)
        .into_iter()
        .zip(values(b))
        .map(|(a, b)| (a - b).abs());
    // a maximum that NaN survives
    apart.fold(0.0, |most, one| if one <= most { most } else { one })
}

#[test]
fn tokens_of_a_chat_are_those_of_the_reference() {
    let seen = std::cell::Cell::new(0);
    every_case(|case| {
        if let Some(theirs) = case.expected.get("prompt_ids") {
            let settings = &case.settings;
            let prompt = case
                .networks
                .prompt(&settings.prompt, settings.max_sequence_length)
                .expect("tokens");
            let ids: Vec<i64> = prompt.ids.into_iter().map(i64::from).collect();
            let theirs = theirs.flatten_all().and_then(|ids| ids.to_vec1::<i64>());
            assert_eq!(ids, theirs.expect("ids"), "{}", case.name);
            seen.set(seen.get() + 1);
        }
    });
    assert!(seen.get() >= 3);
}

#[test]
fn states_of_three_layers_are_those_of_the_reference() {
    every_case(|case| {
        let states = case.text(&case.settings.prompt);
        case.agrees("prompt_embeds", &states, ONE_STAGE);
        if case.expected.contains_key("negative_embeds") {
            case.agrees("negative_embeds", &case.text(""), ONE_STAGE);
        }
    });
}

#[test]
fn latents_of_reference_pictures_are_those_of_the_reference() {
    every_case(|case| {
        for (name, picture) in case.pictures() {
            let latents = case.networks.encode(picture).expect("latents");
            case.agrees(&name, &latents, ONE_STAGE);
        }
    });
}

#[test]
fn places_of_tokens_are_those_of_the_reference() {
    every_case(|case| {
        let sizes: Vec<(usize, usize)> = case
            .pictures()
            .iter()
            .map(|(name, _)| {
                let dims = case.expected[name].dims();
                (dims[2], dims[3])
            })
            .collect();
        let all = case
            .order(of_picture(case.size()), of_references(&sizes))
            .concat();
        let table = |places: &[Place]| {
            let flat: Vec<f32> = places.iter().flatten().map(|&p| p as f32).collect();
            Tensor::from_vec(flat, (1, places.len(), 4), &Device::Cpu).expect("places")
        };
        case.agrees("img_ids", &table(&all), 0.0);
        let text = of_text(case.settings.max_sequence_length);
        case.agrees("txt_ids", &table(&text), 0.0);
    });
}

#[test]
fn one_call_with_reference_pictures_is_that_of_the_reference() {
    every_case(|case| {
        let noise = case.noise();
        let pictures: Vec<Tensor> = case
            .pictures()
            .iter()
            .map(|(name, _)| packed(&case.expected[name]))
            .collect();
        let given = case.order(packed(&noise), Tensor::cat(&pictures, 1).expect("tokens"));
        let given = Tensor::cat(&given, 1).expect("tokens");
        case.agrees("transformer_in", &given, 0.0);
        let sigma = case.expected["transformer_t"]
            .to_vec1::<f32>()
            .expect("a time")[0];
        for (text, name) in [
            ("prompt_embeds", "transformer_out"),
            ("negative_embeds", "transformer_out_negative"),
        ] {
            if let Some(text) = case.expected.get(text) {
                let references = case.references();
                let answers = case
                    .networks
                    .answers(&noise, &references, sigma * 1000.0, text);
                case.agrees(name, &answers.expect("answers"), ONE_STAGE);
            }
        }
    });
}

#[test]
fn two_pictures_at_once_are_made_as_each_alone() {
    every_case(|case| {
        let one = case.noise();
        let other = one.flip(&[2]).expect("other noise");
        let references = case.references();
        let text = &case.expected["prompt_embeds"];
        let answer = |latents: &Tensor| {
            let answer = case.networks.denoise(latents, &references, 700.0, text);
            answer.expect("an answer")
        };
        let both = answer(&Tensor::cat(&[&one, &other], 0).expect("both"));
        for (index, alone) in [answer(&one), answer(&other)].iter().enumerate() {
            let apart = greatest_difference(&both.narrow(0, index, 1).expect("one"), alone);
            assert!(apart < 1e-5, "{}: {apart:e} apart", case.name);
        }
    });
}

#[test]
fn a_run_ends_where_the_reference_does() {
    every_case(|case| {
        let networks = &case.networks;
        let plan = networks.plan(case.settings.steps, case.size());
        let times: Vec<f32> = (0..plan.len()).map(|step| plan.time(step)).collect();
        let mut sigmas: Vec<f32> = times.iter().map(|time| time / 1000.0).collect();
        sigmas.push(0.0);
        let row = |values: Vec<f32>| Tensor::new(values, &Device::Cpu).expect("a row");
        case.agrees("timesteps", &row(times), 1e-3);
        case.agrees("sigmas", &row(sigmas), 1e-6);
        let references = case.references();
        let (wanted, unwanted) = (case.text(&case.settings.prompt), case.text(""));
        let guidance = case.settings.guidance_scale.unwrap_or(1.0);
        let mut latents = plan.begin(&case.noise()).expect("noise");
        for step in 0..plan.len() {
            let seen = plan.seen(step, &latents).expect("latents");
            let texts = (&wanted, &unwanted);
            let answer = networks
                .guided(&seen, &references, plan.time(step), texts, guidance)
                .expect("an answer");
            let clean = plan.clean(step, &latents, &answer).expect("latents");
            latents = plan
                .next(step, &latents, &clean, None, None)
                .expect("latents");
            let theirs = case.expected["latents"].narrow(0, step, 1);
            let apart = greatest_difference(&packed(&latents), &theirs.expect("latents"));
            assert!(
                apart <= WHOLE_RUN,
                "step {step} of {}: {apart:e} apart",
                case.name
            );
        }
        let image = networks.decode(&latents).expect("a picture");
        let image = ((image / 2.0).and_then(|x| x + 0.5)).and_then(|x| x.clamp(0f32, 1f32));
        case.agrees("image", &image.expect("a picture"), WHOLE_RUN);
    });
}
