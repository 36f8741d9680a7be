//! Adapters: the names that tools give them, the sum, and what fits nowhere.

use candle_core::quantized::{GgmlDType, QTensor, gguf_file};

use super::*;
use crate::checkpoint::names::CLIP_TEXT;

/// Numbers by the name of their tensor.
type Found = BTreeMap<String, Vec<f32>>;

type Named<'a> = (&'a str, &'a [usize], &'a [f32]);

fn file(tensors: &[Named]) -> Vec<u8> {
    let tensors: Vec<(&str, Dtype, &[usize], Vec<u8>)> = tensors
        .iter()
        .map(|(name, shape, values)| {
            let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
            (*name, Dtype::F32, *shape, bytes)
        })
        .collect();
    bytes_of(&tensors)
}

/// A checkpoint of a U-Net with a square layer and a convolution, and of a text encoder with a square layer.
fn checkpoint(test: &str) -> Folder {
    let folder = Folder::new(test);
    for part in ["unet", "text_encoder"] {
        std::fs::create_dir_all(folder.0.join(part)).expect("a folder");
    }
    let unet = file(&[
        ("mid.attn1.to_q.weight", &[2, 2], &VALUES),
        ("mid.attn1.to_out.0.weight", &[2, 2], &VALUES),
        ("mid.conv1.weight", &[1, 1, 2, 2], &VALUES),
    ]);
    folder.write("unet/diffusion_pytorch_model.safetensors", &unet);
    let text = file(&[(
        "text_model.encoder.0.self_attn.q_proj.weight",
        &[2, 2],
        &VALUES,
    )]);
    folder.write("text_encoder/model.safetensors", &text);
    folder
}

/// The numbers of a tensor, and the fingerprint of its network, with adapters of these scales.
fn adapted(
    folder: &Folder,
    (part, renames): (&str, &[Rename]),
    adapters: &[(&str, f64)],
) -> Result<(Found, [u8; 32]), ModelError> {
    let mut checkpoint = Checkpoint::open(&folder.0)?;
    for (name, scale) in adapters {
        checkpoint = checkpoint.with_adapter(&folder.0.join(name), *scale)?;
    }
    let names: &[(&str, &[usize])] = match part {
        "unet" => &[
            ("mid.attn1.to_q.weight", &[2, 2]),
            ("mid.attn1.to_out.0.weight", &[2, 2]),
            ("mid.conv1.weight", &[1, 1, 2, 2]),
        ],
        _ => &[("encoder.0.self_attn.q_proj.weight", &[2, 2])],
    };
    let tensors = checkpoint.tensors(part, renames)?;
    let built = tensors.build(&Device::Cpu, DType::F32, |vb| {
        let get = |(name, shape): &(&str, &[usize])| {
            Ok((
                (*name).to_owned(),
                vb.get(*shape, name)?.flatten_all()?.to_vec1()?,
            ))
        };
        names.iter().map(get).collect()
    })?;
    Ok((built.network, built.fingerprint))
}

const DOWN: [f32; 2] = [1.0, -2.0];
const UP: [f32; 2] = [0.5, 4.0];
/// up · down
const PRODUCT: [f32; 4] = [0.5, -1.0, 4.0, -8.0];

fn sum(factor: f32) -> Vec<f32> {
    VALUES
        .iter()
        .zip(PRODUCT)
        .map(|(w, p)| w + factor * p)
        .collect()
}

