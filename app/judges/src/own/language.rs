//! The language of formulas: numbers, names, `+ - * / ^`, comparisons that are 1 or 0, `and`, `or`, `not`, and a few
//! functions. There is nothing in it that repeats, so that every formula ends.

use retake_core::{Said, said};

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Mistake {
    /// of the formula, from 1, in letters
    pub column: usize,
    /// without the column
    pub why: Said,
}

impl Mistake {
    /// The sentence.
    pub fn said(&self) -> Said {
        said!(
            "The formula is not right in column {column}: {why}.",
            column = self.column,
            why = &self.why
        )
    }
}

/// The longest formula, letters.
const LONGEST: usize = 1000;
/// How deep one may be nested.
const DEEPEST: usize = 60;

/// A function: its name, the fewest and the most values it takes, and what it makes of them.
struct Function {
    name: &'static str,
    takes: (usize, usize),
    of: fn(&[f64]) -> f64,
}

const fn function(name: &'static str, takes: (usize, usize), of: fn(&[f64]) -> f64) -> Function {
    Function { name, takes, of }
}

const MANY: usize = 32;

#[rustfmt::skip]
const FUNCTIONS: &[Function] = &[
    function("min", (1, MANY), |v| v.iter().copied().fold(f64::INFINITY, f64::min)),
    function("max", (1, MANY), |v| v.iter().copied().fold(f64::NEG_INFINITY, f64::max)),
    function("mean", (1, MANY), |v| v.iter().sum::<f64>() / v.len() as f64),
    function("abs", (1, 1), |v| v[0].abs()),
    function("sqrt", (1, 1), |v| v[0].sqrt()),
    function("exp", (1, 1), |v| v[0].exp()),
    function("ln", (1, 1), |v| v[0].ln()),
    function("sigmoid", (1, 1), |v| 1.0 / (1.0 + (-v[0]).exp())),
    function("clamp", (3, 3), |v| v[0].max(v[1]).min(v[2])),
    // 0 up to the second, 1 from the third on, smooth between
    function("ramp", (3, 3), |v| { let t = ((v[0] - v[1]) / (v[2] - v[1])).clamp(0.0, 1.0); t * t * (3.0 - 2.0 * t) }),
];

/// `if(condition, then, else)`: only what is taken is reckoned.
const IF: &str = "if";

/// Operators of two values, loosest first; those of one row bind alike, from the left.
const ROWS: &[&[&str]] = &[
    &["or", "||"],
    &["and", "&&"],
    &["<=", ">=", "==", "!=", "<", ">"],
    &["+", "-"],
    &["*", "/"],
];

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Number(f64),
    Name(String),
    Minus(Box<Tree>),
    Not(Box<Tree>),
    Two(&'static str, Box<Tree>, Box<Tree>),
    Call(usize, Vec<Tree>),
    If(Box<[Tree; 3]>),
}

#[derive(Clone, Debug, PartialEq)]
struct Tree {
    column: usize,
    node: Node,
}

/// A formula that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula(Tree);

impl Formula {
    /// Reads one.
    pub fn read(text: &str) -> Result<Self, Mistake> {
        let text: Vec<char> = text.chars().collect();
        if text.len() > LONGEST {
            return Err(Mistake {
                column: LONGEST,
                why: said!("it is longer than {most} letters", most = LONGEST),
            });
        }
        let mut reader = Reader {
            text,
            at: 0,
            depth: 0,
        };
        let tree = reader.row(0)?;
        match reader.next() {
            None => Ok(Self(tree)),
            Some(letter) => Err(reader.mistake(said!(
                "“{letter}” was not expected here",
                letter = letter.to_string()
            ))),
        }
    }

    /// Every measure that it names, with its column.
    pub fn names(&self) -> impl Iterator<Item = (&str, usize)> {
        let mut found = Vec::new();
        collect(&self.0, &mut found);
        found.into_iter()
    }

    /// Its value with these measures.
    pub fn value(&self, measure: &dyn Fn(&str) -> Option<f64>) -> Result<f64, Mistake> {
        value(&self.0, measure)
    }
}

