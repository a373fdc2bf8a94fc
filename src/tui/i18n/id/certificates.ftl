## Sertifikat

column-serial = Seri
column-certificate-status = Status
column-valid-until = Berlaku s.d.
column-subject-cn = Nama
column-owner = Pemilik
certificates-all = Semua status
certificates-none = Tidak ada sertifikat yang cocok.
field-open-request = Permohonan
file-expired = sertifikat kedaluwarsa: tidak perlu dicabut dan tidak akan masuk CRL
file-revoked = sertifikat sudah dicabut karena kompromi kunci
file-no-owner = pemilik sertifikat belum diketahui: minta admin menautkannya
file-own-certificate = sertifikat sendiri diajukan dari layar Sertifikat saya

action-status-filter = Status
    .help = Menampilkan satu status saja: aktif, ditangguhkan, dicabut, kedaluwarsa, lalu semua
action-file-request = Ajukan
    .help = Mengajukan pencabutan sertifikat yang dipilih

action-hold = Tangguhkan
    .help = Menangguhkan sertifikat aktif (kebijakan allow_hold); meminta kata sandi dan empat digit akhir
    .done = Sertifikat ditangguhkan; entrinya masuk CRL berikutnya.
action-release-hold = Lepas tangguhan
    .help = Mengaktifkan kembali sertifikat yang ditangguhkan; meminta kata sandi dan empat digit akhir
    .done = Penangguhan dilepas; sertifikat keluar dari CRL berikutnya.
action-approve-suspension = Setujui (kedua)
    .help = Persetujuan petugas kedua atas penangguhan atau akhirnya; meminta kata sandi dan empat digit akhir
    .done = Disetujui; petugas lain kini dapat melaksanakannya.
approve-hold-consequence = Sesudahnya petugas lain dapat menangguhkannya dalam sehari; setiap perubahan sertifikat membatalkan persetujuan.
approve-release-consequence = Sesudahnya petugas lain dapat mengakhiri penangguhan dalam sehari; persetujuan hanya berlaku untuk penangguhan ini.
field-suspension-approved = Petugas kedua

filter-unknown-field = { $value }: bidang tidak dikenal; yang ada { $known }
filter-unknown-state = { $value }: status tidak dikenal
filter-bad-age = { $value }: umur ditulis >1d, <4h, atau >30m
filter-bad-flag = { $value }: ya atau tidak
filter-bad-serial = { $value }: nomor seri berupa digit heksadesimal
filter-bad-nip = { $value }: NIP berupa angka
error-several-serials = { $digits }: nomor seri beberapa sertifikat berawal atau berakhir demikian.
error-several-serials-hint = Tulis nomor seri lengkap: { $candidates }
