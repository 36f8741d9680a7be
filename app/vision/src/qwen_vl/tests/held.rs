//! The same model in other files and other numbers: GGUF files as llama.cpp writes them (tests/parity/make_gguf.py), floats
//! of 16 bits, and blocks that are packed when it is loaded.

use super::*;
use crate::qwen_vl::open_here;

/// A folder with the settings of a small model and with GGUF files in place of its weights.
fn blocks(name: &str, called: &str, files: &[&str]) -> Copied {
    let copied = Copied::of(name, called);
    std::fs::remove_file(copied.0.join("model.safetensors")).expect("gone");
    let from = case(&format!("gguf_{name}"));
    for file in files {
        let from = from.with_file_name(file);
        std::fs::copy(from, copied.0.join(file)).expect("a copy");
    }
    copied
}

/// What is made of a question with two pictures: logits, and the likeliest words.
fn told(model: &QwenVl) -> (Vec<f32>, Vec<u32>) {
    let photos = [picture(3, 96, 64), picture(5, 70, 110)];
    let prefix = model
        .prefix(None, &[Part::Picture(&photos[0])], &never)
        .expect("a prefix")
        .expect("not stopped");
    let rest = [Part::Picture(&photos[1]), Part::Words("is it warm ?")];
    let asked = prefix
        .with(&rest, "", &never)
        .expect("a question")
        .expect("not stopped");
    let how = How {
        most: 16,
        past_the_end: true,
        ..How::default()
    };
    let answer = asked
        .answer(&how, &never)
        .expect("an answer")
        .expect("not stopped");
    let words = answer.tokens.iter().map(|written| written.id).collect();
    (asked.logits().to_vec(), words)
}

fn largest(logits: &[f32]) -> f32 {
    logits.iter().fold(0.0, |most, logit| most.max(logit.abs()))
}

const MODELS: [&str; 2] = ["qwen2_5_vl", "qwen3_vl"];

#[test]
fn gguf_files_of_exact_numbers_write_the_words_of_the_folder_that_they_were_made_of() {
    for name in MODELS {
        let folder = blocks(name, "exact", &["small-F32.gguf", "mmproj-F32.gguf"]);
        let blocks = QwenVl::open(&folder.0, &Device::Cpu).expect("a model");
        let (ours, theirs) = (told(&blocks), told(&model(name, None)));
        assert_eq!(ours, theirs, "{name}");
    }
}

#[test]
fn gguf_files_in_blocks_are_near_it() {
    for name in MODELS {
        let folder = blocks(name, "blocks", &["small-Q8_0.gguf", "mmproj-F32.gguf"]);
        let written = told(&QwenVl::open(&folder.0, &Device::Cpu).expect("a model")).0;
        let plain = told(&model(name, None)).0;
        let apart = apart(&written, &plain) / largest(&plain);
        assert!((1e-5..0.02).contains(&apart), "{name}: {apart:e} apart");
    }
}

#[test]
fn every_density_is_near_the_exact_numbers_by_as_much_as_its_bits_allow() {
    // of the largest logit; a number keeps 8, 11, 7 or 4 bits beside its sign
    let allowed = [
        (Density::F32, 0.0, 0.0),
        (Density::Bf16, 1e-5, 0.02),
        (Density::F16, 1e-6, 0.003),
        (Density::Q8, 1e-5, 0.03),
        (Density::Q4, 1e-4, 0.2),
    ];
    for name in MODELS {
        let plain = told(&model(name, None)).0;
        for (density, least, most) in allowed {
            let apart = apart(&told(&model(name, Some(density))).0, &plain) / largest(&plain);
            assert!(
                (least..=most).contains(&apart),
                "{name} in {}: {apart:e} apart",
                density.id()
            );
        }
    }
}

#[test]
fn sixteen_bits_are_the_words_that_the_rounded_numbers_write_in_thirty_two() {
    for (density, dtype) in [(Density::Bf16, DType::BF16), (Density::F16, DType::F16)] {
        let copied = Copied::of("qwen3_vl", density.id());
        let path = copied.0.join("model.safetensors");
        let tensors = candle_core::safetensors::load(&path, &Device::Cpu).expect("weights");
        // vectors and kernels stay in 32 bits
        let rounded = tensors.into_iter().map(|(name, tensor)| {
            let matrix = tensor.rank() == 2 && !name.contains("pos_embed");
            let half = match matrix {
                true => tensor
                    .to_dtype(dtype)
                    .and_then(|half| half.to_dtype(DType::F32)),
                false => Ok(tensor),
            };
            (name, half.expect("floats"))
        });
        candle_core::safetensors::save(&rounded.collect(), &path).expect("written");
        let rounded = told(&QwenVl::open(&copied.0, &Device::Cpu).expect("a model"));
        let packed = told(&model("qwen3_vl", Some(density)));
        assert_eq!(packed.1, rounded.1, "{}", density.id());
        let apart = apart(&packed.0, &rounded.0);
        assert!(apart < 1e-4, "{}: {apart:e} apart", density.id());
    }
}

#[test]
fn how_densely_it_is_held_is_part_of_what_it_is() {
    let names = [
        None,
        Some(Density::F32),
        Some(Density::Q8),
        Some(Density::Q4),
    ];
    let weights = names.map(|density| model("qwen3_vl", density).weights().to_owned());
    for (index, one) in weights.iter().enumerate() {
        assert!(!weights[..index].contains(one));
    }
}

#[test]
fn a_gguf_file_may_be_named_and_one_that_is_not_whole_is_one_sentence() {
    let folder = blocks(
        "qwen3_vl",
        "named",
        &["small-F32.gguf", "small-Q8_0.gguf", "mmproj-F32.gguf"],
    );
    let named = |file: &str| open_here(&folder.0.join(file), None).map(|model| told(&model).0);
    let plain = told(&model("qwen3_vl", None)).0;
    assert_eq!(named("small-F32.gguf").expect("a model"), plain);
    assert_ne!(named("small-Q8_0.gguf").expect("a model"), plain);
    let said = |path: &Path| {
        let said = open_here(path, None).err().expect("a refusal").to_string();
        assert!(!said.contains('\n'), "{said}");
        said
    };
    assert!(said(&folder.0).contains("there are 2 GGUF files of a language model"));
    assert!(said(&folder.0.join("mmproj-F32.gguf")).contains("holds the eyes"));
    std::fs::remove_file(folder.0.join("mmproj-F32.gguf")).expect("gone");
    assert!(said(&folder.0.join("small-F32.gguf")).contains("there are 0 GGUF files of eyes"));
    std::fs::remove_file(folder.0.join("config.json")).expect("gone");
    assert!(said(&folder.0.join("small-F32.gguf")).contains("put config.json"));
}

#[test]
fn parts_of_one_tensor_that_are_not_all_there_are_named() {
    let folder = blocks(
        "qwen2_5_vl",
        "parts",
        &["small-F32.gguf", "mmproj-F32.gguf"],
    );
    let path = folder.0.join("mmproj-F32.gguf");
    let mut bytes = std::fs::read(&path).expect("a file");
    let name = b"v.blk.1.attn_k.bias";
    let at = bytes
        .windows(name.len())
        .position(|part| part == name)
        .expect("the name");
    // another block's number, which is then there twice
    bytes[at + 6] = b'7';
    std::fs::write(&path, bytes).expect("written");
    let said = QwenVl::open(&folder.0, &Device::Cpu)
        .err()
        .expect("a refusal")
        .to_string();
    assert!(
        said.contains("parts of visual.blocks.") && said.contains("only"),
        "{said}"
    );
}
