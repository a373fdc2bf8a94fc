## Berkas di komputer pengguna

file-written = Disimpan: { $path }
file-not-found = Berkas tidak ditemukan.
file-denied = Berkas tidak dapat dibuka: tidak ada izin.
file-not-a-file = Bukan berkas biasa.
file-too-large = Berkas lebih besar dari { $limit }.
file-exists = Berkas sudah ada dan tidak ditimpa: beri nama lain.
file-no-files = Berkas tidak lewat sambungan ini: pakai ams letter put, ams letter form.
