## Outbox

column-time = Time
column-mail-status = Status
column-request = Request
column-to = To
column-subject = Subject
mail-title = Notification
mail-queued = Queued
mail-attempts = Attempts
mail-next-attempt = Next attempt
mail-answer = Server's answer
mail-sent-already = sent already
mail-was-cancelled = cancelled before it was sent
mails-none = No notification yet.
list-cut = first { $shown } rows: narrow the search
list-total = { $count } rows
list-looking = { $shown } rows so far: ↓ looks on
list-looking-none = Nothing among the rows looked at so far: ↓ looks on.

action-retry-mail = Send again
    .help = Sends a failed or waiting mail again
    .done = Mail is being sent again.
