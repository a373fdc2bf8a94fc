## Pengambilalihan pencabutan dan sertifikat dari program lain.

cli-certificate-unknown = (sertifikat tidak dikenal)
cli-confirmed = { $count } entri adopsi dari { $issuer } telah dikonfirmasi.
cli-adopted = Pencabutan diadopsi
cli-would-adopt = Pencabutan yang akan diadopsi
cli-adopted-known = Pencabutan yang sudah ada
cli-taken-over = Diambil alih: { $adopted } pencabutan, { $known } sudah ada.

# Pemulihan cadangan

error-last-number-needed = CRL terbitan { $issuer } tidak dapat dibaca di sini, sehingga nomor yang diberikan sesudah cadangan tidak diketahui.
error-last-number-needed-hint = Berikan salinan CRL terbitan (--crl F), atau cari nomor terakhir yang terbit lalu berikan: --last-crl-number N.
error-desk-key-needed = { $path } tidak ada: cadangan disegel dengan kunci ini.
error-desk-key-needed-hint = Kembalikan desk.key (mode 0600) dari tempat penyimpanan yang terpisah dari cadangan, lalu pulihkan lagi.
cli-restore-live = Meja sedang berjalan pada { $path }; tidak ada yang dipulihkan di bawahnya.
cli-restore-live-hint = Hentikan dahulu (systemctl stop ams), lalu pulihkan.
cli-restored = { $path } dipulihkan: { $rows } entri log, cadangan { $sha256 }.
cli-restored-origin = Log berlanjut dengan asal baru { $origin }.
cli-restored-issuer = { $issuer }: CRL berikutnya bernomor di atas { $number }; { $adopted } pencabutan yang tidak ada pada cadangan diadopsi.
cli-restored-aside = Isi sebelumnya ada di { $path }.
cli-restored-next = Selanjutnya: ams check, lalu ams serve. Konfirmasi hasil adopsi: ams cert adopted.

# Folder pantauan

cli-watching = { $path } dipantau: meja yang berjalan mengambil apa pun yang datang di sana.
cli-unwatched = { $path } tidak dipantau lagi; yang sudah masuk tetap ada.
cli-folder = Folder
cli-looked = Dilihat
cli-files = Berkas
cli-waiting-files = Menunggu
cli-folder-gone = tidak dapat dibaca: { $why }
cli-not-looked = belum (oleh meja yang berjalan)

## Pencabutan yang diadopsi

place-adopted = Diadopsi
field-adopted = Diadopsi
adopted-waiting = { $count } pencabutan menunggu konfirmasi (a)
adopted-title = Diadopsi untuk { $issuer }, belum dikonfirmasi
adopted-none = Tidak ada pencabutan yang menunggu konfirmasi.
adopted-count = Jumlah entri
adopted-and-more = dan { $count } lagi
adopted-found = Ditemukan
adopted-found-on = di CRL nomor { $number }
adopted-found-elsewhere = di luar CRL; belum ada di CRL mana pun
adopted-held-note = Ditangguhkan di tempat lain: setelah dikonfirmasi, lepaskan atau cabut seperti sertifikat lain.
adopted-consequence = Konfirmasi menyatakan bahwa pencabutan ini benar; entri tetap di setiap CRL dan tidak dapat ditarik kembali.
adopted-all-consequence = Semua yang menunggu dinyatakan benar, juga yang tidak tampak di layar; dicatat sebagai satu tindakan.
adopted-confirmed = { $count } pencabutan dikonfirmasi.
adopted-overtaken = Salah satunya sudah dikonfirmasi orang lain; tidak ada yang diubah.
column-reason-code = Kode alasan
action-adopted = Diadopsi
    .help = Membuka pencabutan yang diputuskan di tempat lain dan menunggu konfirmasi
action-confirm-adopted = Konfirmasi
    .help = Mengonfirmasi pencabutan yang ditandai, atau yang di bawah kursor
action-confirm-all-adopted = Konfirmasi semua
    .help = Mengonfirmasi semua pencabutan penerbit ini yang menunggu