#[test]
fn the_names_of_every_tool_reach_the_layer() {
    type Part = (&'static str, &'static [Rename]);
    const UNET: Part = ("unet", &[]);
    const TEXT: Part = ("text_encoder", CLIP_TEXT);
    let cases: &[(&str, &str, Part, &str)] = &[
        (
            "unet.mid.attn1.to_q.lora_A.weight",
            "unet.mid.attn1.to_q.lora_B.weight",
            UNET,
            "mid.attn1.to_q.weight",
        ),
        (
            "mid.attn1.to_q.lora_A.weight",
            "mid.attn1.to_q.lora_B.weight",
            UNET,
            "mid.attn1.to_q.weight",
        ),
        (
            "base_model.model.mid.attn1.to_q.lora_A.default.weight",
            "base_model.model.mid.attn1.to_q.lora_B.default.weight",
            UNET,
            "mid.attn1.to_q.weight",
        ),
        (
            "unet.mid.attn1.to_q.lora.down.weight",
            "unet.mid.attn1.to_q.lora.up.weight",
            UNET,
            "mid.attn1.to_q.weight",
        ),
        (
            "unet.mid.attn1.processor.to_q_lora.down.weight",
            "unet.mid.attn1.processor.to_q_lora.up.weight",
            UNET,
            "mid.attn1.to_q.weight",
        ),
        (
            "unet.mid.attn1.processor.to_out_lora.down.weight",
            "unet.mid.attn1.processor.to_out_lora.up.weight",
            UNET,
            "mid.attn1.to_out.0.weight",
        ),
        (
            "lora_unet_mid_attn1_to_q.lora_down.weight",
            "lora_unet_mid_attn1_to_q.lora_up.weight",
            UNET,
            "mid.attn1.to_q.weight",
        ),
        (
            "lora_unet_mid_attn1_to_out_0.lora_down.weight",
            "lora_unet_mid_attn1_to_out_0.lora_up.weight",
            UNET,
            "mid.attn1.to_out.0.weight",
        ),
        (
            "text_encoder.text_model.encoder.0.self_attn.q_proj.lora_A.weight",
            "text_encoder.text_model.encoder.0.self_attn.q_proj.lora_B.weight",
            TEXT,
            "encoder.0.self_attn.q_proj.weight",
        ),
        (
            "text_encoder.encoder.0.self_attn.q_proj.lora_A.weight",
            "text_encoder.encoder.0.self_attn.q_proj.lora_B.weight",
            TEXT,
            "encoder.0.self_attn.q_proj.weight",
        ),
        (
            "text_encoder.text_model.encoder.0.self_attn.q_proj.lora_linear_layer.down.weight",
            "text_encoder.text_model.encoder.0.self_attn.q_proj.lora_linear_layer.up.weight",
            TEXT,
            "encoder.0.self_attn.q_proj.weight",
        ),
        (
            "text_encoder.text_model.encoder.0.self_attn.to_q_lora.down.weight",
            "text_encoder.text_model.encoder.0.self_attn.to_q_lora.up.weight",
            TEXT,
            "encoder.0.self_attn.q_proj.weight",
        ),
        (
            "lora_te_text_model_encoder_0_self_attn_q_proj.lora_down.weight",
            "lora_te_text_model_encoder_0_self_attn_q_proj.lora_up.weight",
            TEXT,
            "encoder.0.self_attn.q_proj.weight",
        ),
        (
            "lora_te1_text_model_encoder_0_self_attn_q_proj.lora_down.weight",
            "lora_te1_text_model_encoder_0_self_attn_q_proj.lora_up.weight",
            TEXT,
            "encoder.0.self_attn.q_proj.weight",
        ),
    ];
    let folder = checkpoint("lora-names");
    for (down, up, part, name) in cases {
        folder.write(
            "a.safetensors",
            &file(&[(down, &[1, 2], &DOWN), (up, &[2, 1], &UP)]),
        );
        let (found, _) = adapted(&folder, *part, &[("a.safetensors", 0.5)]).expect(down);
        assert_eq!(found[*name], sum(0.5), "{down}");
        let others = found.iter().filter(|(other, _)| other != name);
        others.for_each(|(other, values)| assert_eq!(values[..], VALUES, "{other} by {down}"));
    }
}

#[test]
fn a_convolution_is_adapted_too() {
    let folder = checkpoint("locon");
    let down: (&str, &[usize], &[f32]) = (
        "lora_unet_mid_conv1.lora_down.weight",
        &[2, 1, 2, 2],
        &[1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0],
    );
    let up: Named = (
        "lora_unet_mid_conv1.lora_up.weight",
        &[1, 2, 1, 1],
        &[2.0, 8.0],
    );
    folder.write("a.safetensors", &file(&[down, up]));
    let (found, _) = adapted(&folder, ("unet", &[]), &[("a.safetensors", 1.0)]).expect("a network");
    let [a, b, c, d] = VALUES;
    assert_eq!(found["mid.conv1.weight"], [a + 2.0, b, c, d + 8.0]);
}

#[test]
fn the_strength_it_was_trained_with_is_found_wherever_it_stands() {
    let folder = checkpoint("alpha");
    let down: Named = ("unet.mid.attn1.to_q.lora_A.weight", &[1, 2], &DOWN);
    let up: Named = ("unet.mid.attn1.to_q.lora_B.weight", &[2, 1], &UP);
    folder.write(
        "beside.safetensors",
        &file(&[down, up, ("unet.mid.attn1.to_q.alpha", &[], &[0.25])]),
    );
    std::fs::create_dir_all(folder.0.join("peft")).expect("a folder");
    folder.write("peft/adapter_model.safetensors", &file(&[down, up]));
    folder.write(
        "peft/adapter_config.json",
        br#"{"lora_alpha": 0.25, "r": 1}"#,
    );
    std::fs::create_dir_all(folder.0.join("pattern")).expect("a folder");
    folder.write("pattern/adapter_model.safetensors", &file(&[down, up]));
    let pattern = br#"{"lora_alpha": 9, "alpha_pattern": {"attn1.to_q": 0.25}}"#;
    folder.write("pattern/adapter_config.json", pattern);
    for name in ["beside.safetensors", "peft", "pattern"] {
        let (found, _) = adapted(&folder, ("unet", &[]), &[(name, 2.0)]).expect(name);
        assert_eq!(found["mid.attn1.to_q.weight"], sum(0.5), "{name}");
    }
}

