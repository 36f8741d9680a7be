//! What is chosen of a published model, and what is counted of a network.

use super::choice::needed;
use super::hub::Published;
use super::places::is_name;
use super::work::{self, Size, Work};

fn published(names: &[&str]) -> Vec<Published> {
    let file = |name: &&str| Published {
        name: (*name).to_owned(),
        size: 1,
        lfs: None,
    };
    names.iter().map(file).collect()
}

fn chosen(names: &[&str], index: &str) -> Result<Vec<String>, String> {
    let files = needed(&published(names), index)?;
    Ok(files.into_iter().map(|file| file.name).collect())
}

#[test]
fn each_network_is_taken_once_and_what_no_editor_uses_not_at_all() {
    let index = r#"{"_class_name": "X", "unet": ["diffusers", "U"], "tokenizer": ["transformers", "T"],
        "safety_checker": ["stable_diffusion", "S"], "feature_extractor": [null, null], "is_distilled": true}"#;
    let names = [
        "model_index.json",
        "README.md",
        "v1-5.safetensors",
        "v1-5.ckpt",
        "tokenizer/merges.txt",
        "tokenizer/vocab.json",
        "safety_checker/model.safetensors",
        "feature_extractor/preprocessor_config.json",
        "unet/config.json",
        "unet/diffusion_pytorch_model.bin",
        "unet/diffusion_pytorch_model.safetensors",
        "unet/diffusion_pytorch_model.fp16.safetensors",
        "unet/diffusion_pytorch_model.non_ema.safetensors",
        "unetwork/diffusion_pytorch_model.safetensors",
    ];
    let wanted = [
        "README.md",
        "model_index.json",
        "tokenizer/merges.txt",
        "tokenizer/vocab.json",
        "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors",
    ];
    assert_eq!(chosen(&names, index).expect("files"), wanted);
}

#[test]
fn shards_come_with_their_list_and_without_another_variants() {
    let index = r#"{"text_encoder_2": ["transformers", "T5EncoderModel"]}"#;
    let names = [
        "text_encoder_2/model-00001-of-00002.safetensors",
        "text_encoder_2/model-00002-of-00002.safetensors",
        "text_encoder_2/model.fp16-00001-of-00002.safetensors",
        "text_encoder_2/model.fp16.safetensors.index.json",
        "text_encoder_2/model.safetensors.index.json",
    ];
    let files = chosen(&names, index).expect("files");
    assert_eq!(files, [names[0], names[1], names[4]]);
    let only_half = chosen(&names[2..4], index).expect("files");
    assert_eq!(only_half, [names[2], names[3]]);
}

#[test]
fn a_model_of_pickles_is_refused_by_its_part() {
    let index = r#"{"unet": ["diffusers", "U"]}"#;
    let said = chosen(&["unet/diffusion_pytorch_model.bin"], index).expect_err("a refusal");
    assert!(
        said.contains("its unet is there only as a pickle file"),
        "{said}"
    );
}

#[test]
fn a_name_leads_nowhere_else() {
    for name in [
        "timbrooks/instruct-pix2pix",
        "black-forest-labs/FLUX.2-klein-4B",
        "sd-turbo",
        "a_b",
    ] {
        assert!(is_name(name), "{name}");
    }
    for name in [
        "", "/", "a/", "/a", "../a", "a/..", "a/b/c", ".a", "a b", "a\\b", "a/b:c", "a..b",
    ] {
        assert!(!is_name(name), "{name}");
    }
}

const SIZE: Size = Size {
    picture: (16, 32),
    factor: 2,
    text: 5,
    pictures: 1,
};

fn shapes(tensors: &[(&str, &[usize])]) -> Vec<(String, Vec<usize>)> {
    tensors
        .iter()
        .map(|(name, shape)| ((*name).to_owned(), shape.to_vec()))
        .collect()
}

#[test]
fn the_work_of_a_unet_falls_by_four_with_every_floor() {
    let px = 8.0 * 16.0;
    for (name, rows) in [
        ("conv_in.weight", px),
        ("down_blocks.0.resnets.0.conv1.weight", px),
        ("down_blocks.0.downsamplers.0.conv.weight", px / 4.0),
        ("down_blocks.1.resnets.0.conv1.weight", px / 4.0),
        ("up_blocks.0.resnets.0.conv1.weight", px / 4.0),
        ("up_blocks.0.upsamplers.0.conv.weight", px),
        ("up_blocks.1.resnets.0.conv1.weight", px),
        ("mid_block.resnets.0.conv1.weight", px / 4.0),
        ("time_embedding.linear_1.weight", 1.0),
    ] {
        let all = shapes(&[
            (name, &[3, 7]),
            ("down_blocks.0.x.bias", &[1]),
            ("down_blocks.1.x.bias", &[1]),
        ]);
        assert_eq!(
            work::unet(&all, SIZE).operations,
            2.0 * 21.0 * rows,
            "{name}"
        );
    }
}

#[test]
fn attention_is_counted_with_the_square_of_its_tokens() {
    let px = 8.0 * 16.0;
    let own = shapes(&[("down_blocks.0.attn1.to_q.weight", &[6, 6])]);
    assert_eq!(
        work::unet(&own, SIZE).operations,
        2.0 * 36.0 * px + 4.0 * px * px * 6.0
    );
    let text = shapes(&[("down_blocks.0.attn2.to_q.weight", &[6, 6])]);
    assert_eq!(
        work::unet(&text, SIZE).operations,
        2.0 * 36.0 * px + 4.0 * px * 5.0 * 6.0
    );
}

#[test]
fn a_decoder_works_mostly_at_the_size_of_the_picture() {
    let all = shapes(&[
        ("decoder.conv_in.weight", &[2, 3, 3, 3]),
        (
            "decoder.up_blocks.0.upsamplers.0.conv.weight",
            &[1, 1, 3, 3],
        ),
        ("decoder.conv_out.weight", &[3, 2, 3, 3]),
        ("encoder.conv_in.weight", &[2, 3, 3, 3]),
    ]);
    let (latent, px) = (8.0 * 16.0, 16.0 * 32.0);
    let decoder = work::autoencoder(&all, "decoder", SIZE).operations;
    assert_eq!(decoder, 2.0 * (54.0 * latent + 9.0 * px + 54.0 * px));
    assert_eq!(
        work::autoencoder(&all, "encoder", SIZE).operations,
        2.0 * 54.0 * px
    );
}

#[test]
fn a_table_of_words_is_looked_up_and_not_multiplied() {
    let all = shapes(&[
        ("token_embedding.weight", &[1000, 8]),
        ("fc1.weight", &[4, 8]),
    ]);
    assert_eq!(work::text(&all, SIZE).operations, 2.0 * 32.0 * 5.0);
    assert_eq!(work::text(&[], SIZE), Work::default());
}
