//! Strangers' bytes for `claims::cube`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| retake_fuzz::cube(bytes));
