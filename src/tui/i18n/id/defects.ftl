## Yang salah pada sertifikat dan kunci yang masuk

# Sertifikat: pembungkusnya

defect-unreadable = Tidak dapat dibaca: { $why }.
defect-empty-input = Masukan kosong.
defect-not-a-certificate = Ini { $what }, bukan sertifikat.
defect-pem-not-ended = Blok PEM tidak mempunyai baris END.
defect-pem-not-begun = Ada baris END PEM tanpa baris BEGIN.
defect-pem-labels-differ = Blok PEM dimulai sebagai { $begin } dan diakhiri sebagai { $end }.
defect-pem-damaged = Blok PEM bukan base64 yang bersih pada baris { $line }.
defect-pem-empty = Blok PEM kosong.
defect-too-large = Lebih besar dari { $limit } bita; tidak ada sertifikat sebesar itu.
defect-file-too-large = Berkas lebih besar dari { $limit } bita.
defect-pkcs7-without-certificates = Berkas PKCS#7 tidak berisi sertifikat.

# Sertifikat: pengodeannya (X.690)

defect-truncated = Data berakhir pada bita { $offset }, di tengah sebuah unsur.
defect-truncated-hint = Salin atau ekspor berkasnya sekali lagi.
defect-overruns-parent = Unsur pada bita { $offset } lebih panjang daripada unsur yang memuatnya.
defect-indefinite-length = Unsur pada bita { $offset } panjangnya tidak ditentukan; DER melarangnya.
defect-non-minimal-length = Panjang pada bita { $offset } tidak dalam bentuk terpendek seperti diwajibkan DER.
defect-trailing-bytes = Ada { $count } bita lagi pada bita { $offset }, padahal unsurnya harus sudah berakhir.
defect-unexpected-element = Unsur pada bita { $offset } bertag { $found }, seharusnya { $expected }.
defect-missing-element = Unsur bertag { $expected } tidak ada pada bita { $offset }.
defect-malformed = Nilai pada bita { $offset } tidak sah (X.690: { $what }).

# Sertifikat: isiannya (RFC 5280 §4.1)

defect-wrong-version = Versinya { $found }; hanya versi 3 yang dibaca (RFC 5280 §4.1.2.1).
defect-negative-serial = Nomor serinya negatif (RFC 5280 §4.1.2.2).
defect-zero-serial = Nomor serinya nol (RFC 5280 §4.1.2.2).
defect-serial-too-long = Nomor serinya { $octets } bita; paling banyak 20 (RFC 5280 §4.1.2.2).
defect-padded-serial = Nomor serinya diawali bita yang tidak perlu (X.690 §8.3.2).
defect-inner-outer-algorithm-differ = Algoritma tanda tangannya { $inner } di dalam tetapi { $outer } di luar (RFC 5280 §4.1.1.2).
defect-wrong-algorithm-parameters = Parameter algoritma tanda tangan { $algorithm } salah.
defect-empty-issuer = Penerbitnya kosong (RFC 5280 §4.1.2.4).
defect-empty-subject = Subjeknya kosong dan tidak digantikan subjectAltName yang kritis (RFC 5280 §4.1.2.6).
defect-empty-rdn = Namanya memuat RDN tanpa atribut.
defect-bad-utf8 = { $field } bukan UTF-8 yang sah.
defect-bad-bmp-string = { $field } bukan BMPString yang sah.
defect-bad-universal-string = { $field } bukan UniversalString yang sah.
defect-bad-ascii-string = { $field } memuat karakter di luar ASCII dalam jenis teks ASCII.
defect-control-in-name = { $field } memuat karakter kendali atau karakter yang tidak terlihat.
defect-bad-time = { $field } bukan waktu menurut RFC 5280 §4.1.2.5.
defect-validity-reversed = Masa berlakunya berakhir ({ $not_after }) sebelum dimulai ({ $not_before }).
defect-bad-public-key = Kunci publiknya bukan SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
defect-bad-signature-field = Tanda tangannya bukan BIT STRING dari bita utuh.

# Sertifikat: ekstensinya (RFC 5280 §4.2)

defect-empty-extensions = Daftar ekstensinya kosong.
defect-duplicate-extension = Ekstensi { $extension } muncul dua kali (RFC 5280 §4.2).
defect-unknown-critical-extension = Ekstensi kritis { $oid } tidak dikenal di sini (RFC 5280 §4.2).
defect-bad-extension = Isi ekstensi { $extension } rusak.
defect-default-written-out = Tanda critical FALSE pada bita { $offset } dituliskan; DER melarangnya (X.690 §11.5).

# Sertifikat: artinya bagi meja

