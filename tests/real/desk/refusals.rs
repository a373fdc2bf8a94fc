//! Every rule that refuses, met once at a real desk: nothing has changed afterwards, and the log has one entry that
//! names the rule.

use std::cell::RefCell;
use std::collections::BTreeSet;

use ams::desk::{BatchAct, DeskError, Intent, Login, QueueQuery, Suspension};
use ams::domain::account::GrantChange;
use ams::domain::grants::AccountChange;
use ams::domain::instant::{DAY, HOUR};
use ams::domain::request::{FieldChange, Misuse, RequesterKind};
use ams::domain::workflow::Act;
use ams::domain::{IssuerId, ReasonCode, Refusal, RequestId, Role};
use ams::pki::demo_ca::certificate_pem;

use super::fixture::{MINUTE, Office, SECOND, Someone, login, new_account, password_of};
use super::office::{STAFF, give_back, letter_data, reasons, scan, verify};

/// Rules that no way of the desk's API runs into, and why.
const PREVENTED: [(&str, &str); 7] = [
    (
        "certificate_changed",
        "step 6 compares the stored certificate itself",
    ),
    (
        "not_yet_due",
        "only the scheduler carries out, and it looks at the time first",
    ),
    (
        "letter_size",
        "a letter's defects are found, and named more exactly, before",
    ),
    (
        "system_only",
        "no intent of a person asks for what is the desk's alone",
    ),
    ("wait_not_over", "the scheduler looks at the time first"),
    (
        "nothing_to_close",
        "the scheduler closes what has ended only",
    ),
    (
        "last_admin",
        "who may take an admin's role is another admin, who then remains",
    ),
];

/// The rules met so far.
struct Met<'a> {
    office: &'a Office,
    rules: RefCell<BTreeSet<&'static str>>,
}

impl Met<'_> {
    #[track_caller]
    fn refuses<T: std::fmt::Debug>(
        &self,
        rule: &'static str,
        ask: impl FnOnce() -> Result<T, DeskError>,
    ) {
        let office = self.office;
        office.clock.advance(SECOND);
        let (state, log) = (office.state(), office.log_size());
        match ask() {
            Err(DeskError::Refused(refusal)) => assert_eq!(refusal.rule(), rule, "{refusal}"),
            other => panic!("{rule} expected, got {other:?}"),
        }
        assert_eq!(office.state(), state, "{rule} changed something");
        let new = office.log_since(log);
        let entries: Vec<_> = new
            .iter()
            .map(|e| (e.action.as_str(), e.refusal.as_deref()))
            .collect();
        assert_eq!(entries, [("DITOLAK_ATURAN", Some(rule))]);
        self.rules.borrow_mut().insert(rule);
    }

    #[track_caller]
    fn act(&self, rule: &'static str, who: &str, id: RequestId, intent: Intent) {
        let office = self.office;
        self.refuses(rule, || office.desk.act(office.who(who), id, None, intent));
    }
}

fn staff() -> Vec<Someone> {
    let mut staff: Vec<Someone> = STAFF.into();
    staff.push(Someone {
        scope: Some("Dinas Sosial"),
        ..Someone::new("sosial", "Petugas Sosial UJI", &[Role::Op])
    });
    staff
}

#[test]
fn every_refusal_changes_nothing_and_is_logged_by_its_rule() {
    let office = Office::open(&staff());
    let met = Met {
        office: &office,
        rules: RefCell::default(),
    };
    on_drafts(&met);
    on_certificates(&met);
    on_submitted(&met);
    on_checking(&met);
    on_deciding(&met);
    on_sent_back(&met);
    on_holds(&met);
    on_accounts(&met);
    let prevented: BTreeSet<&str> = PREVENTED.iter().map(|(rule, _)| *rule).collect();
    let mut all = met.rules.take();
    assert_eq!(all.intersection(&prevented).count(), 0);
    all.extend(prevented);
    let rules: BTreeSet<&str> = Refusal::RULES.iter().copied().collect();
    let missing: Vec<_> = rules.difference(&all).collect();
    assert_eq!(missing, Vec::<&&str>::new());
    office.drain();
    office.checks_out();
}

