## The system around the desk: files for sshd and systemd, and what `ams doctor` looks at

cli-deploy-sshd = Save it as /etc/ssh/sshd_config.d/ams.conf, then: sshd -t && systemctl reload ssh
cli-deploy-ssh-client = Save it as ~/.ssh/ams.conf and make “Include ams.conf” the first line of ~/.ssh/config.
cli-deploy-unit = Save it as /etc/systemd/system/ams.service, then: systemctl daemon-reload && systemctl enable --now ams
cli-deploy-sysusers = Save it as /etc/sysusers.d/ams.conf, then: systemd-sysusers
cli-deploy-tmpfiles = Save it as /etc/tmpfiles.d/ams.conf, then: systemd-tmpfiles --create
cli-deploy-program = { $path } cannot stand in a configuration file as it is.
cli-deploy-program-hint = Install ams under a plain path such as /usr/local/bin/ams and name it with --program.
