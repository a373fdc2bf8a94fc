## Pengambilalihan pencabutan dan sertifikat dari program lain.

cli-certificate-unknown = (sertifikat tidak dikenal)
cli-confirmed = { $count } entri adopsi dari { $issuer } telah dikonfirmasi.
