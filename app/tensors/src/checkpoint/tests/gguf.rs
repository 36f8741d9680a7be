//! GGUF files: their kinds, their names, and what is wrong with them.

use candle_core::quantized::gguf_file::{self, Value};
use candle_core::quantized::{GgmlDType, QTensor};

use super::*;

/// A folder whose transformer is of a class, with these tensors in a GGUF file.
fn folder(test: &str, class: &str, tensors: &[(&str, &QTensor)]) -> Folder {
    let folder = Folder::new(test);
    std::fs::create_dir_all(folder.0.join("transformer")).expect("a folder");
    let config = format!(r#"{{"_class_name": "{class}"}}"#);
    folder.write("transformer/config.json", config.as_bytes());
    folder.write("transformer/model-Q.gguf", &bytes(tensors));
    folder
}

fn bytes(tensors: &[(&str, &QTensor)]) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    let notes = [
        ("general.architecture", &Value::String("flux".to_owned())),
        (
            "general.tags",
            &Value::Array(vec![Value::U32(7), Value::U32(9)]),
        ),
        (
            "general.words",
            &Value::Array(vec![Value::String("a".to_owned())]),
        ),
    ];
    gguf_file::write(&mut file, &notes, tensors).expect("a GGUF file");
    file.into_inner()
}

/// Rows whose every number tells where it was.
fn rows(count: usize, columns: usize) -> Tensor {
    let number = |i: usize| (i / columns) as f32 + (i % columns) as f32 / 1000.0;
    let values: Vec<f32> = (0..count * columns).map(number).collect();
    Tensor::from_vec(values, (count, columns), &Device::Cpu).expect("a tensor")
}

fn stored(tensor: &Tensor, kind: GgmlDType) -> QTensor {
    QTensor::quantize(tensor, kind).expect("blocks")
}

fn read(folder: &Folder, names: &[(&str, usize, usize)]) -> Result<Vec<Vec<Vec<f32>>>, ModelError> {
    let tensors = Checkpoint::open(&folder.0)?.tensors("transformer", &[])?;
    let built = tensors.build(&Device::Cpu, DType::F32, |vb| {
        let get = |&(name, rows, columns): &(&str, usize, usize)| {
            vb.get((rows, columns), name)?.to_vec2()
        };
        names.iter().map(get).collect()
    });
    Ok(built?.network)
}

#[test]
fn every_kind_that_candle_knows_is_read() {
    for kind in [
        GgmlDType::F32,
        GgmlDType::F16,
        GgmlDType::BF16,
        GgmlDType::Q4_0,
        GgmlDType::Q4_1,
        GgmlDType::Q5_0,
        GgmlDType::Q5_1,
        GgmlDType::Q8_0,
        GgmlDType::Q2K,
        GgmlDType::Q3K,
        GgmlDType::Q4K,
        GgmlDType::Q5K,
        GgmlDType::Q6K,
    ] {
        let blocks = stored(&rows(4, 256), kind);
        let folder = folder(&format!("gguf-{kind:?}"), "Other", &[("w.weight", &blocks)]);
        let found = read(&folder, &[("w.weight", 4, 256)]).expect("a tensor");
        let wanted = blocks.dequantize(&Device::Cpu).expect("numbers");
        assert_eq!(
            found[0],
            wanted.to_vec2::<f32>().expect("numbers"),
            "{kind:?}"
        );
    }
}

#[test]
fn a_tensor_that_holds_several_of_ours_comes_apart_row_by_row() {
    let fused = rows(14, 32);
    for kind in [GgmlDType::F32, GgmlDType::Q8_0] {
        let blocks = stored(&fused, kind);
        let whole: Vec<Vec<f32>> = blocks
            .dequantize(&Device::Cpu)
            .and_then(|t| t.to_vec2())
            .expect("rows");
        let folder = folder(
            &format!("gguf-fused-{kind:?}"),
            "FluxTransformer2DModel",
            &[("single_blocks.11.linear1.weight", &blocks)],
        );
        let of = |last| format!("single_transformer_blocks.11.{last}.weight");
        let (q, k, v, mlp) = (
            of("attn.to_q"),
            of("attn.to_k"),
            of("attn.to_v"),
            of("proj_mlp"),
        );
        let found = read(
            &folder,
            &[(&q, 2, 32), (&k, 2, 32), (&v, 2, 32), (&mlp, 8, 32)],
        );
        assert_eq!(found.expect("four tensors").concat(), whole);
    }
}

#[test]
fn shift_and_scale_change_places() {
    let blocks = stored(&rows(6, 32), GgmlDType::F32);
    for class in ["FluxTransformer2DModel", "Flux2Transformer2DModel"] {
        let name = "final_layer.adaLN_modulation.1.weight";
        let folder = folder(&format!("gguf-{class}"), class, &[(name, &blocks)]);
        let found = read(&folder, &[("norm_out.linear.weight", 6, 32)]).expect("a tensor");
        let first: Vec<f32> = found[0].iter().map(|row| row[0]).collect();
        assert_eq!(first, [3.0, 4.0, 5.0, 0.0, 1.0, 2.0]);
    }
}

