## Kata-kata yang dipakai di mana-mana.

unit-minutes = mnt
unit-hours = jam
unit-days = hr

month-1 = Januari
month-2 = Februari
month-3 = Maret
month-4 = April
month-5 = Mei
month-6 = Juni
month-7 = Juli
month-8 = Agustus
month-9 = September
month-10 = Oktober
month-11 = November
month-12 = Desember

screen-dashboard = Dasbor
screen-queue = Antrean
screen-certificates = Sertifikat
screen-crl = CRL
screen-mails = Notifikasi
screen-log = Catatan
screen-accounts = Akun
screen-my-certificates = Sertifikat saya
screen-my-requests = Permohonan saya
screen-sessions = Sesi

place-login = Masuk
place-request = Permohonan
place-review = Periksa
place-filing = Ajukan pencabutan
place-form = Formulir
place-danger = Konfirmasi
place-choice = Daftar
place-prompt = Ketikan

role-pemohon = pemohon
role-pendamping = pendamping
role-op = OP
role-auditor = auditor
role-admin = admin

state-draf = Draf
state-diajukan = Diajukan
state-diperiksa = Diperiksa
state-dikembalikan = Dikembalikan
state-data_sesuai = Data sesuai
state-dn_cocok = DN cocok
state-terjadwal = Terjadwal
state-dicabut = Dicabut
state-diberitahukan = Diberitahukan
state-selesai = Selesai
state-ditolak = Ditolak
state-ditarik = Ditarik
state-ditutup = Ditutup

item-name = Nama
item-nip = NIP
item-agency = Instansi
item-position = Jabatan
item-email = Email dinas
item-letter = Surat lengkap
item-approval = Persetujuan atasan
item-reason = Alasan
item-dn = Subjek DN

letter-field-number = nomor surat
letter-field-date = tanggal surat
letter-field-superior_name = nama atasan
letter-field-superior_nip = NIP atasan
letter-field-approval = persetujuan atasan

requester-subscriber = pemilik sertifikat
requester-agency = instansi
requester-ca = penerbit
requester-third-party = pihak ketiga

actor-system = sistem

bar-link = tautan { $seconds } s
window-too-small = Jendela terlalu kecil: diperlukan sedikitnya 40 x 10.
confirm-too-fast = Tombol datang terlalu cepat: baca dahulu, lalu tekan sekali lagi.

palette-title = Perintah
help-title = Bantuan: { $place }
messages-title = Pesan
messages-none = Belum ada pesan.
greyed-because = tidak dapat: { $why }

keys-key = Tombol
keys-action = Tindakan
keys-help = Keterangan

why-nothing-selected = tidak ada baris yang dipilih
why-not-read = rincian belum dibaca
why-not-offered = bukan tindakan untuk permohonan ini
why-incomplete = isian belum lengkap
why-nothing = tidak ada yang dapat diolah
why-too-narrow = jendela kurang lebar
word-or = atau
why-role = memerlukan peran { $roles }

error-wrong-password = Kata sandi salah.
error-wait = Coba lagi dalam { $minutes } menit.
error-key-locked = Kunci penerbit { $issuer } terkunci.
error-key-locked-hint = Admin membukanya dengan “ams ca unlock”.
error-clock-in-doubt = Jam menunjukkan { $now }, padahal catatan terakhir { $last }: tidak ada CRL yang ditandatangani.
error-clock-in-doubt-hint = Periksa jam server. Bila waktunya benar, petugas memastikannya di layar CRL atau dengan “ams crl confirm-clock”.
error-point-not-named = Tidak ada sertifikat { $issuer } yang menyebut titik distribusi { $uri }.
error-point-not-named-hint = CRL partisi hanya berguna bila sertifikat menyebutnya; “ams ca show” mencantumkan yang disebut.
error-changed-meanwhile = { $what } sudah diubah orang lain sementara ini.
error-changed-meanwhile-hint = Baca keadaan terbaru, lalu ulangi.
error-work-broken = Pekerjaan terhenti karena kesalahan program.
error-work-broken-hint = Periksa dahulu hasilnya sebelum mengulangi; laporannya ada di jurnal program.
form-url-or-none = URL http atau https, atau kosong
form-hours-or-none = jam bulat, atau kosong untuk mengikuti pengaturan meja
form-minutes = menit bulat
form-points-or-none = URI yang disebut sertifikat, dipisahkan spasi; atau kosong
error-period-too-often = CRL setiap { $every } jam terlalu sering.
error-period-too-often-hint = Jarak terpendek { $shortest } jam.
error-period-no-slack = CRL setiap { $every } jam yang berlaku { $valid } jam: satu pembaruan yang gagal sudah membuat CRL kedaluwarsa.
error-period-no-slack-hint = Masa berlaku sekurang-kurangnya dua kali jaraknya.
error-period-too-long = Masa berlaku { $valid } jam terlalu lama.
error-period-too-long-hint = Paling lama { $longest } jam.
error-ca-expired = Sertifikat penerbit { $issuer } kedaluwarsa pada { $at }: tidak ada CRL yang ditandatangani lagi.
error-ca-expired-hint = Riwayatnya tetap di sini; pencabutan sertifikatnya tidak lagi berpengaruh.
dialog-keys = { $action }: ^X melaksanakan
dialog-working = Sedang dikerjakan … Esc menutup ini; pekerjaan tetap berjalan.

## Pengaturan
action-settings = Pengaturan
    .help = Bahasa dan tema layar, dan lamanya tautan
field-theme = Tema
theme-plain = Bawaan
theme-high-contrast = Kontras tinggi
theme-mono = Tanpa warna
settings-link = Tautan
settings-round-trip = { $millis } milidetik pulang pergi
settings-terminal = Terminal
settings-colours = berwarna
settings-no-colours = tanpa warna
