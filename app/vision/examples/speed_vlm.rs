//! How long a judge takes: eight candidates of one source with the shared beginning read once and their answers written
//! side by side, and with every question read and answered afresh. On a random model of middling size whose parts have the proportions of
//! Qwen3-VL-4B, made on the spot from the small checkpoint of the parity tests.
//!
//!   cargo run --release -p retake-vision --example speed_vlm [FOLDER]
//!
//! FOLDER is where the model is made, or lies already (then tests/benches/vlm_beside_transformers.py can time
//! transformers on it). Figures are lines of JSON.

use std::collections::HashMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use candle_core::{Device, Tensor};
use retake_core::Rng;
use retake_vision::picture::Bitmap;
use retake_vision::qwen_vl::{Asked, How, Part, QwenVl};
use serde_json::{Value, json};

/// Candidates of a group.
const CANDIDATES: usize = 8;
/// Side of the pictures, px.
const SIDE: usize = 512;
/// Words of the rubric, each a token: about as long as the published ones.
const RUBRIC: usize = 600;
/// Words that are written.
const WRITTEN: usize = 64;

/// Language model: width, inner width, layers, heads, shared heads, width of a head.
const TEXT: [usize; 6] = [1024, 3072, 8, 16, 8, 128];
/// Eyes: width, inner width, blocks, heads, learned places.
const EYES: [usize; 5] = [512, 2048, 4, 8, 2304];
const PATCH: usize = 16;

