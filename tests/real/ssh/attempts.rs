//! What somebody tries who may reach the desk over SSH and wants more than its commands. Each row says how it ends; after
//! all of them nothing lies on the desk's host that was not there before.

use std::io::{ErrorKind, Read};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::{AMS, state};
use crate::support::demo::{Ran, run};
use crate::support::ssh::Site;
use crate::support::terminal::{PATIENCE, Size, Terminal};

/// A file that every attempt to do something on the desk's host would leave there.
fn trace(site: &Site) -> String {
    site.users.officers[0]
        .home
        .join(format!("trace-{}", site.sshd.port))
        .display()
        .to_string()
}

fn homes(site: &Site) -> String {
    let [first, second] = &site.users.officers;
    state(&[&first.home, &second.home])
}

#[test]
fn nothing_but_commands_of_ams_gets_past_the_forced_command() {
    let Some(site) = Site::bound(AMS, &["op"]) else {
        return;
    };
    let officer = &site.users.officers[0];
    let trace = trace(&site);
    let secret = site.demo.data().join("desk.key");
    let before = homes(&site);
    let rows: Vec<(String, i32)> = [
        ("ams request list; touch @T", 2),
        ("ams request list ;touch @T", 2),
        ("ams request list && touch @T", 2),
        ("ams request list || touch @T", 2),
        ("ams request list & touch @T", 2),
        ("ams request list | tee @T", 2),
        ("ams request list > @T", 2),
        ("ams request list < @T", 2),
        ("ams request list\ntouch @T", 2),
        ("ams request list\r\ntouch @T", 2),
        ("ams request list $(touch @T)", 2),
        ("ams request list `touch @T`", 2),
        // A word like any other: no request bears this number.
        ("ams request show $(touch @T)", 2),
        ("ams request show '$(touch @T)'", 1),
        ("ams request show '`touch @T`'", 1),
        ("ams request show ${IFS}", 1),
        ("ams request show '\u{1b}]52;c;AAAA\u{7}'", 1),
        ("$(touch @T)", 2),
        ("`touch @T`", 2),
        ("touch @T", 2),
        ("sh -c 'touch @T'", 2),
        ("bash", 2),
        ("/bin/sh", 2),
        ("exec touch @T", 2),
        ("env AMS_DATA=@T ams request list", 2),
        ("AMS_SOCKET=@T ams request list", 2),
        ("ams ams request list", 2),
        ("ams 'request list", 2),
        ("/usr/lib/openssh/sftp-server", 2),
        ("internal-sftp", 2),
        ("scp -t @T", 2),
        ("scp -f @T", 2),
        ("rsync --server -logDtpre.iLsfxC . @T", 2),
        ("git-upload-pack @T", 2),
        // Paths on the desk's host, and other desks.
        ("ams --data @S request list", 2),
        ("ams --data=@S request list", 2),
        ("ams --socket @T request list", 2),
        ("ams request list --socket=@T", 2),
        ("ams --user op --password-file @S request list", 2),
        ("ams --user op --password-file=@S request list", 2),
        ("ams letter inspect @S", 2),
        ("ams cert import @S", 2),
        ("ams cert import - @S", 2),
        ("ams cert import /etc", 2),
        ("ams ca add --cert @S --key -", 2),
        ("ams ca add --cert - --key @S", 2),
        ("ams ca unlock --passphrase-file @S", 2),
        ("ams ca unlock --passphrase-fd 3", 2),
        ("ams account import @S", 2),
        ("ams account passwd --new-password-file @S", 2),
        (
            "ams request new --owner op --serial 01 --reason mutasi --letter @S",
            2,
        ),
        ("ams letter form -o @T", 2),
        ("ams letter form -o@T", 2),
        ("ams letter form --output=@T", 2),
        ("ams crl show @S", 2),
        ("ams crl diff @S @S", 2),
        ("ams crl check @S", 2),
        ("ams crl check --issuer-cert @S 1", 2),
        ("ams log verify @S", 2),
        ("ams log verify --public-key @S", 2),
        ("ams backup @T", 2),
        // Nor where the desk itself reads and writes.
        ("ams config set crl.folder @T", 2),
        ("ams config set mail.folder -", 2),
        ("ams config set mail.ca_file @S", 2),
        // What is for the desk's own host.
        ("ams serve", 2),
        ("ams serve --passphrase-fd 0", 2),
        ("ams init", 2),
        ("ams demo", 2),
        ("ams demo --reset", 2),
        ("ams demo --as admin", 2),
        ("ams demo --no-open --now 2026-01-01@T00:00:00Z", 2),
        ("__letter", 2),
        ("ams __letter", 2),
        // A screen needs a terminal.
        ("ams", 2),
    ]
    .map(|(line, status)| {
        let line = line
            .replace("@T", &trace)
            .replace("@S", &secret.display().to_string());
        (line, status)
    })
    .into();
    let ended: Vec<Ran> = std::thread::scope(|scope| {
        let sshd = &site.sshd;
        // A few at a time, as many officers would.
        let parts = rows.chunks(rows.len().div_ceil(6)).map(|part| {
            scope.spawn(move || {
                let each = |(line, _): &(String, i32)| sshd.ssh(officer, line, b"");
                part.iter().map(each).collect::<Vec<_>>()
            })
        });
        let parts: Vec<_> = parts.collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().expect("ran"))
            .collect()
    });
    for ((line, status), ran) in rows.iter().zip(&ended) {
        assert_eq!(ran.status, Some(*status), "{line}: {ran:?}");
        assert!(ran.stdout.is_empty(), "{line}: {ran:?}");
        assert!(!ran.stderr.contains('\u{1b}'), "{line}: {ran:?}");
    }
    assert_eq!(homes(&site), before);
    assert!(!Path::new(&trace).exists());
}

