//! The judge that reasons and then writes scores (EditScore, VIEScore, Multi-Reward, FIRM).

use retake_core::Watch;

use super::settings::whole;
use super::{Interview, Told, expected};
use crate::parse::{self, Wanted};
use crate::rubric::Call;
use crate::{Ask, Conversation, Judge, JudgeError, Part};

/// Asks once. With [`super::How::expected`] the scores are the expected ones over the digits at their places.
pub(super) fn ask(
    interview: &Interview,
    call: &Call,
    conversation: &dyn Conversation,
    rest: &[Part<'_>],
    mut how: Ask,
    watch: &dyn Watch,
) -> Result<Told, JudgeError> {
    let reads = interview.how.expected && interview.judge.info().weighs;
    if reads {
        how.weigh = ('0'..='9').map(String::from).collect();
    }
    let answer = conversation.ask(rest, &how, watch)?;
    let names: Vec<Vec<&str>> = call
        .scores
        .iter()
        .map(|names| names.iter().map(String::as_str).collect())
        .collect();
    let names: Vec<&[&str]> = names.iter().map(Vec::as_slice).collect();
    let wanted = Wanted {
        names: &names,
        low: interview.scale.low,
        high: interview.scale.high,
    };
    let mut cost = answer.cost;
    let mut weighed = Vec::new();
    let (values, words) = match parse::scores(&whole(&answer), &wanted) {
        Err(why) => (Err(why.said()), String::new()),
        Ok(reading) => {
            let mut values = reading.values;
            if reads {
                let reader = expected::Reader {
                    conversation,
                    rest,
                    how: &how,
                    continues: interview.judge.info().continues,
                    high: interview.scale.high,
                };
                weighed = reader.read(&answer, &mut values, &mut cost, watch)?;
            }
            (Ok(values), reading.reasoning)
        }
    };
    Ok(Told {
        values,
        words,
        answer: answer.text,
        weighed,
        cost,
    })
}
