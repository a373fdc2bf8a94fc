//! One more demo CA for a demo folder: `ams ca demo`. Its name counts the CAs that are there.

use crate::desk::issuers::NewIssuer;
use crate::desk::{Desk, DeskError, Identity, IssuerView, environment};
use crate::domain::Serial;
use crate::domain::instant::DAY;
use crate::pki::demo_ca::{DemoCa, DemoSubject, certificate_pem};

impl Desk {
    /// Makes a demo CA with a new key and takes it in; a real desk refuses.
    pub fn add_demo_issuer(&self, who: &Identity) -> Result<IssuerView, DeskError> {
        if !self.folder().is_demo() {
            return Err(DeskError::bad_value("ca demo", "a demo folder"));
        }
        let bad = |e: String| DeskError::bad_value("demo CA", e);
        let mut octets: [u8; 8] = environment::octets(&*self.inner.random)?;
        octets[0] = (octets[0] & 0x3f) | 0x40;
        let serial = Serial::from_magnitude(&octets).map_err(|e| bad(e.to_string()))?;
        let subject = DemoSubject {
            country: "ID".to_owned(),
            organization: "Meja Pencabutan UJI".to_owned(),
            common_name: format!("AMS UJI CA G{}", self.issuers()?.len() + 1),
            ..DemoSubject::default()
        };
        let (ca, key) = DemoCa::create(&subject, &serial, self.now().plus(-DAY))
            .map_err(|e| bad(e.to_string()))?;
        self.add_issuer(
            who,
            &NewIssuer {
                certificate: certificate_pem(ca.certificate_der()).as_bytes(),
                key: Some(&key),
                token: None,
                passphrase: None,
                label: None,
            },
        )
    }
}
