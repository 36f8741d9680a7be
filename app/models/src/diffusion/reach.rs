//! Where an instruction works, told by guidance, and so how much an edit under way has changed of what should stay: the
//! background inconsistency score of ELECT (arXiv 2504.13490).

use candle_core::{DType, Result, Tensor};
use retake_core::Unrest;

/// How far the answers with and without the text lie apart, |ε_text − ε_none|, summed over the steps so far: (1, 1, height,
/// width). ELECT averages it over all seeds and the first steps; here a candidate stands by itself, over its own.
#[derive(Clone)]
pub(super) struct Reach(Tensor);

impl Reach {
    /// One step more; `apart` is (1, channels, height, width).
    pub(super) fn with(before: Option<Self>, apart: &Tensor) -> Result<Self> {
        let apart = apart.to_dtype(DType::F32)?.abs()?.mean_keepdim(1)?;
        Ok(Self(match before {
            Some(Self(before)) => (before + apart)?,
            None => apart,
        }))
    }

    /// Means of |clean − source| over the latents, with the weights 1 − M² for what should stay and M² for where the
    /// instruction works; M is the mean so far, brought to [0, 1] by its largest value.
    pub(super) fn unrest(&self, clean: &Tensor, source: &Tensor) -> Result<Unrest> {
        let most = self.0.max_all()?.to_scalar::<f32>()?;
        let works = if most > 0.0 {
            (&self.0 * f64::from(1.0 / most))?.sqr()?
        } else {
            self.0.zeros_like()?
        };
        let stays = (1.0 - &works)?;
        let changed = (clean.to_dtype(DType::F32)? - source.to_dtype(DType::F32)?)?
            .abs()?
            .mean_keepdim(1)?;
        let mean = |weight: &Tensor| -> Result<f32> {
            let all = weight.sum_all()?.to_scalar::<f32>()?;
            let sum = (weight * &changed)?.sum_all()?.to_scalar::<f32>()?;
            Ok(if all > 0.0 { sum / all } else { 0.0 })
        };
        Ok(Unrest {
            outside: mean(&stays)?,
            inside: mean(&works)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;

    fn latents(values: [f32; 4]) -> Tensor {
        Tensor::from_slice(&values, (1, 1, 2, 2), &Device::Cpu).expect("a tensor")
    }

    /// Two steps, the text working in the first place alone.
    fn reach() -> Reach {
        let first = Reach::with(None, &latents([-1.0, 0.0, 0.0, 0.0])).expect("a step");
        Reach::with(Some(first), &latents([3.0, 0.0, 2.0, 0.0])).expect("a step")
    }

    #[test]
    fn a_change_counts_by_where_it_is() {
        let source = latents([0.0; 4]);
        let told = |change| {
            reach()
                .unrest(&latents(change), &source)
                .expect("an answer")
        };
        // M is (4, 0, 2, 0) / 4, so M² is (1, 0, 1/4, 0)
        let inside = told([1.0, 0.0, 0.0, 0.0]);
        assert_eq!((inside.outside, inside.inside), (0.0, 0.8));
        let outside = told([0.0, -1.0, 0.0, 0.0]);
        assert!((outside.outside - 1.0 / 2.75).abs() < 1e-6 && outside.inside == 0.0);
    }

    #[test]
    fn where_the_text_changes_nothing_everything_should_stay() {
        let nowhere = Reach::with(None, &latents([0.0; 4])).expect("a step");
        let told = nowhere
            .unrest(&latents([1.0; 4]), &latents([0.0; 4]))
            .expect("an answer");
        assert_eq!((told.outside, told.inside), (1.0, 0.0));
    }
}
