## Sesi dan meja bersama

session-open = terbuka
session-locked = terkunci
session-left = terputus
session-failed = ams: sesi ini gagal; yang sudah tersimpan tidak hilang. Silakan masuk lagi.
session-ended = ams: sesi ini diakhiri oleh admin.
session-desk-stops = ams: meja layanan dihentikan; yang sudah Anda ketik tersimpan.
session-too-long = ams: sesi mencapai batas waktunya; yang sudah Anda ketik tersimpan. Silakan masuk lagi.
session-too-many = Terlalu banyak sambungan dari pengguna ini. Tutup salah satu, lalu coba lagi.
session-no-demo = --as hanya berlaku di folder contoh, untuk pemiliknya.

cli-serving = Meja layanan siap di { $path }.
cli-others-here = ams: { $count } layar lain masih memakai meja ini; meja berjalan terus sampai semuanya keluar. Ctrl-C menghentikannya sekarang.
cli-desk-down = Meja layanan sedang tidak berjalan: tidak ada yang mendengarkan di { $path }.
cli-desk-down-hint = Hubungi admin; di server: systemctl status ams.
cli-desk-went = Sambungan ke meja layanan terputus.
cli-desk-went-hint = Yang sudah tersimpan tidak hilang. Jalankan ams lagi.
cli-desk-says = { $words }
cli-connection = Sambungan ke meja layanan tidak dapat dipakai: { $detail }
cli-not-for-a-desk = Perintah ini tidak dijalankan oleh meja layanan.
cli-ssh-quotes = Tanda kutip pada perintah lewat SSH tidak lengkap.
cli-ssh-option = { $option } tidak berlaku lewat SSH.
cli-ssh-option-hint = Server menentukan meja layanan yang dipakai.
cli-ssh-path = Lewat SSH hanya masukan dan keluaran standar (-) yang dapat dipakai, bukan { $path }.
cli-ssh-path-hint = Misalnya dengan kode yang tampil di formulir: ssh meja ams letter put K7QF < surat.pdf
cli-ssh-command = “ams { $command }” tidak berlaku lewat SSH.
cli-session-ended = Sesi { $id } diakhiri.
session-screen = Layar
session-begun = Mulai
session-last-input = Terakhir aktif
error-letter-code = Kode surat itu tidak berlaku.
error-letter-code-hint = Lihat kode yang tampil di formulir; kode berlaku singkat dan hanya untuk pengguna yang sama.
cli-letter-came = Surat { $size } diterima untuk { $number }.

session-title = Sesi
sessions-none = Tidak ada orang di meja layanan.
session-nobody = belum masuk
session-locked-note = Ditutup setelah beberapa lama tanpa ketikan; hanya terbuka bagi orangnya.
session-left-note = Tautan terputus; orang yang sama dapat melanjutkannya sebentar lagi setelah masuk ulang.
end-session-consequence = Layarnya ditutup seketika; ketikan yang belum tersimpan hilang.

action-end-session = Akhiri
    .help = Mengakhiri sesi seketika; tindakan ini dicatat
    .done = Sesi diakhiri.
session-silent = ams: terminal ini lama tidak menjawab; sesinya disimpan. Silakan masuk lagi.
