## Masuk

login-title = AMS: pencabutan sertifikat elektronik
login-demo = Akun contoh (panah bawah memilih, Enter masuk):
login-wrong = Nama pengguna atau kata sandi salah.
login-throttled = Terlalu banyak percobaan. Coba lagi dalam { $minutes } menit.
login-code-intro = Masukkan kode enam angka dari aplikasi autentikator.
login-new-password-intro = Kata sandi ini hanya untuk masuk pertama. Buat kata sandi baru, sedikitnya 15 karakter (8 bila kode autentikator dipakai).
login-enrol-title = Daftarkan autentikator
login-enrol-scan = Akun ini wajib memakai kode autentikator. Pindai kode QR ini dengan aplikasi autentikator atau ketik kuncinya, lalu masukkan kode enam angka yang muncul.
login-enrol-small = Akun ini wajib memakai kode autentikator. Ketik kunci ini di aplikasi autentikator, lalu masukkan kode enam angka yang muncul. Kode QR baru muat di jendela { $columns }x{ $rows }.
login-enrol-plain = Akun ini wajib memakai kode autentikator. Terminal ini tidak dapat menggambar kode QR: ketik kunci ini di aplikasi autentikator, lalu masukkan kode enam angka yang muncul.
login-enrolled = Autentikator terdaftar. Masukkan kode berikutnya untuk masuk.
login-secret = Kunci:
login-passwords-differ = Kedua kata sandi tidak sama.

field-username = Nama pengguna
field-password = Kata sandi
field-code = Kode
field-new-password = Kata sandi baru
field-repeat-password = Ulangi

password-too-short = Terlalu pendek: sedikitnya { $min } karakter.
password-too-long = Terlalu panjang: paling banyak { $max } bita.
password-blocked = Kata sandi ini ada dalam daftar kata sandi yang pernah bocor.
password-contains-name = Kata sandi tidak boleh memuat nama pengguna.
password-wrong-old = Kata sandi lama salah.
password-unchanged = Kata sandi baru harus berbeda dari yang lama.

login-locked = Layar terkunci karena lama tidak dipakai. Masukkan kata sandi untuk melanjutkan.
