//! Everything that can go wrong with a file, sorted by what the person can do about it.

use std::io;
use std::path::{Path, PathBuf};

use retake_core::{Said, SaidValue, Stop, said};

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

impl From<&Place> for SaidValue {
    fn from(place: &Place) -> Self {
        Self::Words(place.to_string())
    }
}

impl From<&Path> for Place {
    fn from(path: &Path) -> Self {
        Self(Some(path.to_owned()))
    }
}

/// Why a file could not be read or written: one sentence each, the path last.
#[derive(Debug)]
#[expect(
    missing_docs,
    reason = "the field `place` is the same in every variant"
)]
pub enum FileError {
    /// Check the name.
    Missing { place: Place },
    /// Name a file inside it.
    Folder { place: Place },
    /// Name a file.
    NoFile { place: Place },
    /// Let something write into it, or name a file.
    Silent { place: Place },
    /// Choose another name.
    LongName { place: Place },
    /// Change the permissions.
    NotAllowed { doing: &'static str, place: Place },
    /// Find the real file: nothing is in this one.
    Empty { place: Place },
    /// Convert it first; `what` says what it is.
    Unsupported { what: Said, place: Place },
    /// Update the program.
    Newer {
        what: &'static str,
        version: u64,
        place: Place,
    },
    /// Copy it again: its end is missing.
    CutShort { format: &'static str, place: Place },
    /// Get another copy: the bytes contradict themselves.
    Damaged {
        format: &'static str,
        detail: Said,
        place: Place,
    },
    /// Make it smaller first, or raise the limit; `detail` names both sizes.
    TooLarge { detail: Said, place: Place },
    /// Look at the disk or the network share.
    Disk {
        doing: &'static str,
        cause: io::Error,
        place: Place,
    },
    /// Make room, or choose another folder.
    DiskFull { place: Place },
    /// Create it, or choose another.
    NoFolder { place: Place },
    /// Choose another folder.
    Occupied { place: Place },
    /// Go on in the other window, or close it.
    InUse { place: Place },
    /// Update Retake.
    NewerHistory { version: u64, place: Place },
    /// Choose another name.
    Source { place: Place },
    /// The picture's rows never came: it was stopped, or the edit failed.
    Stopped(Stop),
}

impl FileError {
    /// The sentence, the path last.
    pub fn said(&self) -> Said {
        match self {
            Self::Missing { place } => said!("there is no such file; check the name{place}", place),
            Self::Folder { place } => {
                said!("this is a folder; name a file inside it{place}", place)
            }
            Self::NoFile { place } => said!(
                "this is a device and not a file; name a file instead{place}",
                place
            ),
            Self::Silent { place } => said!(
                "nothing comes out of this pipe; name a file instead{place}",
                place
            ),
            Self::LongName { place } => said!(
                "the name is longer than the disk allows; choose a shorter one{place}",
                place
            ),
            Self::NotAllowed { doing, place } => said!(
                "this may not be {doing}; change its permissions or copy it elsewhere{place}",
                doing = Said::name(*doing),
                place
            ),
            Self::Empty { place } => said!(
                "the file is empty (0 bytes); get it again from where it came from{place}",
                place
            ),
            Self::Unsupported { what, place } => said!(
                "this is {what}, which Retake cannot read; convert it to JPEG, PNG or TIFF first{place}",
                what,
                place
            ),
            Self::Newer {
                what,
                version,
                place,
            } => said!(
                "{what} is of version {version}, written by a newer Retake; update Retake to read it{place}",
                what = Said::name(*what),
                version = *version,
                place
            ),
            Self::CutShort { format, place } => said!(
                "the {format} is cut short, its end is missing; copy it again from where it came from{place}",
                format = Said::name(*format),
                place
            ),
            Self::Damaged {
                format,
                detail,
                place,
            } => said!(
                "the {format} is damaged ({detail}); get another copy of it{place}",
                format = Said::name(*format),
                detail,
                place
            ),
            Self::TooLarge { detail, place } => {
                said!("the picture is too large: {detail}{place}", detail, place)
            }
            Self::Disk {
                doing,
                cause,
                place,
            } => said!(
                "it could not be {doing} ({cause}); check the disk or choose another place{place}",
                doing = Said::name(*doing),
                cause = cause.to_string(),
                place
            ),
            Self::DiskFull { place } => said!(
                "the disk is full; make room or choose another folder{place}",
                place
            ),
            Self::NoFolder { place } => said!(
                "there is no such folder to write into; create it or choose another{place}",
                place
            ),
            Self::Occupied { place } => said!(
                "there is something at this place already; choose a new folder or an empty one{place}",
                place
            ),
            Self::InUse { place } => said!(
                "this photo is open in another Retake window; what is done here is not kept{place}",
                place
            ),
            Self::NewerHistory { version, place } => said!(
                "the history of this photo was written by a newer Retake (version {version}) and is left as it is; what is done here is not kept{place}",
                version = *version,
                place
            ),
            Self::Source { place } => said!(
                "this is the photo itself, which Retake never overwrites; choose another name{place}",
                place
            ),
            Self::Stopped(stop) => stop.said(),
        }
    }

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

impl std::fmt::Display for FileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.said().fmt(f)
    }
}

impl std::error::Error for FileError {}

impl From<Stop> for FileError {
    fn from(stop: Stop) -> Self {
        Self::Stopped(stop)
    }
}
