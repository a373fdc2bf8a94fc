## Taking over what others revoked and issued.

cli-certificate-unknown = (certificate unknown here)
cli-confirmed = { $count } adopted entries of { $issuer } are confirmed.
cli-adopted = Revocations adopted
cli-would-adopt = Revocations to adopt
cli-adopted-known = Revocations known already
cli-taken-over = Taken over: { $adopted } revocations, { $known } known already.

# Restoring a backup

error-last-number-needed = No published CRL of { $issuer } can be read here, so the numbers given after the backup are unknown.
error-last-number-needed-hint = Give a copy of the published CRL (--crl F), or look up the last number that was published and give it: --last-crl-number N.
error-desk-key-needed = { $path } is missing: the backup is sealed under this key.
error-desk-key-needed-hint = Bring back desk.key (mode 0600) from where it is kept apart from the backups, then restore again.
cli-restore-live = A desk runs on { $path }; nothing is restored under it.
cli-restore-live-hint = Stop it first (systemctl stop ams), then restore.
cli-restored = { $path } is restored: { $rows } log entries, backup { $sha256 }.
cli-restored-origin = The log goes on under the new origin { $origin }.
cli-restored-issuer = { $issuer }: the next CRL gets a number above { $number }; { $adopted } revocations adopted that the backup lacked.
cli-restored-aside = What was there before lies in { $path }.
cli-restored-next = Now: ams check, then ams serve. Confirm what was adopted: ams cert adopted.

# Watched folders

cli-watching = { $path } is watched: the running desk takes in what comes there.
cli-unwatched = { $path } is not watched any more; what was taken in stays.
cli-folder = Folder
cli-looked = Looked at
cli-files = Files
cli-waiting-files = Waiting
cli-folder-gone = cannot be looked into: { $why }
cli-not-looked = not yet (by a running desk)

## Adopted revocations

place-adopted = Adopted
field-adopted = Adopted
adopted-waiting = { $count } revocations wait for a confirmation (a)
adopted-title = Adopted for { $issuer }, not yet confirmed
adopted-none = No revocation waits for a confirmation.
adopted-count = Entries
adopted-and-more = and { $count } more
adopted-found = Found
adopted-found-on = on CRL number { $number }
adopted-found-elsewhere = not on a CRL; it is on none yet
adopted-held-note = Suspended elsewhere: once confirmed, release or revoke it like any other certificate.
adopted-consequence = Confirming says that these revocations are right; they stay on every CRL, and it cannot be taken back.
adopted-all-consequence = All that wait are said to be right, those that no screen shows too; it is logged as one act.
adopted-confirmed = { $count } revocations confirmed.
adopted-overtaken = Somebody else confirmed one of them; nothing was changed.
column-reason-code = Reason code
action-adopted = Adopted
    .help = Opens the revocations decided elsewhere that wait for a confirmation
action-confirm-adopted = Confirm
    .help = Confirms the marked revocations, or the one under the cursor
action-confirm-all-adopted = Confirm all
    .help = Confirms every revocation of this issuer that waits
