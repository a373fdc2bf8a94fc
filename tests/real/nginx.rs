//! The web server that `ams deploy nginx` sets up: a real nginx with the printed file, before a folder that the desk's
//! own publisher writes to.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use ams::pki::publish::{CrlFileName, PublishingFolder};

use crate::program::binary;
use crate::support::demo::{Demo, without_terminal};
use crate::support::peer::Peer;

/// A running nginx with the printed file; ended when dropped.
struct Nginx {
    child: Child,
    address: SocketAddr,
    folder: tempfile::TempDir,
}

impl Nginx {
    /// `None` where nginx is missing. `more`: further options of `ams deploy nginx`.
    fn start(more: &[&str]) -> Option<Self> {
        let mut nginx = Peer::Nginx.command()?;
        let folder = tempfile::tempdir().unwrap();
        // Its workers run as another user, as on a real host.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let published = folder.path().join("crl");
        PublishingFolder::open(&published).unwrap();
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = free.local_addr().unwrap();
        let listen = address.to_string();
        let line = [
            "deploy",
            "nginx",
            "--publish",
            published.to_str().unwrap(),
            "--listen",
            &listen,
        ];
        let printed = without_terminal(binary(), &[&line, more].concat());
        assert_eq!(printed.status, Some(0), "{printed:?}");
        assert!(printed.stderr.contains("/etc/nginx/conf.d/"), "{printed:?}");
        fs::write(folder.path().join("server.conf"), &printed.stdout).unwrap();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("  {kind}_temp_path temporary-{kind};\n"))
            .concat();
        fs::write(
            folder.path().join("nginx.conf"),
            format!(
                "daemon off;\nworker_processes 2;\npid nginx.pid;\nerror_log stderr notice;\n\
                 events {{ worker_connections 64; }}\nhttp {{\n  access_log off;\n  gzip on;\n  gzip_types *;\n\
                 {temporary}  include server.conf;\n}}\n"
            ),
        )
        .unwrap();
        drop(free);
        let mut child = nginx
            .args(["-e", "stderr", "-c", "nginx.conf", "-p"])
            .arg(folder.path())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
        let ready = said
            .by_ref()
            .map_while(Result::ok)
            .inspect(|line| eprintln!("{line}"))
            .any(|line| line.contains("start worker process"));
        assert!(ready, "nginx did not start");
        std::thread::spawn(move || said.map_while(Result::ok).for_each(drop));
        Some(Self {
            child,
            address,
            folder,
        })
    }

    fn published(&self) -> PathBuf {
        self.folder.path().join("crl")
    }

    fn ask(&self, method: &str, path: &str, headers: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: crl.uji.example\r\nConnection: close\r\n{headers}\r\n"
        )
        .unwrap();
        let mut whole = Vec::new();
        stream.read_to_end(&mut whole).unwrap();
        Answer::read(&whole)
    }

    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "")
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its workers leave when their master does; SIGTERM lets it take them along.
        let pid = i32::try_from(self.child.id())
            .ok()
            .and_then(rustix::process::Pid::from_raw);
        if let Some(pid) = pid {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let _ = self.child.wait();
    }
}

#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn read(whole: &[u8]) -> Self {
        let end = whole
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .expect("a head");
        let head = String::from_utf8(whole[..end].to_vec()).unwrap();
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        Self {
            status: status.expect("a status"),
            head,
            body: whole[end + 4..].to_vec(),
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

#[test]
fn a_crl_is_served_as_it_was_published_with_its_type_and_a_short_life_in_caches() {
    let Some(nginx) = Nginx::start(&[]) else {
        return;
    };
    let demo = Demo::make(binary(), &["--requests", "1"]);
    let path = fs::read_dir(&demo.crl_dir)
        .unwrap()
        .map(|item| item.unwrap().path())
        .find(|path| path.extension().is_some_and(|end| end == "crl"))
        .expect("the demo publishes a CRL");
    let crl = fs::read(path).unwrap();
    let folder = PublishingFolder::open(&nginx.published()).unwrap();
    let name = CrlFileName::parse("ca-uji.crl").unwrap();
    folder.publish(&name, &crl).unwrap();

    // Neither asked for compressed nor in part is it anything but the file.
    let odd = "Accept-Encoding: gzip\r\nRange: bytes=1-2\r\n";
    for answer in [
        nginx.get("/ca-uji.crl"),
        nginx.ask("GET", "/ca-uji.crl", odd),
    ] {
        assert_eq!(answer.status, 200, "{}", answer.head);
        assert!(answer.body == crl, "other octets");
        assert_eq!(answer.header("Content-Type"), Some("application/pkix-crl"));
        assert_eq!(answer.header("Cache-Control"), Some("max-age=300"));
        assert!(answer.header("Expires").is_some());
        assert_eq!(answer.header("Content-Encoding"), None);
        assert_eq!(answer.header("Server"), Some("nginx"));
    }
    let curl = Command::new("curl")
        .args([
            "--silent",
            "--fail",
            &format!("http://{}/ca-uji.crl", nginx.address),
        ])
        .output();
    if let Ok(curl) = curl {
        assert!(curl.status.success() && curl.stdout == crl);
    }

    let head = nginx.ask("HEAD", "/ca-uji.crl", "");
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("Content-Length"), Some(&*crl.len().to_string()));
    let (tag, modified) = (
        head.header("ETag").unwrap(),
        head.header("Last-Modified").unwrap(),
    );
    assert!(!tag.starts_with("W/"), "{tag}");
    for condition in [
        format!("If-None-Match: {tag}\r\n"),
        format!("If-Modified-Since: {modified}\r\n"),
    ] {
        let answer = nginx.ask("GET", "/ca-uji.crl", &condition);
        assert_eq!((answer.status, answer.body.len()), (304, 0), "{condition}");
    }
    // Another CRL of the same length in the same second is another one nevertheless.
    let mut next = crl.clone();
    *next.last_mut().unwrap() ^= 1;
    folder.publish(&name, &next).unwrap();
    for condition in [
        format!("If-None-Match: {tag}\r\n"),
        format!("If-Modified-Since: {modified}\r\n"),
    ] {
        let answer = nginx.ask("GET", "/ca-uji.crl", &condition);
        assert_eq!(answer.status, 200, "{condition}");
        assert!(answer.body == next, "other octets");
    }
}

