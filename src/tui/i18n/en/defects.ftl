## What is wrong with certificates and keys that come in

# Certificates: the container

defect-unreadable = It cannot be read: { $why }.
defect-empty-input = There is nothing in the input.
defect-not-a-certificate = This is { $what }, not a certificate.
defect-pem-not-ended = The PEM block has no END line.
defect-pem-not-begun = A PEM END line has no BEGIN line.
defect-pem-labels-differ = The PEM block begins as { $begin } and ends as { $end }.
defect-pem-damaged = The PEM block is not clean base64 in line { $line }.
defect-pem-empty = The PEM block is empty.
defect-too-large = Larger than { $limit } bytes, which no certificate needs.
defect-file-too-large = The file is larger than { $limit } bytes.
defect-pkcs7-without-certificates = The PKCS#7 file holds no certificates.

# Certificates: the encoding (X.690)

defect-truncated = The data end at byte { $offset }, in the middle of an element.
defect-truncated-hint = Copy or export the file again.
defect-overruns-parent = The element at byte { $offset } is longer than the one around it.
defect-indefinite-length = The element at byte { $offset } has an indefinite length, which DER forbids.
defect-non-minimal-length = The length at byte { $offset } is not in its shortest form, which DER demands.
defect-trailing-bytes = { $count } bytes follow at byte { $offset } where the element should end.
defect-unexpected-element = The element at byte { $offset } has tag { $found } where { $expected } belongs.
defect-missing-element = An element of tag { $expected } is missing at byte { $offset }.
defect-malformed = The value at byte { $offset } is not { $what }.

# Certificates: the fields (RFC 5280 §4.1)

defect-wrong-version = Its version is { $found }; only version 3 is read (RFC 5280 §4.1.2.1).
defect-negative-serial = Its serial number is negative (RFC 5280 §4.1.2.2).
defect-zero-serial = Its serial number is zero (RFC 5280 §4.1.2.2).
defect-serial-too-long = Its serial number has { $octets } bytes; at most 20 are allowed (RFC 5280 §4.1.2.2).
defect-padded-serial = Its serial number is padded with a needless byte (X.690 §8.3.2).
defect-inner-outer-algorithm-differ = It names { $inner } inside and { $outer } outside as signature algorithm (RFC 5280 §4.1.1.2).
defect-wrong-algorithm-parameters = The parameters of its signature algorithm { $algorithm } are wrong.
defect-empty-issuer = Its issuer is empty (RFC 5280 §4.1.2.4).
defect-empty-subject = Its subject is empty and no critical subjectAltName stands in for it (RFC 5280 §4.1.2.6).
defect-empty-rdn = Its name has an RDN without an attribute.
defect-bad-utf8 = Its { $field } is not valid UTF-8.
defect-bad-bmp-string = Its { $field } is not a valid BMPString.
defect-bad-universal-string = Its { $field } is not a valid UniversalString.
defect-bad-ascii-string = Its { $field } has a character beyond ASCII in an ASCII string type.
defect-control-in-name = Its { $field } contains a control or invisible character.
defect-bad-time = Its { $field } is not a time as RFC 5280 §4.1.2.5 wants it.
defect-validity-reversed = It ends ({ $not_after }) before it begins ({ $not_before }).
defect-bad-public-key = Its public key is not a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
defect-bad-signature-field = Its signature is not a BIT STRING of whole bytes.

# Certificates: the extensions (RFC 5280 §4.2)

defect-empty-extensions = The list of its extensions is empty.
defect-duplicate-extension = The extension { $extension } occurs twice (RFC 5280 §4.2).
defect-unknown-critical-extension = The critical extension { $oid } is unknown here (RFC 5280 §4.2).
defect-bad-extension = The content of its extension { $extension } is damaged.
defect-default-written-out = Its critical flag FALSE at byte { $offset } is written out, which DER forbids (X.690 §11.5).

# Certificates: what it is to the desk

defect-is-a-ca = It is a certificate of an authority, not of a person.
defect-is-a-ca-hint = Authorities are taken in with “ams ca add”.
defect-not-a-ca = It is not a certificate of an authority (basicConstraints, RFC 5280 §4.2.1.9).
defect-not-a-ca-hint = Give the certificate of the CA that signs the CRL, not one that it issued.
defect-may-not-sign-crls = Its keyUsage does not allow signing CRLs (RFC 5280 §4.2.1.3).
defect-may-not-sign-crls-hint = Have the CA's certificate issued again with keyUsage cRLSign; relying parties refuse CRLs without it.
defect-wrong-issuer = No authority of this desk is named { $issuer }.
defect-wrong-issuer-hint = Take the authority in with “ams ca add” first.
defect-authority-key-differs = The authority { $issuer } is here, but with another key than the certificate names.
defect-authority-key-differs-hint = Take in the authority's certificate of that key with “ams ca add”.
defect-not-yet-valid = It is valid only from { $not_before }.
defect-not-yet-valid-hint = Check the desk's clock, or wait until then.
defect-expired = It expired at { $not_after }.
defect-expired-hint = An expired certificate needs no revocation, and an expired CA signs no CRLs.
defect-unsupported-algorithm = Its signature algorithm { $algorithm } is not supported.
defect-bad-signature = Its signature does not verify with its issuer's key.
defect-serial-taken = Another certificate of this issuer has the serial { $serial } already.
defect-index-line = Line { $line } is none of an index of openssl ca.
defect-foreign-index = Line { $line } says another end for { $serial } than that certificate has: it is the index of another authority. Nothing was taken from it.
defect-unconfirmed-index = No line of the index is of a certificate that is known here. Take in the certificates first, or name the issuer with --issuer.

