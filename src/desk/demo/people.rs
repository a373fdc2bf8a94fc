//! The people of a demo folder: plainly fictional, the same ones at every run.

use std::collections::BTreeSet;

use crate::domain::Role;

/// A small reproducible sequence (SplitMix64); not for secrets.
pub struct Dice(u64);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which must not be 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let index = self.below(from.len().max(1) as u64);
        &from[index as usize]
    }
}

/// What an account is made from.
#[derive(Clone, Debug)]
pub struct DemoPerson {
    pub username: String,
    pub name: String,
    pub nip: String,
    pub nik: String,
    pub agency: String,
    pub unit: String,
    pub position: String,
    pub email: String,
    pub roles: BTreeSet<Role>,
    /// A fixed password that is printed; absent for people nobody logs in as.
    pub password: Option<&'static str>,
}

pub const AGENCIES: [(&str, &str); 8] = [
    ("Dinas Komunikasi dan Informatika", "diskominfo"),
    ("Dinas Kesehatan", "dinkes"),
    ("Dinas Pendidikan", "disdik"),
    ("Badan Kepegawaian Daerah", "bkd"),
    ("Inspektorat", "inspektorat"),
    ("Sekretariat Daerah", "setda"),
    ("Dinas Sosial", "dinsos"),
    ("Badan Perencanaan Pembangunan Daerah", "bappeda"),
];

const FIRST: [&str; 24] = [
    "Adi", "Bima", "Citra", "Dewi", "Eka", "Fajar", "Gita", "Hadi", "Indah", "Joko", "Kartika",
    "Lestari", "Maya", "Nanda", "Oki", "Putri", "Rangga", "Sari", "Tegar", "Utami", "Wulan",
    "Yoga", "Zahra", "Arif",
];
const LAST: [&str; 8] = [
    "Contoh",
    "Misal",
    "Peraga",
    "Percobaan",
    "Teladan",
    "Umpama",
    "Andaian",
    "Simulasi",
];
const POSITIONS: [&str; 8] = [
    "Kepala Bidang",
    "Kepala Seksi",
    "Analis Kebijakan",
    "Pranata Komputer",
    "Bendahara",
    "Auditor Muda",
    "Sekretaris",
    "Pengelola Data",
];
const UNITS: [&str; 5] = [
    "Sekretariat",
    "Bidang Persandian",
    "Subbagian Umum",
    "Bidang Layanan",
    "Subbagian Keuangan",
];

/// The accounts that the login screen of a demo folder lists, in its order.
pub fn cast() -> Vec<DemoPerson> {
    let person = |username: &str,
                  name: &str,
                  nip: &str,
                  nik: &str,
                  position: &str,
                  roles: &[Role],
                  password| DemoPerson {
        username: username.to_owned(),
        name: name.to_owned(),
        nip: nip.to_owned(),
        nik: nik.to_owned(),
        agency: AGENCIES[0].0.to_owned(),
        unit: "Dinas Komunikasi dan Informatika".to_owned(),
        position: position.to_owned(),
        email: format!("{username}@diskominfo.uji.example"),
        roles: roles.iter().copied().collect(),
        password: Some(password),
    };
    vec![
        // The person of the sample letter.
        person(
            "pemohon",
            "Rahmi Wahyuni, S.Kom.",
            "198704122010012003",
            "1371015204870003",
            "Pranata Komputer",
            &[Role::Pemohon],
            "contoh pemohon demo",
        ),
        person(
            "pendamping",
            "Pendamping Lapangan UJI",
            "199001152015011001",
            "1371011501900001",
            "Petugas Lapangan",
            &[Role::Pendamping],
            "contoh pendamping demo",
        ),
        person(
            "op",
            "Petugas Satu UJI",
            "198502202009012002",
            "1371016002850002",
            "Verifikator",
            &[Role::Op],
            "contoh petugas satu demo",
        ),
        person(
            "op2",
            "Petugas Dua UJI",
            "198811032012011003",
            "1371010311880003",
            "Verifikator",
            &[Role::Op],
            "contoh petugas dua demo",
        ),
        person(
            "auditor",
            "Auditor UJI",
            "197906062005012004",
            "1371014606790004",
            "Auditor Madya",
            &[Role::Auditor],
            "contoh auditor demo",
        ),
        person(
            "admin",
            "Admin UJI",
            "198303172008011005",
            "1371011703830005",
            "Administrator Sistem",
            &[Role::Admin],
            "contoh admin demo",
        ),
    ]
}

/// The `index`-th of the certificate owners nobody logs in as.
pub fn owner(index: usize) -> DemoPerson {
    let mut dice = Dice::new(0x5550_0000 + index as u64);
    let first = FIRST[index % FIRST.len()];
    let last = LAST[(index / FIRST.len()) % LAST.len()];
    let generation = index / (FIRST.len() * LAST.len());
    let ordinal = if generation == 0 {
        String::new()
    } else {
        format!(" {}", generation + 1)
    };
    let (agency, domain) = *dice.pick(&AGENCIES);
    let username = if generation == 0 {
        format!("{first}.{last}").to_lowercase()
    } else {
        format!("{first}.{last}{}", generation + 1).to_lowercase()
    };
    let year = 1966 + dice.below(34);
    let month = 1 + dice.below(12);
    // Two with the same serial part and month of appointment were born on different days, so that no NIP comes twice.
    let cycle = index / (999 * 12);
    let day = 1 + (Dice::new((index % (999 * 12)) as u64).below(28) + cycle as u64) % 28;
    let woman = dice.below(2) == 1;
    let nip = format!(
        "{year:04}{month:02}{day:02}{:04}{:02}{}{:03}",
        year + 23,
        1 + index / 999 % 12,
        if woman { 2 } else { 1 },
        1 + index % 999,
    );
    let nik = format!(
        "1371{:02}{:02}{month:02}{:02}{:04}",
        1 + dice.below(11),
        if woman { day + 40 } else { day },
        year % 100,
        1 + index % 9999,
    );
    DemoPerson {
        email: format!("{username}@{domain}.uji.example"),
        name: format!("{first} {last}{ordinal} UJI"),
        nip,
        nik,
        agency: agency.to_owned(),
        unit: (*dice.pick(&UNITS)).to_owned(),
        position: (*dice.pick(&POSITIONS)).to_owned(),
        roles: [Role::Pemohon].into(),
        username,
        password: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Nik, Nip, Username};

    #[test]
    fn everybody_has_numbers_of_the_right_form_and_a_name_of_his_own() {
        let (mut usernames, mut nips) = (BTreeSet::new(), BTreeSet::new());
        for person in cast().into_iter().chain((0..20_000).map(owner)) {
            assert!(nips.insert(person.nip.clone()), "{person:?}");
            assert!(
                Nip::parse(&person.nip).unwrap().looks_regular(),
                "{person:?}"
            );
            assert!(Nik::parse(&person.nik).is_ok(), "{person:?}");
            assert!(Username::parse(&person.username).is_ok());
            assert!(
                usernames.insert(person.username.clone()),
                "{}",
                person.username
            );
        }
    }
}
