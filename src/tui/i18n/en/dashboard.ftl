## Dashboard, alarms and report

dashboard-open = To be done { $count }
dashboard-urgent = Urgent { $count }
dashboard-late = Over 24 h { $count }
dashboard-mine = Mine { $count }
dashboard-letters = Letters overdue { $count }
dashboard-states = Requests
dashboard-steps = Standard times, 30 days (min)
dashboard-step-late = { $count } late
dashboard-unmeasured = not measured yet
dashboard-revocations = Revocations, 30 days: { $sum }, today { $today }
dashboard-crl = Certificate revocation list (CRL)
dashboard-on-crl = on CRL number { $number }: { $entries } entries
dashboard-next-update = next update { $at }
dashboard-waiting = { $count } decided, not on a CRL yet
dashboard-mails = Mail: { $waiting } waiting, { $failed } failed
dashboard-log = Log: { $size } entries, signed up to { $signed }
dashboard-queue = First in the queue
dashboard-certificates = Certificates

sop-1 = Letter
sop-2 = Login
sop-3 = Filing
sop-4 = Letter attached
sop-5 = Data and file
sop-6 = Subject DN
sop-7 = Revocation
sop-8 = Notification
sop-9 = Receipt

alarm-key-locked = The key of { $issuer } is locked: no CRL is signed.
alarm-ca-expired = The CA certificate of { $issuer } has expired: no new CRL.
alarm-signer-ended = The signing process of { $issuer } ended unexpectedly; it starts anew at the next CRL.
alarm-signer-ended-locked = The signing process of { $issuer } ended unexpectedly: its key is locked again.
alarm-crl-expiring = The CRL of { $issuer } ends { $at }.
alarm-history-not-kept = The copy of a published CRL was not kept: { $problem }
alarm-crl-not-published = The CRL of { $issuer } is not published: { $problem }
alarm-crl-not-seen = CRL number { $number } of { $issuer } is not seen at { $url }: { $problem }
alarm-unknown-revoked = { $count } revocations of { $issuer } were decided elsewhere and adopted: confirm them.
alarm-watched-folder-gone = The watched folder { $path } cannot be looked into: nothing from there comes in.
alarm-mail-failing = { $count } mails failed.
alarm-mail-down = No mail leaves at all: { $answer }
alarm-break-glass = { $number } was decided by one officer: review on the next working day.
alarm-hold-undecided = The suspension of { $serial } has been undecided for over 30 days.
alarm-letter-overdue = The letter that was to follow for { $number } is overdue.
alarm-grant-pending = A grant to { $username } waits; in effect { $at }.
alarm-clock-jumped = The clock jumped (last entry { $at }): no CRL is signed until the time is synchronised or confirmed on the CRL screen.
alarm-clock-behind = The clock is behind the published CRL of { $issuer } ({ $at }): nothing leaves the list.

key-open = key open
key-locked = key locked
key-missing = no key
key-expired = CA expired
crl-no-issuer = No issuer yet: “ams ca add” or “ams ca demo”.
crl-never = No CRL issued yet.

place-report = Report
report-title = SOP report { $month }: { $count } requests decided, { $late } over the standard time
report-standard = Standard
report-none = No request was decided in this month.

action-report = Report
    .help = Opens this month's SOP report; left and right change the month
action-export-report = Save CSV
    .help = Saves this month's report as a CSV file
