## CRL

column-issuer = Issuer
column-key = Key
column-crl-number = Number
column-entries = Entries
column-this-update = Issued
column-next-update = Next update
column-waiting = Waiting
column-path = File
tab-crl-facts = Summary
tab-crl-history = History
tab-crl-next = Next CRL

field-ca-until = CA valid until
field-passphrase = Key passphrase
truth-1 = 1 Decided
truth-2 = 2 On a CRL
truth-3 = 3 Seen
crl-seen = at its publication point since { $at }
crl-not-seen = not yet seen at its publication point
crl-read-back = read back { $at } from { $path }; its publication point is not looked at (crl.outside_look)
crl-nothing-new = The next CRL has the same entries.
crl-adds = Adds
crl-removes = Removes
crl-issued = CRL number { $number } issued and read back.
crl-check-title = Check of CRL number { $number }
crl-check-passed = All rules are kept ({ $count } lines).
crl-check-broken = { $count } rules are broken.
verdict-ok = ok
verdict-broken = BROKEN
verdict-not-checked = –

action-issue-crl = Issue
    .help = Issues a new CRL now
action-check-crl = Check CRL
    .help = Checks the published CRL against the table of rules of RFC 5280
action-unlock-key = Unlock key
    .help = Opens the signing key with its passphrase
    .done = Key unlocked.
