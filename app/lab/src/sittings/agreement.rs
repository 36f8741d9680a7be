//! How far raters agree: with each other, with themselves, and with whoever scored the same edits.

use std::collections::{BTreeMap, HashMap};

use retake_core::said;
use serde::Serialize;

use super::{Answer, Answers, Key, Kind, Verdict};
use crate::LabError;
use crate::case::Case;
use crate::figures::Figures;
use crate::measures::alpha::{Level, alpha};
use crate::measures::bootstrap::{Draws, Interval, interval};
use crate::measures::rank::Concordance;
use crate::measures::{Better, Pair, mean};
use crate::recorded::{FORMULAS, formula};
use crate::table::{Entry, Group, Judged};

/// Scores of edits by lineup and name: what a reward, a recorded judge or an earlier panel of people gives them.
pub type Opinion = HashMap<(String, String), f64>;

/// What a sitting says.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Agreement {
    /// "pairs", "best-of-4"
    pub asked: String,
    /// questions of which at least one rater said something
    pub questions: usize,
    /// of these, answered by two raters or more
    pub shared: usize,
    /// lines of the journal that could not be read
    pub damaged: usize,
    /// Krippendorff's alpha between raters: ordinal for pairs (first, neither, second), nominal for more
    pub alpha: Option<f64>,
    /// the same, nominal, "both bad" a value of its own
    pub alpha_nominal: Option<f64>,
    /// Kendall's tau-b between two raters' orders within lineups, mean over all twos
    pub kendall: Option<f64>,
    /// 95 of 100, by figure
    pub intervals: BTreeMap<&'static str, Interval>,
    /// each rater alone
    pub raters: BTreeMap<String, OfRater>,
    /// each two raters
    pub between: Vec<Between>,
    /// what was said against what others gave the same edits
    pub against: BTreeMap<String, Figures>,
}

/// One rater.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct OfRater {
    /// questions answered, those asked again left out
    pub answers: usize,
    /// one was named the best
    pub decided: usize,
    /// none was better
    pub ties: usize,
    /// none was any good
    pub both_bad: usize,
    /// no opinion
    pub skipped: usize,
    /// how much more often than by chance the first place was named, −1 to 1
    pub positional_bias: Option<f64>,
    /// questions asked a second time, the edits in the opposite order
    pub again: usize,
    /// share of these with the same answer
    pub consistency: Option<f64>,
}

/// Two raters.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Between {
    /// their names
    pub raters: [String; 2],
    /// questions that both answered
    pub shared: usize,
    /// share of these with the same answer
    pub same: Option<f64>,
    /// Kendall's tau-b of what each gave the edits of a lineup, over the pairs within lineups
    pub kendall: Option<f64>,
}

/// What raters said of one question.
struct Asked<'a> {
    lineup: &'a str,
    /// names of the edits, sorted
    names: &'a [String],
    /// by rater; without those who skipped
    said: BTreeMap<&'a str, &'a Verdict>,
}

impl Asked<'_> {
    /// What a verdict gives an edit: the best 1, of equals each their share, of bad ones nothing.
    fn share(&self, verdict: &Verdict, name: &str) -> f64 {
        match verdict {
            Verdict::Best(best) => f64::from(u8::from(best == name)),
            Verdict::Tie => 1.0 / self.names.len() as f64,
            Verdict::BothBad | Verdict::Skip => 0.0,
        }
    }
    /// For the first of two above 0, for the second below.
    fn side(&self, verdict: &Verdict) -> f64 {
        match verdict {
            Verdict::Best(best) if *best == self.names[0] => 1.0,
            Verdict::Best(_) => -1.0,
            _ => 0.0,
        }
    }
    /// A number for every answer, whose order means nothing.
    fn kind(&self, verdict: &Verdict) -> f64 {
        match verdict {
            Verdict::Best(best) => {
                let place = self.names.iter().position(|name| name == best);
                place.map_or(f64::NAN, |place| place as f64)
            }
            Verdict::Tie => -1.0,
            Verdict::BothBad => -2.0,
            Verdict::Skip => f64::NAN,
        }
    }
}

