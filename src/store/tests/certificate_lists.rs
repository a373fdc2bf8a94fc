//! How certificates come in, are listed and counted.

use super::samples::*;
use crate::domain::instant::{DAY, HOUR};
use crate::domain::{CertificateStatus, ReasonCode, Revocation, Standing};
use crate::store::*;

#[test]
fn certificates_are_listed_by_serial_name_owner_key_and_end() {
    let store = Store::in_memory().unwrap();
    let serials = [
        "0a01",
        "c301ff",
        "c30f00",
        "30ff",
        "c3",
        "aabbccddeeff00112233",
    ];
    let mut batch: Vec<NewCertificate> = serials
        .iter()
        .enumerate()
        .map(|(i, s)| certificate(1 + (i as u32) % 2, s, &format!("Orang {i}")))
        .collect();
    batch[0].certificate.owner = Some(account_id(5));
    batch[1].certificate.subject = name("budi  Santoso UJI");
    batch[2].certificate.public_key_sha256[31] = 1;
    let added = write(&store, |w| w.add_certificates(&batch));
    assert_eq!(added, [Added::New; 6]);
    let r = store.read().unwrap();
    let list = |list: CertificateList| -> Vec<String> {
        let page = r.certificates(&list, &Window::first(50)).unwrap();
        page.rows.iter().map(|c| c.key.serial.to_string()).collect()
    };
    assert_eq!(
        list(CertificateList::All),
        [
            "c3",
            "0a01",
            "c30f00",
            "30ff",
            "c301ff",
            "aabbccddeeff00112233"
        ]
    );
    assert_eq!(
        list(CertificateList::Issuer(issuer(2))),
        ["30ff", "c301ff", "aabbccddeeff00112233"]
    );
    assert_eq!(
        list(CertificateList::SerialPrefix("C3".into())),
        ["c3", "c30f00", "c301ff"]
    );
    assert_eq!(
        list(CertificateList::SerialPrefix("c:30".into())),
        ["c30f00", "c301ff"]
    );
    assert_eq!(
        list(CertificateList::SerialPrefix("c30f".into())),
        ["c30f00"]
    );
    let mut ends = list(CertificateList::SerialSuffix("ff".into()));
    ends.sort();
    assert_eq!(ends, ["30ff", "c301ff"]);
    assert_eq!(
        list(CertificateList::SerialSuffix("1FF".into())),
        ["c301ff"]
    );
    assert_eq!(list(CertificateList::SerialSuffix("00c3".into())), ["c3"]);
    assert_eq!(
        list(CertificateList::SerialSuffix("eeff00112233".into())),
        ["aabbccddeeff00112233"]
    );
    assert_eq!(
        list(CertificateList::SerialSuffix("eeee00112233".into())),
        [""; 0]
    );
    assert_eq!(list(CertificateList::Name("BUDI san".into())), ["c301ff"]);
    assert_eq!(list(CertificateList::Owner(account_id(5))), ["0a01"]);
    assert_eq!(list(CertificateList::PublicKey([7; 32])).len(), 5);
    assert_eq!(
        r.distribution_points(issuer(1)).unwrap(),
        [("http://crl.uji.example/a.crl".into(), 3)]
    );
    let key = &batch[3].certificate.key;
    assert_eq!(
        r.certificate(key).unwrap().as_ref(),
        Some(&batch[3].certificate)
    );
    assert_eq!(
        r.certificate_der(key).unwrap().as_deref(),
        Some(&b"DER of 30ff"[..])
    );
}

#[test]
fn a_certificate_comes_in_once_and_another_under_its_serial_is_told_apart() {
    let store = Store::in_memory().unwrap();
    let first = certificate(1, "0a01", "Satu");
    let mut other = certificate(1, "0a01", "Dua");
    other.certificate.der_sha256 = [9; 32];
    other.der = b"DER of another".to_vec();
    let batch = [first.clone(), first.clone(), other.clone()];
    let added = write(&store, |w| w.add_certificates(&batch));
    assert_eq!(added, [Added::New, Added::Known, Added::Conflict]);
    let again = write(&store, |w| w.add_certificates(&[other, first.clone()]));
    assert_eq!(again, [Added::Conflict, Added::Known]);
    let r = store.read().unwrap();
    assert_eq!(
        r.certificate(&first.certificate.key).unwrap(),
        Some(first.certificate)
    );
    assert_eq!(r.certificate_counts(NOW).unwrap().total(), 1);
}

#[test]
fn certificates_are_counted_by_status_as_the_clock_goes() {
    let store = Store::in_memory().unwrap();
    let revocation = Revocation {
        date: NOW,
        reason: ReasonCode::Superseded,
        invalidity_date: None,
        on_crl: None,
    };
    let ends = [
        NOW.plus(-3 * DAY),
        NOW.plus(-HOUR),
        NOW,
        NOW.plus(HOUR),
        NOW.plus(DAY),
    ];
    let mut batch = Vec::new();
    for (i, end) in ends.iter().enumerate() {
        for (j, standing) in [
            Standing::Active,
            Standing::Held(revocation.clone()),
            Standing::Revoked(revocation.clone()),
        ]
        .into_iter()
        .enumerate()
        {
            let mut new = certificate(1, &format!("0a{i}{j}"), "Orang");
            new.certificate.not_after = *end;
            new.certificate.standing = standing;
            batch.push(new);
        }
    }
    write(&store, |w| w.add_certificates(&batch));
    let r = store.read().unwrap();
    for now in [
        NOW.plus(-9 * DAY),
        NOW,
        NOW.plus(HOUR),
        NOW.plus(HOUR + 1),
        NOW.plus(9 * DAY),
    ] {
        let counts = r.certificate_counts(now).unwrap();
        for status in CertificateStatus::ALL {
            let expected = batch
                .iter()
                .filter(|n| n.certificate.status(now) == status)
                .count();
            assert_eq!(counts.of(status), expected as u64, "{status:?}");
            let listed = r
                .certificates(&CertificateList::Status(status, now), &Window::first(99))
                .unwrap();
            assert_eq!(listed.rows.len(), expected);
            assert!(listed.rows.iter().all(|c| c.status(now) == status));
            let mut rest = Window::last(2);
            let mut backward = Vec::new();
            loop {
                let page = r
                    .certificates(&CertificateList::Status(status, now), &rest)
                    .unwrap();
                backward.extend(page.rows);
                match page.next {
                    Some(next) => rest = rest.after(next),
                    None => break,
                }
            }
            backward.reverse();
            assert_eq!(backward, listed.rows);
        }
    }
    let soon = CertificateList::Expiring {
        from: NOW,
        to: NOW.plus(HOUR),
    };
    assert_eq!(
        r.certificates(&soon, &Window::first(9)).unwrap().rows.len(),
        2
    );
}
