//! What a data set that is larger than memory takes: a parquet file in HumanEdit's schema is written, so many GB of pictures
//! in many row groups, and read from front to back, with the most that the program held after each tenth:
//! `cargo run --release -p retake-tables --example large [GB] [FOLDER]`. Fails when that is more than a GiB, or grows.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, BinaryArray, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use retake_lab::dataset::Dataset;
use retake_lab::formats::format;
use retake_lab::picture::Picture;
use retake_lab::rows::Flow;
use retake_tables::TABLE_CONTAINERS;

/// Bytes of a picture; a row has two.
const PICTURE: usize = 1 << 20;
/// Rows of a group, as data sets of pictures are published.
const GROUP: usize = 100;
/// What may be held, MiB: the README's promise is a gigabyte.
const MOST_MIB: u64 = 1024;
/// How much more than after the first tenth may be held at the end, MiB.
const MAY_GROW_MIB: u64 = 64;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let gigabytes: f64 = arguments
        .next()
        .map_or(3.0, |text| text.parse().expect("a number of GB"));
    let folder = arguments
        .next()
        .map_or_else(std::env::temp_dir, PathBuf::from);
    let path = folder.join(format!("retake-large-{}.parquet", std::process::id()));
    let rows = (gigabytes * 1e9 / (2 * PICTURE) as f64).ceil() as usize;
    write(&path, rows);
    let bytes = std::fs::metadata(&path).expect("it is there").len();
    eprintln!("{rows} rows, {:.2} GB", bytes as f64 / 1e9);
    forget_the_peak();
    let (mut seen, mut read, mut first) = (0, 0_usize, 0);
    let data = Dataset {
        path: path.clone(),
        format: format("humanedit").expect("it is in the table"),
        images: None,
        containers: vec![TABLE_CONTAINERS],
        limit: None,
    };
    let tally = data.walk(&mut |case, _| {
        let takes = case.takes.iter().filter_map(|take| take.picture.as_ref());
        for picture in takes.chain(&case.source) {
            if let Picture::Bytes(bytes) = picture {
                read += bytes.len();
            }
        }
        seen += 1;
        if seen % (rows / 10).max(1) == 0 {
            eprintln!(
                "{seen:6} rows, {:6.2} GB read, at most {} MiB held",
                read as f64 / 1e9,
                peak_mib()
            );
        }
        if seen == rows.div_ceil(10) {
            first = peak_mib();
        }
        Ok(Flow::On)
    });
    std::fs::remove_file(&path).expect("it is our own");
    let tally = tally.expect("it reads");
    assert_eq!(
        (tally.used, read),
        (rows, rows * 2 * PICTURE),
        "every row is read"
    );
    let peak = peak_mib();
    assert!(peak <= MOST_MIB, "{peak} MiB are more than {MOST_MIB}");
    assert!(
        peak <= first + MAY_GROW_MIB,
        "it grew from {first} to {peak} MiB"
    );
    eprintln!("held at most {peak} MiB of {:.2} GB", read as f64 / 1e9);
}

/// Pictures of noise, which no codec makes smaller, written a group at a time.
fn write(path: &Path, rows: usize) {
    let file = File::create(path).expect("the folder can be written");
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_max_row_group_row_count(Some(GROUP))
        .build();
    let mut writer: Option<ArrowWriter<File>> = None;
    let mut file = Some(file);
    let mut noise = 0x9E37_79B9_7F4A_7C15_u64;
    let mut picture = vec![0_u8; PICTURE];
    for bytes in picture.chunks_exact_mut(8) {
        // xorshift (Marsaglia 2003)
        noise ^= noise << 13;
        noise ^= noise >> 7;
        noise ^= noise << 17;
        bytes.copy_from_slice(&noise.to_le_bytes());
    }
    for row in 0..rows {
        picture[..8].copy_from_slice(&(row as u64).to_le_bytes());
        let words = |text: String| Arc::new(StringArray::from(vec![text])) as ArrayRef;
        let bytes = || Arc::new(BinaryArray::from_vec(vec![&picture])) as ArrayRef;
        let batch = RecordBatch::try_from_iter([
            ("IMAGE_ID", words(row.to_string())),
            ("EDITING_TYPE", words("Add".to_owned())),
            ("EDITING_INSTRUCTION", words("make it brighter".to_owned())),
            ("INPUT_IMG", bytes()),
            ("OUTPUT_IMG", bytes()),
        ])
        .expect("columns of one length");
        let writer = writer.get_or_insert_with(|| {
            let file = file.take().expect("taken once");
            ArrowWriter::try_new(file, batch.schema(), Some(properties.clone())).expect("it begins")
        });
        writer.write(&batch).expect("there is room on the disk");
    }
    if let Some(writer) = writer {
        writer.close().expect("there is room on the disk");
    }
}

/// The most that was resident, MiB; 0 where the system does not tell.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

/// What writing took does not count.
fn forget_the_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}
