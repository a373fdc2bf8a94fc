## Words used everywhere.

unit-minutes = min
unit-hours = h
unit-days = d

month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

screen-dashboard = Dashboard
screen-queue = Queue
screen-certificates = Certificates
screen-crl = CRL
screen-mails = Mail
screen-log = Log
screen-accounts = Accounts
screen-my-certificates = My certificates
screen-my-requests = My requests
screen-sessions = Sessions

place-login = Log in
place-request = Request
place-review = Review
place-filing = Request revocation
place-form = Form
place-danger = Confirmation
place-choice = List
place-prompt = Typing

role-pemohon = applicant
role-pendamping = companion
role-op = officer
role-auditor = auditor
role-admin = admin

state-draf = Draft
state-diajukan = Submitted
state-diperiksa = In review
state-dikembalikan = Returned
state-data_sesuai = Data in order
state-dn_cocok = DN matched
state-terjadwal = Scheduled
state-dicabut = Revoked
state-diberitahukan = Notified
state-selesai = Completed
state-ditolak = Rejected
state-ditarik = Withdrawn
state-ditutup = Closed

item-name = Name
item-nip = NIP
item-agency = Agency
item-position = Position
item-email = Office e-mail
item-letter = Letter complete
item-approval = Superior's approval
item-reason = Reason
item-dn = Subject DN

letter-field-number = letter number
letter-field-date = letter date
letter-field-superior_name = superior's name
letter-field-superior_nip = superior's NIP
letter-field-approval = superior's approval

requester-subscriber = certificate owner
requester-agency = agency
requester-ca = issuer
requester-third-party = third party

actor-system = system

bar-link = link { $seconds } s
window-too-small = The window is too small: at least 40 x 10 is needed.
confirm-too-fast = The keys came too fast: read first, then press once more.

palette-title = Commands
help-title = Help: { $place }
messages-title = Messages
messages-none = No messages yet.
greyed-because = not possible: { $why }

keys-key = Key
keys-action = Action
keys-help = What it does

why-nothing-selected = no row is selected
why-not-read = the detail has not been read yet
why-not-offered = not an act for this request
why-incomplete = fields are still missing
why-nothing = there is nothing to work on
why-too-narrow = the window is too narrow
word-or = or
why-role = needs the role { $roles }

error-wrong-password = Wrong password.
error-wait = Try again in { $minutes } min.
error-key-locked = The key of issuer { $issuer } is locked.
error-key-locked-hint = An admin opens it with “ams ca unlock”.
error-clock-in-doubt = The clock shows { $now }, and the last entry of the log is of { $last }: no CRL is signed.
error-clock-in-doubt-hint = Check the server’s clock. If the time is right, an officer confirms it on the CRL screen or with “ams crl confirm-clock”.
error-point-not-named = No certificate of { $issuer } names the distribution point { $uri }.
error-point-not-named-hint = A partitioned CRL is of use only where certificates name it; “ams ca show” lists those that are named.
error-changed-meanwhile = { $what } was changed by somebody else in the meantime.
error-changed-meanwhile-hint = Read the newest state, then try again.
error-work-broken = The work broke down.
error-work-broken-hint = See what became of it before you try again; the report is in the program's journal.
form-url-or-none = an http or https URL, or nothing
form-hours-or-none = whole hours, or nothing for the desk's
form-minutes = whole minutes
form-points-or-none = URIs that certificates name, separated by blanks; or nothing
error-period-too-often = A CRL every { $every } hours is too often.
error-period-too-often-hint = The shortest interval is { $shortest } hours.
error-period-no-slack = A CRL every { $every } hours that holds for { $valid } hours: one renewal that fails leaves none that is valid.
error-period-no-slack-hint = The validity must be at least twice the interval.
error-period-too-long = A validity of { $valid } hours is too long.
error-period-too-long-hint = The longest is { $longest } hours.
error-ca-expired = The certificate of issuer { $issuer } expired on { $at }: it signs no more CRLs.
error-ca-expired-hint = Its history stays here; revocations of its certificates have no effect any more.
dialog-keys = { $action }: ^X carries it out
dialog-working = Under way … Esc closes this; the work goes on.

## Settings
action-settings = Settings
    .help = Language and theme of the screen, and how long the link takes
field-theme = Theme
theme-plain = Default
theme-high-contrast = High contrast
theme-mono = No colours
settings-link = Link
settings-round-trip = { $millis } ms there and back
settings-terminal = Terminal
settings-colours = with colours
settings-no-colours = no colours
