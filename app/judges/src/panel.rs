//! The panel: the measured rewards and any number of judges, joined a dimension at a time. Measures go before a judge where
//! they are sure; a judge that is gone leaves the measures alone, with a notice; what nobody knows of a candidate is
//! unknown.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use retake_core::{
    Dimension, Instruction, Raster, Reason, Reward, RewardInfo, Said, Score, ScoreRequest,
    Scorecard, Stop, Watch, decimals, said,
};
use serde_json::{Value, json};

use crate::picture::Shown;

/// A measure with a smaller spread than this may be sure.
const SURE: f32 = 0.08;
/// A measure that is this low and sure goes before a judge that says otherwise.
const FAILED: f32 = 0.2;
/// How much a measure counts beside judges where it is not sure: λ of λ · rule + (1 − λ) · judge.
const BESIDE: f32 = 0.3;
/// What an edit that is the photo as it was can have for following.
const UNTOUCHED: f32 = 0.03;

/// See the module.
pub struct Panel {
    rules: Box<dyn Reward>,
    judges: Vec<Box<dyn Reward>>,
    notices: Mutex<Vec<Said>>,
}

impl Panel {
    /// Of the measured rewards and these judges.
    pub fn new(rules: Box<dyn Reward>, judges: Vec<Box<dyn Reward>>) -> Self {
        Self {
            rules,
            judges,
            notices: Mutex::new(Vec::new()),
        }
    }

    fn note(&self, notice: Said) {
        let mut notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        if !notices.contains(&notice) {
            notices.push(notice);
        }
    }
}

impl Reward for Panel {
    fn info(&self) -> RewardInfo {
        RewardInfo {
            id: "panel",
            version: "1",
            dimensions: &Dimension::CANONICAL,
            about: "Joins what is measured with what judges say.",
        }
    }

    fn settings(&self) -> Value {
        let of = |reward: &dyn Reward| {
            let info = reward.info();
            json!({ "id": info.id, "version": info.version, "settings": reward.settings() })
        };
        json!({
            "rules": of(&*self.rules),
            "judges": self.judges.iter().map(|judge| of(&**judge)).collect::<Vec<_>>(),
            "rules_beside": BESIDE,
        })
    }

    fn score(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        let rules = self.rules.score(group, watch)?;
        let mut judged = Vec::with_capacity(self.judges.len());
        for judge in &self.judges {
            judged.push(judge.score(group, watch)?);
        }
        let source = Shown::of(group.source);
        let cards = rules.into_iter().enumerate();
        let cards = cards.map(|(candidate, rule)| {
            let asked = !group.instruction.text.trim().is_empty();
            let untouched = asked && same(&source, group.edited[candidate]);
            Joined {
                instruction: group.instruction,
                untouched,
                judged: &judged,
                candidate,
                panel: self,
            }
            .card(rule)
        });
        Ok(cards.collect())
    }

    fn notices(&self) -> Vec<Said> {
        let own = self
            .notices
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let judges = self.judges.iter().flat_map(|judge| judge.notices());
        judges.chain(own).collect()
    }
}

/// Whether an edit shows what the source shows: all but one sample in a thousand within a step of 8 bits.
fn same(source: &Shown, edited: &Raster) -> bool {
    if (edited.width, edited.height) != (source.width, source.height) {
        return false;
    }
    let edited = Shown::of(edited);
    let pairs = source.rgb.iter().zip(&edited.rgb);
    let other = pairs.filter(|(a, b)| a.abs_diff(**b) > 1).count();
    other * 1000 <= source.rgb.len()
}

/// One candidate's card while it is joined.
struct Joined<'a> {
    instruction: &'a Instruction,
    untouched: bool,
    judged: &'a [Vec<Scorecard>],
    candidate: usize,
    panel: &'a Panel,
}

