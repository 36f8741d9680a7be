//! Transformers in GGUF files under the names of Black Forest Labs, beside the same transformers in their folders.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use candle_core::quantized::{GgmlDType, QTensor, gguf_file};
use candle_core::{Device, Tensor};
use retake_models::Checkpoint;
use retake_models::flux1::{Networks, Text};
use retake_models::flux2;

use crate::places::temporary;

/// Cases here whose names begin so, and in the folder that `RETAKE_GOLDEN` names.
fn cases(beginning: &str) -> Vec<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/cases");
    let more = std::env::var_os("RETAKE_GOLDEN").map(PathBuf::from);
    let folders = [Some(own), more].into_iter().flatten();
    let entries = folders.flat_map(|folder| std::fs::read_dir(folder).expect("cases").flatten());
    let paths = entries.map(|entry| entry.path());
    let is_flux = |path: &PathBuf| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with(beginning))
    };
    paths.filter(is_flux).collect()
}

fn load(path: &Path) -> HashMap<String, Tensor> {
    candle_core::safetensors::load(path, &Device::Cpu).expect("tensors")
}

/// What a tensor of a published folder is called by Black Forest Labs, and which of the tensors there it is.
fn theirs(name: &str) -> (String, usize) {
    let parts: Vec<&str> = name.split('.').collect();
    let last = parts[parts.len() - 1];
    let inner = |from: usize| parts[from..parts.len() - 1].join(".");
    let (beginning, place, index) = match parts[0] {
        "transformer_blocks" => {
            let (place, index) = match inner(2).as_str() {
                "norm1.linear" => ("img_mod.lin", 0),
                "norm1_context.linear" => ("txt_mod.lin", 0),
                "attn.to_q" => ("img_attn.qkv", 0),
                "attn.to_k" => ("img_attn.qkv", 1),
                "attn.to_v" => ("img_attn.qkv", 2),
                "attn.add_q_proj" => ("txt_attn.qkv", 0),
                "attn.add_k_proj" => ("txt_attn.qkv", 1),
                "attn.add_v_proj" => ("txt_attn.qkv", 2),
                "attn.norm_q" => ("img_attn.norm.query_norm.scale", 0),
                "attn.norm_k" => ("img_attn.norm.key_norm.scale", 0),
                "attn.norm_added_q" => ("txt_attn.norm.query_norm.scale", 0),
                "attn.norm_added_k" => ("txt_attn.norm.key_norm.scale", 0),
                "attn.to_out.0" => ("img_attn.proj", 0),
                "attn.to_add_out" => ("txt_attn.proj", 0),
                "ff.net.0.proj" => ("img_mlp.0", 0),
                "ff.net.2" => ("img_mlp.2", 0),
                "ff_context.net.0.proj" => ("txt_mlp.0", 0),
                "ff_context.net.2" => ("txt_mlp.2", 0),
                "ff.linear_in" => ("img_mlp.0", 0),
                "ff.linear_out" => ("img_mlp.2", 0),
                "ff_context.linear_in" => ("txt_mlp.0", 0),
                "ff_context.linear_out" => ("txt_mlp.2", 0),
                other => panic!("{other}"),
            };
            (format!("double_blocks.{}.", parts[1]), place, index)
        }
        "single_transformer_blocks" => {
            let (place, index) = match inner(2).as_str() {
                "norm.linear" => ("modulation.lin", 0),
                "attn.to_q" => ("linear1", 0),
                "attn.to_k" => ("linear1", 1),
                "attn.to_v" => ("linear1", 2),
                "proj_mlp" => ("linear1", 3),
                "proj_out" => ("linear2", 0),
                "attn.to_qkv_mlp_proj" => ("linear1", 0),
                "attn.to_out" => ("linear2", 0),
                "attn.norm_q" => ("norm.query_norm.scale", 0),
                "attn.norm_k" => ("norm.key_norm.scale", 0),
                other => panic!("{other}"),
            };
            (format!("single_blocks.{}.", parts[1]), place, index)
        }
        _ => {
            let place = match inner(0).as_str() {
                "x_embedder" => "img_in",
                "context_embedder" => "txt_in",
                "time_text_embed.timestep_embedder.linear_1" => "time_in.in_layer",
                "time_text_embed.timestep_embedder.linear_2" => "time_in.out_layer",
                "time_text_embed.guidance_embedder.linear_1" => "guidance_in.in_layer",
                "time_text_embed.guidance_embedder.linear_2" => "guidance_in.out_layer",
                "time_text_embed.text_embedder.linear_1" => "vector_in.in_layer",
                "time_text_embed.text_embedder.linear_2" => "vector_in.out_layer",
                "time_guidance_embed.timestep_embedder.linear_1" => "time_in.in_layer",
                "time_guidance_embed.timestep_embedder.linear_2" => "time_in.out_layer",
                "time_guidance_embed.guidance_embedder.linear_1" => "guidance_in.in_layer",
                "time_guidance_embed.guidance_embedder.linear_2" => "guidance_in.out_layer",
                "double_stream_modulation_img.linear" => "double_stream_modulation_img.lin",
                "double_stream_modulation_txt.linear" => "double_stream_modulation_txt.lin",
                "single_stream_modulation.linear" => "single_stream_modulation.lin",
                "norm_out.linear" => "final_layer.adaLN_modulation.1",
                "proj_out" => "final_layer.linear",
                other => panic!("{other}"),
            };
            (String::new(), place, 0)
        }
    };
    match place.ends_with(".scale") {
        true => (beginning + place, index),
        false => (format!("{beginning}{place}.{last}"), index),
    }
}

