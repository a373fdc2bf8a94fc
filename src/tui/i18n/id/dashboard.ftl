## Dasbor, alarm dan laporan

dashboard-open = Perlu dikerjakan { $count }
dashboard-urgent = Mendesak { $count }
dashboard-late = Lewat 24 jam { $count }
dashboard-mine = Saya { $count }
dashboard-letters = Surat terlambat { $count }
dashboard-states = Permohonan
dashboard-steps = Mutu baku 30 hari (menit)
dashboard-step-late = { $count } lewat
dashboard-unmeasured = belum terukur
dashboard-revocations = Pencabutan 30 hari: { $sum }, hari ini { $today }
dashboard-crl = Daftar Pencabutan Sertifikat (CRL)
dashboard-on-crl = di CRL nomor { $number }: { $entries } entri
dashboard-next-update = pembaruan berikutnya { $at }
dashboard-waiting = { $count } diputuskan, belum di CRL
dashboard-mails = Surel: { $waiting } menunggu, { $failed } gagal kirim
dashboard-log = Catatan: { $size } entri, bertanda tangan s.d. { $signed }
dashboard-queue = Terdepan dalam antrean
dashboard-certificates = Sertifikat

sop-1 = Surat keterangan
sop-2 = Masuk AMS
sop-3 = Pengajuan
sop-4 = Lampiran surat
sop-5 = Data dan berkas
sop-6 = Subjek DN
sop-7 = Pencabutan
sop-8 = Notifikasi
sop-9 = Penerimaan

alarm-key-locked = Kunci { $issuer } terkunci: CRL tidak ditandatangani.
alarm-ca-expired = Sertifikat CA { $issuer } kedaluwarsa: tidak ada CRL baru.
alarm-signer-ended = Proses penanda tangan { $issuer } berhenti tak terduga; dimulai lagi pada CRL berikutnya.
alarm-signer-ended-locked = Proses penanda tangan { $issuer } berhenti tak terduga: kuncinya terkunci lagi.
alarm-crl-expiring = CRL { $issuer } habis masa berlakunya { $at }.
alarm-history-not-kept = Salinan CRL terdahulu tidak tersimpan: { $problem }
alarm-crl-not-published = CRL { $issuer } tidak terbit: { $problem }
alarm-crl-not-seen = CRL nomor { $number } dari { $issuer } belum terlihat di { $url }: { $problem }
alarm-unknown-revoked = { $count } pencabutan { $issuer } diputuskan di tempat lain dan diadopsi: konfirmasikan.
alarm-watched-folder-gone = Folder pantauan { $path } tidak dapat dibaca: tidak ada yang masuk dari sana.
alarm-mail-failing = { $count } surel gagal kirim.
alarm-mail-down = Surel tidak terkirim sama sekali: { $answer }
alarm-break-glass = { $number } diputuskan satu petugas: tinjau pada hari kerja berikutnya.
alarm-hold-undecided = Penangguhan { $serial } belum diputuskan lebih dari 30 hari.
alarm-letter-overdue = Surat menyusul { $number } lewat batas.
alarm-grant-pending = Wewenang { $username } menunggu; berlaku { $at }.
alarm-clock-jumped = Jam melompat (catatan terakhir { $at }): CRL tidak ditandatangani sampai waktu tersinkron atau dipastikan di layar CRL.
alarm-clock-behind = Jam lebih lambat daripada CRL { $issuer } yang terbit ({ $at }): tidak ada yang dikeluarkan dari daftar.

key-open = kunci terbuka
key-locked = kunci terkunci
key-missing = tanpa kunci
key-expired = CA kedaluwarsa
crl-no-issuer = Belum ada penerbit: “ams ca add” atau “ams ca demo”.
crl-never = Belum pernah menerbitkan CRL.

place-report = Laporan
report-title = Laporan SOP { $month }: { $count } permohonan diputuskan, { $late } lewat waktu baku
report-standard = Mutu baku
report-none = Tidak ada permohonan yang diputuskan pada bulan ini.

action-report = Laporan
    .help = Membuka laporan SOP bulan ini; panah kiri dan kanan mengganti bulan
action-export-report = Simpan CSV
    .help = Menyimpan laporan bulan ini sebagai berkas CSV