fn collect<'a>(tree: &'a Tree, found: &mut Vec<(&'a str, usize)>) {
    match &tree.node {
        Node::Number(_) => {}
        Node::Name(name) => found.push((name, tree.column)),
        Node::Minus(inner) | Node::Not(inner) => collect(inner, found),
        Node::Two(_, a, b) => {
            collect(a, found);
            collect(b, found);
        }
        Node::Call(_, values) => values.iter().for_each(|value| collect(value, found)),
        Node::If(parts) => parts.iter().for_each(|part| collect(part, found)),
    }
}

fn value(tree: &Tree, measure: &dyn Fn(&str) -> Option<f64>) -> Result<f64, Mistake> {
    let of = |tree: &Tree| value(tree, measure);
    let mistake = |why| Mistake {
        column: tree.column,
        why,
    };
    let truth = |yes: bool| f64::from(u8::from(yes));
    let result = match &tree.node {
        Node::Number(number) => *number,
        Node::Name(name) => measure(name)
            .ok_or_else(|| mistake(said!("{name} is not known of this edit", name = name)))?,
        Node::Minus(inner) => -of(inner)?,
        Node::Not(inner) => truth(of(inner)? == 0.0),
        Node::If(parts) => match of(&parts[0])? {
            0.0 => of(&parts[2])?,
            _ => of(&parts[1])?,
        },
        Node::Call(which, values) => {
            let values = values.iter().map(of).collect::<Result<Vec<f64>, _>>()?;
            (FUNCTIONS[*which].of)(&values)
        }
        Node::Two(sign, a, b) => {
            let (a, b) = (of(a)?, of(b)?);
            match *sign {
                "or" | "||" => truth(a != 0.0 || b != 0.0),
                "and" | "&&" => truth(a != 0.0 && b != 0.0),
                "<=" => truth(a <= b),
                ">=" => truth(a >= b),
                "==" => truth(a == b),
                "!=" => truth(a != b),
                "<" => truth(a < b),
                ">" => truth(a > b),
                "+" => a + b,
                "-" => a - b,
                "*" => a * b,
                "/" if b == 0.0 => return Err(mistake(said!("this divides by zero"))),
                "/" => a / b,
                _ => a.powf(b),
            }
        }
    };
    if result.is_finite() {
        Ok(result)
    } else {
        Err(mistake(said!("this is no number")))
    }
}

struct Reader {
    text: Vec<char>,
    at: usize,
    depth: usize,
}

