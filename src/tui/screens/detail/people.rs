//! The tabs `data pemohon` and `catatan`: who asks, and what was said on the way.

use super::*;

pub(super) fn applicant(out: &mut Fields, detail: &RequestDetail) {
    let look = out.look;
    let account = &detail.owner.account;
    let none = DASH.to_owned();
    out.plain("item-name", &account.name);
    out.plain("field-username", account.username.as_str());
    let nip = account.nip.as_ref().map_or(none.clone(), |nip| {
        let form = if nip.looks_regular() {
            "nip-regular"
        } else {
            "nip-irregular"
        };
        format!("{nip} ({})", look.texts.get(form))
    });
    out.plain("item-nip", &nip);
    out.plain(
        "field-nik",
        detail.owner.nik_masked.as_ref().unwrap_or(&none),
    );
    out.plain("item-agency", &account.agency);
    out.plain("field-unit", &account.unit);
    out.plain("item-position", &account.position);
    out.plain("item-email", &account.email);
    let certificates = detail.owner.active_certificates.to_string();
    out.plain("detail-active-certificates", &certificates);
    out.plain(
        "detail-requester",
        &look
            .texts
            .get(refusals::requester(detail.request.requester)),
    );
    out.plain("detail-filer", &detail.filer);
    out.plain(
        "detail-companion",
        detail.companion.as_ref().unwrap_or(&none),
    );
    if detail.may_apply_anew {
        out.text(&look.texts.get("may-apply-anew"), Tone::Good);
    }
}

pub(super) fn notes(out: &mut Fields, detail: &RequestDetail) {
    let look = out.look;
    let (texts, format) = (look.texts, look.format());
    let request = &detail.request;
    let misuse = match request.misuse {
        Misuse::Unanswered => None,
        Misuse::Possible => Some("misuse-possible"),
        Misuse::RuledOut => Some("misuse-ruled-out"),
    };
    if let Some(misuse) = misuse {
        out.plain("detail-misuse", &texts.get(misuse));
    }
    if let Some(date) = request.invalidity_date {
        out.plain("field-invalidity-date", &format.date(date));
    }
    if let Some((code, note)) = &request.changed_reason {
        out.plain("detail-changed-reason", &format!("{}: {note}", code.name()));
    }
    for back in request.returns.iter().rev() {
        let items: Vec<String> = back
            .items
            .iter()
            .map(|i| texts.get(&format!("item-{}", i.name())))
            .collect();
        let text = format!(
            "{} ({}): {}",
            format.short(back.at),
            items.join(", "),
            back.note
        );
        out.field("detail-returned", &text, Tone::Warning);
    }
    if let Some(rejection) = &request.rejection {
        let text = format!("{}: {}", format.short(rejection.at), rejection.note);
        out.field("detail-rejected", &text, Tone::Bad);
    }
    if let Some(notice) = &request.notice {
        let channel = match &notice.channel {
            Channel::Mail => texts.get("channel-mail"),
            Channel::Other(channel) => channel.clone(),
        };
        out.plain(
            "detail-notice",
            &format!("{} ({channel})", format.short(notice.at)),
        );
    }
    for mail in &detail.mails {
        let text = format!(
            "{} {}: {} {}",
            format.short(mail.queued_at),
            texts.get(mail_status(mail.status)),
            mail.subject,
            mail.answer.as_deref().unwrap_or_default()
        );
        out.plain("detail-mail", text.trim_end());
    }
    if out.lines.is_empty() {
        out.text(&texts.get("notes-none"), Tone::Muted);
    }
}
