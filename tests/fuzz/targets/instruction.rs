//! Strangers' bytes for `claims::instruction`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| retake_fuzz::instruction(bytes));
