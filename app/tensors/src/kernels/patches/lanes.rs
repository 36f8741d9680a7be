//! Vectors of 32-bit floats as the processor at hand has them: sixteen at a time with AVX-512, eight with AVX2, and arrays
//! of four for any other. Which one is asked at run time; one body of code is compiled for each of them.
//!
//! The first two give the same bits: every sum is taken in the same order, and a product is added without rounding in
//! between. Processors without that step (older ones than of 2013) round once more, some 1e-7 of a sum.

#![expect(
    unsafe_code,
    reason = "a processor's own instructions are unsafe to call; each is called only through a token that is made after asking for it, with slices whose length was checked"
)]

/// What a processor does with its vectors. A value of such a type proves that the processor can.
pub(super) trait Machine: Copy + Send + Sync {
    type Lane: Copy;
    /// Floats of a vector.
    const WIDTH: usize;
    fn all(self, value: f32) -> Self::Lane;
    /// The first `WIDTH` of them.
    fn load(self, from: &[f32]) -> Self::Lane;
    /// Into the first `WIDTH` of them.
    fn store(self, lane: Self::Lane, to: &mut [f32]);
    fn add(self, a: Self::Lane, b: Self::Lane) -> Self::Lane;
    fn sub(self, a: Self::Lane, b: Self::Lane) -> Self::Lane;
    fn mul(self, a: Self::Lane, b: Self::Lane) -> Self::Lane;
    fn max(self, a: Self::Lane, b: Self::Lane) -> Self::Lane;
    /// sum + a · b
    fn fused(self, sum: Self::Lane, a: Self::Lane, b: Self::Lane) -> Self::Lane;
    /// Says that the values around this place will soon be read, if there is such a place.
    #[inline(always)]
    fn soon(self, values: &[f32], at: usize) {
        let _ = (values, at);
    }
    /// Does the work, compiled for this processor.
    fn run<W: Work>(self, work: W) -> W::Made;
}

/// Work that is compiled for each kind of processor: `on` and all it calls are `#[inline(always)]`.
pub(super) trait Work {
    type Made;
    fn on<M: Machine>(self, machine: M) -> Self::Made;
}

/// Does the work with the widest vectors that the processor has.
pub(super) fn widest<W: Work>(work: W) -> W::Made {
    #[cfg(target_arch = "x86_64")]
    {
        if let Some(machine) = Sixteen::here() {
            return machine.run(work);
        }
        if let Some(machine) = Eight::here() {
            return machine.run(work);
        }
    }
    Any.run(work)
}

/// Any processor.
#[derive(Clone, Copy)]
pub(super) struct Any;

impl Any {
    #[inline(always)]
    fn each(a: [f32; 4], b: [f32; 4], with: impl Fn(f32, f32) -> f32) -> [f32; 4] {
        std::array::from_fn(|i| with(a[i], b[i]))
    }
}

impl Machine for Any {
    type Lane = [f32; 4];
    const WIDTH: usize = 4;

    #[inline(always)]
    fn all(self, value: f32) -> [f32; 4] {
        [value; 4]
    }

    #[inline(always)]
    fn load(self, from: &[f32]) -> [f32; 4] {
        std::array::from_fn(|i| from[i])
    }

    #[inline(always)]
    fn store(self, lane: [f32; 4], to: &mut [f32]) {
        to[..4].copy_from_slice(&lane);
    }

    #[inline(always)]
    fn add(self, a: [f32; 4], b: [f32; 4]) -> [f32; 4] {
        Self::each(a, b, |a, b| a + b)
    }

    #[inline(always)]
    fn sub(self, a: [f32; 4], b: [f32; 4]) -> [f32; 4] {
        Self::each(a, b, |a, b| a - b)
    }

    #[inline(always)]
    fn mul(self, a: [f32; 4], b: [f32; 4]) -> [f32; 4] {
        Self::each(a, b, |a, b| a * b)
    }

