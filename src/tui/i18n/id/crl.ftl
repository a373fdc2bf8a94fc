## CRL

column-issuer = Penerbit
column-key = Kunci
column-crl-number = Nomor
column-entries = Entri
column-this-update = Diterbitkan
column-next-update = Berikutnya
column-waiting = Menunggu
column-path = Berkas
tab-crl-facts = Ringkasan
tab-crl-history = Riwayat
tab-crl-next = CRL berikutnya

field-ca-until = CA berlaku s.d.
field-passphrase = Frasa sandi kunci
truth-1 = 1 Diputuskan
truth-2 = 2 Di CRL
truth-3 = 3 Terlihat
crl-seen = di titik publikasi sejak { $at }
crl-not-seen = belum terlihat di titik publikasi
crl-read-back = dibaca kembali { $at } dari { $path }; titik publikasi tidak ditengok (crl.outside_look)
crl-nothing-new = CRL berikutnya memuat entri yang sama.
crl-adds = Ditambahkan
crl-removes = Dikeluarkan
crl-issued = CRL nomor { $number } diterbitkan dan dibaca kembali.
crl-check-title = Pemeriksaan CRL nomor { $number }
crl-check-passed = Semua aturan dipenuhi ({ $count } baris).
crl-check-broken = { $count } aturan dilanggar.
verdict-ok = sesuai
verdict-broken = LANGGAR
verdict-not-checked = –

action-issue-crl = Terbitkan
    .help = Menerbitkan CRL baru sekarang
action-check-crl = Periksa CRL
    .help = Memeriksa CRL yang diterbitkan terhadap tabel aturan RFC 5280
action-unlock-key = Buka kunci
    .help = Membuka kunci penanda tangan dengan frasa sandinya
    .done = Kunci dibuka.
