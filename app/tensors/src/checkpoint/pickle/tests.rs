//! Files that torch 2.15 wrote in its older format (`torch.save(…, _use_new_zipfile_serialization=False)`), sound and not.

use safetensors::SafeTensors;

use super::numbers;
use super::torch::safetensors_of_torch;

const SOUND: &[u8] = include_bytes!("cases/legacy.pth");

fn floats(file: &SafeTensors<'_>, name: &str) -> Vec<f32> {
    let tensor = file.tensor(name).expect(name);
    let chunks = tensor.data().as_chunks().0;
    chunks
        .iter()
        .map(|four| f32::from_le_bytes(*four))
        .collect()
}

#[test]
fn tensors_come_over_as_they_were_written() {
    let written = safetensors_of_torch(SOUND).expect("sound");
    let file = SafeTensors::deserialize(&written).expect("a file of tensors");
    assert_eq!(file.names().len(), 4);
    assert_eq!(file.tensor("b.weight").expect("it").shape(), [2, 3]);
    assert_eq!(floats(&file, "b.weight"), [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]);
    assert_eq!(
        file.tensor("a.count").expect("it").data(),
        7i64.to_le_bytes()
    );
    // a part of a larger storage
    assert_eq!(floats(&file, "d"), [4.0, 5.0, 6.0, 7.0]);
}

#[test]
fn what_would_run_a_program_is_refused_by_its_name_and_not_run() {
    let said = safetensors_of_torch(include_bytes!("cases/evil.pth")).expect_err("a refusal");
    assert!(said.starts_with("it names posix.system, which"), "{said}");
}

#[test]
fn a_file_of_another_format_is_refused() {
    for other in [
        &include_bytes!("cases/zipped.pth")[..],
        b"",
        b"N.",
        b"hello",
    ] {
        assert!(safetensors_of_torch(other).is_err());
    }
}

#[test]
fn a_tensor_that_lies_turned_in_its_storage_is_turned_back() {
    let written = safetensors_of_torch(include_bytes!("cases/turned.pth")).expect("sound");
    let file = SafeTensors::deserialize(&written).expect("a file of tensors");
    assert_eq!(file.tensor("a").expect("it").shape(), [3, 2]);
    assert_eq!(floats(&file, "a"), [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
}

#[test]
fn a_tensor_of_more_numbers_than_there_are_is_refused() {
    let said = safetensors_of_torch(include_bytes!("cases/spread.pth")).expect_err("a refusal");
    assert!(said.contains("its tensor a lies outside"), "{said}");
}

#[test]
fn a_file_that_breaks_off_anywhere_is_refused() {
    for length in 0..SOUND.len() {
        assert!(safetensors_of_torch(&SOUND[..length]).is_err(), "{length}");
    }
}

#[test]
fn no_changed_byte_ends_the_program() {
    for at in 0..SOUND.len() {
        for flip in [1, 0x80, 0xff] {
            let mut changed = SOUND.to_vec();
            changed[at] ^= flip;
            let _ = safetensors_of_torch(&changed);
        }
    }
}

#[test]
fn deep_nesting_takes_no_stack() {
    let mut deep = b"N".to_vec();
    deep.extend(std::iter::repeat_n(0x85, 2_000_000));
    deep.push(b'.');
    assert!(numbers(&deep).is_err());
}

/// `pickle.dumps({"min_": [0.25, 1], "max_": [2.5]}, 4)`
const RANGE: &[u8] = b"\x80\x04\x95.\0\0\0\0\0\0\0}\x94(\x8c\x04min_\x94]\x94(G?\xd0\0\0\0\0\0\0K\x01e\x8c\x04max_\x94]\x94G@\x04\0\0\0\0\0\0au.";

#[test]
fn lists_of_numbers_are_read() {
    let lists = numbers(RANGE).expect("sound");
    assert_eq!(lists["min_"], [0.25, 1.0]);
    assert_eq!(lists["max_"], [2.5]);
    assert!(numbers(&RANGE[..RANGE.len() - 3]).is_err());
}