    #[inline(always)]
    fn max(self, a: [f32; 4], b: [f32; 4]) -> [f32; 4] {
        Self::each(a, b, |a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    fn fused(self, sum: [f32; 4], a: [f32; 4], b: [f32; 4]) -> [f32; 4] {
        // every such processor has it, and elsewhere it would be a call for each number
        if cfg!(target_arch = "aarch64") {
            std::array::from_fn(|i| a[i].mul_add(b[i], sum[i]))
        } else {
            std::array::from_fn(|i| sum[i] + a[i] * b[i])
        }
    }

    #[inline(always)]
    fn run<W: Work>(self, work: W) -> W::Made {
        work.on(self)
    }
}

#[cfg(target_arch = "x86_64")]
macro_rules! of_x86 {
    (
        $(#[$meta:meta])* $name:ident, $lane:ident, $width:literal, $features:literal, asked $asked:expr,
        $all:ident, $load:ident, $store:ident, $add:ident, $sub:ident, $mul:ident, $max:ident, $fused:ident
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy)]
        pub(super) struct $name(());

        impl $name {
            /// Where the processor has them.
            #[inline]
            pub(super) fn here() -> Option<Self> {
                $asked.then_some(Self(()))
            }
        }

        impl Machine for $name {
            type Lane = std::arch::x86_64::$lane;
            const WIDTH: usize = $width;

            #[inline(always)]
            fn all(self, value: f32) -> Self::Lane {
                // SAFETY: `here` has asked the processor.
                unsafe { std::arch::x86_64::$all(value) }
            }

            #[inline(always)]
            fn load(self, from: &[f32]) -> Self::Lane {
                let from = &from[..$width];
                // SAFETY: `here` has asked the processor, and there are as many.
                unsafe { std::arch::x86_64::$load(from.as_ptr()) }
            }

            #[inline(always)]
            fn store(self, lane: Self::Lane, to: &mut [f32]) {
                let to = &mut to[..$width];
                // SAFETY: `here` has asked the processor, and there is room for as many.
                unsafe { std::arch::x86_64::$store(to.as_mut_ptr(), lane) }
            }

            #[inline(always)]
            fn add(self, a: Self::Lane, b: Self::Lane) -> Self::Lane {
                // SAFETY: `here` has asked the processor.
                unsafe { std::arch::x86_64::$add(a, b) }
            }

            #[inline(always)]
            fn sub(self, a: Self::Lane, b: Self::Lane) -> Self::Lane {
                // SAFETY: `here` has asked the processor.
                unsafe { std::arch::x86_64::$sub(a, b) }
            }

            #[inline(always)]
            fn mul(self, a: Self::Lane, b: Self::Lane) -> Self::Lane {
                // SAFETY: `here` has asked the processor.
                unsafe { std::arch::x86_64::$mul(a, b) }
            }

            #[inline(always)]
            fn max(self, a: Self::Lane, b: Self::Lane) -> Self::Lane {
                // SAFETY: `here` has asked the processor.
                unsafe { std::arch::x86_64::$max(a, b) }
            }

            #[inline(always)]
            fn fused(self, sum: Self::Lane, a: Self::Lane, b: Self::Lane) -> Self::Lane {
                // SAFETY: `here` has asked the processor.
                unsafe { std::arch::x86_64::$fused(a, b, sum) }
            }

            #[inline(always)]
            fn soon(self, values: &[f32], at: usize) {
                use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
                // SAFETY: a prefetch may name any place, read or not.
                unsafe { _mm_prefetch::<_MM_HINT_T1>(values.as_ptr().wrapping_add(at).cast()) };
            }

            #[inline]
            fn run<W: Work>(self, work: W) -> W::Made {
                #[target_feature(enable = $features)]
                fn inside<W: Work>(machine: $name, work: W) -> W::Made {
                    work.on(machine)
                }
                // SAFETY: `here` has asked the processor.
                unsafe { inside(self, work) }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
of_x86! {
    /// Processors with AVX2 and products that are added unrounded.
    Eight, __m256, 8, "avx2,fma",
    asked std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma"),
    _mm256_set1_ps, _mm256_loadu_ps, _mm256_storeu_ps,
    _mm256_add_ps, _mm256_sub_ps, _mm256_mul_ps, _mm256_max_ps, _mm256_fmadd_ps
}

#[cfg(target_arch = "x86_64")]
of_x86! {
    /// Processors with AVX-512.
    Sixteen, __m512, 16, "avx512f",
    asked std::is_x86_feature_detected!("avx512f"),
    _mm512_set1_ps, _mm512_loadu_ps, _mm512_storeu_ps,
    _mm512_add_ps, _mm512_sub_ps, _mm512_mul_ps, _mm512_max_ps, _mm512_fmadd_ps
}
