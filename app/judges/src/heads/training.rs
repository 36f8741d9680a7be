//! What lies beside a judge with heads of how it was trained: EditReward is published with the settings of its training, a
//! file of YAML. What of them changes how the heads are asked is read; what is not known here is refused by name.

use std::path::Path;

use retake_core::{Said, said};

use crate::formulas::pairs::Pooling;

/// The kinds of heads: (what `rm_head_type` says, whether one head is for both questions).
const KINDS: [(&str, bool); 2] = [("ranknet_multi_head", false), ("ranknet_share_head", true)];

/// Ways to make one score of both: (what `pooling_strategy` says, which it is).
const POOLINGS: [(&str, Pooling); 3] = [
    ("mean", Pooling::Mean),
    ("min", Pooling::Min),
    ("sum", Pooling::Sum),
];

/// The settings at the outermost level, in their order; none where no such file is there.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Training(Vec<(String, String)>);

impl Training {
    /// Of the file of a folder that says what its heads are, the first by name.
    pub(super) fn beside(folder: &Path) -> Self {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut files: Vec<_> = entries
            .map(|entry| entry.path())
            .filter(|path| {
                path.extension()
                    .is_some_and(|end| end == "yaml" || end == "yml")
            })
            .collect();
        files.sort();
        let texts = files
            .iter()
            .filter_map(|path| std::fs::read_to_string(path).ok());
        let mut read = texts.map(|text| Self::read(&text));
        read.find(|training| training.says("rm_head_type").is_some())
            .unwrap_or_default()
    }

    /// Of the lines that give one word to a name.
    fn read(text: &str) -> Self {
        let setting = |line: &str| {
            let (name, value) = line.split_once(':')?;
            let plain = !name.is_empty() && !name.starts_with([' ', '-', '#', '\t']);
            let value = value.split(" #").next().unwrap_or_default();
            let value = value.trim().trim_matches(['"', '\'']);
            plain.then(|| (name.trim().to_owned(), value.to_owned()))
        };
        Self(text.lines().filter_map(setting).collect())
    }

    fn says(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Whether heads of this kind can be asked as they were trained.
    pub(super) fn fits(&self, shared: bool) -> Result<(), Said> {
        let refused = |name: &str, value: &str| {
            said!(
                "The judge's heads were trained in a way that is not known here ({name}: {value}).",
                name = name,
                value = value
            )
        };
        if let Some(value) = self.says("rm_head_type")
            && !KINDS.contains(&(value, shared))
        {
            return Err(refused("rm_head_type", value));
        }
        // where the state is read: at the special token
        let wanted = [("reward_token", "special"), ("use_special_tokens", "true")];
        for (name, wanted) in wanted {
            if let Some(value) = self.says(name)
                && !value.eq_ignore_ascii_case(wanted)
            {
                return Err(refused(name, value));
            }
        }
        self.pooling().map(|_| ())
    }

    /// How one score is made of both; the mean where nothing is said.
    pub(super) fn pooling(&self) -> Result<Pooling, Said> {
        let Some(value) = self.says("pooling_strategy") else {
            return Ok(Pooling::Mean);
        };
        let known = POOLINGS.iter().find(|(name, _)| *name == value);
        known.map(|(_, pooling)| *pooling).ok_or_else(|| {
            said!(
                "The judge's heads were trained in a way that is not known here ({name}: {value}).",
                name = "pooling_strategy",
                value = value
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLISHED: &str = "# Model\nrm_head_type: \"ranknet_multi_head\"\npooling_strategy: 'min' # of both\nlists:\n  - \n  rm_head_type: other\nreward_token: \"special\"\nuse_special_tokens: True\n";

    #[test]
    fn the_published_settings_are_read_without_quotes_and_comments() {
        let training = Training::read(PUBLISHED);
        assert_eq!(training.says("rm_head_type"), Some("ranknet_multi_head"));
        assert_eq!(training.pooling(), Ok(Pooling::Min));
        assert_eq!(training.fits(false), Ok(()));
    }

    #[test]
    fn heads_that_were_trained_otherwise_are_refused_by_name() {
        for (from, to, shared) in [
            ("ranknet_multi_head", "ranknet", true),
            ("ranknet_multi_head", "default", true),
            ("special\"", "last\"", false),
            ("True", "False", false),
            ("'min'", "median", false),
        ] {
            let training = Training::read(&PUBLISHED.replace(from, to));
            let why = training.fits(shared).expect_err("another training");
            assert!(why.to_string().contains(to.trim_matches('"')), "{why}");
        }
        // one head where two were trained
        assert!(Training::read(PUBLISHED).fits(true).is_err());
    }

    #[test]
    fn without_settings_the_tensors_say_it_all() {
        let none = Training::beside(Path::new("/nowhere"));
        assert_eq!((none.fits(true), none.fits(false)), (Ok(()), Ok(())));
        assert_eq!(none.pooling(), Ok(Pooling::Mean));
    }
}