fn main() -> Result<(), Box<dyn Error>> {
    let named = std::env::args().nth(1).map(PathBuf::from);
    let folder = named.clone().unwrap_or_else(|| {
        std::env::temp_dir().join(format!("retake-speed-vlm-{}", std::process::id()))
    });
    if !folder.join("model.safetensors").is_file() {
        make(&folder)?;
    }
    let model = QwenVl::open(&folder, &Device::Cpu)?;
    let never = || false;
    let rubric = "score the edit yes or no ".repeat(RUBRIC / 6);
    let source = picture(0);
    let candidates: Vec<Bitmap> = (1..=CANDIDATES as u64).map(picture).collect();
    let shared = [
        Part::Words(&rubric),
        Part::Picture(&source),
        Part::Words("make the sky warm . "),
    ];
    let rest = |candidate: usize| {
        [
            Part::Picture(&candidates[candidate]),
            Part::Words("score ?"),
        ]
    };
    let whole = |candidate: usize| [&shared[..], &rest(candidate)].concat();
    let afresh = |candidate: usize| -> Result<Asked<'_>, Box<dyn Error>> {
        model.forget();
        let prefix = model.prefix(None, &[], &never)?.ok_or("stopped")?;
        Ok(prefix
            .with(&whole(candidate), "", &never)?
            .ok_or("stopped")?)
    };
    let how = How {
        most: 1 + WRITTEN,
        past_the_end: true,
        ..How::default()
    };
    let warm = afresh(0)?;
    let began = Instant::now();
    let mut answers = Vec::new();
    let mut alone = Vec::new();
    let (mut independent, mut written_alone) = (0.0, 0.0);
    for candidate in 0..CANDIDATES {
        let asked = afresh(candidate)?;
        independent += began.elapsed().as_secs_f64() - independent - written_alone;
        alone.push(asked.answer(&how, &never)?.ok_or("stopped")?);
        written_alone += began.elapsed().as_secs_f64() - independent - written_alone;
        answers.push(asked.logits().to_vec());
    }
    model.forget();
    let began = Instant::now();
    let prefix = model.prefix(None, &shared, &never)?.ok_or("stopped")?;
    let mut apart = 0f32;
    let mut read = Vec::new();
    let parts: Vec<_> = (0..CANDIDATES).map(rest).collect();
    let questions: Vec<(&[Part<'_>], &str)> = parts.iter().map(|parts| (&parts[..], "")).collect();
    let all = prefix.with_all(&questions, &never)?.ok_or("stopped")?;
    for (asked, alone) in all.into_iter().zip(&answers) {
        let asked = asked?;
        apart = asked
            .logits()
            .iter()
            .zip(alone)
            .map(|(a, b)| (a - b).abs())
            .fold(apart, f32::max);
        read.push(asked);
    }
    let together = began.elapsed().as_secs_f64();
    let writings = read.iter().map(|asked| asked.writing(&how));
    let writings = writings.collect::<Result<Vec<_>, _>>()?;
    let side_by_side = model.answers(writings, &never)?.ok_or("stopped")?;
    let written = began.elapsed().as_secs_f64() - together;
    // the same question, answered beside others and alone; one that was read afresh differs by its rounding
    let again = read[0].answer(&how, &never)?.ok_or("stopped")?;
    let alike = side_by_side
        .iter()
        .zip(&alone)
        .filter(|(a, b)| a.text == b.text);
    print(&json!({
        "what": "eight candidates", "tokens": warm.length(), "shared_tokens": prefix.length(),
        "independent_seconds": independent, "shared_seconds": together, "share": together / independent,
        "logits_apart": apart,
    }));
    print(&json!({
        "what": "eight answers", "words": 1 + WRITTEN, "one_after_another_seconds": written_alone,
        "side_by_side_seconds": written, "share": written / written_alone,
        "share_with_reading": (together + written) / (independent + written_alone),
        "same_as_alone": side_by_side[0] == again, "same_words_as_read_afresh": alike.count(),
    }));
    model.forget();
    let began = Instant::now();
    model.see(&source, &never)?;
    let look = began.elapsed().as_secs_f64();
    let began = Instant::now();
    warm.answer(&how, &never)?;
    let write = began.elapsed().as_secs_f64() / WRITTEN as f64;
    print(&json!({
        "what": "one question", "threads": threads(), "look_seconds": look,
        "read_seconds_per_token": (independent / CANDIDATES as f64) / warm.length() as f64,
        "write_seconds_per_token": write,
    }));
    if named.is_none() {
        std::fs::remove_dir_all(&folder)?;
    }
    Ok(())
}

fn threads() -> usize {
    rayon::current_num_threads()
}

#[expect(clippy::print_stdout, reason = "figures are what this program is for")]
fn print(line: &Value) {
    println!("{line}");
}

fn picture(seed: u64) -> Bitmap {
    let mut rng = Rng::new(seed);
    let waves = [
        rng.between(1.0, 9.0),
        rng.between(1.0, 9.0),
        rng.between(1.0, 9.0),
    ];
    let at = |i: usize| {
        let (x, y) = ((i / 3 % SIDE) as f32, (i / 3 / SIDE) as f32);
        (127.5 + 127.0 * ((x * waves[i % 3] + y) / SIDE as f32 * 6.0).sin()) as u8
    };
    Bitmap {
        width: SIDE,
        height: SIDE,
        rgb: (0..SIDE * SIDE * 3).map(at).collect(),
    }
}

/// Writes the model.
fn make(folder: &Path) -> Result<(), Box<dyn Error>> {
    let small =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/parity/cases/qwen3_vl/model");
    std::fs::create_dir_all(folder)?;
    for entry in std::fs::read_dir(&small)?.flatten() {
        std::fs::copy(entry.path(), folder.join(entry.file_name()))?;
    }
    let read = |name: &str| -> Result<Value, Box<dyn Error>> {
        Ok(serde_json::from_str(&std::fs::read_to_string(
            small.join(name),
        )?)?)
    };
    let [width, inner, layers, heads, kv, head] = TEXT;
    let [eye_width, eye_inner, blocks, eye_heads, places] = EYES;
    let mut config = read("config.json")?;
    for (part, settings) in [
        (
            "text_config",
            json!({
                "hidden_size": width, "intermediate_size": inner, "num_hidden_layers": layers, "num_attention_heads": heads,
                "num_key_value_heads": kv, "head_dim": head,
                "rope_scaling": {"mrope_interleaved": true, "mrope_section": [24, 20, 20], "rope_type": "default"},
            }),
        ),
        (
            "vision_config",
            json!({
                "hidden_size": eye_width, "intermediate_size": eye_inner, "depth": blocks, "num_heads": eye_heads,
                "num_position_embeddings": places, "out_hidden_size": width, "deepstack_visual_indexes": [0, 1, 2],
            }),
        ),
    ] {
        for (key, value) in settings.as_object().into_iter().flatten() {
            config[part][key] = value.clone();
        }
    }
    std::fs::write(folder.join("config.json"), config.to_string())?;
    let mut processor = read("preprocessor_config.json")?;
    processor["size"] = json!({"longest_edge": SIDE * SIDE, "shortest_edge": 65_536});
    std::fs::write(
        folder.join("preprocessor_config.json"),
        processor.to_string(),
    )?;
    let words = config["text_config"]["vocab_size"]
        .as_u64()
        .ok_or("no words")? as usize;
    let mut shapes: Vec<(String, Vec<usize>)> = vec![
        ("lm_head.weight".into(), vec![words, width]),
        (
            "model.language_model.embed_tokens.weight".into(),
            vec![words, width],
        ),
        ("model.language_model.norm.weight".into(), vec![width]),
        (
            "model.visual.pos_embed.weight".into(),
            vec![places, eye_width],
        ),
        (
            "model.visual.patch_embed.proj.weight".into(),
            vec![eye_width, 3, 2, PATCH, PATCH],
        ),
        ("model.visual.patch_embed.proj.bias".into(), vec![eye_width]),
    ];
    for layer in 0..layers {
        for (name, shape) in [
            ("input_layernorm", vec![width]),
            ("post_attention_layernorm", vec![width]),
            ("self_attn.q_norm", vec![head]),
            ("self_attn.k_norm", vec![head]),
            ("self_attn.q_proj", vec![heads * head, width]),
            ("self_attn.k_proj", vec![kv * head, width]),
            ("self_attn.v_proj", vec![kv * head, width]),
            ("self_attn.o_proj", vec![width, heads * head]),
            ("mlp.gate_proj", vec![inner, width]),
            ("mlp.up_proj", vec![inner, width]),
            ("mlp.down_proj", vec![width, inner]),
        ] {
            shapes.push((
                format!("model.language_model.layers.{layer}.{name}.weight"),
                shape,
            ));
        }
    }
    let mut both = |name: String, outputs: usize, inputs: usize| {
        shapes.push((format!("{name}.weight"), vec![outputs, inputs]));
        shapes.push((format!("{name}.bias"), vec![outputs]));
    };
    for block in 0..blocks {
        let at = |name: &str| format!("model.visual.blocks.{block}.{name}");
        both(at("attn.qkv"), 3 * eye_width, eye_width);
        both(at("attn.proj"), eye_width, eye_width);
        both(at("mlp.linear_fc1"), eye_inner, eye_width);
        both(at("mlp.linear_fc2"), eye_width, eye_inner);
    }
    let wide = 4 * eye_width;
    let mergers = ["merger".to_owned()]
        .into_iter()
        .chain((0..3).map(|i| format!("deepstack_merger_list.{i}")));
    let mergers: Vec<String> = mergers.map(|name| format!("model.visual.{name}")).collect();
    for name in &mergers {
        both(format!("{name}.linear_fc1"), wide, wide);
        both(format!("{name}.linear_fc2"), width, wide);
    }
    let norms = (0..blocks).flat_map(|block| {
        [1, 2].map(|n| (format!("model.visual.blocks.{block}.norm{n}"), eye_width))
    });
    let norms = norms.chain(mergers.iter().enumerate().map(|(i, name)| {
        (
            format!("{name}.norm"),
            if i == 0 { eye_width } else { wide },
        )
    }));
    for (name, size) in norms.collect::<Vec<_>>() {
        shapes.push((format!("{name}.weight"), vec![size]));
        shapes.push((format!("{name}.bias"), vec![size]));
    }
    let mut rng = Rng::new(1);
    let mut tensors = HashMap::new();
    for (name, shape) in shapes {
        let count: usize = shape.iter().product();
        let values: Vec<f32> = match shape.len() {
            1 if name.ends_with("bias") => vec![0.0; count],
            1 => vec![1.0; count],
            _ => (0..count).map(|_| rng.between(-0.03, 0.03)).collect(),
        };
        tensors.insert(name, Tensor::from_vec(values, shape, &Device::Cpu)?);
    }
    candle_core::safetensors::save(&tensors, folder.join("model.safetensors"))?;
    Ok(())
}
