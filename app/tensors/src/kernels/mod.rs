//! The arithmetic that decides how long a picture takes. On the processor, in 32-bit floats, each function is a kernel
//! of its own that goes over its data as seldom as possible; anywhere else it is the plain formula over candle's
//! tensors, which the tests hold the kernels to.

mod attention;
mod conv;
mod few;
mod gate;
mod gelu;
#[cfg(test)]
mod gradient_tests;
mod linear;
mod modulate;
mod moments;
mod norm;
mod packed;
mod patches;
mod pool;
mod product;
mod rows;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod token_tests;
mod turn;
mod weight;
mod winograd;

use candle_core::{CpuStorage, DType, Layout, Result, Tensor};

pub use attention::{attention, attention_after, attention_over, attention_with_distances};
pub use conv::{Walk, conv2d, convolution};
pub use few::FEW;
pub use gate::{geglu, swiglu};
pub use gelu::{gelu_erf, gelu_quick, gelu_tanh};
pub use modulate::{gated_sum, modulated, rms_norm};
pub use moments::{Moments, group_moments, scaled_through_silu};
pub use norm::group_norm;
pub use packed::{Packed, row_bytes, widen};
pub use patches::{Field, Patched, Room, largest_blurred};
pub use pool::{Pool, bilinear, blurred, largest};
use rows::Rows;
pub use turn::Turns;
pub use turn::{Pairs, turned};
pub use weight::Weight;

/// Whether our own kernels can take this tensor. What is on its way from a variable goes by the plain formulas, through
/// which candle knows the gradient.
fn ours(x: &Tensor) -> bool {
    ours_also_back(x) && !x.track_op()
}

/// The same for kernels that know their gradient themselves: those with matrices of weights, which need none of their own.
fn ours_also_back(x: &Tensor) -> bool {
    !PLAIN.get() && x.device().is_cpu() && x.dtype() == DType::F32
}

/// Weights are no variables: a kernel that does not say how a result changes with one of these must not be asked.
fn constant(weights: &[&Tensor]) -> Result<()> {
    match weights.iter().any(|weight| weight.track_op()) {
        true => candle_core::bail!("the gradient by the weights of a layer is not known"),
        false => Ok(()),
    }
}

/// Whether this thread computes as on a graphics card.
pub(crate) fn plain() -> bool {
    PLAIN.get()
}

/// The values of a tensor that lies in one piece.
fn values<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match (storage, layout.contiguous_offsets()) {
        (CpuStorage::F32(values), Some((from, to))) => Ok(&values[from..to]),
        _ => candle_core::bail!("a kernel was handed a tensor that is not f32 in one piece"),
    }
}

/// The values of a tensor from its first on, in whatever order its strides say.
fn values_from<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match storage {
        CpuStorage::F32(values) => Ok(&values[layout.start_offset()..]),
        _ => candle_core::bail!("a kernel was handed a tensor that is not f32"),
    }
}

thread_local! {
    static PLAIN: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Computes with the plain formulas over candle's tensors, as on a graphics card: what the kernels are held to. Networks
/// that are made so are held as a card holds them, in 16 bits if that is asked.
pub fn as_on_a_card<T>(work: impl FnOnce() -> T) -> T {
    PLAIN.set(true);
    let made = work();
    PLAIN.set(false);
    made
}
