//! Reads a file whole, whatever the name leads to: a folder, a device and a pipe that nobody writes into each get a
//! sentence instead of a wait without end.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use retake_core::said;

use crate::FileError;

/// How long a pipe may keep silent, s.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of a pipe that are handed on at a time.
const PIECE: usize = 1 << 18;

/// The bytes of a file or a pipe, at most `most` of them.
///
/// Errors: there is none, it is a folder or a device, it may not be read, it is larger, the pipe stays silent for
/// five seconds.
pub fn read_whole(path: &Path, most: u64) -> Result<Vec<u8>, FileError> {
    let trouble = |error| FileError::from_io(error, "read", path);
    let about = fs::metadata(path).map_err(trouble)?;
    if about.is_dir() {
        return Err(FileError::Folder { place: path.into() });
    }
    let too_large = |bytes: u64| FileError::TooLarge {
        detail: said!(
            "the file has {size} MiB, and at most {most} are read; scale it down first",
            size = bytes.div_ceil(1 << 20),
            most = most >> 20
        ),
        place: path.into(),
    };
    if about.len() > most {
        return Err(too_large(about.len()));
    }
    let bytes = if about.is_file() {
        let mut bytes = Vec::with_capacity(about.len() as usize + 1);
        File::open(path)
            .map_err(trouble)?
            // files of the system itself do not say how long they are
            .take(most + 1)
            .read_to_end(&mut bytes)
            .map_err(trouble)?;
        bytes
    } else if is_pipe(&about) {
        from_pipe(path, most)?
    } else {
        return Err(FileError::NoFile { place: path.into() });
    };
    if bytes.len() as u64 > most {
        return Err(too_large(bytes.len() as u64));
    }
    Ok(bytes)
}

#[cfg(unix)]
fn is_pipe(about: &fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    about.file_type().is_fifo()
}

#[cfg(not(unix))]
fn is_pipe(_: &fs::Metadata) -> bool {
    false
}

/// Opening a pipe, and reading from it, waits for whoever writes; so another thread does both.
fn from_pipe(path: &Path, most: u64) -> Result<Vec<u8>, FileError> {
    let pieces = pieces(path.to_owned());
    let mut bytes = Vec::new();
    while bytes.len() as u64 <= most {
        match pieces.recv_timeout(PATIENCE) {
            Ok(Ok(piece)) => bytes.extend(piece),
            Ok(Err(error)) => return Err(FileError::from_io(error, "read", path)),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                return Err(FileError::Silent { place: path.into() });
            }
        }
    }
    Ok(bytes)
}

fn pieces(path: PathBuf) -> Receiver<io::Result<Vec<u8>>> {
    let (sender, receiver) = sync_channel(4);
    std::thread::spawn(move || {
        let mut pipe = match File::open(path) {
            Ok(pipe) => pipe,
            Err(error) => {
                let _ = sender.send(Err(error));
                return;
            }
        };
        loop {
            let mut piece = vec![0; PIECE];
            let piece = match pipe.read(&mut piece) {
                Ok(0) => return,
                Ok(count) => {
                    piece.truncate(count);
                    Ok(piece)
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let failed = piece.is_err();
            if sender.send(piece).is_err() || failed {
                return;
            }
        }
    });
    receiver
}
