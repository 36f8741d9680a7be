//! Networks of full size against the names and shapes of published checkpoints: every tensor is used exactly once.

use candle_core::{DType, Device};

use crate::ModelError;
use crate::checkpoint::config::Settings;
use crate::checkpoint::names::{self, Rename};
use crate::checkpoint::{Tensors, Weights};
use crate::clip::{TextConfig, TextEncoder};
use crate::flux1::{FluxConfig, FluxTransformer};
use crate::flux2::{Flux2Config, Flux2Vae, Flux2VaeConfig, Transformer};
use crate::full_size;
use crate::qwen3::{Keep, Qwen3, Qwen3Config};
use crate::t5::{T5Config, T5Encoder};
use crate::unet::{Unet, UnetConfig};
use crate::vae::{Vae, VaeConfig};

/// Builds a network of a manifest, and of the same manifest with one tensor fewer and one more.
fn fits<N>(
    name: &str,
    renames: &[Rename],
    make: impl Fn(&Settings, Weights) -> Result<candle_core::Result<N>, ModelError>,
) {
    full_size::fits(name, |config, tensors| {
        let settings = Settings::of(name, config.clone());
        Tensors::of_manifest(name, tensors, renames)
            .build(&Device::Cpu, DType::F32, |vb| {
                make(&settings, vb).expect("settings")
            })
            .map(|_| ())
            .map_err(|fault| fault.to_string())
    });
}

#[test]
fn the_unet_of_instruct_pix2pix_fits_at_full_size() {
    fits("instruct-pix2pix.unet", &[], |settings, vb| {
        Ok(Unet::new(&UnetConfig::of(settings)?, vb))
    });
}

/// Names and shapes are those of the authors' code (tests/parity/make_rewarded.py).
#[test]
fn the_unet_of_rewarded_pix2pix_fits_at_full_size() {
    fits("rewarded-instruct-pix2pix.unet", &[], |settings, vb| {
        Ok(Unet::new(&UnetConfig::of(settings)?, vb))
    });
}

#[test]
fn the_autoencoder_of_stable_diffusion_fits_at_full_size() {
    fits(
        "instruct-pix2pix.vae",
        names::AUTOENCODER,
        |settings, vb| Ok(Vae::new(&VaeConfig::of(settings)?, vb)),
    );
}

#[test]
fn the_autoencoder_of_flux_fits_at_full_size() {
    fits("flux1-kontext.vae", names::AUTOENCODER, |settings, vb| {
        Ok(Vae::new(&VaeConfig::of(settings)?, vb))
    });
}

#[test]
fn the_transformer_of_flux_1_kontext_fits_at_full_size() {
    fits("flux1-kontext.transformer", &[], |settings, vb| {
        Ok(FluxTransformer::new(&FluxConfig::of(settings)?, vb))
    });
}

#[test]
fn the_text_encoder_of_t5_xxl_fits_at_full_size() {
    fits(
        "t5-v1_1-xxl.text_encoder_2",
        names::T5_ENCODER,
        |settings, vb| Ok(T5Encoder::new(&T5Config::of(settings)?, vb)),
    );
}

#[test]
fn the_text_encoder_of_clip_l_fits_at_full_size() {
    fits(
        "clip-vit-l-14.text_encoder",
        names::CLIP_TEXT,
        |settings, vb| Ok(TextEncoder::new(&TextConfig::of(settings)?, vb)),
    );
}

#[test]
fn the_denoiser_of_flux2_klein_fits_at_full_size() {
    fits("flux2-klein-4b.transformer", &[], |settings, vb| {
        Ok(Transformer::new(&Flux2Config::of(settings)?, vb))
    });
}

#[test]
fn the_autoencoder_of_flux2_fits_at_full_size() {
    fits("flux2-klein-4b.vae", names::AUTOENCODER, |settings, vb| {
        Ok(Flux2Vae::new(&Flux2VaeConfig::of(settings)?, vb))
    });
}

#[test]
fn the_text_encoder_of_flux2_klein_fits_at_full_size() {
    fits(
        "flux2-klein-4b.text_encoder",
        names::QWEN3,
        |settings, vb| {
            let keep = Keep {
                layers: 27,
                words: false,
            };
            Ok(Qwen3::new(&Qwen3Config::of(settings)?, keep, vb))
        },
    );
}
