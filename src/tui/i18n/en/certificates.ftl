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

action-release-hold = Release hold
    .help = Makes a held certificate active again; asks the password and the last four digits
    .done = The hold is released; the certificate leaves the next CRL.
action-approve-release = Approve release
    .help = Second officer's yes to the end of a suspension; asks for password and last four
    .done = Approved; another officer may now release the hold.
approve-release-consequence = Another officer may then end the suspension; the yes holds for this suspension only.
field-release-approved = Release approved
