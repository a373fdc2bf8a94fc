## Banyak permohonan sekaligus

batch-would = { $acts }
batch-did = terlaksana: { $acts }
batch-already = sudah terlaksana sebelumnya
batch-act-claim = ambil
batch-act-revoke = cabut
batch-act-schedule = cabut kemudian
batch-act-approve = setujui
batch-row-unreadable = Baris tidak terbaca: { $why }.
batch-row-number_form = Nomor permohonan tidak berbentuk PC-TTTT-NNNNNN.
batch-row-serial_missing = Nomor seri tidak ada: nomor seri menunjukkan bahwa sertifikatnya diperiksa.
batch-row-serial_form = Nomor seri bukan digit heksadesimal: utuh, atau di samping nomor permohonan paling sedikit empat digit akhir.
batch-row-effective_form = Tanggal berlaku bukan YYYY-MM-DD dan bukan RFC 3339.
batch-row-repeated = Baris { $line } menyebut hal yang sama.
batch-row-no_certificate = Tidak ada sertifikat dengan nomor seri ini.
batch-row-several_issuers = Sertifikat beberapa penerbit bernomor seri ini: sebut nomor permohonan, atau kolom issuer.
batch-row-no_request = Tidak ada permohonan atas sertifikat ini: ajukan lebih dahulu.
batch-title-decision = { $action }: { $possible } dapat, { $already } sudah, { $refused } ditolak; ^X melaksanakan
batch-title-done = { $action }: { $done } terlaksana, { $already } sudah, { $refused } ditolak; Esc
batch-consequence = Tidak dapat dibatalkan untuk baris mana pun: semuanya masuk CRL.
field-batch-count = Jumlah baris
batch-count-form = ketik berapa baris tabel yang dapat dilaksanakan
cli-batch-result = Hasil
cli-batch-summary = Dapat { $possible } · terlaksana { $done } · sudah sebelumnya { $already } · ditolak { $refused } · baris salah { $broken }
cli-batch-confirm = Uji coba: tidak ada yang berubah. Untuk melaksanakan: --apply --confirm { $count }
cli-batch-too-long = Berkas lebih dari 100.000 baris atau 16 MiB.
cli-batch-too-long-hint = Bagilah berkasnya.
cli-batch-no-serial = Baris pertama harus menyebut nama kolom, di antaranya serial.
cli-batch-no-serial-hint = Misalnya: number,serial,effective
cli-batch-column = Tidak ada kolom { $name }.
cli-batch-column-hint = Kolomnya number, serial, issuer dan effective.
cli-batch-unreadable = Berkas bukan CSV: { $why }.

## Sertifikat dengan satu kunci

cli-shares-key = Sertifikat dengan kunci yang sama
cli-shares-key-field = Kunci yang sama
cli-shares-key-hidden = Masih ada { $count } sertifikat dengan kunci ini di luar lingkup wewenang; petugas dengan lingkup lebih luas melihatnya.
cli-shares-key-file = Semuanya ikut terkompromi. Untuk mengajukannya: ams request shared { $number } --file
action-shared-key = Kunci sama
    .help = Setelah kompromi: sertifikat lain dengan kunci yang sama, dan permohonan untuk masing-masing
field-shared-key = Kunci yang sama
shared-key-consequence = Diajukan permohonan untuk setiap sertifikat yang belum dimohonkan ({ $count }); masing-masing diperiksa dan diputuskan sendiri.
shared-key-filed = { $count } permohonan diajukan untuk kunci yang sama.
shared-key-hidden = { $count } lagi di luar lingkup wewenang
shared-key-remain = { $count } sertifikat lain dengan kunci ini belum dicabut sebagai terkompromi
shared-key-none = tidak ada sertifikat lain dengan kunci ini yang belum dimohonkan
shared-key-sound = permohonan ini tidak menyatakan kuncinya terkompromi