#[test]
fn no_other_use_of_an_ssh_connection_is_served() {
    let Some(site) = Site::open(AMS, &[]) else {
        return;
    };
    let officer = &site.users.officers[0];
    let at_desk = format!("{}@desk", officer.name);
    let before = homes(&site);
    let own = site.folder().join("own.txt");
    std::fs::write(&own, "of the client").unwrap();
    let own = own.to_str().unwrap();
    let remote = format!("{at_desk}:/etc/hostname");
    let (taken, put) = (site.folder().join("taken"), format!("{at_desk}:trace.txt"));
    let taken = taken.to_str().unwrap();

    // Files in and out, by every protocol that runs over SSH.
    let mut sftp = site.client("sftp");
    sftp.args(["-b", "-", &at_desk]);
    let ran = run(&mut sftp, b"ls /\nget /etc/hostname\n");
    assert_ne!(ran.status, Some(0), "sftp: {ran:?}");
    let copies = [
        ("scp", vec![remote.as_str(), taken]),
        ("scp", vec![own, &put]),
        ("scp", vec!["-O", &remote, taken]),
        ("scp", vec!["-O", own, &put]),
    ];
    for (program, arguments) in copies {
        let ran = run(site.client(program).args(&arguments), b"");
        assert_ne!(ran.status, Some(0), "{program} {arguments:?}: {ran:?}");
    }
    let over = format!("ssh -F {}", site.sshd.client_config.display());
    for (from, to) in [(remote.as_str(), taken), (own, &put)] {
        let mut rsync = Command::new("rsync");
        let ran = run(rsync.args(["-e", &over, from, to]), b"");
        assert_ne!(ran.status, Some(0), "rsync {from} {to}: {ran:?}");
    }
    assert!(!Path::new(taken).exists());

    // Ports: somebody listens here, and nobody comes.
    let target = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    target.set_nonblocking(true).unwrap();
    let port = target.local_addr().unwrap().port();
    let to_target = format!("127.0.0.1:{port}");
    let ran = run(site.client("ssh").args(["-W", &to_target, &at_desk]), b"x");
    assert_eq!(ran.status, Some(255), "-W: {ran:?}");
    let back = format!("0:{to_target}");
    let remote_forward = [
        "-o",
        "ExitOnForwardFailure=yes",
        "-N",
        "-R",
        &back,
        &at_desk,
    ];
    let ran = run(site.client("ssh").args(remote_forward), b"");
    assert_eq!(ran.status, Some(255), "-R: {ran:?}");
    let tunnel = [
        "-o",
        "ExitOnForwardFailure=yes",
        "-o",
        "LogLevel=INFO",
        "-w",
        "any",
        &at_desk,
        "ams",
        "request",
    ];
    let ran = run(site.client("ssh").args(tunnel), b"");
    assert_ne!(ran.status, Some(0), "-w: {ran:?}");
    for option in ["-L", "-D"] {
        let free = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let entrance = free.local_addr().unwrap();
        drop(free);
        let wanted = match option {
            "-L" => format!("{entrance}:{to_target}"),
            _ => entrance.to_string(),
        };
        let mut client = site.client("ssh");
        client
            .args(["-N", option, &wanted, &at_desk])
            .stdin(Stdio::null());
        let mut client = client.spawn().unwrap();
        let mut stream = knock(entrance);
        if option == "-D" {
            // SOCKS 4: connect to the target.
            let mut call = vec![4, 1];
            call.extend(port.to_be_bytes());
            call.extend([127, 0, 0, 1, 0]);
            std::io::Write::write_all(&mut stream, &call).unwrap();
        }
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut answer = Vec::new();
        let ended = stream.read_to_end(&mut answer);
        let reset = |error: &std::io::Error| error.kind() == ErrorKind::ConnectionReset;
        assert!(
            ended.as_ref().err().is_none_or(reset),
            "{option}: {ended:?}"
        );
        client.kill().unwrap();
        client.wait().unwrap();
    }
    let came = target.accept().map(drop).map_err(|error| error.kind());
    assert_eq!(came, Err(ErrorKind::WouldBlock), "a forwarded connection");
    assert_eq!(homes(&site), before);
}

