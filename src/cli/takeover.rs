//! What `ams ca add` takes over from the program that ran the CA before: its published CRL, its index and its number.

use crate::desk::ImportReport;
use crate::domain::CrlNumber;
use crate::pki::index_txt::last_crl_number;

use super::args::is_number;
use super::context::Context;
use super::failure::Failure;
use super::files;
use super::import_report::refusals;

/// Where the past of a CA is to be found; each may be left out.
#[derive(Clone, Copy, Debug)]
pub struct Past<'a> {
    pub crl: Option<&'a str>,
    pub crl_number: Option<&'a str>,
    pub index: Option<&'a str>,
}

/// More octets than any `crlnumber` file has.
const LONGEST: u64 = 256;

pub fn take_in(context: &Context, certificate: &[u8], past: Past<'_>) -> Result<(), Failure> {
    if past.crl.is_none() && past.crl_number.is_none() && past.index.is_none() {
        return Ok(());
    }
    let caller = &*context.out.caller;
    let number = past
        .crl_number
        .map(|word| number(context, word))
        .transpose()?;
    let take_over = context.desk.take_over(&context.who, certificate)?;
    let mut report = ImportReport::default();
    // The CRL first: of two equally grave words the signed one stands.
    if let Some(name) = past.crl {
        take_over.crl(&mut files::input(caller, name)?, &mut report)?;
    }
    if let Some(name) = past.index {
        take_over.index(name, files::input(caller, name)?, false, &mut report)?;
    }
    if let Some(number) = number {
        take_over.number(number)?;
    }
    let facts = [
        ("adopted", report.revoked.to_string()),
        ("known", report.revoked_known.to_string()),
    ];
    context.out.remark("cli-taken-over", &facts);
    if report.refusals() > 0 {
        // A line that cannot be read may be a revocation: the CA is not taken in with it missing.
        refusals(&context.out, &report)?;
        return Err(Failure::FoundWrong);
    }
    Ok(())
}

/// The last number given, from the word itself or from the file that it names.
fn number(context: &Context, word: &str) -> Result<CrlNumber, Failure> {
    let wrong = || Failure::bad_value(word, "a CRL number, or a crlnumber file of openssl");
    if is_number(word) {
        return CrlNumber::parse(word).ok_or_else(wrong);
    }
    let octets = files::octets(&*context.out.caller, word, LONGEST)?;
    last_crl_number(&String::from_utf8_lossy(&octets)).ok_or_else(wrong)
}