impl Reader {
    /// The next letter that is no space.
    fn next(&mut self) -> Option<char> {
        while self
            .text
            .get(self.at)
            .is_some_and(|letter| letter.is_whitespace())
        {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn mistake(&self, why: Said) -> Mistake {
        Mistake {
            column: self.at + 1,
            why,
        }
    }

    /// Takes this sign if it stands here; one of letters only where no letter goes on.
    fn takes(&mut self, sign: &str) -> bool {
        self.next();
        let letters: Vec<char> = sign.chars().collect();
        let here = self.text[self.at..].starts_with(&letters);
        let after = self.text.get(self.at + letters.len());
        let word = letters[0].is_alphabetic();
        let whole = !word || !after.is_some_and(|next| is_in_name(*next));
        if here && whole {
            self.at += letters.len();
        }
        here && whole
    }

    fn row(&mut self, row: usize) -> Result<Tree, Mistake> {
        let Some(signs) = ROWS.get(row) else {
            return self.one();
        };
        let mut left = self.row(row + 1)?;
        loop {
            self.next();
            let column = self.at + 1;
            let Some(sign) = signs.iter().find(|sign| self.takes(sign)) else {
                return Ok(left);
            };
            let right = self.row(row + 1)?;
            left = Tree {
                column,
                node: Node::Two(sign, Box::new(left), Box::new(right)),
            };
        }
    }

    /// A value with its signs, and its power.
    fn one(&mut self) -> Result<Tree, Mistake> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.mistake(said!("it is nested too deeply")));
        }
        self.next();
        let column = self.at + 1;
        let tree = if self.takes("-") {
            let inner = Box::new(self.one()?);
            Tree {
                column,
                node: Node::Minus(inner),
            }
        } else if self.takes("not")
            || (!self.text[self.at..].starts_with(&['!', '=']) && self.takes("!"))
        {
            let inner = Box::new(self.one()?);
            Tree {
                column,
                node: Node::Not(inner),
            }
        } else {
            let base = self.atom()?;
            self.next();
            let column = self.at + 1;
            if self.takes("^") {
                let power = self.one()?;
                Tree {
                    column,
                    node: Node::Two("^", Box::new(base), Box::new(power)),
                }
            } else {
                base
            }
        };
        self.depth -= 1;
        Ok(tree)
    }

    fn atom(&mut self) -> Result<Tree, Mistake> {
        let Some(letter) = self.next() else {
            return Err(self.mistake(said!("something is missing at the end")));
        };
        let column = self.at + 1;
        if self.takes("(") {
            let inner = self.row(0)?;
            self.closed()?;
            return Ok(inner);
        }
        if letter.is_ascii_digit() || letter == '.' {
            return self.number(column);
        }
        if !letter.is_alphabetic() && letter != '_' {
            return Err(self.mistake(said!(
                "“{letter}” was not expected here",
                letter = letter.to_string()
            )));
        }
        let start = self.at;
        while self.text.get(self.at).is_some_and(|next| is_in_name(*next)) {
            self.at += 1;
        }
        let name: String = self.text[start..self.at].iter().collect();
        if self.takes("(") {
            return self.call(&name, column);
        }
        Ok(Tree {
            column,
            node: Node::Name(name),
        })
    }

    fn number(&mut self, column: usize) -> Result<Tree, Mistake> {
        let start = self.at;
        while let Some(letter) = self.text.get(self.at) {
            let after_e = self.at > start && matches!(self.text[self.at - 1], 'e' | 'E');
            let within = letter.is_ascii_digit() || matches!(letter, '.' | 'e' | 'E');
            let sign = after_e && matches!(letter, '+' | '-');
            if !within && !sign {
                break;
            }
            self.at += 1;
        }
        let text: String = self.text[start..self.at].iter().collect();
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Tree {
                column,
                node: Node::Number(number),
            }),
            _ => Err(Mistake {
                column,
                why: said!("“{text}” is no number", text = text),
            }),
        }
    }

    fn call(&mut self, name: &str, column: usize) -> Result<Tree, Mistake> {
        let wrong = |why| Mistake { column, why };
        let known = FUNCTIONS.iter().position(|function| function.name == name);
        if known.is_none() && name != IF {
            let names: Vec<&str> = FUNCTIONS
                .iter()
                .map(|function| function.name)
                .chain([IF])
                .collect();
            return Err(wrong(said!(
                "there is no function {name}; there are {names}",
                name = name,
                names = names.join(", ")
            )));
        }
        let mut values = Vec::new();
        if self.next() != Some(')') {
            values.push(self.row(0)?);
            while self.takes(",") {
                values.push(self.row(0)?);
            }
        }
        self.closed()?;
        let (fewest, most) = known.map_or((3, 3), |which| FUNCTIONS[which].takes);
        if !(fewest..=most).contains(&values.len()) {
            return Err(wrong(said!(
                "{name} takes {fewest} values or up to {most}, not {count}",
                name = name,
                fewest = fewest,
                most = most,
                count = values.len()
            )));
        }
        let node = match (known, <[Tree; 3]>::try_from(values)) {
            (Some(which), Ok(three)) => Node::Call(which, three.into()),
            (Some(which), Err(values)) => Node::Call(which, values),
            (None, Ok(three)) => Node::If(Box::new(three)),
            (None, Err(_)) => return Err(wrong(said!("something is missing at the end"))),
        };
        Ok(Tree { column, node })
    }

    fn closed(&mut self) -> Result<(), Mistake> {
        if self.takes(")") {
            return Ok(());
        }
        self.next();
        Err(self.mistake(said!("a “)” is missing")))
    }
}

