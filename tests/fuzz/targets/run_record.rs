//! Strangers' bytes for `claims::run_record`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| retake_fuzz::run_record(bytes));
