//! One candidate's card while measures and judges are joined (`hybrid`): a measure that is sure goes before the judges, one
//! that is not counts beside them.

use std::collections::BTreeMap;

use retake_core::{Dimension, Instruction, Reason, Said, Score, Scorecard, decimals, said};

use super::{Panel, weights::Share};

/// A measure with a smaller spread than this may be sure.
const SURE: f32 = 0.08;
/// A measure that is this low and sure goes before a judge that says otherwise.
const FAILED: f32 = 0.2;
/// What an edit that is the photo as it was can have for following.
pub(super) const UNTOUCHED: f32 = 0.03;

/// One candidate's card while it is joined.
pub(super) struct Joined<'a> {
    pub(super) instruction: &'a Instruction,
    pub(super) untouched: bool,
    /// a card a voice
    pub(super) said: &'a [Scorecard],
    /// what each voice counts for, by dimension
    pub(super) shares: &'a BTreeMap<Dimension, Vec<Share>>,
    pub(super) panel: &'a Panel,
}

impl Joined<'_> {
    pub(super) fn card(&self, rule: Scorecard) -> Scorecard {
        let mut names: Vec<Dimension> = rule.scores.keys().cloned().collect();
        for card in self.said {
            names.extend(card.scores.keys().chain(card.unknown.keys()).cloned());
        }
        names.sort();
        names.dedup();
        let mut card = Scorecard {
            raw: rule.raw,
            ..Scorecard::default()
        };
        for said in self.said {
            card.raw.extend(said.raw.clone());
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
        let mine = |voice: usize| &self.said[voice];
        let shares = self.shares.get(name).map_or(&[][..], Vec::as_slice);
        let asked = (0..self.said.len()).filter(|&voice| {
            self.panel.speaker(voice).counts_for(name)
                && (mine(voice).scores.contains_key(name) || mine(voice).unknown.contains_key(name))
        });
        // a judge that knows a dimension of nobody has no share in it
        let (there, gone): (Vec<usize>, Vec<usize>) =
            asked.partition(|&voice| shares.iter().any(|share| share.voice == voice));
        let why_not = |voice: &usize| mine(*voice).unknown.get(name).cloned();
        let mut alone = None;
        if there.is_empty()
            && let Some(why) = gone.iter().find_map(why_not)
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
        let known: Vec<(&Score, f64)> = shares
            .iter()
            .filter_map(|share| Some((mine(share.voice).scores.get(name)?, share.weight)))
            .collect();
        let sure = rule.filter(|rule| self.sure(name, rule));
        let mut score = match (together(&known), rule) {
            (None, Some(rule)) if there.is_empty() => rule.clone(),
            (None, _) => match sure {
                Some(rule) => rule.clone(),
                None => {
                    let why = there.iter().find_map(why_not);
                    return Err(why.unwrap_or_default());
                }
            },
            (Some(judges), None) => judges,
            (Some(judges), Some(rule)) if sure.is_some() => overruled(rule, &judges),
            (Some(judges), Some(rule)) => beside(rule, &judges, self.share(name, rule)),
        };
        score
            .reasons
            .extend(alone.map(|text| reason(Reason::MEASURED_ALONE, text, None)));
        if name.0 == Dimension::INSTRUCTION_FOLLOWING
            && let Some(rule) = rule
        {
            bounded(&mut score, rule);
        }
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
        self.measurable_with(0)
    }

    /// The same where so many wishes for new content were checked all the same.
    fn measurable_with(&self, checked: usize) -> f32 {
        let understood = &self.instruction.understood;
        let checked = checked.min(understood.generative.len());
        let measured = (understood.goals.len() + understood.constraints.len() + checked) as f32;
        let other = understood.generative.len() - checked + understood.not_understood.len();
        measured / (measured + other as f32).max(1.0)
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
    fn share(&self, name: &Dimension, rule: &Score) -> f32 {
        let beside = self.panel.beside;
        match name.0.as_str() {
            Dimension::INSTRUCTION_FOLLOWING => {
                // words that were read are checked, though no measure of light and colour can tell
                let read = rule
                    .reasons
                    .iter()
                    .filter(|reason| reason.id == Reason::READ);
                beside * self.measurable_with(read.count())
            }
            Dimension::DETAIL_PRESERVING => beside * self.measurable(),
            _ => beside,
        }
    }
}

/// What is plainly read in the picture goes before what a judge says of it.
fn bounded(score: &mut Score, rule: &Score) {
    let Some(most) = rule.most().filter(|most| score.value > *most) else {
        return;
    };
    let text = said!(
        "What is read in the picture is sure and goes before {value}.",
        value = decimals(score.value * 10.0, 1)
    );
    score.value = most;
    score.reasons.insert(0, reason("measured", text, None));
    let facts = rule
        .reasons
        .iter()
        .filter(|fact| fact.id == Reason::MISREAD);
    for fact in facts {
        score.reasons.retain(|had| had.text != fact.text);
        score.reasons.insert(0, fact.clone());
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

/// Several members together: their mean by weight. It doubts as each of them does, and as far as they differ: the error of
/// the mean, and that of a further member like them.
fn together(known: &[(&Score, f64)]) -> Option<Score> {
    let total: f64 = known.iter().map(|(_, weight)| weight).sum();
    let shares: Vec<f64> = known.iter().map(|(_, weight)| weight / total).collect();
    let each = || known.iter().map(|(score, _)| *score).zip(&shares);
    let value: f64 = each()
        .map(|(score, share)| f64::from(score.value) * share)
        .sum();
    let within: f64 = each()
        .map(|(score, share)| (f64::from(score.spread) * share).powi(2))
        .sum();
    let between: f64 = each()
        .map(|(score, share)| (f64::from(score.value) - value).powi(2) * share)
        .sum();
    let squares: f64 = shares.iter().map(|share| share * share).sum();
    (total > 0.0).then(|| Score {
        value: value as f32,
        spread: (within + between * (1.0 + squares)).sqrt() as f32,
        reasons: known
            .iter()
            .flat_map(|(score, _)| score.reasons.clone())
            .collect(),
        evidence: known.iter().find_map(|(score, _)| score.evidence.clone()),
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