#[test]
fn several_adapters_add_up_and_each_is_in_the_fingerprint() {
    let folder = checkpoint("several");
    let down: Named = ("mid.attn1.to_q.lora_A.weight", &[1, 2], &DOWN);
    let up: Named = ("mid.attn1.to_q.lora_B.weight", &[2, 1], &UP);
    folder.write("a.safetensors", &file(&[down, up]));
    let with =
        |adapters: &[(&str, f64)]| adapted(&folder, ("unet", &[]), adapters).expect("a network");
    let (found, _) = with(&[("a.safetensors", 0.5), ("a.safetensors", -0.25)]);
    assert_eq!(found["mid.attn1.to_q.weight"], sum(0.25));
    let none = with(&[]).1;
    let half = with(&[("a.safetensors", 0.5)]).1;
    let whole = with(&[("a.safetensors", 1.0)]).1;
    assert!(none != half && half != whole && whole != none);
    assert_eq!(half, with(&[("a.safetensors", 0.5)]).1);
}

#[test]
fn what_fits_nowhere_is_named() {
    let down = |name| (name, &[1usize, 2][..], &DOWN[..]);
    let up = |name| (name, &[2usize, 1][..], &UP[..]);
    let wide: Named = ("mid.attn1.to_q.lora_B.weight", &[3, 1], &[0.0; 3]);
    let cases: Vec<(Vec<Named>, &str)> = vec![
        (
            vec![
                down("unet.low.to_q.lora_A.weight"),
                up("unet.low.to_q.lora_B.weight"),
            ],
            "the adapter's tensor unet.low.to_q.lora_A.weight fits nowhere in the model's unet",
        ),
        (
            vec![
                down("lora_te2_x.lora_down.weight"),
                up("lora_te2_x.lora_up.weight"),
            ],
            "the adapter's tensor lora_te2_x.lora_down.weight fits nowhere: the model has no text_encoder_2",
        ),
        (
            vec![down("mid.attn1.to_q.lora_A.weight"), wide],
            "the adapter changes mid.attn1.to_q by matrices of the shapes [3, 1] and [1, 2], which do not make [2, 2]",
        ),
        (
            vec![up("mid.attn1.to_q.lora_B.weight")],
            "the adapter has only one half of mid.attn1.to_q.lora_B.weight",
        ),
        (
            vec![down("lora_unet_mid.hada_w1_a")],
            "the adapter's tensor lora_unet_mid.hada_w1_a is of a kind that cannot be merged",
        ),
        (
            vec![
                ("mid.attn1.to_q.lora_A.weight", &[1, 2], &[f32::NAN, 0.0]),
                up("mid.attn1.to_q.lora_B.weight"),
            ],
            "the adapter holds numbers that are not finite",
        ),
        (
            vec![
                down("a.lora_A.weight"),
                up("a.lora_B.weight"),
                ("a.alpha", &[2], &[1.0, 2.0]),
            ],
            "the adapter's a.alpha is no number",
        ),
        (vec![], "the adapter holds no layers"),
    ];
    let folder = checkpoint("misfits");
    for (tensors, sentence) in cases {
        folder.write("a.safetensors", &file(&tensors));
        let said = adapted(&folder, ("unet", &[]), &[("a.safetensors", 1.0)]);
        let said = said.expect_err(sentence).to_string();
        assert!(said.contains(sentence), "{said}");
        assert!(said.ends_with("a.safetensors"), "{said}");
    }
    let said = adapted(&folder, ("unet", &[]), &[("nowhere", 1.0)])
        .expect_err("none")
        .to_string();
    assert!(said.contains("there is no such adapter"), "{said}");
}