fn on_drafts(met: &Met<'_>) {
    let office = met.office;
    let edit = |change| Intent::Edit(change);
    let key = office.certificate("rahmi");
    let other = office.certificate("rahmi");
    let file =
        |who: &str, key, kind, companion| office.desk.draft(office.who(who), key, kind, companion);
    let subscriber = RequesterKind::Subscriber;
    let id = office.draft("rahmi", &key);
    met.refuses("open_request_exists", || {
        file("rahmi", &key, subscriber, None)
    });
    met.refuses("requester_not_allowed", || {
        file("rahmi", &other, RequesterKind::Agency, None)
    });
    let owner = office.id("rahmi");
    met.refuses("companion_unfit", || {
        file("rahmi", &other, subscriber, Some(owner))
    });
    met.act(
        "not_yours",
        "dodi",
        id,
        edit(FieldChange::LetterFollows(true)),
    );
    met.act("role_needed", "lapangan", id, Intent::Claim);
    met.act("not_found", "rahmi", RequestId([7; 16]), Intent::Submit);
    met.act("no_reason", "rahmi", id, Intent::Submit);
    met.act("unknown_reason", "rahmi", id, reasons(&["bosan"]));
    met.act(
        "reason_for_officers",
        "rahmi",
        id,
        reasons(&["penyalahgunaan"]),
    );
    met.act("hold_not_allowed", "rahmi", id, reasons(&["penangguhan"]));
    let escape = FieldChange::LetterNumber("800\u{1b}[2J".to_owned());
    met.act("bad_text", "rahmi", id, edit(escape));
    let tomorrow = Some(office.desk.now().plus(DAY));
    let date = FieldChange::InvalidityDate(tomorrow);
    met.act("invalidity_date_wrong", "rahmi", id, edit(date));

    office.act("rahmi", id, Act::Edit, reasons(&["kehilangan"]));
    met.act("misuse_unanswered", "rahmi", id, Intent::Submit);
    office.edit("rahmi", id, FieldChange::Misuse(Misuse::Possible));
    met.act("letter_missing", "rahmi", id, Intent::Submit);
    office.act("rahmi", id, Act::AttachLetter, scan());
    met.act("letter_data_missing", "rahmi", id, Intent::Submit);
    for change in letter_data() {
        office.edit("rahmi", id, change);
    }
    office.edit("rahmi", id, FieldChange::SuperiorNip("123".to_owned()));
    met.act("nip_form", "rahmi", id, Intent::Submit);

    let calm = office.draft("rahmi", &other);
    office.act("rahmi", calm, Act::Edit, reasons(&["lupa-passphrase"]));
    office.edit("rahmi", calm, FieldChange::LetterFollows(true));
    met.act("letter_may_not_follow", "rahmi", calm, Intent::Submit);
}

fn on_certificates(met: &Met<'_>) {
    let office = met.office;
    let file = |who: &str, key| {
        office
            .desk
            .draft(office.who(who), key, RequesterKind::Subscriber, None)
    };
    let nobodys = office.certificate_with("Tanpa Pemilik UJI", 100 * DAY, |_| {});
    met.refuses("owner_unknown", || file("lapangan", &nobodys));
    let short = office.certificate_with("rahmi", DAY, |_| {});
    office.days_pass(2);
    office.drain();
    met.refuses("certificate_expired", || file("rahmi", &short));

    let (key, mut der) = office.issue("rahmi", 100 * DAY, |_| {});
    *der.last_mut().unwrap() ^= 1;
    assert_eq!(office.import(certificate_pem(&der).as_bytes()).added, 1);
    let id = office.filled("rahmi", &key, &["lupa-passphrase"]);
    met.act("signature_invalid", "rahmi", id, Intent::Submit);

    let unknown = Some(IssuerId([9; 16]));
    met.refuses("issuer_unknown", || {
        office.desk.issue_crl(office.who("satu"), unknown)
    });
}

fn on_submitted(met: &Met<'_>) {
    let office = met.office;
    let id = office.submitted("rahmi", &office.certificate("rahmi"), &["lupa-passphrase"]);
    met.act("wrong_state", "satu", id, verify());
    met.refuses("stale", || {
        office
            .desk
            .act(office.who("satu"), id, Some(0), Intent::Claim)
    });
    met.act("no_letter_awaited", "rahmi", id, scan());
    met.act("outside_scope", "sosial", id, Intent::Claim);
    let letter = office.request(id).letters[0].id;
    met.refuses("outside_scope", || {
        office.desk.letter_bytes(office.who("sosial"), id, letter)
    });
    met.act("consent_not_needed", "satu", id, Intent::ConsentToWithdraw);
    let filed = office.submitted("satu", &office.certificate("dodi"), &["lupa-passphrase"]);
    met.act("own_filing", "satu", filed, Intent::Claim);
    let own = office.submitted("satu", &office.certificate("satu"), &["lupa-passphrase"]);
    met.act("own_certificate", "satu", own, Intent::Claim);
    let urgent = office.urgent("rahmi", &office.certificate("rahmi"));
    met.act("consent_needed", "rahmi", urgent, Intent::Withdraw);
}

