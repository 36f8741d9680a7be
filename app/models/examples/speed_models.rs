//! The figures of InstructPix2Pix at full size on this machine, with random weights: seconds for each network, and two
//! candidates of a 512 × 512 photo with the memory that they took.
//! `cargo run --release -p retake-models --example speed_models -- FOLDER`; the checkpoint (2 GB) is written into the
//! folder if it is not there. `tests/benches/beside_diffusers.py FOLDER` gives the same figures for PyTorch.

#![expect(clippy::print_stdout, reason = "a benchmark's figures are its output")]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use candle_core::{Device, Tensor};
use retake_core::{EditRequest, Editor, Instruction, Photo, PhotoId, Quiet, Raster, Rng};
use retake_models::Checkpoint;
use retake_models::diffusion::{Diffusion, Wishes};
use retake_models::stable::Networks;
use retake_models::stable::pix2pix::Pix2Pix;
use serde_json::{Map, Value, json};

fn main() {
    let Some(folder) = std::env::args().nth(1).map(PathBuf::from) else {
        println!("name a folder for the checkpoint");
        return;
    };
    if !folder.join("model_index.json").exists() {
        timed("writing a random checkpoint", 1, || {
            write_checkpoint(&folder)
        });
    }
    println!("{} threads", rayon::current_num_threads());
    let networks = timed("loading", 1, || {
        let checkpoint = Checkpoint::open(&folder).expect("a checkpoint");
        Networks::of(&checkpoint, &Device::Cpu, 2).expect("networks")
    });
    let noise = |seed, dims: &[usize]| {
        let mut rng = Rng::new(seed);
        let values: Vec<f32> = (0..dims.iter().product()).map(|_| rng.normal()).collect();
        Tensor::from_vec(values, dims, &Device::Cpu).expect("noise")
    };
    let tokens = networks
        .tokens("make it a snow winter morning")
        .expect("tokens");
    let text = timed("text", 3, || networks.text_states(&tokens).expect("states"));
    let photo = (noise(1, &[1, 3, 512, 512]) * 0.3).expect("a photo");
    let latents = timed("photo to latents, 512 × 512", 1, || {
        networks.encode(&photo).expect("latents")
    });
    let one = noise(2, &[1, 4, 64, 64]);
    let beside = Tensor::cat(&[&one, &latents], 1).expect("latents");
    timed("denoiser, one call at 64 × 64", 3, || {
        networks.denoise(&beside, 500.0, &text).expect("an answer")
    });
    timed("latents to photo, 512 × 512", 1, || {
        networks.decode(&one).expect("a picture")
    });
    candidates(networks);
}

/// Two candidates as the program makes them.
fn candidates(networks: Networks) {
    let wishes = Wishes {
        steps: Some(2),
        ..Wishes::default()
    };
    let editor = Diffusion::new(Pix2Pix(networks), &wishes).expect("an editor");
    let source = Raster::from_fn(512, 512, |x, y| [x as f32 / 512.0, y as f32 / 512.0, 0.4]);
    let request = |seed| EditRequest {
        photo: Photo::from_raster(source.clone(), PhotoId([0; 32])),
        instruction: Instruction {
            text: "make it winter".to_owned(),
            ..Instruction::default()
        },
        seed,
        source: Arc::new(source.clone()),
        base: None,
        like: None,
    };
    for seed in [1, 2] {
        timed("a candidate of two guided steps", 1, || {
            let trajectory = editor.start(&request(seed)).expect("a start");
            trajectory.finish(&Quiet).expect("a candidate")
        });
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    if let Some(peak) = status.lines().find(|line| line.starts_with("VmHWM")) {
        println!("{peak}");
    }
}

fn timed<T>(name: &str, runs: usize, work: impl Fn() -> T) -> T {
    let mut seconds = Vec::new();
    let mut result = None;
    for _ in 0..runs {
        let start = Instant::now();
        result = Some(work());
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    println!("{name}: {:.3} s", seconds[runs / 2]);
    result.expect("at least one run")
}

#[derive(serde::Deserialize)]
struct Manifest {
    config: Map<String, Value>,
    tensors: BTreeMap<String, Vec<usize>>,
}

/// A checkpoint of the published names and shapes, its weights random and of a size that keeps numbers near 1.
fn write_checkpoint(folder: &Path) {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/parity");
    let small = tests.join("cases/instruct_pix2pix_old/model");
    for part in ["unet", "vae", "text_encoder", "scheduler", "tokenizer"] {
        std::fs::create_dir_all(folder.join(part)).expect("a folder");
    }
    for file in [
        "scheduler/scheduler_config.json",
        "tokenizer/vocab.json",
        "tokenizer/merges.txt",
        "tokenizer/tokenizer_config.json",
    ] {
        std::fs::copy(small.join(file), folder.join(file)).expect("a copy");
    }
    for (part, manifest, class, stem) in [
        (
            "unet",
            "instruct-pix2pix.unet",
            "UNet2DConditionModel",
            "diffusion_pytorch_model",
        ),
        (
            "vae",
            "instruct-pix2pix.vae",
            "AutoencoderKL",
            "diffusion_pytorch_model",
        ),
        (
            "text_encoder",
            "clip-vit-l-14.text_encoder",
            "CLIPTextModel",
            "model",
        ),
    ] {
        let file =
            File::open(tests.join(format!("manifests/{manifest}.json.gz"))).expect("a manifest");
        let mut text = String::new();
        flate2::read::GzDecoder::new(file)
            .read_to_string(&mut text)
            .expect("a manifest");
        let mut manifest: Manifest = serde_json::from_str(&text).expect("a manifest");
        manifest
            .config
            .insert("_class_name".to_owned(), json!(class));
        let config = serde_json::to_string(&manifest.config).expect("settings");
        std::fs::write(folder.join(part).join("config.json"), config).expect("settings");
        write_weights(
            &folder.join(part).join(format!("{stem}.safetensors")),
            &manifest.tensors,
        );
    }
    let index = json!({"_class_name": "StableDiffusionInstructPix2PixPipeline"});
    std::fs::write(folder.join("model_index.json"), index.to_string()).expect("an index");
}

fn write_weights(path: &Path, tensors: &BTreeMap<String, Vec<usize>>) {
    let mut header = Map::new();
    let mut offset = 0;
    for (name, shape) in tensors {
        let end = offset + 2 * shape.iter().product::<usize>();
        header.insert(
            name.clone(),
            json!({"dtype": "F16", "shape": shape, "data_offsets": [offset, end]}),
        );
        offset = end;
    }
    let header = serde_json::to_vec(&header).expect("a header");
    let mut out = BufWriter::new(File::create(path).expect("a file"));
    out.write_all(&(header.len() as u64).to_le_bytes())
        .expect("a header");
    out.write_all(&header).expect("a header");
    let mut rng = Rng::new(1);
    for (name, shape) in tensors {
        let inputs = shape[1..].iter().product::<usize>().max(1) as f32;
        let centre = if name.contains("norm") && name.ends_with("weight") {
            1.0
        } else {
            0.0
        };
        let spread = if shape.len() == 1 {
            0.02
        } else {
            (1.0 / inputs).sqrt()
        };
        for _ in 0..shape.iter().product() {
            let value = half::f16::from_f32(centre + spread * rng.between(-1.0, 1.0));
            out.write_all(&value.to_le_bytes()).expect("a number");
        }
    }
    out.flush().expect("a file");
}