defect-is-a-ca = Ini sertifikat CA, bukan sertifikat orang.
defect-is-a-ca-hint = CA dimasukkan dengan “ams ca add”.
defect-not-a-ca = Ini bukan sertifikat CA (basicConstraints, RFC 5280 §4.2.1.9).
defect-not-a-ca-hint = Berikan sertifikat CA yang menandatangani CRL, bukan sertifikat yang diterbitkannya.
defect-may-not-sign-crls = keyUsage-nya tidak mengizinkan penandatanganan CRL (RFC 5280 §4.2.1.3).
defect-may-not-sign-crls-hint = Mintalah sertifikat CA diterbitkan ulang dengan keyUsage cRLSign; tanpa itu CRL-nya ditolak pihak yang memeriksa.
defect-wrong-issuer = Tidak ada CA bernama { $issuer } di meja ini.
defect-wrong-issuer-hint = Masukkan CA itu dahulu dengan “ams ca add”.
defect-authority-key-differs = CA { $issuer } ada di sini, tetapi dengan kunci lain daripada yang disebut sertifikat.
defect-authority-key-differs-hint = Masukkan sertifikat CA dengan kunci itu lewat “ams ca add”.
defect-not-yet-valid = Baru berlaku mulai { $not_before }.
defect-not-yet-valid-hint = Periksa jam meja, atau tunggu sampai saat itu.
defect-expired = Kedaluwarsa sejak { $not_after }.
defect-expired-hint = Sertifikat yang kedaluwarsa tidak perlu dicabut, dan CA yang kedaluwarsa tidak menandatangani CRL.
defect-unsupported-algorithm = Algoritma tanda tangan { $algorithm } tidak didukung.
defect-bad-signature = Tanda tangannya tidak cocok dengan kunci penerbitnya.
defect-serial-taken = Sertifikat lain dari penerbit ini sudah memakai nomor seri { $serial }.
defect-index-line = Baris { $line } bukan baris indeks openssl ca.
defect-foreign-index = Baris { $line } menyebut akhir lain untuk { $serial } daripada akhir sertifikat itu: ini indeks CA lain. Tidak ada yang diambil darinya.
defect-unconfirmed-index = Tidak ada baris indeks yang sertifikatnya dikenal di sini. Masukkan dahulu sertifikatnya, atau sebutkan penerbitnya dengan --issuer.

# Kunci

key-fault-not-a-key = Tidak ada kunci privat di berkas itu: ini { $what }.
key-fault-not-a-key-hint = Berikan kunci privat CA: PKCS#8, SEC 1 atau PKCS#1, berbentuk PEM atau DER.
key-fault-several-keys = Berkas itu berisi { $count } kunci privat.
key-fault-several-keys-hint = Berikan berkas yang hanya berisi kunci CA.
key-fault-key-damaged = Berkas kunci rusak atau terpotong.
key-fault-key-damaged-hint = Salin lagi dari cadangannya.
key-fault-needs-passphrase = Kunci terenkripsi dan memerlukan frasa sandinya.
key-fault-needs-passphrase-hint = Tambahkan --passphrase-file BERKAS atau --passphrase-fd N, atau jawab pertanyaannya di terminal.
key-fault-wrong-passphrase = Frasa sandi kunci CA salah.
key-fault-wrong-passphrase-hint = Coba lagi; huruf besar, huruf kecil dan spasi dibedakan.
key-fault-convert-key = { $what } tidak dibaca di sini.
key-fault-convert-key-hint = Ubah bentuknya dengan: { $command }
key-fault-unsupported-key = { $what } tidak dipakai menandatangani CRL di sini.
key-fault-unsupported-key-hint = Yang didukung: RSA 2048 sampai 4096 bit, P-256, P-384 dan Ed25519.
key-fault-inconsistent-key = Bagian-bagian kunci tidak saling cocok.
key-fault-inconsistent-key-hint = Salin lagi berkas kunci dari cadangannya.
key-fault-other-key = Kunci itu bukan pasangan sertifikat CA.
key-fault-other-key-hint = Berikan kunci yang menjadi dasar sertifikat CA; “openssl pkey -in KUNCI -pubout” memperlihatkan bagian publiknya.
key-fault-key-absent = Meja ini tidak mempunyai kunci CA tersebut.
key-fault-key-absent-hint = Berikan dengan “ams ca add --cert BERKAS --key BERKAS”.
key-fault-signing-failed = Penandatanganan gagal.
key-fault-signing-failed-hint = Coba lagi; bila tetap demikian, beri tahu admin.