fn on_checking(met: &Met<'_>) {
    let office = met.office;
    let id = office.claimed("satu", "rahmi", &["lupa-passphrase"]);
    met.act("claimed_by_other", "dua", id, Intent::Claim);
    let nothing = Intent::Verify {
        checked: BTreeSet::new(),
        accept_missing_letter: false,
    };
    met.act("checklist_incomplete", "satu", id, nothing);
    let back = |items: &[ams::domain::Item], note: &str| Intent::Return {
        items: items.iter().copied().collect(),
        note: note.to_owned(),
    };
    met.act("no_item", "satu", id, back(&[], "Kurang."));
    met.act(
        "note_missing",
        "satu",
        id,
        back(&[ams::domain::Item::Letter], " "),
    );
    met.act(
        "reason_code_not_allowed",
        "satu",
        id,
        change_to(ReasonCode::CaCompromise),
    );
    met.act("step_skipped", "satu", id, office.revoke_intent("satu", id));
    office.clock.advance(16 * MINUTE);
    met.act("not_claimed", "satu", id, verify());

    let another = |s: &mut ams::pki::demo_ca::DemoSubject| {
        s.common_name = "Orang Lain UJI".to_owned();
    };
    let key = office.certificate_with("rahmi", 100 * DAY, another);
    let id = office.submitted("rahmi", &key, &["lupa-passphrase"]);
    office.act("satu", id, Act::Claim, Intent::Claim);
    office.act("satu", id, Act::Verify, verify());
    met.act("names_differ", "satu", id, Intent::Match);
}

fn change_to(code: ReasonCode) -> Intent {
    Intent::ChangeReason {
        code,
        note: "Menurut surat.".to_owned(),
        invalidity_date: None,
    }
}

fn on_deciding(met: &Met<'_>) {
    let office = met.office;
    let revoke = |id, last_four: Option<&str>, effective| Intent::Revoke {
        last_four: last_four.map_or_else(
            || office.request(id).certificate.serial.last_four(),
            str::to_owned,
        ),
        password: password_of("satu"),
        effective,
    };
    let approve = |who| Intent::Approve {
        password: password_of(who),
    };
    let id = office.matched("satu", "rahmi", &["lupa-passphrase"]);
    met.act(
        "last_four_wrong",
        "satu",
        id,
        revoke(id, Some("ffff"), None),
    );
    met.refuses("batch_count", || {
        let (act, who) = (BatchAct::Revoke, office.who("satu"));
        office
            .desk
            .batch_apply(who, act, &[], 1, &password_of("satu"), |_| {})
    });
    met.act("approval_not_needed", "dua", id, approve("dua"));
    let past = Some(office.desk.now().plus(-HOUR));
    met.act("effective_date_wrong", "satu", id, revoke(id, None, past));
    office.set("policy.four_eyes", "always");
    met.act("approval_needed", "satu", id, revoke(id, None, None));
    met.act("not_independent", "satu", id, approve("satu"));
    office.act("dua", id, Act::Approve, approve("dua"));
    office.act(
        "satu",
        id,
        Act::ChangeReason,
        change_to(ReasonCode::AffiliationChanged),
    );
    met.act("approval_void", "satu", id, revoke(id, None, None));
    office.set("policy.four_eyes", "off");
    let key = office.revoke("satu", id).certificate;
    let channel = "telepon".to_owned();
    met.act(
        "not_published",
        "satu",
        id,
        Intent::RecordNotice { channel },
    );
    met.act("already_decided", "satu", id, revoke(id, None, None));
    office.drain();

    let again = office.filled("rahmi", &key, &["berhenti"]);
    met.refuses("key_not_compromised", || {
        office.desk.file_shared(office.who("rahmi"), id).map(drop)
    });
    met.act("only_key_compromise", "rahmi", again, Intent::Submit);

    let lost = office.matched("satu", "dodi", &["kehilangan"]);
    let ahead = Some(office.desk.now().plus(HOUR));
    met.act(
        "deferral_forbidden",
        "satu",
        lost,
        revoke(lost, None, ahead),
    );
    let key = office.revoke("satu", lost).certificate;
    office.drain();
    met.refuses("certificate_revoked", || {
        office
            .desk
            .draft(office.who("dodi"), &key, RequesterKind::Subscriber, None)
    });
}

