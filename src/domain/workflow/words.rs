//! Stable names of the table's words and their meaning in plain English, for the manual and the log of refusals.

use super::{Act, Need, Who};

macro_rules! words {
    ($kind:ident: $($word:ident = $name:literal, $meaning:literal;)+) => {
        impl $kind {
            /// Every word, in the order of the table.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$word),+];

            /// The stable name in code, keys of messages and the manual.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$word => $name,)+
                }
            }

            /// What it means, in plain English.
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$word => $meaning,)+
                }
            }
        }
    };
}

words! { Act:
    Draft = "draft", "begin a request on a certificate";
    Edit = "edit", "save a field of the form";
    AttachLetter = "attach_letter", "attach a version of the letter";
    Submit = "submit", "submit with the letter";
    SubmitUrgent = "submit_urgent", "submit before the letter, which follows";
    FollowLetter = "follow_letter", "hand in the letter that was to follow";
    Resubmit = "resubmit", "submit again after a return";
    ConsentToWithdraw = "consent_to_withdraw", "agree to the withdrawal of a request after loss or compromise";
    Withdraw = "withdraw", "withdraw";
    Claim = "claim", "take for checking, or take over";
    Release = "release", "give the claim back, or let it lapse";
    Touch = "touch", "renew the lease of the claim";
    Return = "return", "return for correction";
    ReturnMismatch = "return_mismatch", "return because the subject DN does not match";
    Recall = "recall", "take a return or rejection back before its mail goes";
    Reject = "reject", "reject";
    Verify = "verify", "find data and file in order";
    ChangeReason = "change_reason", "put another reason code in place";
    Match = "match", "find certificate, username and subject DN in agreement";
    Approve = "approve", "approve as second officer";
    Revoke = "revoke", "revoke or suspend now";
    Schedule = "schedule", "decide now, revoke at an effective date";
    RevokeScheduled = "revoke_scheduled", "carry out a deferred revocation";
    Publish = "publish", "see the entry on a published CRL";
    Notify = "notify", "have the notification accepted by the mail server";
    RecordNotice = "record_notice", "record that the applicant was told another way";
    Acknowledge = "acknowledge", "confirm that the notification was received";
    CloseRevoked = "close_revoked", "close: the certificate was revoked otherwise";
    CloseExpired = "close_expired", "close: the certificate has expired";
    Hold = "hold", "suspend a certificate";
    ReleaseHold = "release_hold", "end a suspension";
}

words! { Who:
    Applicant = "applicant", "the owner, for a request in his own name";
    Owner = "owner", "the owner of the certificate";
    OnBehalf = "on_behalf", "a companion or officer who files for the owner";
    Filer = "filer", "who filed it for the owner";
    Companion = "companion", "the companion on the request";
    Officer = "officer", "an OP in scope: not owner, filer or companion (break-glass and policy aside)";
    Recorder = "recorder", "an OP in scope, not the owner";
    SecondOfficer = "second_officer", "an OP in scope: not owner, filer, companion or the one who matched";
    Admin = "admin", "an admin";
    System = "system", "the desk itself";
}

words! { Need:
    CertificateOwned = "certificate_owned", "the certificate belongs to an account";
    NoOtherRequest = "no_other_request", "no other open request on the certificate";
    Revocable = "revocable", "the certificate can still be revoked (or its reason become keyCompromise)";
    RequesterFits = "requester_fits", "the requester kind fits who files";
    CompanionFits = "companion_fits", "the companion is another person; the officer who is there stays recorded";
    FieldFits = "field_fits", "the field is well-formed and its reason allowed";
    LetterDataOpen = "letter_data_open", "the letter was to follow and it or its data are missing";
    LetterFits = "letter_fits", "the letter is not empty nor too large";
    LetterAwaited = "letter_awaited", "a letter is awaited";
    Reasons = "reasons", "at least one reason, all known and compatible";
    MisuseAnswered = "misuse_answered", "answered whether others may use the key, where asked";
    Letter = "letter", "a letter is attached";
    LetterData = "letter_data", "number, date, superior, NIP and approval of the letter";
    UrgentReason = "urgent_reason", "a reason that may go before its letter";
    Signature = "signature", "the certificate's signature verifies against its issuer";
    NewLetter = "new_letter", "a letter version newer than the return";
    ConsentWanted = "consent_wanted", "loss or compromise was claimed, consent not yet given";
    Consent = "consent", "after loss or compromise, an officer's consent";
    ClaimFree = "claim_free", "no live claim of another officer";
    Claimed = "claimed", "the actor's own live claim";
    ClaimOwn = "claim_own", "the actor's own claim, lapsed or not";
    ClaimThere = "claim_there", "a claim";
    LeaseOver = "lease_over", "the lease of the claim is over";
    Items = "items", "at least one failed item";
    Note = "note", "a note";
    OwnReturn = "own_return", "the actor himself returned or rejected it";
    MailWaiting = "mail_waiting", "the mail has not gone and the send delay is not over";
    Checklist = "checklist", "the whole checklist of step 5";
    ReasonFits = "reason_fits", "the code may be written and the invalidity date lies within bounds";
    SameCertificate = "same_certificate", "the very certificate (SHA-256 of its DER)";
    NamesAgree = "names_agree", "username and every RDN agree";
    ApprovalWanted = "approval_wanted", "four-eyes asks for an approval that is not there";
    Password = "password", "the password again";
    LastFour = "last_four", "the last four hex digits of the serial";
    Approval = "approval", "where four-eyes asks: a valid approval, or break-glass";
    Deferrable = "deferrable", "not keyCompromise; the date lies ahead and before expiry";
    Due = "due", "the effective date has come";
    OnCrl = "on_crl", "on a CRL that was published and read back";
    Channel = "channel", "the channel named";
    WaitOver = "wait_over", "the time to answer is over";
    RevokedOtherwise = "revoked_otherwise", "the certificate is revoked and nothing is left to change";
    Expired = "expired", "the certificate has expired";
    Holdable = "holdable", "policy allows suspension and the certificate is active";
    Held = "held", "the certificate is held and that stands on a published CRL";
    HoldApproval = "hold_approval", "where four-eyes asks: an independent second officer";
}
