//! Pictures over tiles beside the whole.

use std::path::Path;

use candle_core::{DType, Device, Tensor};
use retake_core::Rng;

use super::memory::tiles;
use super::{Vae, VaeConfig};
use crate::Checkpoint;
use crate::checkpoint::names;

/// The autoencoder of a small case, allowed so many bytes.
fn small(case: &str, bytes: usize) -> (Vae, VaeConfig) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/parity/cases")
        .join(case)
        .join("model");
    let checkpoint = Checkpoint::open(&folder).expect("a checkpoint");
    let config = VaeConfig::of(&checkpoint.settings("vae").expect("settings")).expect("settings");
    let built = checkpoint
        .tensors("vae", names::AUTOENCODER)
        .expect("tensors")
        .build(&Device::Cpu, DType::F32, |vb| Vae::new(&config, vb))
        .expect("an autoencoder");
    (built.network.within(bytes), config)
}

/// A slope and some noise, so that no two parts have the same mean.
fn numbers(channels: usize, height: usize, width: usize) -> Tensor {
    let mut rng = Rng::new(8);
    let mut values = Vec::new();
    for c in 0..channels {
        for y in 0..height {
            for x in 0..width {
                let slope = x as f32 / width as f32 - 0.7 * y as f32 / height as f32;
                values.push((0.8 * slope + 0.3 * rng.normal()) * (1.0 - 0.2 * c as f32));
            }
        }
    }
    Tensor::from_vec(values, (1, channels, height, width), &Device::Cpu).expect("numbers")
}

fn apart(a: &Tensor, b: &Tensor) -> f32 {
    assert_eq!(a.dims(), b.dims());
    (a - b)
        .and_then(|d| d.abs()?.max_all()?.to_scalar())
        .expect("a number")
}

#[test]
fn a_picture_over_tiles_is_the_whole() {
    for case in ["instruct_pix2pix_old", "instruct_pix2pix_new"] {
        let (whole, config) = small(case, usize::MAX);
        let (latents, picture) = (numbers(4, 71, 90), numbers(3, 142, 180));
        let (tiled, _) = small(case, 400_000);
        for decoder in [true, false] {
            let (_, cut) = tiles(&config, decoder, (71, 90), 400_000).expect("tiles");
            assert!(cut.side < 70, "{cut:?}");
        }
        let off = apart(
            &whole.decode(&latents).expect("a picture"),
            &tiled.decode(&latents).expect("a picture"),
        );
        // pictures lie in [-1, 1]: a step of eight bits is 8e-3
        assert!(off < 4e-4, "{case}: {off:e} decoded");
        let off = apart(
            &whole.encode(&picture).expect("latents"),
            &tiled.encode(&picture).expect("latents"),
        );
        assert!(off < 4e-4, "{case}: {off:e} encoded");
    }
}

#[test]
fn what_fits_is_not_cut() {
    let (_, config) = small("instruct_pix2pix_old", 0);
    for decoder in [true, false] {
        assert!(tiles(&config, decoder, (64, 64), 1 << 30).is_none());
        assert!(tiles(&config, decoder, (6400, 6400), 1 << 30).is_some());
    }
}

#[test]
fn tiles_of_the_published_size_stay_within_their_bytes() {
    let (_, small) = small("instruct_pix2pix_old", 0);
    let config = VaeConfig {
        block_out_channels: vec![128, 256, 512, 512],
        layers_per_block: 2,
        ..small
    };
    // 512 and 1024 px are whole in 4 GiB, 2048 px are not
    for (latents, whole) in [(64, true), (128, true), (256, false)] {
        let cut = tiles(&config, true, (latents, latents), super::MOST_BYTES);
        assert_eq!(cut.is_none(), whole, "{latents}: {cut:?}");
    }
    let (floors, cut) = tiles(&config, true, (256, 256), 2 << 30).expect("tiles");
    // the largest layer of a tile: 256 channels in and normalised, 128 made of them twice, at the picture's size
    let side = (cut.side + 2 * cut.halo) << floors;
    assert!(
        4 * (2 * 256 + 2 * 128) * side * side <= 1 << 30,
        "{floors} {cut:?}"
    );
}
