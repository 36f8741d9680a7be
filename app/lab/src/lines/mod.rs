//! A data set flat: a line for each edit, in columns of numbers and of names that are kept once, so that a hundred thousand
//! sort and filter while a person looks on.

mod arrange;
mod drawn;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::case::Case;
use crate::measures::Better;
use crate::picture::Picture;
use crate::scoring::{Scored, Scores};

pub use arrange::{Arranged, Between, Tags, Wanted, arrange};
pub use drawn::{Density, Histogram};

/// What a column shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// of the case
    Id,
    /// kind of edit
    Task,
    /// what people were asked about
    Dimension,
    /// who made it
    Editor,
    /// what was asked
    Instruction,
    /// what people gave it, or the share of its pairs that it won
    Human,
    /// what the reward gives it, overall
    Score,
    /// what the reward gives it in one dimension
    Of(String),
}

impl Column {
    /// Its name in files: "score", "of:detail_preserving".
    pub fn key(&self) -> String {
        match self {
            Self::Id => "id".to_owned(),
            Self::Task => "task".to_owned(),
            Self::Dimension => "dimension".to_owned(),
            Self::Editor => "editor".to_owned(),
            Self::Instruction => "instruction".to_owned(),
            Self::Human => "human".to_owned(),
            Self::Score => "score".to_owned(),
            Self::Of(dimension) => format!("of:{dimension}"),
        }
    }
    /// Whether it holds numbers.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Human | Self::Score | Self::Of(_))
    }
}

/// Names, each kept once.
#[derive(Clone, Debug, Default)]
pub struct Names {
    names: Vec<String>,
    /// of each line, or each case
    at: Vec<u32>,
}

impl Names {
    fn of<'a>(all: impl Iterator<Item = &'a str> + Clone) -> Self {
        // in order, so that places sort as names do
        let names: BTreeSet<&str> = all.clone().collect();
        let places: HashMap<&str, u32> = names.iter().copied().zip(0..).collect();
        Self {
            at: all.map(|name| places[name]).collect(),
            names: names.into_iter().map(str::to_owned).collect(),
        }
    }
    /// The names that there are, sorted, without the empty one.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        let names = self.names.iter().map(String::as_str);
        names.filter(|name| !name.is_empty())
    }
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// what they are lines of, without pictures that stood in rows
    pub cases: Arc<Vec<Case>>,
    at: Arc<Vec<(u32, u32)>>,
    /// of the cases
    pub tasks: Arc<Names>,
    /// of the cases
    pub dimensions: Arc<Names>,
    /// of the lines
    pub editors: Arc<Names>,
    human: Arc<Vec<f32>>,
    score: Vec<f32>,
    by_dimension: Vec<(String, Vec<f32>)>,
}

impl Lines {
    /// Before anybody scored them.
    pub fn of(cases: Vec<Case>) -> Self {
        let mut at = Vec::new();
        let mut human = Vec::new();
        for (place, case) in (0_u32..).zip(&cases) {
            for (number, take) in (0_u32..).zip(&case.takes) {
                at.push((place, number));
                let said = take.human.or_else(|| won(case, number as usize));
                human.push(said.map_or(f32::NAN, |said| said as f32));
            }
        }
        let count = at.len();
        let editors = Names::of(
            cases
                .iter()
                .flat_map(|case| case.takes.iter().map(|take| take.editor.as_str())),
        );
        Self {
            tasks: Arc::new(Names::of(cases.iter().map(|case| case.task.as_str()))),
            dimensions: Arc::new(Names::of(cases.iter().map(|case| case.dimension.as_str()))),
            editors: Arc::new(editors),
            human: Arc::new(human),
            score: vec![f32::NAN; count],
            by_dimension: Vec::new(),
            at: Arc::new(at),
            cases: Arc::new(cases),
        }
    }

