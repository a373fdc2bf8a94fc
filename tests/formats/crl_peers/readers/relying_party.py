# python cryptography as a relying party: LISTS CERTIFICATES FOLDER…
# It has no revocation in its path validation, so the caller looks a serial up on a list whose signature it verified.
# A list with a critical extension that the caller does not process decides nothing (RFC 5280 §5.2).
import sys
from cryptography import x509

lists, certificates, *folders = sys.argv[1:]
for folder in folders:
    ca = x509.load_pem_x509_certificate(open(f"{folder}/ca.pem", "rb").read())
    name = lists.split(",")[-1]
    crl = x509.load_der_x509_crl(open(f"{folder}/{name}.crl", "rb").read())
    entries = [(e.serial_number, e.revocation_date_utc, [x.value for x in e.extensions]) for e in crl]
    assert len(entries) == len(crl)
    critical = [e for e in crl.extensions if e.critical]
    try:
        believed = crl.issuer == ca.subject and crl.is_signature_valid(ca.public_key())
    except ValueError:  # a name that it cannot read
        believed = False
    print(folder, "read" if believed else "refused")
    for certificate in certificates.split(","):
        leaf = x509.load_pem_x509_certificate(open(f"{folder}/{certificate}.pem", "rb").read())
        found = crl.get_revoked_certificate_by_serial_number(leaf.serial_number)
        decided = "revoked" if found else "accepted"
        print(folder, certificate, decided if believed and not critical else "unknown")