fn is_in_name(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn measure(name: &str) -> Option<f64> {
        [("x", 0.5), ("a.b", 2.0), ("zero", 0.0)]
            .into_iter()
            .find_map(|(known, value)| (known == name).then_some(value))
    }

    fn reckoned(text: &str) -> Result<f64, Mistake> {
        Formula::read(text)?.value(&measure)
    }

    #[test]
    fn formulas_are_reckoned_as_they_are_read() {
        for (text, wanted) in [
            ("1 + 2 * 3", 7.0),
            ("(1 + 2) * 3", 9.0),
            ("8 - 4 - 2", 2.0),
            ("2 ^ 3 ^ 2", 512.0),
            ("-2 ^ 2", -4.0),
            ("2 ^ -1", 0.5),
            ("x * a.b", 1.0),
            ("1e-1 + .5", 0.6),
            ("1 < 2 and 2 < 1", 0.0),
            ("1 < 2 or 2 < 1", 1.0),
            ("not x", 0.0),
            ("!zero", 1.0),
            ("1 != 1", 0.0),
            ("3 >= 3", 1.0),
            ("min(3, 1, 2) + max(3, 1)", 4.0),
            ("clamp(7, 0, 1)", 1.0),
            ("mean(1, 2, 6)", 3.0),
            ("ramp(0.5, 0, 1)", 0.5),
            ("if(x > 0.4, 10, 20)", 10.0),
            // what is not taken is not reckoned
            ("if(zero, 1 / zero, 3)", 3.0),
            ("sqrt(16) + abs(-1) + ln(exp(2)) + sigmoid(0)", 7.5),
        ] {
            let found = reckoned(text).unwrap_or_else(|mistake| panic!("{text}: {mistake:?}"));
            assert!((found - wanted).abs() < 1e-9, "{text}: {found}");
        }
    }

    #[test]
    fn a_mistake_names_its_column() {
        for (text, column, words) in [
            ("", 1, "missing at the end"),
            ("1 +", 4, "missing at the end"),
            ("1 + * 2", 5, "“*” was not expected"),
            ("(1 + 2", 7, "“)” is missing"),
            ("1 2", 3, "“2” was not expected"),
            ("min()", 1, "min takes 1"),
            ("2 * abs(1, 2)", 5, "abs takes 1"),
            ("loop(1)", 1, "no function loop; there are min"),
            ("while x: x", 7, "was not expected"),
            ("1.2.3", 1, "“1.2.3” is no number"),
            ("x; x", 2, "“;” was not expected"),
            ("if(1, 2)", 1, "if takes 3"),
        ] {
            let mistake = Formula::read(text).map(|_| ()).expect_err(text);
            assert_eq!(mistake.column, column, "{text}: {mistake:?}");
            assert!(
                mistake.why.to_string().contains(words),
                "{text}: {}",
                mistake.why
            );
        }
    }

    #[test]
    fn what_is_no_number_is_said_with_its_column() {
        for (text, column, words) in [
            ("1 + x / zero", 7, "divides by zero"),
            ("sqrt(-1)", 1, "no number"),
            ("ln(zero)", 1, "no number"),
            ("10 ^ 400", 4, "no number"),
            ("1 + y", 5, "y is not known"),
            ("ramp(1, 2, 2) / ramp(2, 2, 2)", 17, "no number"),
        ] {
            let mistake = reckoned(text).expect_err(text);
            assert_eq!(mistake.column, column, "{text}: {mistake:?}");
            assert!(
                mistake.why.to_string().contains(words),
                "{text}: {}",
                mistake.why
            );
        }
    }

    #[test]
    fn a_formula_that_is_nested_without_end_is_refused() {
        let deep = "(".repeat(3000);
        assert!(Formula::read(&deep).is_err());
        assert!(Formula::read(&"-".repeat(3000)).is_err());
        assert!(Formula::read(&"1+".repeat(3000)).is_err());
    }

    #[test]
    fn every_name_is_told_with_its_place() {
        let formula = Formula::read("x + min(a.b, x)").expect("right");
        assert_eq!(
            formula.names().collect::<Vec<_>>(),
            [("x", 1), ("a.b", 9), ("x", 14)]
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "[-+*/^()<>=!.,a-z0-9 ]{0,60}|(?:.){0,30}") {
            if let Ok(formula) = Formula::read(&text) {
                let _ = formula.value(&|_| Some(0.5));
            }
        }

        #[test]
        fn sums_and_products_are_those_of_arithmetic(a in -9i32..9, b in -9i32..9, c in 1i32..9) {
            let found = reckoned(&format!("{a} + {b} * {c} - ({a} - {b}) / {c}"));
            let (a, b, c) = (f64::from(a), f64::from(b), f64::from(c));
            prop_assert!((found.expect("a number") - (a + b * c - (a - b) / c)).abs() < 1e-9);
        }
    }
}
