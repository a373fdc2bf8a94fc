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
key-fault-key-locked = The key is locked.
key-fault-key-locked-hint = Open it with its passphrase: ams ca unlock
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
