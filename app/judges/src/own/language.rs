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
pub(super) struct Function {
    pub(super) name: &'static str,
    takes: (usize, usize),
    of: fn(&[f64]) -> f64,
}

const fn function(name: &'static str, takes: (usize, usize), of: fn(&[f64]) -> f64) -> Function {
    Function { name, takes, of }
}

const MANY: usize = 32;

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[Function] = &[
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
pub(super) const IF: &str = "if";

/// Operators of two values, loosest first; those of one row bind alike, from the left.
pub(super) const ROWS: &[&[&str]] = &[
    &["or", "||"],
    &["and", "&&"],
    &["<=", ">=", "==", "!=", "<", ">"],
    &["+", "-"],
    &["*", "/"],
];

/// Where the function of this name stands in the table.
pub(super) fn function_called(name: &str) -> Option<usize> {
    FUNCTIONS.iter().position(|function| function.name == name)
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Number(f64),
    Name(String),
    Minus(Box<Tree>),
    Not(Box<Tree>),
    Two(&'static str, Box<Tree>, Box<Tree>),
    Call(usize, Vec<Tree>),
    If(Box<[Tree; 3]>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tree {
    pub(super) column: usize,
    pub(super) node: Node,
}

/// A formula that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula(pub(super) Tree);

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
mod tests;