#[test]
fn nothing_but_published_crls_is_served_and_nothing_is_taken() {
    let Some(nginx) = Nginx::start(&["--path", "/pki/v1.0"]) else {
        return;
    };
    let folder = nginx.published();
    for name in [
        "ca.crl",
        ".hidden.crl",
        ".ams-ca.crl.part",
        "ca.crl.part",
        "ca.crl~",
        "notes.txt",
        "ca.key",
        "-x.crl",
    ] {
        fs::write(folder.join(name), name).unwrap();
    }
    fs::create_dir(folder.join("more")).unwrap();
    fs::write(folder.join("more/ca.crl"), "below").unwrap();
    fs::create_dir(folder.join("folder.crl")).unwrap();
    fs::write(nginx.folder.path().join("outside.crl"), "outside").unwrap();
    symlink("../outside.crl", folder.join("link.crl")).unwrap();

    assert_eq!(nginx.get("/pki/v1.0/ca.crl").body, b"ca.crl");
    for path in [
        "/",
        "/pki/v1.0/",
        "/pki/v1.0",
        "/ca.crl",
        "/pki/v1x0/ca.crl",
        "/pki/v1.0/absent.crl",
        "/pki/v1.0/.hidden.crl",
        "/pki/v1.0/%2ehidden.crl",
        "/pki/v1.0/.ams-ca.crl.part",
        "/pki/v1.0/ca.crl.part",
        "/pki/v1.0/ca.crl~",
        "/pki/v1.0/notes.txt",
        "/pki/v1.0/ca.key",
        "/pki/v1.0/-x.crl",
        "/pki/v1.0/more/ca.crl",
        "/pki/v1.0/more%2fca.crl",
        "/pki/v1.0/folder.crl",
        "/pki/v1.0/folder.crl/",
        "/pki/v1.0/link.crl",
        "/pki/v1.0/../outside.crl",
        "/pki/v1.0/..%2foutside.crl",
        "/pki/v1.0/ca.crl/",
        "/pki/v1.0/ca.crl%00",
    ] {
        let answer = nginx.get(path);
        assert!(
            matches!(answer.status, 400 | 403 | 404),
            "{path}: {}",
            answer.head
        );
        let body = String::from_utf8_lossy(&answer.body);
        assert!(
            !body.contains("Index of") && body.contains("<html>"),
            "{path}: {body}"
        );
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND", "TRACE"] {
        let answer = nginx.ask(method, "/pki/v1.0/ca.crl", "Content-Length: 0\r\n");
        assert_eq!(answer.status, 405, "{method}: {}", answer.head);
    }
    assert_eq!(fs::read(folder.join("ca.crl")).unwrap(), b"ca.crl");
}

#[test]
fn while_fifty_crls_are_published_every_reader_gets_one_of_them_whole() {
    let Some(nginx) = Nginx::start(&[]) else {
        return;
    };
    // As large as a list of twenty thousand entries, each of another length, so that a mixture shows.
    let crl = |number: usize| vec![b'0' + (number % 10) as u8; 1_000_000 + number];
    let is_whole = |body: &[u8]| body.len() >= 1_000_000 && *body == crl(body.len() - 1_000_000);
    let folder = PublishingFolder::open(&nginx.published()).unwrap();
    let name = CrlFileName::parse("ca-uji.crl").unwrap();
    folder.publish(&name, &crl(0)).unwrap();
    let done = AtomicBool::new(false);
    let seen: usize = std::thread::scope(|scope| {
        let read = || {
            let mut seen = std::collections::BTreeSet::new();
            while !done.load(Ordering::Relaxed) {
                let answer = nginx.get("/ca-uji.crl");
                assert_eq!(answer.status, 200, "{}", answer.head);
                assert!(
                    is_whole(&answer.body),
                    "{} octets of several",
                    answer.body.len()
                );
                seen.insert(answer.body.len());
            }
            seen.len()
        };
        let readers = [scope.spawn(read), scope.spawn(read)];
        for number in 1..=50 {
            folder.publish(&name, &crl(number)).unwrap();
            // Each is read at least once while the next is written.
            assert!(is_whole(&nginx.get("/ca-uji.crl").body));
        }
        done.store(true, Ordering::Relaxed);
        readers
            .map(|reader| reader.join().unwrap())
            .into_iter()
            .max()
            .unwrap()
    });
    assert!(seen > 5, "the readers saw {seen} lists");
    assert_eq!(nginx.get("/ca-uji.crl").body, crl(50));
}
