## Pemohon: sertifikat, formulir dan permohonan

my-certificates-none = Belum ada sertifikat atas nama akun ini. Hubungi petugas bila seharusnya ada.
certificates-of = Sertifikat { $name }
prompt-username = Nama pengguna:{" "}
my-requests-none = Belum ada permohonan. Ajukan dari layar Sertifikat saya.
my-requests-steps = Sembilan langkah

field-certificate = Sertifikat
apply-step-1 = 1 Sertifikat
apply-step-2 = 2 Alasan
apply-step-3 = 3 Surat
apply-step-4 = 4 Kirim
apply-reasons = Alasan
apply-misuse = Dipakai pihak lain?
apply-file = Berkas surat
apply-follows = Surat menyusul
apply-version = versi { $version }
apply-letter-follows = menyusul dalam 3 hari kerja
apply-missing = belum diisi
apply-ready = Lengkap. Ctrl-X mengajukan permohonan ini.
apply-saved = Tersimpan.
apply-not-saved = Isian yang belum benar tidak disimpan.
apply-draft-kept = Draf disimpan; lanjutkan dari layar Permohonan saya.
apply-submitted = Permohonan { $number } diajukan.
apply-letter-attached = Surat versi { $version } dilampirkan.
apply-letter-form = Ctrl-T menyimpan formulir surat keterangan (PDF) untuk dicetak dan ditandatangani. Surat: PDF, JPEG atau PNG, paling besar 1 MB.
apply-letter-put = Dari komputer lain: ssh desk ams letter put { $request } < surat.pdf
apply-last-step = ini langkah terakhir: Ctrl-X mengajukan
apply-first-step = ini langkah pertama
apply-submit-last = permohonan diajukan pada langkah 4
apply-certificate-first = pilih sertifikat dahulu

misuse-unanswered = belum dijawab
misuse-is-possible = mungkin
misuse-is-ruled-out = tidak mungkin

guide-title = Petunjuk teknis
guide-1 = Pilih semua alasan yang tertulis dalam surat keterangan, sedikitnya satu.
guide-2 = Pencabutan tidak dapat dibatalkan. Tanpa pencabutan, sertifikat baru tidak dapat diajukan.
guide-3 = Tidak ada petugas yang akan menanyakan passphrase.
guide-misuse = Mungkinkah pihak lain memakai sertifikat yang hilang itu? Jawaban “tidak mungkin” hanya usulan; petugas yang memutuskan.
guide-invalidity = Kapan kunci diperkirakan hilang atau diketahui pihak lain (TTTT-BB-HH). Boleh dikosongkan.
guide-lupa-passphrase = Passphrase lupa, tetapi tidak diketahui pihak lain.
guide-perubahan-data = Nama, NIP, jabatan atau instansi pada sertifikat berubah.
guide-kehilangan = Berkas atau perangkat sertifikat hilang. Mendesak: boleh diajukan sebelum surat ada.
guide-kompromi-kunci = Pihak lain mengetahui kunci atau passphrase. Mendesak: boleh diajukan sebelum surat ada.
guide-mutasi = Pindah tugas ke unit atau instansi lain.
guide-berhenti = Tidak lagi menjabat; alasan rincinya tidak ditampilkan pada CRL.
guide-digantikan = Sertifikat baru sudah terbit dan menggantikan yang lama.
guide-penyalahgunaan = Hanya untuk petugas: sertifikat disalahgunakan atau datanya palsu.
guide-penangguhan = Dihentikan sementara; diputuskan dalam 30 hari.
guide-lainnya = Alasan lain; tuliskan dalam surat keterangan.

action-other-applicant = Pemohon lain
    .help = Menampilkan sertifikat pemohon yang didampingi, menurut nama penggunanya
action-fill-form = Formulir
    .help = Melanjutkan draf, memperbaiki yang dikembalikan, atau menyusulkan surat
action-receipt = Tanda bukti
    .help = Menyimpan tanda bukti dari log dengan bukti penyertaannya
action-next-step = Lanjut
    .help = Langkah formulir berikutnya (PgDn juga)
action-previous-step = Mundur
    .help = Langkah formulir sebelumnya (PgUp juga)
action-write-form = Formulir PDF
    .help = Menyimpan formulir surat keterangan yang sudah terisi sebagai PDF
