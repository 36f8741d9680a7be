//! A folder that appears in whole or not at all: it is filled under a hidden name and renamed when everything is in it.
//! Dropped before that, it is removed, and so are the folders that were made on the way to it.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::{FileError, Place};

/// A folder being filled.
pub struct NewFolder {
    target: PathBuf,
    staging: PathBuf,
    /// whether the target existed, empty: then it stays the same folder (it may be where the person stands, a link, or a
    /// disk's own) and is filled from a hidden folder inside it
    existed: bool,
    /// folders that were made on the way to the target, outermost first
    made: Vec<PathBuf>,
    kept: bool,
}

/// Between the final name and the numbers of the process that fills the folder and of the folder in that process.
const MARK: &str = ".retake-part-";
/// How many folders this process has begun.
static BEGUN: AtomicU64 = AtomicU64::new(0);
/// The file without which a run is none: it appears last.
const LAST: &str = "run.json";

impl NewFolder {
    /// Begins a folder at `target`, which must not exist, or be empty. Left-overs of a run to the same place that was
    /// killed are removed.
    pub fn begin(target: &Path) -> Result<Self, FileError> {
        let target = std::path::absolute(target).map_err(|e| trouble(e, target))?;
        let begun = BEGUN.fetch_add(1, Ordering::Relaxed);
        let own = format!("{}-{begun}", std::process::id());
        if target.is_dir() {
            remove_leftovers(&target, MARK, begun);
            let mut entries = fs::read_dir(&target).map_err(|e| trouble(e, &target))?;
            if entries.next().is_some() {
                return Err(occupied(&target));
            }
            let staging = target.join(format!("{MARK}{own}"));
            fs::create_dir(&staging).map_err(|e| trouble(e, &target))?;
            return Ok(Self {
                target,
                staging,
                existed: true,
                made: Vec::new(),
                kept: false,
            });
        }
        match fs::symlink_metadata(&target) {
            Ok(_) => return Err(occupied(&target)),
            // said now and not when everything is done
            Err(error) if error.kind() == io::ErrorKind::InvalidFilename => {
                return Err(trouble(error, &target));
            }
            Err(_) => {}
        }
        let (Some(name), Some(parent)) = (target.file_name(), target.parent()) else {
            return Err(FileError::NoFolder {
                place: Place::from(target.as_path()),
            });
        };
        let hidden = format!(".{}{MARK}", beginning(&name.to_string_lossy()));
        let staging = parent.join(format!("{hidden}{own}"));
        let folder = Self {
            staging,
            existed: false,
            made: missing(parent),
            kept: false,
            target: target.clone(),
        };
        fs::create_dir_all(parent).map_err(|e| trouble(e, &target))?;
        remove_leftovers(parent, &hidden, begun);
        fs::create_dir(&folder.staging).map_err(|e| trouble(e, &target))?;
        Ok(folder)
    }

    /// Where it will appear.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Where a file of this relative name is to be written now; its parent folders are made.
    pub fn path(&self, relative: &str) -> Result<PathBuf, FileError> {
        let path = self.staging.join(relative);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|e| trouble(e, &self.target))?;
        }
        Ok(path)
    }

    /// Everything is in it: let it appear.
    pub fn finish(mut self) -> Result<PathBuf, FileError> {
        let problem = |e: io::Error| trouble(e, &self.target);
        if self.existed {
            move_into(&self.staging, &self.target).map_err(problem)?;
        } else {
            fs::rename(&self.staging, &self.target).map_err(|error| match error.kind() {
                // another run was faster
                io::ErrorKind::AlreadyExists | io::ErrorKind::DirectoryNotEmpty => {
                    occupied(&self.target)
                }
                _ => problem(error),
            })?;
        }
        self.kept = true;
        Ok(self.target.clone())
    }
}

/// As much of a name as leaves room for the mark and the numbers: names have at most 255 bytes on most disks.
fn beginning(name: &str) -> &str {
    &name[..name.floor_char_boundary(200)]
}

impl Drop for NewFolder {
    fn drop(&mut self) {
        if !self.kept {
            // nothing can be done about a folder that cannot be removed; the next run tries again
            let _ = fs::remove_dir_all(&self.staging);
            // those in which something else appeared meanwhile stay
            self.made
                .iter()
                .rev()
                .all(|made| fs::remove_dir(made).is_ok());
        }
    }
}

fn occupied(target: &Path) -> FileError {
    FileError::Occupied {
        place: Place::from(target),
    }
}

/// What the system said about making a folder.
fn trouble(error: io::Error, path: &Path) -> FileError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            FileError::NoFolder {
                place: Place::from(path),
            }
        }
        _ => FileError::from_io(error, "written", path),
    }
}

/// The folders above and including this one that do not exist, outermost first.
fn missing(folder: &Path) -> Vec<PathBuf> {
    let mut missing: Vec<PathBuf> = folder
        .ancestors()
        .take_while(|at| fs::symlink_metadata(at).is_err())
        .map(Path::to_owned)
        .collect();
    missing.reverse();
    missing
}

/// Moves what is in one folder into another of the same disk, the record last; on an error nothing of it is left there.
fn move_into(from: &Path, to: &Path) -> io::Result<()> {
    let mut names = Vec::new();
    for entry in fs::read_dir(from)? {
        names.push(entry?.file_name());
    }
    names.sort_by_key(|name| (name == OsStr::new(LAST), name.clone()));
    for (index, name) in names.iter().enumerate() {
        if let Err(error) = fs::rename(from.join(name), to.join(name)) {
            for back in &names[..index] {
                let _ = fs::rename(to.join(back), from.join(back));
            }
            return Err(error);
        }
    }
    let _ = fs::remove_dir(from);
    Ok(())
}