#[test]
fn an_adapter_in_the_names_of_black_forest_labs_reaches_each_of_the_layers() {
    let folder = Folder::new("lora-flux");
    std::fs::create_dir_all(folder.0.join("transformer")).expect("a folder");
    let config = br#"{"_class_name": "FluxTransformer2DModel"}"#;
    folder.write("transformer/config.json", config);
    let zeros = [0.0f32; 32 * 6];
    let shape: &[usize] = &[2, 32];
    let names = ["q", "k", "v"].map(|x| format!("transformer_blocks.3.attn.to_{x}.weight"));
    let norm: Named = ("norm_out.linear.weight", &[2, 32], &zeros[..64]);
    let mut tensors: Vec<Named> = names
        .iter()
        .map(|name| (name.as_str(), shape, &zeros[..64]))
        .collect();
    tensors.push(norm);
    folder.write(
        "transformer/diffusion_pytorch_model.safetensors",
        &file(&tensors),
    );
    let ones = [1.0f32; 32];
    let counting: Vec<f32> = (1..=6).map(|i| i as f32).collect();
    for (qkv, last) in [
        (
            "lora_unet_double_blocks_3_img_attn_qkv.lora_",
            "lora_unet_final_layer_adaLN_modulation_1.lora_",
        ),
        (
            "diffusion_model.double_blocks.3.img_attn.qkv.lora_",
            "diffusion_model.final_layer.adaLN_modulation.1.lora_",
        ),
        (
            "transformer.double_blocks.3.img_attn.qkv.lora_",
            "base_model.model.final_layer.adaLN_modulation.1.lora_",
        ),
    ] {
        let [a, b, c, d] = [(qkv, "down"), (qkv, "up"), (last, "down"), (last, "up")]
            .map(|(stem, end)| format!("{stem}{end}.weight"));
        let adapter: [Named; 4] = [
            (&a, &[1, 32], &ones),
            (&b, &[6, 1], &counting),
            (&c, &[1, 32], &ones),
            (&d, &[2, 1], &counting[..2]),
        ];
        folder.write("a.safetensors", &file(&adapter));
        let open = Checkpoint::open(&folder.0)
            .and_then(|c| c.with_adapter(&folder.0.join("a.safetensors"), 1.0));
        let tensors = open.and_then(|c| c.tensors("transformer", &[])).expect(qkv);
        let built = tensors.build(&Device::Cpu, DType::F32, |vb| {
            let all = names.iter().map(String::as_str).chain([norm.0]);
            let first = |name| {
                vb.get((2, 32), name)?
                    .narrow(1, 0, 1)?
                    .flatten_all()?
                    .to_vec1::<f32>()
            };
            all.map(first).collect::<candle_core::Result<Vec<_>>>()
        });
        let found = built.expect("a network").network.concat();
        assert_eq!(found, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 2.0, 1.0], "{qkv}");
    }
}

#[test]
fn blocks_become_finer_ones_that_keep_the_adapter() {
    let folder = Folder::new("lora-blocks");
    std::fs::create_dir_all(folder.0.join("transformer")).expect("a folder");
    let values: Vec<f32> = (0..512).map(|i| (i as f32 * 0.37).sin()).collect();
    let exact = Tensor::from_vec(values, (2, 256), &Device::Cpu).expect("a tensor");
    let coarse = QTensor::quantize(&exact, GgmlDType::Q4K).expect("blocks");
    let mut bytes = std::io::Cursor::new(Vec::new());
    gguf_file::write(&mut bytes, &[], &[("w.weight", &coarse)]).expect("a file");
    folder.write("transformer/w.gguf", &bytes.into_inner());
    let down: Vec<f32> = (0..256).map(|i| (i as f32).cos()).collect();
    let adapter: [Named; 2] = [
        ("w.lora_A.weight", &[1, 256], &down),
        ("w.lora_B.weight", &[2, 1], &[0.02, -0.01]),
    ];
    folder.write("a.safetensors", &file(&adapter));
    let open = Checkpoint::open(&folder.0)
        .and_then(|c| c.with_adapter(&folder.0.join("a.safetensors"), 1.0));
    let tensors = open
        .and_then(|c| c.tensors("transformer", &[]))
        .expect("tensors");
    let built = tensors.build(&Device::Cpu, DType::F32, |vb| vb.get((2, 256), "w.weight"));
    let found: Vec<f32> = built
        .expect("one")
        .network
        .flatten_all()
        .and_then(|t| t.to_vec1())
        .expect("numbers");
    let coarse: Vec<f32> = coarse
        .dequantize(&Device::Cpu)
        .and_then(|t| t.flatten_all()?.to_vec1())
        .expect("numbers");
    let wanted = |i: usize| coarse[i] + [0.02, -0.01][i / 256] * down[i % 256];
    let worst = (0..512)
        .map(|i| (found[i] - wanted(i)).abs())
        .fold(0.0, f32::max);
    // half a step of 127 for numbers up to 1.1
    assert!(worst < 0.005, "{worst} off");
}