    /// The same lines with what a reward gave each case; an error for a case that it could not score.
    pub fn scored(&self, scores: &[Scored]) -> Self {
        let of = |line: usize| {
            let (case, take) = self.at[line];
            let case = scores.get(case as usize)?.as_ref().ok()?;
            case.get(take as usize)
        };
        let all = scores.iter().flatten().flatten();
        let dimensions: BTreeSet<&str> = all
            .flat_map(|scores| scores.by_dimension.keys().map(String::as_str))
            .collect();
        let column = |value: &dyn Fn(&Scores) -> Option<f64>| -> Vec<f32> {
            (0..self.len())
                .map(|line| of(line).and_then(value).map_or(f32::NAN, |v| v as f32))
                .collect()
        };
        let by_dimension = dimensions.iter().map(|name| {
            let values = column(&|scores| scores.by_dimension.get(*name).copied());
            ((*name).to_owned(), values)
        });
        Self {
            score: column(&|scores| Some(scores.overall)),
            by_dimension: by_dimension.collect(),
            ..self.clone()
        }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.at.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }
    /// The case of a line and the place of its take.
    pub fn case(&self, line: usize) -> (&Case, usize) {
        let (case, take) = self.at[line];
        (&self.cases[case as usize], take as usize)
    }
    /// The place of a line's case.
    pub fn place(&self, line: usize) -> usize {
        self.at[line].0 as usize
    }
    /// The columns in which something stands, in the order in which they are shown.
    pub fn columns(&self) -> Vec<Column> {
        let known = |values: &[f32]| values.iter().any(|value| value.is_finite());
        let mut columns = vec![Column::Id];
        for (column, names) in [
            (Column::Task, &self.tasks),
            (Column::Dimension, &self.dimensions),
            (Column::Editor, &self.editors),
        ] {
            if names.all().next().is_some() {
                columns.push(column);
            }
        }
        columns.push(Column::Instruction);
        for (column, values) in [
            (Column::Human, &self.human[..]),
            (Column::Score, &self.score),
        ] {
            if known(values) {
                columns.push(column);
            }
        }
        let dimensions = self.by_dimension.iter().map(|(name, _)| name.clone());
        columns.extend(dimensions.map(Column::Of));
        columns
    }
    /// The numbers of a column, one a line, not a number where there is none; empty for a column of words.
    pub fn numbers(&self, column: &Column) -> &[f32] {
        match column {
            Column::Human => &self.human,
            Column::Score => &self.score,
            Column::Of(name) => {
                let own = self.by_dimension.iter().find(|(known, _)| known == name);
                own.map_or(&[], |(_, values)| values)
            }
            _ => &[],
        }
    }
    /// What stands in a column of words.
    pub fn words(&self, column: &Column, line: usize) -> &str {
        let (case, take) = self.case(line);
        match column {
            Column::Id => &case.id,
            Column::Task => &case.task,
            Column::Dimension => &case.dimension,
            Column::Editor => &case.takes[take].editor,
            Column::Instruction => &case.instruction,
            Column::Human | Column::Score | Column::Of(_) => "",
        }
    }
}

/// The share of its pairs that a take won, a tie half; `None` for one that stands in none.
fn won(case: &Case, take: usize) -> Option<f64> {
    let told = case
        .verdicts
        .iter()
        .filter_map(|verdict| match verdict.better {
            _ if verdict.first != take && verdict.second != take => None,
            Better::Tie => Some(0.5),
            Better::A => Some(f64::from(u8::from(verdict.first == take))),
            Better::B => Some(f64::from(u8::from(verdict.second == take))),
        });
    crate::measures::mean(told)
}

/// A case as it is kept in memory: pictures that stood in its row are let go, and read again when somebody looks.
pub fn light(mut case: Case) -> Case {
    let let_go = |picture: &mut Option<Picture>| {
        if let Some(Picture::Bytes(bytes)) = picture {
            *bytes = Vec::new();
        }
    };
    let_go(&mut case.source);
    let_go(&mut case.mask);
    case.takes
        .iter_mut()
        .for_each(|take| let_go(&mut take.picture));
    case
}

/// Whether pictures of the case stood in its row and were let go.
pub fn is_light(case: &Case) -> bool {
    let gone = |picture: &Option<Picture>| matches!(picture, Some(Picture::Bytes(bytes)) if bytes.is_empty());
    gone(&case.source) || gone(&case.mask) || case.takes.iter().any(|take| gone(&take.picture))
}

#[cfg(test)]
mod tests;
