//! Files of weights that change between their header and their last tensor.

use std::time::Duration;

use super::*;

/// What is said when a file is changed by `change` after its header was read.
fn said_after(test: &str, change: impl FnOnce(&Path)) -> String {
    let folder = Folder::new(test);
    folder.weights(ONE_FILE, &[("a", Dtype::F32, &[2, 2], floats(VALUES))]);
    let tensors = folder.tensors(&[]).expect("a header");
    // the clock of a file system ticks in milliseconds
    std::thread::sleep(Duration::from_millis(50));
    change(&folder.0.join(ONE_FILE));
    let built = tensors.build(&Device::Cpu, DType::F32, |vb| square(&vb, "a"));
    let said = built.map(|built| built.network);
    said.expect_err("a refusal").to_string()
}

#[test]
fn a_file_that_is_cut_short_meanwhile_is_a_sentence_and_no_crash() {
    let said = said_after("cut-meanwhile", |path| {
        let file = std::fs::OpenOptions::new()
            .write(true)
            .open(path)
            .expect("writable");
        let length = file.metadata().expect("a length").len();
        file.set_len(length - 1).expect("cut");
    });
    assert!(said.contains("was changed while it was read"), "{said}");
}

#[test]
fn a_file_that_is_written_over_meanwhile_is_not_taken_for_the_old_one() {
    let said = said_after("over-meanwhile", |path| {
        let mut bytes = std::fs::read(path).expect("readable");
        let last = bytes.len() - 1;
        bytes[last] ^= 0x40;
        std::fs::write(path, bytes).expect("writable");
    });
    assert!(said.contains("was changed while it was read"), "{said}");
}

#[test]
fn a_file_that_is_replaced_meanwhile_is_read_as_it_was_opened() {
    let folder = Folder::new("replaced-meanwhile");
    folder.weights(ONE_FILE, &[("a", Dtype::F32, &[2, 2], floats(VALUES))]);
    let tensors = folder.tensors(&[]).expect("a header");
    folder.weights("net/new", &[("a", Dtype::F32, &[2, 2], floats([9.0; 4]))]);
    std::fs::rename(folder.0.join("net/new"), folder.0.join(ONE_FILE)).expect("renamed");
    let built = tensors.build(&Device::Cpu, DType::F32, |vb| square(&vb, "a"));
    assert_eq!(built.expect("the old one").network, VALUES);
}
