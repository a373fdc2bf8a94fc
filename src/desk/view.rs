//! What screens and commands are shown: plain values made by queries, one subject a file. Text from outside is already
//! printable here.

mod account;
mod alarm;
mod certificate;
mod change;
mod crl;
mod dashboard;
mod letter;
mod log;
mod mail;
mod page;
mod queue;
mod request;

pub use account::{AccountRow, AccountView, DemoAccount};
pub use alarm::{Alarm, NotPublished, NotSeen};
pub use certificate::CertificateView;
pub use change::Change;
pub use crl::{CrlPreview, CrlRow, IssuerView, KeyState, PreviewLine};
pub use dashboard::{Dashboard, StepStatistic};
pub use letter::{Arrival, LetterLine, LetterMark, LetterView};
pub use log::{LogHealth, LogRow};
pub use mail::{MailDetail, MailRow};
pub use page::Page;
pub use queue::{QueueList, QueueQuery, QueueRow, QueueSort};
pub use request::{
    Agreement, FieldComparison, ReasonChoice, RequestDetail, SignatureState, TimelineEntry,
};