/// The questions in the order in which they were first answered; those asked again left out, and those that all skipped.
fn asked(answers: &Answers) -> Vec<(Key, Vec<&Answer>)> {
    let mut places: HashMap<Key, usize> = HashMap::new();
    let mut all: Vec<(Key, Vec<&Answer>)> = Vec::new();
    for answer in &answers.given {
        if answer.again || answer.verdict == Verdict::Skip {
            continue;
        }
        let key = answer.key();
        let place = *places.entry(key.clone()).or_insert_with(|| {
            all.push((key, Vec::new()));
            all.len() - 1
        });
        all[place].1.push(answer);
    }
    all
}

impl Agreement {
    /// Of answers to questions of one kind, and of these against opinions, each with its name.
    pub fn of(
        answers: &Answers,
        kind: Kind,
        lineups: &[Case],
        opinions: &[(String, Opinion)],
        draws: Draws,
    ) -> Self {
        let keyed = asked(answers);
        let questions: Vec<Asked<'_>> = keyed
            .iter()
            .map(|((lineup, names, _), given)| Asked {
                lineup,
                names,
                said: given
                    .iter()
                    .map(|a| (a.rater.as_str(), &a.verdict))
                    .collect(),
            })
            .collect();
        let places: Vec<usize> = (0..questions.len()).collect();
        let level = match kind {
            Kind::Pairs => Level::Ordinal,
            Kind::BestOf(_) => Level::Nominal,
        };
        let main = |places: &[usize]| {
            let value = |q: &Asked<'_>, verdict: &Verdict| match kind {
                Kind::Pairs => q.side(verdict),
                Kind::BestOf(_) => q.kind(verdict),
            };
            alpha(&units(&questions, places, &value), level)
        };
        let nominal = |places: &[usize]| {
            alpha(
                &units(&questions, places, &|q, v| q.kind(v)),
                Level::Nominal,
            )
        };
        let between = between(&answers.raters, &questions);
        let shared = questions.iter().filter(|q| q.said.len() > 1).count();
        let told = [
            ("alpha", interval(questions.len(), draws, &main)),
            ("alpha_nominal", interval(questions.len(), draws, &nominal)),
        ];
        let raters = answers.raters.iter();
        let groups = votes(answers, lineups);
        Self {
            asked: kind.to_string(),
            questions: questions.len(),
            shared,
            damaged: answers.damaged,
            alpha: main(&places),
            alpha_nominal: nominal(&places),
            kendall: mean(between.iter().filter_map(|two| two.kendall)),
            intervals: told
                .into_iter()
                .filter_map(|(id, i)| Some((id, i?)))
                .collect(),
            raters: raters
                .map(|name| (name.clone(), of_rater(answers, name)))
                .collect(),
            between,
            against: opinions
                .iter()
                .map(|(name, opinion)| {
                    let scored = with_scores(&groups, opinion);
                    (
                        name.clone(),
                        Figures::of(&scored.iter().collect::<Vec<_>>(), draws),
                    )
                })
                .collect(),
        }
    }
}

type Value<'a> = dyn Fn(&Asked<'_>, &Verdict) -> f64 + 'a;