/// The model of a case with its transformer in a GGUF file, whose matrices are of a kind where it fits.
fn converted(case: &Path, folder: &Path, kind: GgmlDType) {
    let model = case.join("model");
    for part in std::fs::read_dir(&model).expect("a model").flatten() {
        let target = folder.join(part.file_name());
        if part.path().is_file() {
            std::fs::copy(part.path(), target).expect("a copy");
            continue;
        }
        std::fs::create_dir_all(&target).expect("a folder");
        for file in std::fs::read_dir(part.path()).expect("a part").flatten() {
            let weights = part.file_name() == "transformer" && file.file_name() != "config.json";
            if !weights {
                std::fs::copy(file.path(), target.join(file.file_name())).expect("a copy");
            }
        }
    }
    let mut fused: BTreeMap<String, BTreeMap<usize, Tensor>> = BTreeMap::new();
    for file in std::fs::read_dir(model.join("transformer"))
        .expect("a part")
        .flatten()
    {
        if file
            .path()
            .extension()
            .is_some_and(|ending| ending == "safetensors")
        {
            for (name, tensor) in load(&file.path()) {
                let tensor = tensor.to_dtype(candle_core::DType::F32).expect("floats");
                let (name, index) = theirs(&name);
                fused.entry(name).or_default().insert(index, tensor);
            }
        }
    }
    let tensors: Vec<(String, QTensor)> = fused
        .into_iter()
        .map(|(name, parts)| {
            let mut parts: Vec<Tensor> = parts.into_values().collect();
            if name.starts_with("final_layer.adaLN") {
                // ours says scale and shift, theirs shift and scale
                parts = parts[0]
                    .chunk(2, 0)
                    .expect("halves")
                    .into_iter()
                    .rev()
                    .collect();
            }
            let whole = Tensor::cat(&parts, 0).expect("one tensor");
            let fits = whole.rank() == 2 && whole.dims()[1].is_multiple_of(kind.block_size());
            let kind = if fits { kind } else { GgmlDType::F32 };
            (name, QTensor::quantize(&whole, kind).expect("blocks"))
        })
        .collect();
    let named: Vec<(&str, &QTensor)> = tensors
        .iter()
        .map(|(name, tensor)| (name.as_str(), tensor))
        .collect();
    let mut file = std::fs::File::create(folder.join("transformer/model.gguf")).expect("a file");
    gguf_file::write(&mut file, &[], &named).expect("a GGUF file");
}

