## Sistem di sekitar meja: berkas untuk sshd dan systemd, dan yang dilihat `ams doctor`

cli-deploy-sshd = Simpan sebagai /etc/ssh/sshd_config.d/ams.conf, lalu: sshd -t && systemctl reload ssh
cli-deploy-ssh-client = Simpan sebagai ~/.ssh/ams.conf dan jadikan “Include ams.conf” baris pertama ~/.ssh/config.
cli-deploy-unit = Simpan sebagai /etc/systemd/system/ams.service, lalu: systemctl daemon-reload && systemctl enable --now ams
cli-deploy-sysusers = Simpan sebagai /etc/sysusers.d/ams.conf, lalu: systemd-sysusers
cli-deploy-tmpfiles = Simpan sebagai /etc/tmpfiles.d/ams.conf, lalu: systemd-tmpfiles --create
cli-deploy-program = { $path } tidak dapat ditulis begitu saja dalam berkas konfigurasi.
cli-deploy-program-hint = Pasang ams di jalur sederhana seperti /usr/local/bin/ams dan sebutkan dengan --program.