impl Joined<'_> {
    fn card(&self, rule: Scorecard) -> Scorecard {
        let mut names: Vec<Dimension> = rule.scores.keys().cloned().collect();
        for card in self.judged.iter().flatten() {
            names.extend(card.scores.keys().chain(card.unknown.keys()).cloned());
        }
        names.sort();
        names.dedup();
        let mut card = Scorecard {
            raw: rule.raw,
            ..Scorecard::default()
        };
        for cards in self.judged {
            card.raw.extend(cards[self.candidate].raw.iter().cloned());
        }
        for name in names {
            match self.joined(&name, rule.scores.get(&name)) {
                Ok(score) => {
                    card.scores.insert(name, score);
                }
                Err(why) => {
                    card.unknown.insert(name, why);
                }
            }
        }
        card
    }

    fn joined(&self, name: &Dimension, rule: Option<&Score>) -> Result<Score, Said> {
        // a judge that knows a dimension of nobody is not there for it
        let (there, gone): (Vec<_>, Vec<_>) = self
            .judged
            .iter()
            .filter(|cards| {
                let mine = &cards[self.candidate];
                mine.scores.contains_key(name) || mine.unknown.contains_key(name)
            })
            .partition(|cards| cards.iter().any(|card| card.scores.contains_key(name)));
        let why_not = |cards: &Vec<Scorecard>| cards[self.candidate].unknown.get(name).cloned();
        let mut alone = None;
        if there.is_empty()
            && let Some(why) = gone.iter().find_map(|cards| why_not(cards))
        {
            if rule.is_none() {
                return Err(why);
            }
            self.panel.note(said!(
                "Scored by what can be measured alone, since no judge answered: {why}",
                why = &why
            ));
            alone = Some(said!(
                "No judge answered, so this is measured alone: {why}",
                why = &why
            ));
        }
        let known: Vec<&Score> = there
            .iter()
            .filter_map(|cards| cards[self.candidate].scores.get(name))
            .collect();
        let sure = rule.filter(|rule| self.sure(name, rule));
        let mut score = match (members(&known), rule) {
            (None, Some(rule)) if there.is_empty() => rule.clone(),
            (None, _) => match sure {
                Some(rule) => rule.clone(),
                None => {
                    let why = there.iter().find_map(|cards| why_not(cards));
                    return Err(why.unwrap_or_default());
                }
            },
            (Some(judges), None) => judges,
            (Some(judges), Some(rule)) if sure.is_some() => overruled(rule, &judges),
            (Some(judges), Some(rule)) => beside(rule, &judges, self.share(name)),
        };
        score
            .reasons
            .extend(alone.map(|text| reason("measured_alone", text, None)));
        if self.untouched && name.0 == Dimension::INSTRUCTION_FOLLOWING && score.value > UNTOUCHED {
            score.value = UNTOUCHED;
            let text = said!("The edit shows the photo as it was.");
            score
                .reasons
                .insert(0, reason("untouched", text, Some(false)));
        }
        Ok(score)
    }

    /// The share of the instruction that was understood as something measurable.
    fn measurable(&self) -> f32 {
        let understood = &self.instruction.understood;
        let measured = (understood.goals.len() + understood.constraints.len()) as f32;
        let other = (understood.generative.len() + understood.not_understood.len()) as f32;
        measured / (measured + other).max(1.0)
    }

    /// Whether a measure goes before the judges: following where all that was asked can be measured, and anything where
    /// the measure finds it plainly failed.
    fn sure(&self, name: &Dimension, rule: &Score) -> bool {
        let all = self.measurable() >= 1.0;
        match name.0.as_str() {
            Dimension::INSTRUCTION_FOLLOWING => all && rule.spread <= SURE,
            // new content is another structure, and is meant to be
            Dimension::DETAIL_PRESERVING => all && rule.spread <= SURE && rule.value <= FAILED,
            _ => rule.spread <= SURE && rule.value <= FAILED,
        }
    }

    /// How much the measure counts beside the judges.
    fn share(&self, name: &Dimension) -> f32 {
        match name.0.as_str() {
            Dimension::INSTRUCTION_FOLLOWING | Dimension::DETAIL_PRESERVING => {
                BESIDE * self.measurable()
            }
            _ => BESIDE,
        }
    }
}

fn reason(id: &str, text: Said, passed: Option<bool>) -> Reason {
    Reason {
        id: id.to_owned(),
        text,
        passed,
        cost: 0.0,
        check: None,
        evidence: None,
    }
}

/// Several judges together: their mean; they doubt as each of them does, and as far as they differ.
fn members(known: &[&Score]) -> Option<Score> {
    let count = known.len() as f32;
    let value = known.iter().map(|score| score.value).sum::<f32>() / count;
    let between = known
        .iter()
        .map(|score| (score.value - value).powi(2))
        .sum::<f32>()
        / count;
    let within = known.iter().map(|score| score.spread.powi(2)).sum::<f32>() / count;
    (!known.is_empty()).then(|| Score {
        value,
        spread: ((within + between) / count + between).sqrt(),
        reasons: known
            .iter()
            .flat_map(|score| score.reasons.clone())
            .collect(),
        evidence: known.iter().find_map(|score| score.evidence.clone()),
    })
}

