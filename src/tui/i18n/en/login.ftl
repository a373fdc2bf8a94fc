## Log in

login-title = AMS: revocation of electronic certificates
login-demo = Demo accounts (arrow down selects, Enter logs in):
login-wrong = Wrong user name or password.
login-throttled = Too many attempts. Try again in { $minutes } min.
login-code-intro = Enter the six-digit code of the authenticator app.
login-new-password-intro = This password is for the first login only. Choose a new one of at least 15 characters (8 where an authenticator code is used).
login-enrol-title = Enrol an authenticator
login-enrol-scan = This account must use an authenticator. Scan this QR code with the authenticator app or type the key, then enter the six-digit code that it shows.
login-enrol-small = This account must use an authenticator. Type this key into the authenticator app, then enter the six-digit code that it shows. The QR code needs a window of { $columns }x{ $rows }.
login-enrol-plain = This account must use an authenticator. This terminal cannot draw a QR code: type this key into the authenticator app, then enter the six-digit code that it shows.
login-enrolled = Authenticator enrolled. Enter the next code to log in.
login-secret = Key:
login-passwords-differ = The two passwords differ.

field-username = User name
field-password = Password
field-code = Code
field-new-password = New password
field-repeat-password = Repeat

password-too-short = Too short: at least { $min } characters.
password-too-long = Too long: at most { $max } bytes.
password-blocked = This password is on a list of leaked ones.
password-contains-name = The password must not contain the user name.
password-wrong-old = The old password is wrong.
password-unchanged = The new password must differ from the old one.

login-locked = The screen was locked after a long pause. Enter the password to go on.
