//! One function body, compiled twice: for any processor, and for those with AVX2, chosen at run time.
//! The arithmetic is the same (no fused multiply-add is ever introduced), so both give the same bits.

/// Wraps a function so that its loops are vectorised with AVX2 where the processor has it.
/// Everything it calls must be `#[inline(always)]` to be compiled along.
#[macro_export]
macro_rules! vectorised {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $kind:ty),* $(,)?) $(-> $ret:ty)? $body:block) => {
        $(#[$meta])*
        #[allow(unsafe_code, reason = "the only unsafety is calling AVX2 code after asking the processor for AVX2")]
        $vis fn $name($($arg: $kind),*) $(-> $ret)? {
            #[inline(always)]
            fn plain($($arg: $kind),*) $(-> $ret)? $body
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2")]
                fn with_avx2($($arg: $kind),*) $(-> $ret)? {
                    plain($($arg),*)
                }
                if std::is_x86_feature_detected!("avx2") {
                    // SAFETY: the processor has just said that it knows AVX2.
                    return unsafe { with_avx2($($arg),*) };
                }
            }
            plain($($arg),*)
        }
    };
}
