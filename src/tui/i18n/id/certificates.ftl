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

action-release-hold = Lepas tangguhan
    .help = Mengaktifkan kembali sertifikat yang ditangguhkan; meminta kata sandi dan empat digit akhir
    .done = Penangguhan dilepas; sertifikat keluar dari CRL berikutnya.
action-approve-release = Setujui pelepasan
    .help = Persetujuan petugas kedua atas akhir penangguhan; meminta kata sandi dan empat digit akhir
    .done = Disetujui; petugas lain kini dapat melepas tangguhan.
approve-release-consequence = Sesudahnya petugas lain dapat mengakhiri penangguhan; persetujuan hanya berlaku untuk penangguhan ini.
field-release-approved = Disetujui lepas
