//! Files and folders that were made on the way to something: gone again unless all of it was.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// What is taken away when it is dropped before [`Self::keep`]. What was there before is never taken away.
#[derive(Default)]
pub(crate) struct Made {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Made {
    /// Makes a folder, unless it is there.
    pub(crate) fn folder(&mut self, path: &Path) -> Result<()> {
        if !path.is_dir() {
            std::fs::create_dir_all(path)
                .with_context(|| format!("the folder cannot be made: {}", path.display()))?;
            self.folders.push(path.to_owned());
        }
        Ok(())
    }

    /// Remembers a file that is about to be written, unless it is there.
    pub(crate) fn file(&mut self, path: &Path) {
        if !path.exists() {
            self.files.push(path.to_owned());
        }
    }

    /// Everything is there: nothing is taken away.
    pub(crate) fn keep(&mut self) {
        self.files.clear();
        self.folders.clear();
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        for file in &self.files {
            let _ = std::fs::remove_file(file);
        }
        // only where nobody else put something in
        for folder in self.folders.iter().rev() {
            let _ = std::fs::remove_dir(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("retake-made-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        path
    }

    fn make(made: &mut Made, folder: &Path) {
        made.folder(folder).expect("writable");
        let file = folder.join("new.txt");
        made.file(&file);
        std::fs::write(file, "new").expect("writable");
    }

    #[test]
    fn what_was_not_finished_is_taken_away() {
        let folder = place("away");
        make(&mut Made::default(), &folder);
        assert!(!folder.exists());
    }

    #[test]
    fn what_was_finished_stays() {
        let folder = place("stays");
        let mut made = Made::default();
        make(&mut made, &folder);
        made.keep();
        drop(made);
        assert!(folder.join("new.txt").is_file());
        let _ = std::fs::remove_dir_all(folder);
    }

    #[test]
    fn what_was_there_before_stays() {
        let folder = place("before");
        std::fs::create_dir_all(&folder).expect("writable");
        std::fs::write(folder.join("old.txt"), "old").expect("writable");
        let mut made = Made::default();
        made.file(&folder.join("old.txt"));
        make(&mut made, &folder);
        drop(made);
        assert!(folder.join("old.txt").is_file() && !folder.join("new.txt").exists());
        let _ = std::fs::remove_dir_all(folder);
    }
}
