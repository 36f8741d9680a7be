//! Stable Diffusion's networks held in 16 bits.

use std::path::Path;

use candle_core::{DType, Device, Result, Tensor};
use retake_core::Rng;

use super::Networks;
use crate::Checkpoint;
use crate::kernels::as_on_a_card;

fn noise(seed: u64, dims: &[usize]) -> Tensor {
    let mut rng = Rng::new(seed);
    let values: Vec<f32> = (0..dims.iter().product()).map(|_| rng.normal()).collect();
    Tensor::from_vec(values, dims, &Device::Cpu).expect("noise")
}

/// One call of the denoiser for two pictures at once, of a small checkpoint that is held so.
fn answer(case: &str, held: Option<DType>) -> Tensor {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/parity/cases");
    let checkpoint = Checkpoint::open(&cases.join(case).join("model")).expect("a checkpoint");
    let checkpoint = match held {
        Some(dtype) => checkpoint.with_precision(dtype),
        None => checkpoint,
    };
    let networks = Networks::of(&checkpoint, &Device::Cpu, 2).expect("networks");
    let made = || -> Result<Tensor> {
        let tokens = networks.tokens("make it winter").expect("tokens");
        let text = networks.text_states(&tokens)?;
        let text = Tensor::cat(&[&text, &text], 0)?;
        let latents = noise(1, &[2, 2 * networks.sizes().latent_channels, 8, 8]);
        if !networks.wants_rewards()? {
            return networks.denoise(&latents, 500.0, &text);
        }
        let words = networks.pooled(&tokens)?;
        let wish = networks.wish([5.0; 3], &words)?;
        networks.denoise_towards(&latents, 500.0, &text, &wish)
    };
    made().expect("an answer")
}

/// The greatest difference, as a share of the greatest number.
fn apart(a: &Tensor, b: &Tensor) -> f32 {
    let greatest = |x: Tensor| {
        x.abs()
            .and_then(|x| x.max_all()?.to_scalar::<f32>())
            .expect("a number")
    };
    greatest((a - b).expect("of one size")) / greatest(b.clone())
}

#[test]
fn sixteen_bits_are_nearly_the_same() {
    for case in ["instruct_pix2pix_old", "rewarded"] {
        let exact = answer(case, None);
        for held in [DType::F16, DType::BF16] {
            let off = apart(&answer(case, Some(held)), &exact);
            assert!(off < 0.03, "{case} {held:?}: {off:e}");
            // some of them are written in the one or the other
            assert!(off > 0.0 || case == "rewarded", "{case} {held:?}");
        }
    }
}

#[test]
fn a_card_would_compute_the_same_and_in_sixteen_bits_nearly_the_same() {
    // on the processor candle multiplies matrices of f16, and none of bf16
    for case in ["instruct_pix2pix_old", "rewarded"] {
        let exact = answer(case, None);
        let off = apart(&as_on_a_card(|| answer(case, None)), &exact);
        assert!(off < 2e-5, "{case}: {off:e}");
        let off = apart(&as_on_a_card(|| answer(case, Some(DType::F16))), &exact);
        assert!(off > 1e-6 && off < 0.03, "{case} in f16: {off:e}");
    }
}