/// Connects as soon as somebody listens there.
fn knock(at: std::net::SocketAddr) -> TcpStream {
    let begun = Instant::now();
    loop {
        match TcpStream::connect(at) {
            Ok(stream) => return stream,
            Err(error) => assert!(begun.elapsed() < PATIENCE, "{at}: {error}"),
        }
    }
}

#[test]
fn neither_agent_nor_display_nor_environment_comes_over_with_a_screen() {
    let Some(site) = Site::open(AMS, &[]) else {
        return;
    };
    let officer = &site.users.officers[0];
    let agent_socket = site.folder().join("agent");
    let mut agent = Command::new("ssh-agent")
        .args(["-D", "-a"])
        .arg(&agent_socket)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut command = site.client("ssh");
    command
        .args(["-tt", "-A", "-Y"])
        .arg(format!("-oIdentityAgent={}", agent_socket.display()))
        .arg("-oSetEnv=AMS_DATA=/etc AMS_SOCKET=/tmp/s LD_PRELOAD=/tmp/x.so AMS_LOG=trace HOME=/tmp XDG_STATE_HOME=/tmp LC_AMS_UJI=1")
        .arg(format!("{}@desk", officer.name));
    let terminal = Terminal::start(&command, Size::new(80, 24), &[("DISPLAY", "127.0.0.1:9")]);
    site.log_in(&terminal, "op");
    let environments = site.sshd.environments();
    let [environment] = &environments[..] else {
        panic!("one relay: {environments:?}")
    };
    let has = |name: &str| {
        environment
            .iter()
            .any(|v| v.starts_with(&format!("{name}=")))
    };
    assert!(
        has("LC_AMS_UJI"),
        "what is allowed comes over: {environment:?}"
    );
    for name in [
        "AMS_DATA",
        "AMS_SOCKET",
        "AMS_LOG",
        "LD_PRELOAD",
        "XDG_STATE_HOME",
        "SSH_AUTH_SOCK",
        "DISPLAY",
    ] {
        assert!(!has(name), "{environment:?}");
    }
    let home = format!("HOME={}", officer.home.display());
    assert!(environment.contains(&home), "{environment:?}");
    terminal.keys("q");
    terminal.wait_exit();
    agent.kill().unwrap();
    agent.wait().unwrap();
}