/// One call of the transformer on what the reference gave it.
fn answer(folder: &Path, expected: &HashMap<String, Tensor>) -> Tensor {
    let checkpoint = Checkpoint::open(folder).expect("a checkpoint");
    let networks = Networks::of(&checkpoint, &Device::Cpu).expect("networks");
    let places: Vec<[f64; 3]> = expected["img_ids"]
        .to_vec2::<f32>()
        .expect("places")
        .into_iter()
        .map(|place| [0, 1, 2].map(|axis| f64::from(place[axis])))
        .collect();
    let number = |name: &str| {
        expected
            .get(name)
            .map_or(0.0, |n| n.to_vec1::<f32>().expect("a number")[0])
    };
    let text = Text {
        states: expected["prompt_embeds"].clone(),
        pooled: expected["pooled"].clone(),
    };
    let (time, guidance) = (number("transformer_t"), number("guidance"));
    networks
        .answer(&expected["transformer_in"], &places, &text, time, guidance)
        .expect("an answer")
}

fn apart(a: &Tensor, b: &Tensor) -> f32 {
    (a - b)
        .and_then(|d| d.abs()?.max_all()?.to_scalar())
        .expect("numbers of one shape")
}

#[test]
fn a_gguf_file_of_exact_numbers_is_the_folder_that_it_was_made_of() {
    for case in cases("flux_kontext") {
        let folder = temporary("gguf-exact");
        converted(&case, &folder, GgmlDType::F32);
        let expected = load(&case.join("expected.safetensors"));
        let (gguf, plain) = (
            answer(&folder, &expected),
            answer(&case.join("model"), &expected),
        );
        // where the folder holds 16 bits, the same numbers go through another kernel
        let far = apart(&gguf, &plain);
        assert!(far < 1e-5, "{}: {far:e} apart", case.display());
        assert!(apart(&gguf, &expected["transformer_out"]) < 1e-4);
    }
}

#[test]
fn a_gguf_file_of_eight_bits_is_near_it() {
    let mut rounded = 0;
    for case in cases("flux_kontext") {
        let folder = temporary("gguf-q8");
        converted(&case, &folder, GgmlDType::Q8_0);
        let expected = load(&case.join("expected.safetensors"));
        let far = apart(&answer(&folder, &expected), &expected["transformer_out"]);
        let largest = expected["transformer_out"]
            .abs()
            .and_then(|t| t.max_all()?.to_scalar::<f32>());
        // Q8_0 rounds to 1/254 of the largest of 32 neighbours
        assert!(
            far < 0.03 * largest.expect("a number"),
            "{}: {far} apart",
            case.display()
        );
        rounded += usize::from(far > 1e-5);
    }
    assert!(rounded > 0, "nothing was rounded");
}

/// One call of FLUX.2's denoiser on the case's noise beside its own picture.
fn answer2(folder: &Path, case: &Path) -> Tensor {
    let networks = flux2::Networks::open(folder, &Device::Cpu).expect("networks");
    let expected = load(&case.join("expected.safetensors"));
    let picture = &expected["vae_image_latents"];
    let references = networks
        .references(std::slice::from_ref(picture))
        .expect("references");
    let latents = picture
        .flip(&[3])
        .and_then(|latents| latents * 1.5)
        .expect("latents");
    networks
        .denoise(&latents, &references, 700.0, &expected["prompt_embeds"])
        .expect("an answer")
}

#[test]
fn a_gguf_file_of_flux_2_is_the_folder_that_it_was_made_of() {
    let all = cases("flux2_klein");
    assert!(all.len() >= 3, "{all:?}");
    for case in all {
        let plain = answer2(&case.join("model"), &case);
        let largest = plain
            .abs()
            .and_then(|t| t.max_all()?.to_scalar::<f32>())
            .expect("a number");
        for (kind, tolerance) in [(GgmlDType::F32, 1e-5), (GgmlDType::Q8_0, 0.03 * largest)] {
            let folder = temporary(&format!("gguf-flux2-{kind:?}"));
            converted(&case, &folder, kind);
            let far = apart(&answer2(&folder, &case), &plain);
            assert!(
                far < tolerance,
                "{} in {kind:?}: {far:e} apart",
                case.display()
            );
            assert_eq!(far > 1e-5, kind == GgmlDType::Q8_0, "{far:e}");
        }
    }
}
