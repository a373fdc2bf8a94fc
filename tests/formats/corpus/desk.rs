//! Sound certificates that the desk refuses: not a person's, not current, not from here, not signed right; and
//! authorities that may not issue CRLs.

use super::{Case, Role, person};
use crate::der::{integer, octets, sequence};
use crate::template::{
    CA_SEED, ED25519, OTHER_CA_SEED, Template, aki, algorithm, basic_constraints, extension,
    extensions, generalized, key_id, key_usage, spki, utc,
};

pub fn cases() -> Vec<Case> {
    let with = |change: &dyn Fn(&mut Template)| {
        let mut t = Template::person(0x33);
        change(&mut t);
        t.der()
    };
    let both = |name: &str, id, what, dotted: &str, parameters: &[u8]| {
        let named = algorithm(dotted, parameters);
        person(
            name,
            id,
            what,
            with(&|t| (t.inner, t.outer) = (named.clone(), named.clone())),
        )
    };
    let flipped = |at_end: usize| {
        let mut octets = Template::person(0x33).der();
        let at = octets.len() - at_end;
        octets[at] ^= 1;
        octets
    };
    let authority = |name: &str, id, what, change: &dyn Fn(&mut Template)| {
        let mut t = Template::authority();
        t.serial = integer(&[0x5a, 0x01, 0x33]);
        change(&mut t);
        Case {
            role: Role::Authority,
            ..person(name, id, what, t.der())
        }
    };
    let ski = extension("2.5.29.14", false, &octets(&key_id(CA_SEED)));
    vec![
        person(
            "ca-as-person",
            "is-a-ca",
            "an authority's certificate handed in as a person's",
            Template::authority().der(),
        ),
        person(
            "expired-yesterday",
            "expired",
            "it ended a second before",
            with(&|t| t.validity = sequence(&[&utc("250101000000Z"), &utc("261122085959Z")])),
        ),
        person(
            "expired-1949",
            "expired",
            "it was valid in 1949",
            with(&|t| {
                t.validity = sequence(&[
                    &generalized("19490101000000Z"),
                    &generalized("19491231235959Z"),
                ])
            }),
        ),
        person(
            "expired-1950",
            "expired",
            "it was valid in 1950, as UTCTime says it",
            with(&|t| t.validity = sequence(&[&utc("500101000000Z"), &utc("501231235959Z")])),
        ),
        person(
            "signed-by-other",
            "bad-signature",
            "signed with another key under the right names",
            with(&|t| t.signer = OTHER_CA_SEED),
        ),
        person(
            "signature-flipped",
            "bad-signature",
            "one bit of the signature flipped",
            flipped(1),
        ),
        person(
            "serial-flipped",
            "bad-signature",
            "the serial changed after signing",
            {
                let octets = Template::person(0x33).der();
                let at = octets
                    .windows(3)
                    .position(|w| w == [0x5a, 0x01, 0x33])
                    .unwrap();
                [&octets[..at + 2], &[0x34], &octets[at + 3..]].concat()
            },
        ),
        person(
            "signature-short",
            "bad-signature",
            "a signature of 63 octets",
            with(&|t| t.signature = Some(crate::der::bits(&[5; 63]))),
        ),
        person(
            "other-authority-key",
            "authority-key-differs",
            "its AKI names another key of the same name",
            with(&|t| t.extensions = extensions(&[aki(OTHER_CA_SEED)])),
        ),
        person(
            "inner-outer",
            "inner-outer-algorithm-differ",
            "Ed25519 inside, ecdsa-with-SHA256 outside",
            with(&|t| t.outer = algorithm("1.2.840.10045.4.3.2", &[])),
        ),
        person(
            "inner-outer-parameters",
            "inner-outer-algorithm-differ",
            "RSA without NULL inside, with it outside",
            with(&|t| {
                t.inner = algorithm("1.2.840.113549.1.1.11", &[]);
                t.outer = algorithm("1.2.840.113549.1.1.11", &[5, 0]);
            }),
        ),
        person(
            "inner-outer-unknown",
            "inner-outer-algorithm-differ",
            "Ed25519 inside, Ed448 outside",
            with(&|t| t.outer = algorithm("1.3.101.113", &[])),
        ),
        both(
            "algorithm-sha1",
            "unsupported-algorithm",
            "signed with SHA-1",
            "1.2.840.113549.1.1.5",
            &[5, 0],
        ),
        both(
            "algorithm-md5",
            "unsupported-algorithm",
            "signed with MD5",
            "1.2.840.113549.1.1.4",
            &[5, 0],
        ),
        both(
            "algorithm-pss",
            "unsupported-algorithm",
            "signed with RSASSA-PSS",
            "1.2.840.113549.1.1.10",
            &[0x30, 0],
        ),
        both(
            "algorithm-private",
            "unsupported-algorithm",
            "signed with an algorithm nobody knows",
            "1.3.6.1.4.1.99999.1",
            &[],
        ),
        both(
            "algorithm-of-other-key",
            "bad-signature",
            "names ECDSA, the issuer's key is Ed25519",
            "1.2.840.10045.4.3.2",
            &[],
        ),
        authority(
            "authority-is-person",
            "not-a-ca",
            "a person's certificate as an authority",
            &|t| t.extensions = extensions(&[ski.clone(), key_usage(&[1, 0x06])]),
        ),
        authority(
            "authority-ca-false",
            "not-a-ca",
            "basicConstraints without cA",
            &|t| t.extensions = extensions(&[ski.clone(), basic_constraints(false)]),
        ),
        authority(
            "authority-no-crl-sign",
            "may-not-sign-crls",
            "keyUsage without cRLSign",
            &|t| {
                t.extensions =
                    extensions(&[ski.clone(), basic_constraints(true), key_usage(&[2, 0x04])])
            },
        ),
        authority(
            "authority-expired",
            "expired",
            "an authority that ended",
            &|t| t.validity = sequence(&[&utc("160101000000Z"), &utc("260818000000Z")]),
        ),
        authority(
            "authority-9999",
            "not-yet-valid",
            "an authority valid from 9999",
            &|t| {
                t.validity = sequence(&[
                    &generalized("99990101000000Z"),
                    &generalized("99991231235959Z"),
                ])
            },
        ),
        authority(
            "authority-tomorrow",
            "not-yet-valid",
            "an authority valid in a second",
            &|t| t.validity = sequence(&[&utc("261122090001Z"), &generalized("20500101000000Z")]),
        ),
        authority(
            "authority-x25519",
            "unsupported-algorithm",
            "an authority whose key cannot sign",
            &|t| t.spki = sequence(&[&algorithm("1.3.101.110", &[]), &spki(CA_SEED)[9..]]),
        ),
        authority(
            "authority-bad-key",
            "bad-public-key",
            "an authority with a key without bits",
            &|t| t.spki = sequence(&[&algorithm(ED25519, &[])]),
        ),
    ]
}