/// λ · rule + (1 − λ) · judge. The spread is that of the mixture: each one's own, and how far they are apart.
fn beside(rule: &Score, judges: &Score, share: f32) -> Score {
    let mix = |a: f32, b: f32| share * a + (1.0 - share) * b;
    let apart = share * (1.0 - share) * (rule.value - judges.value).powi(2);
    let spread = (mix(rule.spread.powi(2), judges.spread.powi(2)) + apart).sqrt();
    let mut reasons = judges.reasons.clone();
    if share > 0.0 {
        reasons.extend(rule.reasons.iter().cloned().map(|mut reason| {
            reason.cost *= share;
            reason
        }));
    }
    Score {
        value: mix(rule.value, judges.value),
        spread,
        reasons,
        evidence: rule.evidence.clone().or_else(|| judges.evidence.clone()),
    }
}

/// The measure, and what the judges would have said.
fn overruled(rule: &Score, judges: &Score) -> Score {
    let mut score = rule.clone();
    let said_otherwise = said!(
        "What was measured is sure and goes before the judge's {value}.",
        value = decimals(judges.value * 10.0, 1)
    );
    score.reasons.push(reason("measured", said_otherwise, None));
    let quiet = judges.reasons.iter().cloned().map(|mut reason| {
        reason.cost = 0.0;
        reason
    });
    score.reasons.extend(quiet);
    score
}