/// `begun`: how many folders this process had begun before.
fn remove_leftovers(parent: &Path, hidden: &str, begun: u64) {
    let Ok(entries) = fs::read_dir(parent) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some((process, number)) = name
            .strip_prefix(hidden)
            .and_then(|numbers| numbers.split_once('-'))
        else {
            continue;
        };
        let (Ok(process), Ok(number)) = (process.parse::<u32>(), number.parse::<u64>()) else {
            continue;
        };
        // in a container every run may have the same number, so one of our number need not be ours
        let filled = if process == std::process::id() {
            number < begun
        } else {
            alive(process)
        };
        if !filled {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Whether another process still runs; where the system does not tell, it is taken to. A killed process that nobody has
/// asked about yet (a zombie) does not.
fn alive(process: u32) -> bool {
    if !Path::new("/proc/self").exists() {
        return true;
    }
    let Ok(stat) = fs::read_to_string(format!("/proc/{process}/stat")) else {
        return false;
    };
    let state = stat
        .rsplit(')')
        .next()
        .and_then(|rest| rest.trim_start().chars().next());
    !matches!(state, Some('Z' | 'X' | 'x'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(name: &str) -> PathBuf {
        let place =
            std::env::temp_dir().join(format!("retake-folder-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&place);
        fs::create_dir_all(&place).expect("the temporary folder can be written");
        place
    }

    fn count(folder: &Path) -> usize {
        fs::read_dir(folder).expect("readable").count()
    }

    #[test]
    fn nothing_is_seen_until_it_is_finished() {
        let place = place("finish");
        let folder = NewFolder::begin(&place.join("out")).expect("it is free");
        fs::write(folder.path("a/b.txt").expect("parents are made"), "x").expect("writable");
        assert!(!place.join("out").exists());
        folder.finish().expect("it appears");
        assert!(place.join("out/a/b.txt").exists());
        assert_eq!(count(&place), 1);
    }

    #[test]
    fn a_name_of_the_greatest_length_is_allowed_and_a_longer_one_is_said_to_be_too_long() {
        let place = place("long");
        let folder = NewFolder::begin(&place.join("ü".repeat(127))).expect("254 bytes");
        folder.finish().expect("it appears");
        let refused = NewFolder::begin(&place.join("ü".repeat(128)));
        assert!(matches!(refused, Err(FileError::LongName { .. })));
        assert_eq!(count(&place), 1);
    }

    #[test]
    fn a_run_that_fails_leaves_nothing() {
        let place = place("drop");
        drop(NewFolder::begin(&place.join("out")).expect("it is free"));
        assert_eq!(count(&place), 0);
    }

    #[test]
    fn a_run_that_fails_takes_the_folders_it_made_on_the_way_with_it() {
        let place = place("on-the-way");
        drop(NewFolder::begin(&place.join("a/b/out")).expect("it is free"));
        assert_eq!(count(&place), 0);
    }

    #[test]
    fn a_folder_with_something_in_it_is_refused() {
        let place = place("occupied");
        fs::write(place.join("mine.txt"), "x").expect("writable");
        assert!(matches!(
            NewFolder::begin(&place),
            Err(FileError::Occupied { .. })
        ));
    }

    #[test]
    fn an_empty_folder_stays_the_same_folder() {
        let place = place("same");
        let open = fs::File::open(&place).expect("readable");
        let folder = NewFolder::begin(&place).expect("it is empty");
        fs::write(folder.path("a/b.txt").expect("parents are made"), "x").expect("writable");
        assert!(!place.join("a").exists());
        folder.finish().expect("it is filled");
        assert_eq!((count(&place), count(&place.join("a"))), (1, 1));
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let inode = |about: io::Result<fs::Metadata>| about.expect("readable").ino();
            assert_eq!(inode(open.metadata()), inode(fs::metadata(&place)));
        }
    }

    #[test]
    fn an_empty_folder_is_empty_again_after_a_failure() {
        let place = place("empty-again");
        drop(NewFolder::begin(&place).expect("it is empty"));
        assert_eq!(count(&place), 0);
    }

    #[test]
    fn of_two_runs_to_one_place_the_second_is_refused_and_the_first_stays() {
        let place = place("two");
        let slow = NewFolder::begin(&place.join("out")).expect("it is free");
        fs::create_dir(place.join("out")).expect("writable");
        fs::write(place.join("out/mine.txt"), "x").expect("writable");
        assert!(matches!(slow.finish(), Err(FileError::Occupied { .. })));
        assert_eq!((count(&place), count(&place.join("out"))), (1, 1));
    }

    #[test]
    fn what_a_killed_run_left_is_removed_by_the_next() {
        let place = place("killed");
        fs::create_dir_all(place.join(".out.retake-part-4294967294-0")).expect("writable");
        drop(NewFolder::begin(&place.join("out")).expect("it is free"));
        assert_eq!(count(&place), 0);
    }

    #[test]
    fn what_a_killed_run_left_in_an_empty_folder_is_removed_by_the_next() {
        let place = place("killed-inside");
        fs::create_dir_all(place.join(".retake-part-4294967294-0/candidates")).expect("writable");
        drop(NewFolder::begin(&place).expect("it is empty but for the left-overs"));
        assert_eq!(count(&place), 0);
    }

    #[test]
    fn a_file_on_the_way_is_no_folder_to_write_into() {
        let place = place("file-on-the-way");
        fs::write(place.join("mine.txt"), "x").expect("writable");
        let result = NewFolder::begin(&place.join("mine.txt/out"));
        assert!(matches!(result, Err(FileError::NoFolder { .. })));
        assert_eq!(count(&place), 1);
    }
}
