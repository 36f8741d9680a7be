//! What was said, a JSON line an answer, in `answers.jsonl`. The first line says what is asked and about which edits; a line
//! a rater tells in which order they came. Several raters may write to it, also at once: a line is one write.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use retake_core::{Said, said};
use serde::{Deserialize, Serialize};

use super::{Answer, Key, Manner};
use crate::LabError;
use crate::case::Case;

/// Changes when the lines mean something else.
const VERSION: u32 = 1;
/// The file's name in its folder.
pub const NAME: &str = "answers.jsonl";

/// What a sitting is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// of the lines
    pub version: u32,
    /// how it is held
    pub manner: Manner,
    /// of the lineups: ids, sentences and the names of edits; hexadecimal
    pub edits_sha256: String,
}

impl Head {
    /// Of these lineups.
    pub fn of(manner: Manner, lineups: &[Case]) -> Self {
        let mut text = String::new();
        for lineup in lineups {
            let names = lineup.takes.iter().map(|take| take.name.as_str());
            let words = [lineup.id.as_str(), lineup.instruction.as_str()];
            text.extend(
                words
                    .into_iter()
                    .chain(names)
                    .flat_map(|word| [word, "\u{1f}"]),
            );
            text.push('\u{1e}');
        }
        let hash = retake_files::sha256(text.as_bytes());
        Self {
            version: VERSION,
            manner,
            edits_sha256: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Sitting(Head),
    Rater(String),
    Answer(Answer),
}

/// All that was said at a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answers {
    /// in the order in which raters first came
    pub raters: Vec<String>,
    /// the last word of each rater about each question, in the order in which it was first said
    pub given: Vec<Answer>,
    /// lines that could not be read
    pub damaged: usize,
}

/// An open journal.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
}

impl Journal {
    /// Goes on with the journal in a folder, or begins one; tells what it holds, and which place this rater has at the table.
    /// One about other edits or asked otherwise is refused.
    pub fn open(
        folder: &Path,
        head: &Head,
        rater: &str,
    ) -> Result<(Self, Answers, usize), LabError> {
        let path = folder.join(NAME);
        let trouble = |error: std::io::Error| LabError::writing(error, &path);
        std::fs::create_dir_all(folder).map_err(trouble)?;
        let mut file = OpenOptions::new()
            .read(true)
            .create(true)
            .append(true)
            .open(&path)
            .map_err(trouble)?;
        let (known, answers) = parse(&file, &path)?;
        if let Some(known) = &known {
            known.suits(head, &path)?;
        }
        // a torn line is closed, so that it spoils no other
        let torn = !ends_with_a_line(&mut file).map_err(trouble)?;
        let mut journal = Self { file, path };
        if torn {
            journal.put("\n")?;
        }
        if known.is_none() {
            if answers.damaged > 0 || !answers.given.is_empty() {
                return Err(LabError::Damaged {
                    kind: said!("journal of a sitting"),
                    why: said!("its first line does not say what was asked"),
                    path: journal.path,
                });
            }
            journal.line(&Line::Sitting(head.clone()))?;
        }
        let number = answers.raters.iter().position(|known| known == rater);
        if number.is_none() {
            journal.line(&Line::Rater(rater.to_owned()))?;
        }
        let number = number.unwrap_or(answers.raters.len());
        Ok((journal, answers, number))
    }

    /// Adds an answer with one write, and waits until it is on the disk.
    pub fn append(&mut self, answer: &Answer) -> Result<(), LabError> {
        self.line(&Line::Answer(answer.clone()))
    }

    fn line(&mut self, line: &Line) -> Result<(), LabError> {
        self.put(&(serde_json::to_string(line).unwrap_or_default() + "\n"))
    }

    fn put(&mut self, text: &str) -> Result<(), LabError> {
        let written = self.file.write_all(text.as_bytes());
        let written = written.and_then(|()| self.file.sync_data());
        written.map_err(|error| LabError::writing(error, &self.path))
    }
}

impl Head {
    fn suits(&self, wanted: &Self, path: &Path) -> Result<(), LabError> {
        let refuse = |why: Said| {
            let path = path.display().to_string();
            Err(LabError::Asked(said!("{why}: {path}", why, path)))
        };
        if self.version > VERSION {
            return refuse(said!(
                "a newer version of Retake wrote these answers; update it, or name another folder"
            ));
        }
        if self.manner != wanted.manner {
            let now = &self.manner;
            return refuse(said!(
                "this sitting was begun otherwise ({kind}, seed {seed}, {most} questions a lineup, {again} of 100 again); ask the same way or name another folder with --sitting",
                kind = now.kind.to_string(),
                seed = now.seed,
                most = match now.most {
                    None => said!("all"),
                    Some(most) => said!("at most {most}", most),
                },
                again = now.again
            ));
        }
        if self.edits_sha256 != wanted.edits_sha256 {
            return refuse(said!(
                "this sitting was begun with other edits; name the same data or another folder with --sitting"
            ));
        }
        Ok(())
    }
}

fn ends_with_a_line(file: &mut File) -> std::io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// What the journal in a folder holds.
pub fn read(folder: &Path) -> Result<(Head, Answers), LabError> {
    let path = folder.join(NAME);
    let file = File::open(&path).map_err(|error| LabError::reading(error, &path))?;
    let (head, answers) = parse(&file, &path)?;
    let head = head.ok_or_else(|| LabError::Damaged {
        kind: said!("journal of a sitting"),
        why: said!("its first line does not say what was asked"),
        path: path.clone(),
    })?;
    if head.version > VERSION {
        return Err(LabError::Asked(said!(
            "a newer version of Retake wrote these answers; update it to read them: {path}",
            path = path.display().to_string()
        )));
    }
    Ok((head, answers))
}

fn parse(file: &File, path: &Path) -> Result<(Option<Head>, Answers), LabError> {
    let trouble = |error: std::io::Error| LabError::reading(error, path);
    let mut reader = BufReader::new(file);
    reader.seek(SeekFrom::Start(0)).map_err(trouble)?;
    let mut head = None;
    let mut answers = Answers::default();
    let mut places: HashMap<(String, Key), usize> = HashMap::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line).map_err(trouble)? == 0 {
            return Ok((head, answers));
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice(&line) {
            Ok(Line::Sitting(told)) => head = head.or(Some(told)),
            Ok(Line::Rater(name)) => note(&mut answers.raters, &name),
            Ok(Line::Answer(answer)) => {
                note(&mut answers.raters, &answer.rater);
                let key = (answer.rater.clone(), answer.key());
                match places.get(&key) {
                    Some(&place) => answers.given[place] = answer,
                    None => {
                        places.insert(key, answers.given.len());
                        answers.given.push(answer);
                    }
                }
            }
            Err(_) => answers.damaged += 1,
        }
    }
}

fn note(raters: &mut Vec<String>, name: &str) {
    if !raters.iter().any(|known| known == name) {
        raters.push(name.to_owned());
    }
}

impl Answers {
    /// Adds what was said elsewhere; who answered the same question in both places, last said that.
    pub fn join(&mut self, other: Self) {
        for rater in &other.raters {
            note(&mut self.raters, rater);
        }
        let mut places: HashMap<(String, Key), usize> = HashMap::new();
        for (place, answer) in self.given.iter().enumerate() {
            places.insert((answer.rater.clone(), answer.key()), place);
        }
        for answer in other.given {
            match places.get(&(answer.rater.clone(), answer.key())) {
                Some(&place) => self.given[place] = answer,
                None => self.given.push(answer),
            }
        }
        self.damaged += other.damaged;
    }
}