/// What several cards know under their published names.
pub(crate) fn measures(card: &Scorecard) -> BTreeMap<&str, f64> {
    let all = card.raw.iter().flat_map(|raw| &raw.measures);
    all.map(|(name, value)| (name.as_str(), *value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use retake_core::{Amount, Change, Generative, Goal, Quantity, Quiet, Region, Understanding};

    /// A reward whose cards are known.
    struct Fixed(Vec<Scorecard>);

    impl Reward for Fixed {
        fn info(&self) -> RewardInfo {
            RewardInfo {
                id: "fixed",
                version: "1",
                dimensions: &[],
                about: "Says what it was told.",
            }
        }
        fn score(&self, _: &ScoreRequest<'_>, _: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
            Ok(self.0.clone())
        }
    }

    const FOLLOWING: &str = Dimension::INSTRUCTION_FOLLOWING;
    const QUALITY: &str = Dimension::GENERATION_QUALITY;

    fn score(value: f32, spread: f32) -> Score {
        Score {
            value,
            spread,
            reasons: Vec::new(),
            evidence: None,
        }
    }

    fn card(name: &str, value: f32, spread: f32) -> Scorecard {
        BTreeMap::from([(Dimension::from(name), score(value, spread))]).into()
    }

    fn lost(name: &str) -> Scorecard {
        Scorecard {
            unknown: [(Dimension::from(name), said!("Nobody answers."))].into(),
            ..Scorecard::default()
        }
    }

    fn measurable() -> Understanding {
        Understanding {
            goals: vec![Goal {
                quantity: Quantity::Warmth,
                change: Change::Raise,
                amount: Amount::default(),
                region: Region::default(),
                words: "warmer".to_owned(),
                weight: 1.0,
            }],
            ..Understanding::default()
        }
    }

    fn new_content() -> Understanding {
        Understanding {
            generative: vec![Generative {
                words: "add a dog".to_owned(),
                kind: "adding something".to_owned(),
            }],
            ..Understanding::default()
        }
    }

    /// Two edits that differ from the source.
    fn joined(
        rules: Vec<Scorecard>,
        judges: Vec<Vec<Scorecard>>,
        understood: Understanding,
    ) -> (Vec<Scorecard>, Panel) {
        let source = Raster::from_fn(4, 4, |_, _| [0.1; 3]);
        let edit = Raster::from_fn(4, 4, |_, _| [0.7; 3]);
        let edited = vec![&edit; rules.len()];
        let instruction = Instruction {
            text: "do it".to_owned(),
            understood,
            mask: None,
        };
        let group = ScoreRequest {
            source: &source,
            edited: &edited,
            instruction: &instruction,
        };
        let judges = judges
            .into_iter()
            .map(|cards| Box::new(Fixed(cards)) as Box<dyn Reward>);
        let panel = Panel::new(Box::new(Fixed(rules)), judges.collect());
        (panel.score(&group, &Quiet).expect("scored"), panel)
    }

    #[test]
    fn a_sure_measure_of_all_that_was_asked_goes_before_the_judge() {
        let (cards, _) = joined(
            vec![card(FOLLOWING, 0.3, 0.02)],
            vec![vec![card(FOLLOWING, 0.9, 0.05)]],
            measurable(),
        );
        let score = &cards[0].scores[&FOLLOWING.into()];
        assert_eq!(score.value, 0.3);
        let said = score
            .reasons
            .iter()
            .any(|r| r.text == "What was measured is sure and goes before the judge's 9.0.");
        assert!(said);
    }

    #[test]
    fn new_content_is_for_the_judge_to_see() {
        let (cards, _) = joined(
            vec![card(FOLLOWING, 0.1, 0.02)],
            vec![vec![card(FOLLOWING, 0.9, 0.05)]],
            new_content(),
        );
        assert_eq!(cards[0].value(FOLLOWING), Some(0.9));
    }

    #[test]
    fn a_ruin_that_is_measured_is_not_talked_away() {
        let (cards, _) = joined(
            vec![card(QUALITY, 0.05, 0.02)],
            vec![vec![card(QUALITY, 1.0, 0.05)]],
            new_content(),
        );
        assert_eq!(cards[0].value(QUALITY), Some(0.05));
    }

    #[test]
    fn measure_and_judge_that_differ_are_joined_with_doubt() {
        let of = |rule, judge| {
            let rules = vec![card(QUALITY, rule, 0.05)];
            let (cards, _) = joined(rules, vec![vec![card(QUALITY, judge, 0.05)]], new_content());
            cards[0].scores[&QUALITY.into()].clone()
        };
        let (agree, differ) = (of(0.7, 0.7), of(0.5, 0.9));
        assert!((differ.value - (0.3 * 0.5 + 0.7 * 0.9)).abs() < 1e-6);
        assert!((agree.spread - 0.05).abs() < 1e-6 && differ.spread > 0.15);
    }

    #[test]
    fn judges_that_disagree_doubt_more_than_each_of_them() {
        let (cards, _) = joined(
            vec![Scorecard::default()],
            vec![
                vec![card(FOLLOWING, 0.2, 0.05)],
                vec![card(FOLLOWING, 0.8, 0.05)],
            ],
            new_content(),
        );
        let score = &cards[0].scores[&FOLLOWING.into()];
        assert!((score.value - 0.5).abs() < 1e-6 && score.spread > 0.3);
    }

    #[test]
    fn a_judge_that_is_gone_leaves_what_is_measured_with_a_notice() {
        let (cards, panel) = joined(
            vec![card(FOLLOWING, 0.6, 0.2), card(FOLLOWING, 0.4, 0.2)],
            vec![vec![lost(FOLLOWING), lost(FOLLOWING)]],
            new_content(),
        );
        assert_eq!(
            [cards[0].value(FOLLOWING), cards[1].value(FOLLOWING)],
            [Some(0.6), Some(0.4)]
        );
        assert!(cards.iter().all(|card| card.unknown.is_empty()));
        let [notice] = &panel.notices()[..] else {
            panic!("{:?}", panel.notices());
        };
        assert!(
            notice
                .to_string()
                .ends_with("no judge answered: Nobody answers.")
        );
    }

    #[test]
    fn one_candidate_that_was_not_answered_is_unknown_and_not_measured_by_another_scale() {
        let (cards, panel) = joined(
            vec![card(FOLLOWING, 0.6, 0.2), card(FOLLOWING, 0.4, 0.2)],
            vec![vec![lost(FOLLOWING), card(FOLLOWING, 0.7, 0.05)]],
            new_content(),
        );
        assert!(cards[0].unknown[&FOLLOWING.into()] == "Nobody answers.");
        assert_eq!(cards[1].value(FOLLOWING), Some(0.7));
        assert!(panel.notices().is_empty());
    }

    #[test]
    fn the_photo_as_it_was_follows_nothing_whatever_a_judge_says() {
        let source = Raster::from_fn(64, 64, |x, y| [x as f32 / 64.0, y as f32 / 64.0, 0.2]);
        let real = Raster::from_fn(64, 64, |x, y| [x as f32 / 64.0, y as f32 / 80.0, 0.3]);
        let instruction = Instruction {
            text: "add a dog".to_owned(),
            understood: new_content(),
            mask: None,
        };
        let group = ScoreRequest {
            source: &source,
            edited: &[&source, &real],
            instruction: &instruction,
        };
        let likes_all = vec![card(FOLLOWING, 1.0, 0.05); 2];
        let panel = Panel::new(
            Box::new(Fixed(vec![Scorecard::default(); 2])),
            vec![Box::new(Fixed(likes_all))],
        );
        let cards = panel.score(&group, &Quiet).expect("scored");
        assert_eq!(cards[0].value(FOLLOWING), Some(UNTOUCHED));
        assert_eq!(cards[1].value(FOLLOWING), Some(1.0));
        assert_eq!(
            cards[0].scores[&FOLLOWING.into()].reasons[0].id,
            "untouched"
        );
    }
}
