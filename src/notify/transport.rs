//! How a mail leaves: the trait that SMTP and the folder fulfil, and what came of an attempt.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::message::{MessageError, OutboxMail};
use crate::domain::distinguished_name::printable;

/// What a server said, or what kept it from being reached: one printable line of at most 200 characters.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Answer(String);

impl Answer {
    const LONGEST: usize = 200;

    /// Line breaks become blanks, other unprintable characters dots; what is too long is cut.
    pub fn new(text: &str) -> Self {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let line = printable(&line);
        if line.chars().nth(Self::LONGEST).is_none() {
            return Self(line);
        }
        let kept: String = line.chars().take(Self::LONGEST - 1).collect();
        Self(format!("{kept}…"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a mail did not go.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SendError {
    /// This mail, for good: a 5xx reply.
    #[error("refused: {0}")]
    Refused(Answer),
    /// This mail, for now: a 4xx reply.
    #[error("not now: {0}")]
    Later(Answer),
    /// No mail at all, for now: no connection, no TLS, no login. Others need not be tried.
    #[error("no mail service: {0}")]
    NoService(Answer),
    /// It cannot be built, for good.
    #[error(transparent)]
    Invalid(#[from] MessageError),
}

/// A way for mails to leave. Sending the same mail twice must do no harm: it bears the same Message-ID.
pub trait Transport: Send {
    /// Hands the mail over and returns what the other side said when it took it.
    fn send(&self, mail: &OutboxMail) -> Result<Answer, SendError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_answer_becomes_one_bounded_printable_line() {
        let answer = Answer::new("550 5.1.1\r\n no \u{1b}[31msuch\u{202e} user");
        assert_eq!(answer.as_str(), "550 5.1.1 no ·[31msuch· user");
        let exact = "é".repeat(200);
        assert_eq!(Answer::new(&exact).as_str(), exact);
        let long = Answer::new(&"é".repeat(10_000));
        assert_eq!(long.as_str().chars().count(), 200);
        assert!(long.as_str().ends_with('…'));
    }
}
