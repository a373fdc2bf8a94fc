## Batches

batch-would = { $acts }
batch-did = done: { $acts }
batch-already = done already
batch-act-claim = claim
batch-act-revoke = revoke
batch-act-schedule = revoke later
batch-act-approve = approve
batch-row-unreadable = The line cannot be read: { $why }.
batch-row-number_form = The request number is not of the form PC-YYYY-NNNNNN.
batch-row-serial_missing = The serial is missing: it shows that the certificate was looked at.
batch-row-serial_form = The serial is not hex digits: whole, or beside a number its last four at least.
batch-row-effective_form = The effective date is not YYYY-MM-DD nor RFC 3339.
batch-row-repeated = Line { $line } names the same.
batch-row-no_certificate = No certificate has this serial.
batch-row-several_issuers = Certificates of several issuers have this serial: name the request number, or a column issuer.
batch-row-no_request = No request stands on this certificate: file one first.
batch-title-decision = { $action }: { $possible } possible, { $already } done already, { $refused } refused; ^X carries it out
batch-title-done = { $action }: { $done } done, { $already } done already, { $refused } refused; Esc
batch-consequence = Cannot be undone for any row: they go on the CRL.
field-batch-count = Number of rows
batch-count-form = type how many rows of the table are possible
cli-batch-result = Result
cli-batch-summary = Possible { $possible } · done { $done } · done already { $already } · refused { $refused } · wrong rows { $broken }
cli-batch-confirm = Dry run: nothing was changed. To carry it out: --apply --confirm { $count }
cli-batch-too-long = The file has more than 100 000 rows or 16 MiB.
cli-batch-too-long-hint = Split it.
cli-batch-no-serial = The first line must name the columns, among them serial.
cli-batch-no-serial-hint = For example: number,serial,effective
cli-batch-column = There is no column { $name }.
cli-batch-column-hint = The columns are number, serial, issuer and effective.
cli-batch-unreadable = The file is no CSV: { $why }.

## Certificates over one key

cli-shares-key = Certificates over the same key
cli-shares-key-field = Same key
cli-shares-key-hidden = { $count } more certificates over this key are not yours to see; an officer with a wider scope has them.
cli-shares-key-file = They are compromised too. To file for them: ams request shared { $number } --file
action-shared-key = Same key
    .help = After a compromise: the other certificates over the same key, and a request for each
field-shared-key = Same key
shared-key-consequence = A request is filed for each that nobody has asked for yet ({ $count }); each is checked and decided for itself.
shared-key-filed = { $count } requests filed for the same key.
shared-key-hidden = { $count } more outside your scope
shared-key-remain = { $count } more certificates over this key are not revoked as compromised
shared-key-none = no other certificate over this key waits for a request
shared-key-sound = the request does not say that the key is compromised