fn on_sent_back(met: &Met<'_>) {
    let office = met.office;
    let id = office.claimed("satu", "rahmi", &["lupa-passphrase"]);
    office.act("satu", id, Act::Return, give_back());
    met.act("new_letter_needed", "rahmi", id, Intent::Submit);
    office.clock.advance(MINUTE);
    met.act("too_late_to_recall", "satu", id, Intent::Recall);
    office.drain();
    met.act("too_late_to_recall", "satu", id, Intent::Recall);
}

fn on_holds(met: &Met<'_>) {
    let office = met.office;
    office.set("policy.allow_hold", "on");
    let active = office.certificate("dodi");
    let draft = office.draft("dodi", &active);
    let both = reasons(&["penangguhan", "mutasi"]);
    met.act("hold_with_others", "dodi", draft, both);
    met.refuses("certificate_not_held", || {
        let last_four = active.serial.last_four();
        let password = password_of("dua");
        office
            .desk
            .release_hold(office.who("dua"), &active, &last_four, &password)
    });
    let held = office.told("satu", "dodi", &["penangguhan"]);
    let key = office.request(held).certificate;
    let again = office.filled("dodi", &key, &["penangguhan"]);
    met.act("certificate_held", "dodi", again, Intent::Submit);
    office.set("policy.four_eyes", "always");
    let other = office.certificate("dodi");
    let (who, last_four) = (office.who("dua"), other.serial.last_four());
    let word = password_of("dua");
    office
        .desk
        .approve_suspension(Suspension::Begin, who, &other, &last_four, &word)
        .unwrap();
    met.refuses("second_needed", || {
        office.desk.hold(who, &other, &last_four, &word)
    });
    office.set("policy.four_eyes", "off");
}

fn on_accounts(met: &Met<'_>) {
    let office = met.office;
    let change = |who: &str, change| {
        office
            .desk
            .change_account(office.admin(), office.id(who), &change)
            .map(drop)
    };
    met.refuses("own_grant", || office.grant("kepala", &[Role::Op]));
    office.grant("dodi", &[Role::Pemohon, Role::Op]).unwrap();
    met.refuses("grant_waits", || office.grant("dodi", &[Role::Op]));
    change("rahmi", GrantChange::BindUid(4242).into()).unwrap();
    office.clock.advance(DAY + MINUTE);
    office.drain();
    met.refuses("uid_taken", || {
        change("dodi", GrantChange::BindUid(4242).into())
    });

    let new = Someone::new("baru", "Orang Baru UJI", &[Role::Pemohon]);
    let (_, once) = office
        .desk
        .create_account(office.admin(), &new_account(&new))
        .unwrap();
    let Login::MustChangePassword(restricted) = login(&office.desk, "baru", &once) else {
        panic!("a one-time password opens nothing but its change");
    };
    let id = RequestId([7; 16]);
    met.refuses("password_needed", || {
        office.desk.act(&restricted, id, None, Intent::Claim)
    });
}

#[test]
fn who_was_disabled_meanwhile_or_has_a_one_time_password_can_do_and_read_nothing() {
    let staff = [Someone::new("satu", "Petugas Satu UJI", &[Role::Op])];
    let office = Office::open(&staff);
    let met = Met {
        office: &office,
        rules: RefCell::default(),
    };
    office.drain();
    let key = office.certificate("kepala");
    office.submitted("kepala", &key, &["lupa-passphrase"]);
    let before = office.who("satu").clone();
    let queue = |who| office.desk.queue(who, &QueueQuery::default()).ids.len();
    assert!(office.desk.crls(&before, None, 10).is_ok());
    assert_eq!(queue(&before), 1);
    office
        .desk
        .change_account(office.admin(), office.id("satu"), &AccountChange::Disable)
        .unwrap();
    met.refuses("not_found", || office.desk.issue_crl(&before, None));
    assert!(office.desk.crls(&before, None, 10).is_err());
    assert!(office.desk.mails(&before, None, 10).is_err());
    assert!(office.desk.dashboard(&before).is_err());
    assert_eq!(queue(&before), 0);

    let new = Someone::new("baru", "Admin Baru UJI", &[Role::Auditor]);
    let (_, once) = office
        .desk
        .create_account(office.admin(), &new_account(&new))
        .unwrap();
    let Login::MustChangePassword(restricted) = login(&office.desk, "baru", &once) else {
        panic!("a one-time password opens nothing but its change");
    };
    let mut export = Vec::new();
    met.refuses("password_needed", || {
        office.desk.export_log(&restricted, &mut export)
    });
    assert_eq!(export, b"");
    assert_eq!(queue(&restricted), 0);
    assert!(office.desk.log(&restricted, None, 10).is_err());
    office.checks_out();
}