fn units(questions: &[Asked<'_>], places: &[usize], value: &Value<'_>) -> Vec<Vec<f64>> {
    let of = |&place: &usize| {
        let question = &questions[place];
        question
            .said
            .values()
            .map(|said| value(question, said))
            .collect()
    };
    places.iter().map(of).collect()
}

fn of_rater(answers: &Answers, name: &str) -> OfRater {
    let own: Vec<&Answer> = answers.given.iter().filter(|a| a.rater == name).collect();
    let first: Vec<&&Answer> = own.iter().filter(|a| !a.again).collect();
    let count = |of: &dyn Fn(&Verdict) -> bool| first.iter().filter(|a| of(&a.verdict)).count();
    let leaning = own.iter().filter_map(|answer| match &answer.verdict {
        Verdict::Best(best) => {
            let here = f64::from(u8::from(answer.shown.first() == Some(best)));
            Some(here - 1.0 / answer.shown.len() as f64)
        }
        _ => None,
    });
    let twice: Vec<(&Answer, &Answer)> = own
        .iter()
        .filter(|a| a.again && a.verdict != Verdict::Skip)
        .filter_map(|second| {
            let (lineup, names, _) = second.key();
            let same = |a: &&&&Answer| a.key() == (lineup.clone(), names.clone(), false);
            let before = first.iter().find(same)?;
            (before.verdict != Verdict::Skip).then_some((**before, *second))
        })
        .collect();
    let same = twice
        .iter()
        .map(|(one, two)| f64::from(u8::from(one.verdict == two.verdict)));
    OfRater {
        answers: first.len(),
        decided: count(&|v| matches!(v, Verdict::Best(_))),
        ties: count(&|v| *v == Verdict::Tie),
        both_bad: count(&|v| *v == Verdict::BothBad),
        skipped: count(&|v| *v == Verdict::Skip),
        positional_bias: mean(leaning),
        again: twice.len(),
        consistency: mean(same),
    }
}

fn between(raters: &[String], questions: &[Asked<'_>]) -> Vec<Between> {
    let mut all = Vec::new();
    for (place, one) in raters.iter().enumerate() {
        for other in &raters[place + 1..] {
            let both = |q: &Asked<'_>| q.said.contains_key(&**one) && q.said.contains_key(&**other);
            let shared: Vec<&Asked<'_>> = questions.iter().filter(|q| both(q)).collect();
            let same = |q: &&Asked<'_>| f64::from(u8::from(q.said[&**one] == q.said[&**other]));
            all.push(Between {
                raters: [one.clone(), other.clone()],
                shared: shared.len(),
                same: mean(shared.iter().map(same)),
                kendall: kendall(&shared, one, other),
            });
        }
    }
    all
}

/// Each rater's sum of shares by edit, within each lineup.
fn kendall(shared: &[&Asked<'_>], one: &str, other: &str) -> Option<f64> {
    let mut sums: BTreeMap<&str, BTreeMap<&str, [f64; 2]>> = BTreeMap::new();
    for question in shared {
        for name in question.names {
            let of = sums.entry(question.lineup).or_default();
            let sum = of.entry(name).or_default();
            sum[0] += question.share(question.said[one], name);
            sum[1] += question.share(question.said[other], name);
        }
    }
    let within = sums.values().map(|edits| {
        let (x, y): (Vec<f64>, Vec<f64>) = edits.values().map(|sum| (sum[0], sum[1])).unzip();
        Concordance::of(&x, &y)
    });
    within
        .fold(Concordance::default(), Concordance::and)
        .tau_b()
}

/// A group of the lab and the lineup it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Voted {
    /// id of the lineup
    pub lineup: String,
    /// what was said, without scores
    pub group: Group,
}

/// What raters said as groups of the lab, without scores: of two, the sign of their mean is the verdict and each vote stands
/// beside it; of more, an edit's rating is the share of raters that named it (a tie shares the vote, "both bad" gives none).
pub fn votes(answers: &Answers, lineups: &[Case]) -> Vec<Voted> {
    let known: HashMap<&str, &Case> = lineups.iter().map(|c| (c.id.as_str(), c)).collect();
    let mut groups: Vec<Voted> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for ((lineup, names, _), given) in asked(answers) {
        let case = known.get(lineup.as_str()).copied();
        let question = Asked {
            lineup: &lineup,
            names: &names,
            said: given
                .iter()
                .map(|a| (a.rater.as_str(), &a.verdict))
                .collect(),
        };
        let pair = names.len() == 2;
        // heaps of one lineup are never compared with each other
        let id = match pair {
            true => lineup.clone(),
            false => format!("{lineup}|{}", names.join("|")),
        };
        let place = *places.entry(id.clone()).or_insert_with(|| {
            let group = Group {
                id,
                task: case.map_or(String::new(), |case| case.task.clone()),
                dimension: "overall".to_owned(),
                ..Group::default()
            };
            let lineup = lineup.clone();
            groups.push(Voted { lineup, group });
            groups.len() - 1
        });
        let group = &mut groups[place].group;
        for name in &names {
            if group.entries.iter().any(|entry| entry.name == *name) {
                continue;
            }
            let take = case.and_then(|case| case.takes.iter().find(|take| take.name == *name));
            let raters: Vec<f64> = question
                .said
                .values()
                .map(|v| question.share(v, name))
                .collect();
            group.entries.push(Entry {
                name: name.clone(),
                editor: take.map_or(String::new(), |take| take.editor.clone()),
                human: (!pair).then(|| mean(raters.iter().copied())).flatten(),
                raters: if pair { Vec::new() } else { raters },
                score: f64::NAN,
                by_dimension: BTreeMap::new(),
                compared: Vec::new(),
            });
        }
        if pair {
            let sides: Vec<f64> = question.said.values().map(|v| question.side(v)).collect();
            group.judged.push(Judged {
                case: format!("{lineup}|{}", names.join("|")),
                names: [names[0].clone(), names[1].clone()],
                pair: Pair {
                    a: f64::NAN,
                    b: f64::NAN,
                    human: Better::of(mean(sides.iter().copied()).unwrap_or(0.0), 0.0),
                },
            });
            group.votes.push(sides);
        }
    }
    groups
}

/// The groups with the scores of an opinion; edits and pairs that it does not know are left out.
fn with_scores(groups: &[Voted], opinion: &Opinion) -> Vec<Group> {
    let scored = groups.iter().map(|voted| {
        let score = |name: &str| {
            opinion
                .get(&(voted.lineup.clone(), name.to_owned()))
                .copied()
        };
        let mut scored = voted.group.clone();
        scored.entries.retain_mut(|entry| {
            let known = score(&entry.name);
            entry.score = known.unwrap_or(f64::NAN);
            known.is_some()
        });
        scored.judged.retain_mut(|judged| {
            let [a, b] = [0, 1].map(|place| score(&judged.names[place]));
            let (Some(a), Some(b)) = (a, b) else {
                return false;
            };
            (judged.pair.a, judged.pair.b) = (a, b);
            true
        });
        scored
    });
    scored.filter(|group| group.entries.len() > 1).collect()
}

/// What the data set itself keeps about the edits: the ratings of its people, and what recorded judges said, joined by a
/// formula of the table.
pub fn recorded(lineups: &[Case], selector: &str) -> Result<Vec<(String, Opinion)>, LabError> {
    let join = formula(selector).ok_or_else(|| {
        let known: Vec<&str> = FORMULAS.iter().map(|formula| formula.id).collect();
        LabError::Asked(said!(
            "there is no selector {selector}; there are: {known}",
            selector,
            known = known.join(", ")
        ))
    })?;
    let mut people = Opinion::new();
    let mut judges: BTreeMap<&str, Opinion> = BTreeMap::new();
    for lineup in lineups {
        for take in &lineup.takes {
            let key = (lineup.id.clone(), take.name.clone());
            people.extend(take.human.map(|human| (key.clone(), human)));
            for (judge, said) in &take.recorded {
                let score = join(said).map(|score| (key.clone(), score));
                judges.entry(judge).or_default().extend(score);
            }
        }
    }
    let people = [("people of the data set".to_owned(), people)];
    let judges = judges.into_iter();
    let judges = judges.map(|(judge, opinion)| (format!("{judge}:{selector}"), opinion));
    let all = people.into_iter().chain(judges);
    Ok(all.filter(|(_, opinion)| !opinion.is_empty()).collect())
}
