//! Everything that can go wrong with a file, sorted by what the person can do about it.

use std::io;
use std::path::{Path, PathBuf};

/// Where it happened; written at the end of the sentence, and not at all for bytes that have no path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place(pub Option<PathBuf>);

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Some(path) => write!(f, ": {}", path.display()),
            None => Ok(()),
        }
    }
}

impl From<&Path> for Place {
    fn from(path: &Path) -> Self {
        Self(Some(path.to_owned()))
    }
}

/// Why a file could not be read or written: one sentence each, the path last.
#[derive(Debug, thiserror::Error)]
#[expect(
    missing_docs,
    reason = "the field `place` is the same in every variant"
)]
pub enum FileError {
    /// Check the name.
    #[error("there is no such file; check the name{place}")]
    Missing { place: Place },
    /// Name a file inside it.
    #[error("this is a folder; name a file inside it{place}")]
    Folder { place: Place },
    /// Name a file.
    #[error("this is a device and not a file; name a file instead{place}")]
    NoFile { place: Place },
    /// Let something write into it, or name a file.
    #[error("nothing comes out of this pipe; name a file instead{place}")]
    Silent { place: Place },
    /// Choose another name.
    #[error("the name is longer than the disk allows; choose a shorter one{place}")]
    LongName { place: Place },
    /// Change the permissions.
    #[error("this may not be {doing}; change its permissions or copy it elsewhere{place}")]
    NotAllowed { doing: &'static str, place: Place },
    /// Find the real file: nothing is in this one.
    #[error("the file is empty (0 bytes); get it again from where it came from{place}")]
    Empty { place: Place },
    /// Convert it first; `what` says what it is.
    #[error(
        "this is {what}, which Retake cannot read; convert it to JPEG, PNG or TIFF first{place}"
    )]
    Unsupported { what: String, place: Place },
    /// Update the program.
    #[error(
        "{what} is of version {version}, written by a newer Retake; update Retake to read it{place}"
    )]
    Newer {
        what: &'static str,
        version: u64,
        place: Place,
    },
    /// Copy it again: its end is missing.
    #[error(
        "the {format} is cut short, its end is missing; copy it again from where it came from{place}"
    )]
    CutShort { format: &'static str, place: Place },
    /// Get another copy: the bytes contradict themselves.
    #[error("the {format} is damaged ({detail}); get another copy of it{place}")]
    Damaged {
        format: &'static str,
        detail: String,
        place: Place,
    },
    /// Make it smaller first, or raise the limit; `detail` names both sizes.
    #[error("the picture is too large: {detail}{place}")]
    TooLarge { detail: String, place: Place },
    /// Look at the disk or the network share.
    #[error("it could not be {doing} ({cause}); check the disk or choose another place{place}")]
    Disk {
        doing: &'static str,
        cause: io::Error,
        place: Place,
    },
    /// Make room, or choose another folder.
    #[error("the disk is full; make room or choose another folder{place}")]
    DiskFull { place: Place },
    /// Create it, or choose another.
    #[error("there is no such folder to write into; create it or choose another{place}")]
    NoFolder { place: Place },
    /// Choose another folder.
    #[error("there is something at this place already; choose a new folder or an empty one{place}")]
    Occupied { place: Place },
    /// Go on in the other window, or close it.
    #[error("this photo is open in another Retake window; what is done here is not kept{place}")]
    InUse { place: Place },
    /// Update Retake.
    #[error(
        "the history of this photo was written by a newer Retake (version {version}) and is left as it is; what is done here is not kept{place}"
    )]
    NewerHistory { version: u64, place: Place },
    /// Choose another name.
    #[error("this is the photo itself, which Retake never overwrites; choose another name{place}")]
    Source { place: Place },
    /// The picture's rows never came: it was stopped, or the edit failed.
    #[error(transparent)]
    Stopped(#[from] retake_core::Stop),
}

impl FileError {
    /// The sentence for what the system said while something was being `doing` ("read", "written").
    pub fn from_io(cause: io::Error, doing: &'static str, path: &Path) -> Self {
        let place = Place::from(path);
        match cause.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::Missing { place },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::NotAllowed { doing, place }
            }
            io::ErrorKind::InvalidFilename => Self::LongName { place },
            io::ErrorKind::IsADirectory => Self::Folder { place },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { place },
            _ => Self::Disk {
                doing,
                cause,
                place,
            },
        }
    }

    /// The same error with this path at its end.
    pub fn at(mut self, path: &Path) -> Self {
        let (Self::Missing { place }
        | Self::Folder { place }
        | Self::NoFile { place }
        | Self::Silent { place }
        | Self::LongName { place }
        | Self::NotAllowed { place, .. }
        | Self::Empty { place }
        | Self::Unsupported { place, .. }
        | Self::Newer { place, .. }
        | Self::CutShort { place, .. }
        | Self::Damaged { place, .. }
        | Self::TooLarge { place, .. }
        | Self::Disk { place, .. }
        | Self::DiskFull { place }
        | Self::NoFolder { place }
        | Self::Occupied { place }
        | Self::InUse { place }
        | Self::NewerHistory { place, .. }
        | Self::Source { place }) = &mut self
        else {
            return self;
        };
        *place = Place::from(path);
        self
    }
}
