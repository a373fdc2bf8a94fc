## Applicant: certificates, form and requests

my-certificates-none = No certificate is registered for this account. Ask an officer if there should be one.
certificates-of = Certificates of { $name }
prompt-username = User name:{" "}
my-requests-none = No request yet. File one from the screen My certificates.
my-requests-steps = Nine steps

field-certificate = Certificate
apply-step-1 = 1 Certificate
apply-step-2 = 2 Reasons
apply-step-3 = 3 Letter
apply-step-4 = 4 Submit
apply-reasons = Reasons
apply-misuse = Used by others?
apply-file = Letter file
apply-follows = Letter follows
apply-version = version { $version }
apply-letter-follows = follows within 3 working days
apply-missing = not filled in
apply-ready = Complete. Ctrl-X submits this request.
apply-saved = Saved.
apply-not-saved = The field that does not fit was not saved.
apply-draft-kept = Draft kept; go on from the screen My requests.
apply-submitted = Request { $number } submitted.
apply-letter-attached = Letter version { $version } attached.
apply-letter-form = Ctrl-T saves the statement-letter form (PDF) to be printed and signed. Letter: PDF, JPEG or PNG, 1 MB at most.
apply-letter-put = From another computer: ssh desk ams letter put { $request } < letter.pdf
apply-last-step = this is the last step: Ctrl-X submits
apply-first-step = this is the first step
apply-submit-last = the request is submitted in step 4
apply-certificate-first = choose the certificate first

misuse-unanswered = not answered
misuse-is-possible = possibly
misuse-is-ruled-out = ruled out

guide-title = Technical guide
guide-1 = Choose every reason that the statement letter names, at least one.
guide-2 = A revocation cannot be undone. Without it no new certificate can be applied for.
guide-3 = No officer will ever ask for the passphrase.
guide-misuse = Might others be using the lost certificate? “Ruled out” is a proposal only; the officer decides.
guide-invalidity = When the key is thought to have been lost or known to others (YYYY-MM-DD). May stay empty.
guide-lupa-passphrase = The passphrase is forgotten but not known to others.
guide-perubahan-data = Name, NIP, position or agency in the certificate has changed.
guide-kehilangan = The certificate's file or device is lost. Urgent: may be filed before the letter.
guide-kompromi-kunci = Others know the key or passphrase. Urgent: may be filed before the letter.
guide-mutasi = Transfer to another unit or agency.
guide-berhenti = No longer in office; the details do not show on the CRL.
guide-digantikan = A new certificate has been issued in place of the old one.
guide-penyalahgunaan = For officers only: the certificate was misused or its data are false.
guide-penangguhan = Suspended for a time; decided within 30 days.
guide-lainnya = Another reason; write it in the statement letter.

action-other-applicant = Other applicant
    .help = Shows the certificates of an accompanied applicant, by user name
action-fill-form = Form
    .help = Goes on with a draft, mends what was returned, or hands in the letter that follows
action-receipt = Receipt
    .help = Saves a receipt from the log with its inclusion proofs
action-next-step = Next
    .help = Next step of the form (so does PgDn)
action-previous-step = Previous
    .help = Previous step of the form (so does PgUp)
action-write-form = Form as PDF
    .help = Saves the filled-in statement-letter form as a PDF