key-form-old-pem = Kunci dalam bentuk PEM terenkripsi yang lama
key-form-openssh = Kunci OpenSSH
key-form-other-label = Kunci jenis ini
key-form-other-encryption = Kunci yang dienkripsi dengan cara ini
key-form-unnamed-curve = Kunci EC tanpa nama kurvanya
key-form-no-public-half = Kunci EC tanpa bagian publiknya

key-kind-algorithm = Kunci dengan algoritma { $oid }
key-kind-curve = Kunci pada kurva { $oid }
key-kind-rsa-too-short = Kunci RSA di bawah 2048 bit
key-kind-rsa-too-long = Kunci RSA di atas 4096 bit
key-kind-rsa-primes = Kunci RSA dengan bilangan prima yang panjangnya tidak lazim

likeness-certificate = sertifikat
likeness-crl = CRL
likeness-request = permintaan penandatanganan sertifikat (CSR)
likeness-key = kunci privat
likeness-encrypted-key = kunci privat terenkripsi
likeness-public-key = kunci publik
likeness-pkcs7 = berkas PKCS#7
likeness-pkcs7-other = berkas PKCS#7 yang bukan SignedData
likeness-pkcs12 = berkas PKCS#12
likeness-parameters = parameter kunci
likeness-other-block = blok PEM jenis lain
likeness-utf16 = teks UTF-16, yang tidak pernah dipakai PEM
likeness-bare-base64 = base64 tanpa baris BEGIN dan END
likeness-neither-pem-nor-der = data yang bukan PEM maupun DER
likeness-larger-than-any-key = berkas yang terlalu besar untuk sebuah kunci
likeness-other = sesuatu yang lain

error-not-a-demo-ca = Folder demo hanya menerima CA yang bernama { $mark }, bukan { $subject }.
error-not-a-demo-ca-hint = Cobalah dengan CA untuk pengujian; CA sungguhan dimasukkan ke meja yang dibuat dengan “ams init”.

## Mengapa CRL tidak ditandatangani

