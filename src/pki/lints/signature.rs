//! The rule of the signature (RFC 5280 §5.1.1.3).

use super::{Answer, NO_ISSUER, UNREAD};
use crate::pki::check::{Rule, Unchecked};
use crate::pki::stream_signature::SignatureFault;

pub(in crate::pki) const RULES: &[Rule] = &[Rule {
    id: "signature",
    says: "The signature verifies with the CA certificate's key",
    clause: "RFC 5280 §5.1.1.3, §6.3.3",
    judge: |facts| {
        if facts.issuer.is_none() {
            return NO_ISSUER;
        }
        if facts
            .tail
            .as_ref()
            .is_some_and(|tail| tail.signature.is_none())
        {
            return Answer::NotChecked(Unchecked::MalformedSignature);
        }
        match &facts.signature {
            None => UNREAD,
            Some(Ok(())) => Answer::Holds,
            Some(Err(fault @ (SignatureFault::Mismatch | SignatureFault::OtherKeyType { .. }))) => {
                Answer::Broken(fault.to_string())
            }
            Some(Err(SignatureFault::UnknownAlgorithm { .. })) => {
                Answer::NotChecked(Unchecked::UnknownAlgorithm)
            }
            Some(Err(SignatureFault::UnknownKey)) => Answer::NotChecked(Unchecked::UnusableKey),
        }
    },
}];