# Keys

key-fault-not-a-key = There is no private key in the file: this is { $what }.
key-fault-not-a-key-hint = Give the CA's private key: PKCS#8, SEC 1 or PKCS#1, as PEM or DER.
key-fault-several-keys = The file holds { $count } private keys.
key-fault-several-keys-hint = Give a file with only the CA's key.
key-fault-key-damaged = The key file is damaged or cut short.
key-fault-key-damaged-hint = Copy it again from its backup.
key-fault-needs-passphrase = The key is encrypted and needs its passphrase.
key-fault-needs-passphrase-hint = Add --passphrase-file FILE or --passphrase-fd N, or answer the question at the terminal.
key-fault-wrong-passphrase = The passphrase of the CA key is wrong.
key-fault-wrong-passphrase-hint = Try again; upper and lower case and spaces count.
key-fault-convert-key = { $what } is not read here.
key-fault-convert-key-hint = Convert it with: { $command }
key-fault-unsupported-key = { $what } signs no CRLs here.
key-fault-unsupported-key-hint = RSA of 2048 to 4096 bits, P-256, P-384 and Ed25519 are supported.
key-fault-inconsistent-key = The parts of the key do not belong together.
key-fault-inconsistent-key-hint = Copy the key file again from its backup.
key-fault-other-key = The key is not the one in the certificate.
key-fault-other-key-hint = Give the key that the CA's certificate was made for; “openssl pkey -in KEY -pubout” shows its public half.
key-fault-key-absent = The desk has no key of this CA.
key-fault-key-absent-hint = Give it with “ams ca add --cert FILE --key FILE”.
key-fault-signing-failed = Signing failed.
key-fault-signing-failed-hint = Try again; if it stays so, tell an admin.

key-form-old-pem = A key in the old encrypted PEM form
key-form-openssh = An OpenSSH key
key-form-other-label = A key of this kind
key-form-other-encryption = A key encrypted in this way
key-form-unnamed-curve = An EC key without the name of its curve
key-form-no-public-half = An EC key without its public half

key-kind-algorithm = A key of algorithm { $oid }
key-kind-curve = A key on the curve { $oid }
key-kind-rsa-too-short = An RSA key below 2048 bits
key-kind-rsa-too-long = An RSA key above 4096 bits
key-kind-rsa-primes = An RSA key with primes of unusual length

likeness-certificate = a certificate
likeness-crl = a CRL
likeness-request = a certificate signing request
likeness-key = a private key
likeness-encrypted-key = an encrypted private key
likeness-public-key = a public key
likeness-pkcs7 = a PKCS#7 file
likeness-pkcs7-other = a PKCS#7 file of another kind than SignedData
likeness-pkcs12 = a PKCS#12 file
likeness-parameters = key parameters
likeness-other-block = a PEM block of another kind
likeness-utf16 = text in UTF-16, which PEM never is
likeness-bare-base64 = base64 without its BEGIN and END lines
likeness-neither-pem-nor-der = data that are neither PEM nor DER
likeness-larger-than-any-key = a file larger than any key
likeness-other = something else

error-not-a-demo-ca = A demo folder takes only CAs with { $mark } in their name, not { $subject }.
error-not-a-demo-ca-hint = Try it with a CA made for tests; real ones belong on a desk made by “ams init”.

## Why a CRL was not signed

