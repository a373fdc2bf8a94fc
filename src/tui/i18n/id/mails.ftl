## Notifikasi

column-time = Waktu
column-mail-status = Status
column-request = Permohonan
column-to = Kepada
column-subject = Perihal
mail-title = Notifikasi
mail-queued = Masuk antrean
mail-attempts = Percobaan
mail-next-attempt = Dicoba lagi
mail-answer = Jawaban server
mail-sent-already = sudah terkirim
mail-was-cancelled = dibatalkan sebelum dikirim
mails-none = Belum ada notifikasi.
list-cut = { $shown } baris pertama: persempit dengan pencarian
list-total = { $count } baris
list-looking = { $shown } baris sejauh ini: ↓ mencari terus
list-looking-none = Belum ada di antara baris yang sudah dilihat: ↓ mencari terus.

action-retry-mail = Kirim ulang
    .help = Mengirim ulang surel yang gagal atau menunggu
    .done = Surel dikirim ulang.
