//! Parquet and Arrow files as the lab's rows, and the lab's rows as parquet. They stand in a room of their own because what
//! reads them is large: nothing else waits for it, and the lab gets them handed in.

mod cells;
mod read;
mod write;

use retake_lab::rows::Container;
pub use write::write_parquet;

/// Parquet as data sets are published, Arrow as they are kept on disk (a stream or a file).
pub const TABLE_CONTAINERS: &[Container] = &[
    Container {
        name: "parquet",
        endings: &["parquet", "pq"],
        read: read::parquet,
    },
    Container {
        name: "Arrow",
        endings: &["arrow", "feather", "ipc"],
        read: read::arrow,
    },
];
