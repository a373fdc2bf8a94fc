//! What a relying party has before it: a CA of some kind, certificates that name their distribution points, and the
//! lists of this desk's writer over them: a complete one, a delta on it, a partition. Certificates are OpenSSL's.

use std::fs;
use std::path::{Path, PathBuf};

use ams::domain::{CrlNumber, ReasonCode};
use ams::pki::entry::{EntryReason, RevokedEntry};
use ams::pki::plan::{CrlKind, CrlTerms};

use super::{Ca, P256, complete, our_rules_hold, revoked, this_moment, uri};
use crate::peer::openssl;

/// A kind of CRL that relying parties meet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Everything, on one list.
    Complete,
    /// A complete list and what changed since.
    Delta,
    /// What certificates that name one distribution point need.
    Partition,
}

/// What a relying party makes of a certificate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decision {
    Accepted,
    Revoked,
    /// It says that it cannot tell.
    Unknown,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Complete, Self::Delta, Self::Partition];

    /// The lists that a relying party is given, the one of this kind last.
    pub const fn lists(self) -> &'static [&'static str] {
        match self {
            Self::Complete => &["complete"],
            Self::Delta => &["complete", "delta"],
            Self::Partition => &["partition"],
        }
    }

    /// The certificates asked about, with the right answer (RFC 5280 §6.3.3).
    pub const fn questions(self) -> &'static [(&'static str, Decision)] {
        match self {
            Self::Complete => &[
                ("revoked", Decision::Revoked),
                ("good", Decision::Accepted),
                // Suspended: on the list for the time being.
                ("released", Decision::Revoked),
            ],
            Self::Delta => &[
                ("revoked", Decision::Revoked),
                ("good", Decision::Accepted),
                ("later", Decision::Revoked),
                ("released", Decision::Accepted),
            ],
            Self::Partition => &[
                ("first-revoked", Decision::Revoked),
                ("first-good", Decision::Accepted),
                // Of another distribution point: this list says nothing about it.
                ("second-good", Decision::Unknown),
            ],
        }
    }
}

/// A complete list like the right one whose signature is not.
pub const FORGED: &str = "forged";

const COMPLETE_AT: &str = "http://crl.uji.example/ca.crl";
const DELTA_AT: &str = "http://crl.uji.example/ca-delta.crl";
const FIRST_AT: &str = "http://crl.uji.example/ca-p1.crl";
const SECOND_AT: &str = "http://crl.uji.example/ca-p2.crl";

/// Certificates: name, serial of 20 octets, distribution point.
const LEAVES: [(&str, &str, &str); 7] = [
    (
        "good",
        "3c5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a01",
        COMPLETE_AT,
    ),
    (
        "revoked",
        "3c5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a02",
        COMPLETE_AT,
    ),
    (
        "released",
        "7fffffffffffffffffffffffffffffffffffffff",
        COMPLETE_AT,
    ),
    (
        "later",
        "7ffffffffffffffffffffffffffffffffffffffe",
        COMPLETE_AT,
    ),
    (
        "first-good",
        "4080808080808080808080808080808080808001",
        FIRST_AT,
    ),
    (
        "first-revoked",
        "4080808080808080808080808080808080808002",
        FIRST_AT,
    ),
    (
        "second-good",
        "4080808080808080808080808080808080808003",
        SECOND_AT,
    ),
];

/// The folder of one issuer: `ca.pem`, a `.pem` for each certificate and a `.crl` (DER) and `.crl.pem` for each list.
pub struct Scene {
    pub folder: PathBuf,
}

impl Scene {
    /// Makes everything in `folder`, which is there and has the CA in it.
    pub fn make(folder: &Path, ca: &Ca) -> Self {
        make_leaves(folder);
        let now = this_moment();
        let date = now.to_string();
        let entry = |name: &str, reason| revoked(serial_of(name), &date, reason, None);
        let keep = |name: &str, der: &[u8]| {
            fs::write(folder.join(format!("{name}.crl")), der).unwrap();
            openssl(
                folder,
                &format!("crl -inform DER -in {name}.crl -out {name}.crl.pem"),
            );
        };
        let list = |name: &str, terms: CrlTerms, entries: &mut [RevokedEntry]| {
            entries.sort_by(|a, b| a.serial.cmp(&b.serial));
            let der = ca.sign(terms, entries);
            our_rules_hold(ca, &der, now);
            keep(name, &der);
            der
        };
        let base = CrlTerms {
            freshest_crl: Some(uri(DELTA_AT)),
            ..complete(now)
        };
        let number = base.number;
        let on_base = [
            entry("revoked", ReasonCode::KeyCompromise),
            entry("first-revoked", ReasonCode::Superseded),
            entry("released", ReasonCode::CertificateHold),
        ];
        let mut forged = list("complete", base, &mut on_base.clone());
        *forged.last_mut().unwrap() ^= 1;
        keep(FORGED, &forged);
        let mut released = on_base[2].clone();
        released.reason = EntryReason::RemoveFromCrl;
        let delta = CrlTerms {
            number: CrlNumber::from(1001),
            kind: CrlKind::Delta { base: number },
            ..complete(now)
        };
        let later = entry("later", ReasonCode::KeyCompromise);
        list("delta", delta, &mut [later, released]);
        let partition = CrlTerms {
            kind: CrlKind::Partition { uri: uri(FIRST_AT) },
            ..complete(now)
        };
        list("partition", partition, &mut [on_base[1].clone()]);
        Self {
            folder: folder.to_owned(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

pub fn serial_of(name: &str) -> &'static str {
    LEAVES.iter().find(|leaf| leaf.0 == name).unwrap().1
}

fn make_leaves(folder: &Path) {
    fs::write(
        folder.join("leaf.cnf"),
        "[req]\nprompt=no\ndistinguished_name=dn\n[dn]\nCN=Orang Contoh UJI\n",
    )
    .unwrap();
    openssl(
        folder,
        &format!("req -new -newkey {P256} -nodes -keyout leaf.key -out leaf.csr -config leaf.cnf"),
    );
    for (name, serial, point) in LEAVES {
        fs::write(
            folder.join("leaf.ext"),
            format!(
                "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n\
                 extendedKeyUsage=emailProtection,clientAuth\ncrlDistributionPoints=URI:{point}\n{}",
                if point == COMPLETE_AT { format!("freshestCRL=URI:{DELTA_AT}\n") } else { String::new() }
            ),
        )
        .unwrap();
        openssl(
            folder,
            &format!(
                "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -set_serial 0x{serial} -days 30 -extfile leaf.ext -out {name}.pem"
            ),
        );
    }
}
