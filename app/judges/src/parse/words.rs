//! The words that judges use where they were asked for others: keys, numbers, yes and no, in the languages of the
//! instructions.

/// What the list of scores is called.
pub(crate) const SCORE: &[&str] = &[
    "score",
    "scores",
    "rating",
    "ratings",
    "punkte",
    "bewertung",
    "wertung",
    "puntuación",
    "puntuacion",
    "puntaje",
    "分数",
    "评分",
    "得分",
];

/// What the reasoning is called.
pub(crate) const REASONING: &[&str] = &[
    "reasoning",
    "reason",
    "explanation",
    "rationale",
    "begründung",
    "raison",
    "raisonnement",
    "razón",
    "razonamiento",
    "理由",
    "原因",
    "推理",
];

/// What the list of answers of a checklist is called.
pub(crate) const ANSWERS: &[&str] = &[
    "answers",
    "answer",
    "checklist",
    "antworten",
    "antwort",
    "réponses",
    "respuestas",
    "回答",
    "答案",
];

/// What the better one of two is called.
pub(crate) const WINNER: &[&str] = &[
    "winner", "better", "choice", "verdict", "gewinner", "besser", "gagnant", "ganador", "胜者",
    "更好",
];

const NUMBERS: &[(&[&str], f64)] = &[
    (&["zero", "null punkte", "zéro", "cero", "零"], 0.0),
    (&["one", "eins", "un", "uno", "一"], 1.0),
    (&["two", "zwei", "deux", "dos", "二"], 2.0),
    (&["three", "drei", "trois", "tres", "三"], 3.0),
    (&["four", "vier", "quatre", "cuatro", "四"], 4.0),
    (&["five", "fünf", "cinq", "cinco", "五"], 5.0),
    (&["six", "sechs", "seis", "六"], 6.0),
    (&["seven", "sieben", "sept", "siete", "七"], 7.0),
    (&["eight", "acht", "huit", "ocho", "八"], 8.0),
    (&["nine", "neun", "neuf", "nueve", "九"], 9.0),
    (&["ten", "zehn", "dix", "diez", "十"], 10.0),
    (&["eleven", "elf"], 11.0),
    (&["twelve", "zwölf"], 12.0),
    (&["thirteen", "dreizehn"], 13.0),
    (&["fourteen", "vierzehn"], 14.0),
    (&["fifteen", "fünfzehn"], 15.0),
    (&["sixteen", "sechzehn"], 16.0),
    (&["seventeen", "siebzehn"], 17.0),
    (&["eighteen", "achtzehn"], 18.0),
    (&["nineteen", "neunzehn"], 19.0),
    (&["twenty", "zwanzig"], 20.0),
    (&["twenty-one", "einundzwanzig"], 21.0),
    (&["twenty-two", "zweiundzwanzig"], 22.0),
    (&["twenty-three", "dreiundzwanzig"], 23.0),
    (&["twenty-four", "vierundzwanzig"], 24.0),
    (&["twenty-five", "fünfundzwanzig"], 25.0),
];

const YES: &[&str] = &[
    "yes", "y", "true", "ja", "oui", "sí", "si", "是", "是的", "对",
];
const NO: &[&str] = &["no", "n", "false", "nein", "non", "否", "不", "不是"];

/// Ways to say "out of" within a text.
const OUT_OF: &[&str] = &["/", " out of ", " von ", " sur ", " de "];

/// A text that is a number and nothing else.
pub(crate) fn number(text: &str) -> Option<f64> {
    let text = text.trim().to_lowercase();
    if let Some((_, value)) = NUMBERS.iter().find(|(words, _)| words.contains(&&*text)) {
        return Some(*value);
    }
    let digits = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | ',' | '-' | '+');
    if text.is_empty() || !text.chars().all(digits) {
        return None;
    }
    // "8,5" is how many languages write 8.5; "1,000" would be no score
    let decimal = text.matches(',').count() == 1 && !text.contains('.');
    let text = if decimal {
        text.replace(',', ".")
    } else {
        text
    };
    text.parse().ok()
}

/// "8 out of 10", "8/10".
pub(crate) fn out_of(text: &str) -> Option<(f64, f64)> {
    OUT_OF.iter().find_map(|between| {
        let (score, most) = text.split_once(between)?;
        Some((number(score)?, number(most)?))
    })
}

/// Yes or no and nothing else.
pub(crate) fn yes(text: &str) -> Option<bool> {
    let text = text
        .trim()
        .trim_end_matches(['.', '!', '。'])
        .to_lowercase();
    if YES.contains(&&*text) {
        return Some(true);
    }
    NO.contains(&&*text).then_some(false)
}

/// A key without what models put around it.
pub(crate) fn key(text: &str) -> String {
    text.trim().to_lowercase().replace([' ', '-'], "_")
}
