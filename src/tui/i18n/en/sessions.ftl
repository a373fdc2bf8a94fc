## Sessions and the shared desk

session-open = open
session-locked = locked
session-left = dropped
session-failed = ams: this session failed; nothing that was saved is lost. Please log in again.
session-ended = ams: an admin ended this session.
session-desk-stops = ams: the desk is stopping; what you typed is kept.
session-too-long = ams: the session has reached its longest time; what you typed is kept. Please log in again.
session-too-many = Too many connections of this user. Close one, then try again.
session-no-demo = --as works on a demo folder only, for its owner.

cli-serving = The desk is ready at { $path }.
cli-others-here = ams: others are still at this desk ({ $count }); it goes on until all have left. Ctrl-C stops it now.
cli-desk-down = The desk is not running: nothing listens at { $path }.
cli-desk-down-hint = Tell the admin; on the server: systemctl status ams.
cli-desk-went = The connection to the desk broke.
cli-desk-went-hint = Nothing that was saved is lost. Run ams again.
cli-desk-says = { $words }
cli-connection = The connection to the desk cannot be used: { $detail }
cli-not-for-a-desk = A desk does not run this command.
cli-ssh-quotes = The quotes of the command over SSH do not match.
cli-ssh-option = { $option } does not work over SSH.
cli-ssh-option-hint = The server says which desk is used.
cli-ssh-path = Over SSH only standard input and output (-) can be used, not { $path }.
cli-ssh-path-hint = For example with the code that the form shows: ssh desk ams letter put K7QF < letter.pdf
cli-ssh-command = “ams { $command }” does not work over SSH.
cli-session-ended = Session { $id } ended.
session-screen = Screen
session-begun = Begun
session-last-input = Last active
error-letter-code = That letter code is not valid.
error-letter-code-hint = See the code that the form shows; it is good for a short while and for the same user only.
cli-letter-came = A letter of { $size } was received for { $number }.

session-title = Session
sessions-none = Nobody is at the desk.
session-nobody = not logged in
session-locked-note = Covered after a while without a key; it opens to its person alone.
session-left-note = The link dropped; the same person can take it up again for a while after a new login.
end-session-consequence = The screen closes at once; what was typed there and not yet saved is lost.

action-end-session = End
    .help = Ends the session at once; the act is logged
    .done = Session ended.
session-silent = ams: this terminal did not answer for a long time; its session was kept. Please log in again.