signer-fault-not-a-crl = Tidak ditandatangani: yang diajukan bukan CRL ({ $fault }).
signer-fault-not-a-crl-hint = Kunci hanya menandatangani CRL. Laporkan: meja layanan tidak boleh meminta yang lain.
signer-fault-not-version-2 = Tidak ditandatangani: bukan CRL versi 2.
signer-fault-not-version-2-hint = Laporkan: meja layanan hanya menulis versi 2.
signer-fault-other-crl-issuer = Tidak ditandatangani: daftar menyebut penerbit lain daripada sertifikat kunci.
signer-fault-other-crl-issuer-hint = Periksa dengan “ams ca list” untuk CA mana daftar itu.
signer-fault-other-crl-algorithm = Tidak ditandatangani: daftar menyebut algoritma { $found }; kunci menandatangani dengan { $expected }.
signer-fault-other-crl-algorithm-hint = Laporkan: meja layanan menulis algoritma kunci itu sendiri.
signer-fault-no-crl-number = Tidak ditandatangani: daftar tidak bernomor CRL.
signer-fault-no-crl-number-hint = Laporkan: meja layanan menomori setiap daftar.
signer-fault-unclear-scope = Tidak ditandatangani: tidak jelas sertifikat mana yang dicakup daftar ini ({ $fault }).
signer-fault-unclear-scope-hint = Daftar itu lengkap, atau untuk satu URI titik distribusi.
signer-fault-number-not-above = Tidak ditandatangani: nomor CRL { $number } tidak di atas { $last }, nomor terakhir yang ditandatangani kunci ini.
signer-fault-number-not-above-hint = Meja layanan mengambil nomor berikutnya pada percobaan berikut. Setelah pemulihan, nomor berlanjut di atas nomor penanda tangan.
signer-fault-time-before = Tidak ditandatangani: thisUpdate { $at } sebelum { $last }, milik CRL nomor { $number }.
signer-fault-time-before-hint = Periksa jam mesin meja layanan.
signer-fault-state-io = Berkas nomor penanda tangan tidak dapat disimpan: { $why }
signer-fault-state-io-hint = Periksa ruang disk dan izin folder data; tanpa itu tidak ada yang ditandatangani.
signer-fault-state-damaged = Berkas nomor penanda tangan rusak: nomor terakhir tidak diketahui.
signer-fault-state-damaged-hint = Pastikan nomor berlanjut di atas semua CRL yang pernah terbit (ams crl list), lalu hapus berkas .numbers CA itu di folder keys dalam folder data: CRL berikutnya memulai yang baru.
signer-fault-state-other-key = Berkas nomor penanda tangan milik kunci lain.
signer-fault-state-other-key-hint = Kembalikan berkas milik CA ini ke folder kunci di folder data.
signer-fault-state-full = Berkas nomor penanda tangan penuh setelah { $scopes } titik distribusi.
signer-fault-state-full-hint = Kurangi partisi.
signer-fault-list-too-large = Daftar itu { $octets } oktet; paling banyak { $limit } yang ditandatangani.
signer-fault-list-too-large-hint = Bagilah menurut titik distribusi.
signer-fault-signer-not-started = Proses penanda tangan tidak dapat dimulai: { $why }
signer-fault-signer-not-started-hint = “ams doctor” menyebut penghalangnya; meja layanan mencoba lagi sendiri.
signer-fault-signer-lost = Proses penanda tangan berhenti saat diperlukan: { $why }
signer-fault-signer-lost-hint = Proses itu dimulai lagi pada percobaan berikut; kunci dengan frasa sandi atau PIN harus dibuka lagi dengan “ams ca unlock”.
signer-fault-token-uri = URI PKCS#11 tidak benar: { $what }
signer-fault-token-uri-hint = Contoh: pkcs11:token=LABEL;object=KUNCI?module-path=/usr/lib/softhsm/libsofthsm2.so
signer-fault-token-no-module = Modul PKCS#11 tidak disebut.
signer-fault-token-no-module-hint = Tambahkan ?module-path=/jalur/modul.so pada URI, atau atur di mesin meja layanan: ams config set pkcs11.module JALUR
signer-fault-token-module = Modul PKCS#11 { $module } tidak dapat dipakai: { $why }
signer-fault-token-module-hint = Harus pustaka dari pembuat token, jalur mutlak, dan hanya dapat ditulis oleh root dan meja layanan.
signer-fault-token-absent = Token { $token } tidak ada.
signer-fault-token-absent-hint = Pasang atau hubungkan lagi; meja layanan melanjutkan sendiri begitu token kembali.
signer-fault-token-several = { $count } token cocok dengan URI.
signer-fault-token-several-hint = Tambahkan serial=… atau slot-id=… pada URI.
signer-fault-token-pin-needed = PIN token diperlukan.
signer-fault-token-pin-needed-hint = Berikan dengan “ams ca unlock”.
signer-fault-token-pin-file = PIN tidak terbaca dari { $path }: { $why }
signer-fault-token-pin-file-hint = Jadikan berkas milik meja layanan sendiri dengan izin 0600 dan PIN pada baris pertama.
signer-fault-token-wrong-pin = PIN salah; tidak dicoba lagi dengan sendirinya.
signer-fault-token-wrong-pin-hint = Setiap salah dihitung dan token dapat terkunci. Berikan yang benar dengan “ams ca unlock”.
signer-fault-token-pin-refused-before = PIN pernah ditolak dan tidak dicoba lagi dengan sendirinya.
signer-fault-token-pin-refused-before-hint = Berikan yang benar dengan “ams ca unlock”, dan perbaiki berkas asalnya.
signer-fault-token-last-try = Tinggal satu kesempatan PIN; tidak dipakai kecuali diminta.
signer-fault-token-last-try-hint = Bila salah, token terkunci. Pastikan PIN-nya, lalu “ams ca unlock --last-try”, atau centang kesempatan terakhir pada dialog.
signer-fault-token-pin-locked = PIN token terkunci.
signer-fault-token-pin-locked-hint = Petugas keamanan token membukanya dengan alat dari pembuat token.
signer-fault-token-key-absent = Token tidak memuat kunci privat { $object }.
signer-fault-token-key-absent-hint = “pkcs11-tool --list-objects --login” menunjukkan isinya; object=, id= dan type= pada URI harus cocok.
signer-fault-token-several-keys = { $count } kunci privat pada token cocok dengan URI.
signer-fault-token-several-keys-hint = Tambahkan id=… pada URI.
signer-fault-token-other-key = Kunci pada token bukan kunci dalam sertifikat.
signer-fault-token-other-key-hint = Sebutkan kunci yang dipakai saat sertifikat CA dibuat.
signer-fault-token-no-mechanism = Token tidak menandatangani dengan { $mechanism }.
signer-fault-token-no-mechanism-hint = RSA memerlukan CKM_RSA_PKCS atau CKM_SHA256_RSA_PKCS, P-256 dan P-384 CKM_ECDSA, Ed25519 CKM_EDDSA. Kunci yang meminta PIN pada setiap tanda tangan memerlukan CKM_SHA256_RSA_PKCS, CKM_ECDSA_SHA256 atau CKM_ECDSA_SHA384.
signer-fault-token-failed = Token gagal pada { $function }: { $code }
signer-fault-token-failed-hint = Meja layanan mencoba lagi sendiri; arti kode ada di buku pembuat token.