#[test]
fn a_tensor_that_cannot_be_shared_is_named() {
    let blocks = stored(&rows(4, 32), GgmlDType::F32);
    let name = "double_blocks.0.txt_attn.qkv.weight";
    let folder = folder("gguf-share", "Flux2Transformer2DModel", &[(name, &blocks)]);
    let said = read(&folder, &[]).expect_err("a fault").to_string();
    assert!(
        said.contains(&format!("the tensor {name} has 4 rows")),
        "{said}"
    );
}

#[test]
fn a_kind_that_candle_lacks_is_refused_by_name() {
    let mut file = bytes(&[("w", &stored(&rows(1, 256), GgmlDType::Q4K))]);
    // the tensor's kind stands before its offset, the last number of the header
    let place = file
        .windows(4)
        .rposition(|four| four == 12u32.to_le_bytes())
        .expect("the kind");
    for (kind, name) in [
        (23u32, "IQ4_XS"),
        (20, "IQ4_NL"),
        (39, "MXFP4"),
        (99, "number 99"),
    ] {
        file[place..place + 4].copy_from_slice(&kind.to_le_bytes());
        let folder = folder("gguf-lacks", "Other", &[]);
        folder.write("transformer/model-Q.gguf", &file);
        let said = read(&folder, &[("w", 1, 256)])
            .expect_err("a refusal")
            .to_string();
        assert!(
            said.contains(&format!("the tensor w is stored in the kind {name},")),
            "{said}"
        );
        assert!(said.contains("take the file in Q8_0"), "{said}");
    }
}

#[test]
fn a_gguf_file_that_ends_early_says_so_wherever_it_ends() {
    let whole = bytes(&[("w", &stored(&rows(1, 32), GgmlDType::F32))]);
    let folder = folder("gguf-short", "Other", &[]);
    for length in 8..whole.len() {
        folder.write("transformer/model-Q.gguf", &whole[..length]);
        let said = read(&folder, &[("w", 1, 32)])
            .expect_err("a fault")
            .to_string();
        assert!(said.contains("cut short at"), "{length}: {said}");
    }
}

#[test]
fn no_header_can_crash_the_reader() {
    let whole = bytes(&[("w", &stored(&rows(1, 32), GgmlDType::Q8_0))]);
    let folder = folder("gguf-noise", "Other", &[]);
    let header = whole.len() - 34;
    for place in 4..header {
        for byte in [0, 1, 0x7f, 0xff] {
            let mut noisy = whole.clone();
            noisy[place] = byte;
            folder.write("transformer/model-Q.gguf", &noisy);
            // whatever comes of it, it comes as a value
            let _ = read(&folder, &[("w", 1, 32)]);
        }
    }
}

#[test]
fn a_gguf_file_can_be_named_in_place_of_its_folder() {
    let blocks = stored(&rows(1, 32), GgmlDType::F32);
    let folder = folder("gguf-named", "Other", &[("w", &blocks)]);
    let other = stored(&rows(2, 32), GgmlDType::F32);
    folder.write("mine.GGUF", &bytes(&[("v", &other)]));
    let rows_of = |path: &Path, name: &str, rows: usize| {
        let tensors = Checkpoint::open(path)?.tensors("transformer", &[])?;
        let built = tensors.build(&Device::Cpu, DType::F32, |vb| vb.get((rows, 32), name));
        built.map(|built| built.network.dims()[0])
    };
    assert_eq!(rows_of(&folder.0, "w", 1).expect("its own"), 1);
    assert_eq!(
        rows_of(&folder.0.join("mine.GGUF"), "v", 2).expect("the named"),
        2
    );
    folder.write("transformer/second.gguf", &bytes(&[("w", &blocks)]));
    let said = rows_of(&folder.0, "w", 1).expect_err("two").to_string();
    assert!(said.contains("there are 2 GGUF files"), "{said}");
}

#[test]
fn a_gguf_file_finds_the_checkpoint_beside_it_and_says_when_there_is_none() {
    let outside = std::env::temp_dir().join(format!("retake-gguf-beside-{}", std::process::id()));
    std::fs::create_dir_all(outside.join("flux")).expect("a folder");
    let file = outside.join("flux.gguf");
    let blocks = stored(&rows(1, 32), GgmlDType::F32);
    std::fs::write(&file, bytes(&[("w", &blocks)])).expect("a file");
    let said = Checkpoint::open(&file).expect_err("alone").to_string();
    assert!(
        said.contains("put it into the folder of its model"),
        "{said}"
    );
    let index = br#"{"_class_name": "FluxKontextPipeline"}"#;
    std::fs::write(outside.join("flux/model_index.json"), index).expect("a file");
    let found = Checkpoint::open(&file).expect("a checkpoint");
    assert_eq!(found.folder(), outside.join("flux"));
    std::fs::remove_dir_all(&outside).expect("gone");
}
