## Catatan (log)

column-seq = Nomor
column-actor = Pelaku
column-log-action = Tindakan
column-object = Objek
log-change = Perubahan
log-refusal = Ditolak oleh
log-entry-title = Catatan nomor { $number }
log-verified = Log utuh: { $size } entri sesuai dengan pohon dan kepala bertanda tangan ({ $at }).
log-broken = LOG RUSAK: { $problem }
log-verifying = Log sedang diperiksa …
log-not-verified = Log belum diperiksa dalam sesi ini

action-verify-log = Periksa log
    .help = Membaca ulang seluruh log dan membandingkannya dengan pohon Merkle dan kepala bertanda tangan
log-none = Catatan masih kosong.
