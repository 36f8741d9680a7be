//! A reader of JSON as language models write it: single and typographic quotes, trailing commas, keys without quotes,
//! quotes inside strings, an end that is missing. What was cut off in the middle of a value is not read at all.

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// a number that something stands behind, so that it is whole
    Number(f64),
    /// "8/10": a number and what it is out of
    OutOf(f64, f64),
    /// in quotes, or a bare word: true, NaN, eight
    Text(String),
    /// in brackets
    List(Vec<Value>),
    /// in braces, in the order of their keys
    Map(Vec<(String, Value)>),
}

/// Why a value could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// the text ends within it
    Cut,
    /// it is no JSON, not even nearly
    Odd,
}

/// Deeper nesting is not followed.
const DEPTH: usize = 16;

/// A text on its way from front to back.
pub(crate) struct Reader<'a> {
    text: &'a [char],
    /// the next letter
    pub(crate) at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a [char], at: usize) -> Self {
        Self { text, at }
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    pub(crate) fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// The value that begins here.
    pub(crate) fn value(&mut self, depth: usize) -> Result<Value, Fault> {
        self.skip_space();
        match self.peek().ok_or(Fault::Cut)? {
            _ if depth > DEPTH => Err(Fault::Odd),
            '{' => self.map(depth),
            '[' | '(' => self.list(depth),
            quote @ ('"' | '\'') => self.quoted(quote).map(Value::Text),
            first if first.is_ascii_digit() || matches!(first, '-' | '+' | '.') => self.number(),
            first if first.is_alphabetic() => self.bare().map(Value::Text),
            _ => Err(Fault::Odd),
        }
    }

    /// A map; where the text ends between or within its pairs, those that are whole.
    fn map(&mut self, depth: usize) -> Result<Value, Fault> {
        self.at += 1;
        let mut pairs = Vec::new();
        loop {
            self.skip_space();
            match self.peek() {
                None => return Ok(Value::Map(pairs)),
                Some('}') => {
                    self.at += 1;
                    return Ok(Value::Map(pairs));
                }
                Some(',') => self.at += 1,
                Some(_) => match self.pair(depth) {
                    Ok(pair) => pairs.push(pair),
                    Err(Fault::Cut) => {
                        self.at = self.text.len();
                        return Ok(Value::Map(pairs));
                    }
                    Err(Fault::Odd) => return Err(Fault::Odd),
                },
            }
        }
    }

    fn pair(&mut self, depth: usize) -> Result<(String, Value), Fault> {
        let key = match self.peek().ok_or(Fault::Cut)? {
            quote @ ('"' | '\'') => self.quoted(quote)?,
            first if first.is_alphabetic() || first == '_' => self.bare()?,
            _ => return Err(Fault::Odd),
        };
        self.skip_space();
        match self.peek().ok_or(Fault::Cut)? {
            ':' | '=' => self.at += 1,
            _ => return Err(Fault::Odd),
        }
        let value = self.value(depth + 1)?;
        self.skip_space();
        match self.peek() {
            None | Some(',' | '}') => Ok((key, value)),
            // a comma was forgotten before the next key
            Some('"' | '\'') => Ok((key, value)),
            Some(_) => Err(Fault::Odd),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, Fault> {
        let end = if self.peek() == Some('(') { ')' } else { ']' };
        self.at += 1;
        let mut values = Vec::new();
        loop {
            self.skip_space();
            match self.peek().ok_or(Fault::Cut)? {
                last if last == end => {
                    self.at += 1;
                    return Ok(Value::List(values));
                }
                ',' | ';' => self.at += 1,
                _ => {
                    values.push(self.value(depth + 1)?);
                    self.skip_space();
                    let next = self.peek().ok_or(Fault::Cut)?;
                    if !matches!(next, ',' | ';') && next != end {
                        return Err(Fault::Odd);
                    }
                }
            }
        }
    }

    /// A string. A quote ends it only where something follows that follows strings, so that quotes may stand inside.
    fn quoted(&mut self, quote: char) -> Result<String, Fault> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let letter = self.peek().ok_or(Fault::Cut)?;
            self.at += 1;
            match letter {
                '\\' => {
                    text.push(self.peek().ok_or(Fault::Cut)?);
                    self.at += 1;
                }
                letter if letter == quote && self.ends_here() => return Ok(text),
                letter => text.push(letter),
            }
        }
    }

    /// Whether what follows may follow a string.
    fn ends_here(&self) -> bool {
        let rest = &self.text[self.at..];
        let mut rest = rest.iter().skip_while(|letter| letter.is_whitespace());
        matches!(
            rest.next(),
            None | Some(',' | ':' | '}' | ']' | ')' | ';' | '=')
        )
    }

    fn bare(&mut self) -> Result<String, Fault> {
        let start = self.at;
        let within = |letter: char| letter.is_alphanumeric() || letter == '_';
        while self.peek().is_some_and(within) {
            self.at += 1;
        }
        // the next letters could have belonged to it
        self.peek().ok_or(Fault::Cut)?;
        Ok(self.text[start..self.at].iter().collect())
    }

    /// A number, or two with "/" between. At the end of the text its next digit may be missing.
    fn number(&mut self) -> Result<Value, Fault> {
        let number = self.plain_number()?;
        self.skip_space();
        if self.peek() != Some('/') {
            return Ok(Value::Number(number));
        }
        self.at += 1;
        self.skip_space();
        Ok(Value::OutOf(number, self.plain_number()?))
    }

    fn plain_number(&mut self) -> Result<f64, Fault> {
        let start = self.at;
        let within = |letter: char| letter.is_ascii_digit() || "+-.eE".contains(letter);
        while self.peek().is_some_and(within) {
            self.at += 1;
        }
        self.peek().ok_or(Fault::Cut)?;
        let text: String = self.text[start..self.at].iter().collect();
        text.parse().map_err(|_| Fault::Odd)
    }
}
