//! The only way anything reaches the disk: beside its destination under a temporary name, flushed, then renamed.
//! Whatever goes wrong on the way, the destination holds either what it held before or the whole new file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::{FileError, Place};

/// Writes a whole file: `fill` writes its bytes, and only when all of them are safely on the disk does the file
/// appear under `path`, replacing what was there. Returns the number of bytes.
/// On any error, and when `fill` panics, the temporary file is removed and `path` is left as it was.
pub fn write_beside_and_rename(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<u64, FileError> {
    if path.is_dir() || path.file_name().is_none() {
        return Err(FileError::Folder { place: path.into() });
    }
    let folder = folder_of(path);
    let (temporary, file) = Temporary::create(folder).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => FileError::NoFolder {
            place: folder.into(),
        },
        _ => FileError::from_io(error, "written", path),
    })?;
    let written = |error| FileError::from_io(error, "written", path);
    let mut out = BufWriter::with_capacity(1 << 18, file);
    fill(&mut out).map_err(written)?;
    let file = out
        .into_inner()
        .map_err(|error| written(error.into_error()))?;
    file.sync_all().map_err(written)?;
    let bytes = file.metadata().map_err(written)?.len();
    drop(file);
    temporary.become_file(path).map_err(written)?;
    // The new name itself reaches the disk with its folder; some file systems cannot flush folders, and the data is safe.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(bytes)
}

/// Whether both paths lead to the same existing file, also through links.
pub fn same_file(a: &Path, b: &Path) -> bool {
    let (Ok(a_real), Ok(b_real)) = (fs::canonicalize(a), fs::canonicalize(b)) else {
        return false;
    };
    if a_real == b_real {
        return true;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if let (Ok(a), Ok(b)) = (fs::metadata(a_real), fs::metadata(b_real)) {
            return (a.dev(), a.ino()) == (b.dev(), b.ino());
        }
    }
    false
}

/// Refuses a destination that is one of the `sources`.
pub fn refuse_sources(path: &Path, sources: &[PathBuf]) -> Result<(), FileError> {
    match sources.iter().any(|source| same_file(path, source)) {
        true => Err(FileError::Source {
            place: Place::from(path),
        }),
        false => Ok(()),
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// A file that is gone when dropped, unless it was renamed first.
struct Temporary(PathBuf);

impl Temporary {
    fn create(folder: &Path) -> io::Result<(Self, File)> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            // Independent of the destination's name, so that a name of the greatest allowed length still works.
            let path = folder.join(format!(".retake-{}-{number}.part", std::process::id()));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok((Self(path), file)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }
    fn become_file(self, path: &Path) -> io::Result<()> {
        fs::rename(&self.0, path)?;
        std::mem::forget(self);
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
