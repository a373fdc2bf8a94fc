## Certificates

column-serial = Serial
column-certificate-status = Status
column-valid-until = Valid until
column-subject-cn = Name
column-owner = Owner
certificates-all = Any status
certificates-none = No certificate fits.
field-open-request = Request
file-expired = the certificate has expired: it needs no revocation and will not be on the CRL
file-revoked = the certificate is revoked for key compromise already
file-no-owner = the certificate's owner is unknown: ask an admin to link it
file-own-certificate = a certificate of your own is filed from the screen My certificates

action-status-filter = Status
    .help = Shows one status only: active, held, revoked, expired, then all
action-file-request = File
    .help = Files a request to revoke the selected certificate

action-hold = Suspend
    .help = Suspends an active certificate (policy allow_hold); asks the password and the last four digits
    .done = The certificate is suspended; its entry goes on the next CRL.
action-release-hold = Release hold
    .help = Makes a held certificate active again; asks the password and the last four digits
    .done = The hold is released; the certificate leaves the next CRL.
action-approve-suspension = Approve as second
    .help = Second officer's yes to a suspension or to its end; asks for password and last four
    .done = Approved; another officer may now carry it out.
approve-hold-consequence = Another officer may then suspend it, within a day; any change of the certificate voids the yes.
approve-release-consequence = Another officer may then end the suspension, within a day; the yes holds for this suspension only.
field-suspension-approved = Second officer

filter-unknown-field = { $value }: unknown field; there are { $known }
filter-unknown-state = { $value }: unknown status
filter-bad-age = { $value }: an age is written >1d, <4h or >30m
filter-bad-flag = { $value }: yes or no
filter-bad-serial = { $value }: a serial is hex digits
filter-bad-nip = { $value }: a NIP is digits
error-several-serials = { $digits }: the serials of several certificates begin or end so.
error-several-serials-hint = Give the whole serial: { $candidates }
