## Pengambilalihan pencabutan dan sertifikat dari program lain.

cli-certificate-unknown = (sertifikat tidak dikenal)
cli-confirmed = { $count } entri adopsi dari { $issuer } telah dikonfirmasi.
cli-adopted = Pencabutan diadopsi
cli-would-adopt = Pencabutan yang akan diadopsi
cli-adopted-known = Pencabutan yang sudah ada
cli-taken-over = Diambil alih: { $adopted } pencabutan, { $known } sudah ada.
