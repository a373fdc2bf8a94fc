//! A publication point behind TLS, which some CAs have although RFC 5280 §8 warns of it: a real nginx, and a whole desk
//! that looks there.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use crate::program::binary;
use crate::support::demo::{Demo, run};
use crate::support::peer::Peer;
use crate::support::serving::Serving;

/// nginx with a certificate of its own for localhost; ended when dropped.
struct TlsServer {
    child: Child,
    certificate: PathBuf,
    port: u16,
}

impl TlsServer {
    /// `own`: a folder for its files.
    fn start(served: &Path, own: &Path) -> Option<Self> {
        fs::write(
            own.join("tls.cnf"),
            "[req]\nprompt=no\ndistinguished_name=dn\nx509_extensions=e\n[dn]\nCN=localhost\n\
             [e]\nbasicConstraints=critical,CA:FALSE\nsubjectAltName=DNS:localhost\n",
        )
        .unwrap();
        let line = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -config tls.cnf \
                    -keyout tls.key -out tls.pem";
        let mut make = Peer::OpenSsl.command()?;
        make.args(line.split_whitespace()).current_dir(own);
        let made = run(&mut make, b"");
        assert_eq!(made.status, Some(0), "{made:?}");
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = free.local_addr().unwrap().port();
        // The demo's folder is its owner's alone, and so nginx must not become somebody else.
        let user = if rustix::process::geteuid().is_root() {
            "user root root;"
        } else {
            ""
        };
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path temporary-{kind};\n"))
            .concat();
        fs::write(
            own.join("nginx.conf"),
            format!(
                "daemon off;\n{user}\npid nginx.pid;\nerror_log stderr notice;\nevents {{}}\nhttp {{\naccess_log off;\n\
                 {temporary}server {{\nlisten 127.0.0.1:{port} ssl;\nssl_certificate {0}/tls.pem;\n\
                 ssl_certificate_key {0}/tls.key;\nroot {1};\n}}\n}}\n",
                own.display(),
                served.display()
            ),
        )
        .unwrap();
        let mut nginx = Peer::Nginx.command()?;
        drop(free);
        let mut child = nginx
            .args(["-e", "stderr", "-c", "nginx.conf", "-p"])
            .arg(own)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut ready = said.by_ref().map_while(Result::ok);
        assert!(
            ready.any(|line| line.contains("start worker process")),
            "nginx did not start"
        );
        std::thread::spawn(move || said.map_while(Result::ok).for_each(drop));
        Some(Self {
            child,
            certificate: own.join("tls.pem"),
            port,
        })
    }
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        let pid = i32::try_from(self.child.id()).ok();
        if let Some(pid) = pid.and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let _ = self.child.wait();
    }
}

/// Enough for a look that takes seconds: each question to the desk takes tens of milliseconds.
const QUESTIONS: usize = 300;

#[test]
fn a_desk_sees_its_crl_over_https_where_the_machine_trusts_the_server() {
    let demo = Demo::make(binary(), &["--requests", "1"]);
    let own = tempfile::tempdir().unwrap();
    let Some(server) = TlsServer::start(&demo.crl_dir, own.path()) else {
        return;
    };
    let url = format!("https://localhost:{}", server.port);
    demo.done("admin", &["config", "set", "crl.url", &url]);
    demo.done("admin", &["config", "set", "crl.outside_look", "on"]);
    let seen = || {
        demo.json("admin", &["crl", "list"])[0]
            .get("seen_at")
            .cloned()
    };
    assert_eq!(seen(), None, "absent when unknown");

    let mut trusting = demo.ams();
    trusting.env("SSL_CERT_FILE", &server.certificate);
    let trusting = Serving::start(trusting.arg("serve"));
    let at = (0..QUESTIONS)
        .find_map(|_| seen())
        .expect("the CRL is seen");
    assert!(at.as_str().is_some_and(|at| at.starts_with("20")), "{at}");
    assert!(trusting.stop().success());
}