signer-fault-not-a-crl = Not signed: what was to be signed is no CRL ({ $fault }).
signer-fault-not-a-crl-hint = The key signs CRLs only. Report this: the desk must not ask for anything else.
signer-fault-not-version-2 = Not signed: it is no version 2 CRL.
signer-fault-not-version-2-hint = Report this: the desk writes version 2 only.
signer-fault-other-crl-issuer = Not signed: the list names another issuer than the key's certificate.
signer-fault-other-crl-issuer-hint = Check with “ams ca list” which CA the list is for.
signer-fault-other-crl-algorithm = Not signed: the list names the algorithm { $found }; the key signs with { $expected }.
signer-fault-other-crl-algorithm-hint = Report this: the desk writes the key's own algorithm.
signer-fault-no-crl-number = Not signed: the list has no CRL number.
signer-fault-no-crl-number-hint = Report this: the desk numbers every list.
signer-fault-unclear-scope = Not signed: it is not clear for which certificates the list speaks ({ $fault }).
signer-fault-unclear-scope-hint = A list is complete, or for one distribution point's URI.
signer-fault-number-not-above = Not signed: CRL number { $number } is not above { $last }, the last that this key signed.
signer-fault-number-not-above-hint = The desk takes the next number at its next try. After a restore, numbers go on above the signer's own.
signer-fault-time-before = Not signed: thisUpdate { $at } is before { $last }, that of CRL number { $number }.
signer-fault-time-before-hint = Check the clock of the desk's machine.
signer-fault-state-io = The signer's file of numbers cannot be kept: { $why }
signer-fault-state-io-hint = Check disk space and permissions of the data folder; nothing is signed without it.
signer-fault-state-damaged = The signer's file of numbers is damaged: how far numbers had come is not known.
signer-fault-state-damaged-hint = Make sure that numbers go on above every CRL that was ever published (ams crl list), then remove the CA's .numbers file in the folder keys of the data folder: the next CRL begins a new one.
signer-fault-state-other-key = The signer's file of numbers belongs to another key.
signer-fault-state-other-key-hint = Put back the file that belongs to this CA in the data folder's keys.
signer-fault-state-full = The signer's file of numbers is full after { $scopes } distribution points.
signer-fault-state-full-hint = Use fewer partitions.
signer-fault-list-too-large = The list has { $octets } octets; { $limit } are the most that is signed.
signer-fault-list-too-large-hint = Divide it by distribution points.
signer-fault-signer-not-started = The signing process does not start: { $why }
signer-fault-signer-not-started-hint = “ams doctor” says what holds it; the desk tries again by itself.
signer-fault-signer-lost = The signing process ended while it was needed: { $why }
signer-fault-signer-lost-hint = It starts anew at the next try; a key with a passphrase or PIN must be opened again with “ams ca unlock”.
signer-fault-token-uri = The PKCS#11 URI is not right: { $what }
signer-fault-token-uri-hint = For example: pkcs11:token=LABEL;object=KEY?module-path=/usr/lib/softhsm/libsofthsm2.so
signer-fault-token-no-module = No PKCS#11 module is named.
signer-fault-token-no-module-hint = Add ?module-path=/path/to/module.so to the URI, or set it on the desk's host: ams config set pkcs11.module PATH
signer-fault-token-module = The PKCS#11 module { $module } cannot be used: { $why }
signer-fault-token-module-hint = It must be the vendor's library, an absolute path, and writable by nobody but root and the desk.
signer-fault-token-absent = The token { $token } is not there.
signer-fault-token-absent-hint = Plug it in or reach it again; the desk goes on by itself when it is back.
signer-fault-token-several = { $count } tokens fit the URI.
signer-fault-token-several-hint = Add serial=… or slot-id=… to the URI.
signer-fault-token-pin-needed = The token's PIN is needed.
signer-fault-token-pin-needed-hint = Give it with “ams ca unlock”.
signer-fault-token-pin-file = The PIN does not come from { $path }: { $why }
signer-fault-token-pin-file-hint = Make it a file of the desk’s own with mode 0600 and the PIN in its first line.
signer-fault-token-wrong-pin = The PIN is wrong; it is not tried again by itself.
signer-fault-token-wrong-pin-hint = Each wrong try counts and the token locks. Give the right one with “ams ca unlock”.
signer-fault-token-pin-refused-before = The PIN was refused before and is not tried again by itself.
signer-fault-token-pin-refused-before-hint = Give the right one with “ams ca unlock”, and correct the file it came from.
signer-fault-token-last-try = One try of the PIN is left; it is not made unless asked for.
signer-fault-token-last-try-hint = A wrong PIN locks the token. Make sure of it, then “ams ca unlock --last-try”, or tick the last try in the dialog.
signer-fault-token-pin-locked = The token's PIN is locked.
signer-fault-token-pin-locked-hint = The token's security officer unlocks it with the vendor's tool.
signer-fault-token-key-absent = The token has no private key { $object }.
signer-fault-token-key-absent-hint = “pkcs11-tool --list-objects --login” shows what is on it; object=, id= and type= of the URI must fit.
signer-fault-token-several-keys = { $count } private keys on the token fit the URI.
signer-fault-token-several-keys-hint = Add id=… to the URI.
signer-fault-token-other-key = The key on the token is not the one in the certificate.
signer-fault-token-other-key-hint = Name the key that the CA's certificate was made for.
signer-fault-token-no-mechanism = The token does not sign by { $mechanism }.
signer-fault-token-no-mechanism-hint = RSA needs CKM_RSA_PKCS or CKM_SHA256_RSA_PKCS, P-256 and P-384 need CKM_ECDSA, Ed25519 needs CKM_EDDSA. A key that asks for its PIN before each signature needs CKM_SHA256_RSA_PKCS, CKM_ECDSA_SHA256 or CKM_ECDSA_SHA384.
signer-fault-token-failed = The token failed at { $function }: { $code }
signer-fault-token-failed-hint = The desk tries again by itself; the vendor's manual explains the code.
