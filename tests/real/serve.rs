//! One desk process for many: screens and commands over its socket, what a dropped link or a killed process leaves, and
//! what strangers may throw at the socket.

use std::io::{Read, Write};
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ams::session::caller::Stream;
use ams::session::link::{FromTerminal, Hello};
use ams::session::wire::{self, CommandCall, FromDesk, Outcome, ToDesk};
use rustix::process::Signal;

use crate::support::demo::{Demo, run};
use crate::support::form::{code_in, code_shown, walk_to_letter};
use crate::support::serving::Serving;
use crate::support::terminal::{Size, Terminal};

const SIZE: Size = Size::new(80, 24);

/// A demo whose desk runs as a process of its own.
struct Office {
    serving: Serving,
    demo: Demo,
}

fn demo() -> Demo {
    Demo::make(Path::new(env!("CARGO_BIN_EXE_ams")), &[])
}

fn serve(demo: &Demo) -> Serving {
    Serving::start(demo.ams().arg("serve"))
}

fn office() -> Office {
    let demo = demo();
    Office {
        serving: serve(&demo),
        demo,
    }
}

fn socket(demo: &Demo) -> PathBuf {
    let note = std::fs::read_to_string(demo.data().join("desk.pid")).expect("the desk's note");
    PathBuf::from(note.lines().nth(1).expect("where it listens"))
}

/// The app, logged in by keyboard.
fn screen(demo: &Demo, user: &str) -> Terminal {
    let terminal = Terminal::start(&demo.ams(), SIZE, &[]);
    log_in(demo, &terminal, user);
    terminal
}

fn log_in(demo: &Demo, terminal: &Terminal, user: &str) {
    terminal.wait_for("Kata sandi");
    terminal.keys(&format!("{user}<Enter>"));
    terminal.keys(&format!("{}<Enter>", demo.password(user)));
    terminal.wait_without("Kata sandi");
}

#[test]
fn commands_stream_both_ways_and_end_with_their_own_status() {
    let office = office();
    let demo = &office.demo;
    let letter = format!(
        "{}/tests/letters/lupa-passphrase.pdf",
        env!("CARGO_MANIFEST_DIR")
    );
    let [serial] = &demo.free_serials();
    let filed = demo.json(
        "pemohon",
        &[
            "request",
            "new",
            "--owner",
            "pemohon",
            "--serial",
            serial,
            "--reason",
            "lupa-passphrase",
            "--letter",
            &letter,
            "--letter-number",
            "1",
            "--letter-date",
            "2026-11-20",
            "--superior",
            "Atasan Contoh UJI",
            "--superior-nip",
            "198001012005011001",
        ],
    );
    let number = filed["number"].as_str().unwrap();
    let got = demo.done("pemohon", &["letter", "get", number]);
    assert!(
        got.stdout == std::fs::read(&letter).unwrap(),
        "octet by octet"
    );
    let out = demo.beside("form.pdf");
    let out = out.to_str().unwrap();
    demo.done(
        "pemohon",
        &["letter", "form", "--serial", serial, "-o", out],
    );
    assert!(std::fs::read(out).unwrap().starts_with(b"%PDF-"));
    let export = demo.done("auditor", &["log", "export"]).text();
    assert!(export.lines().count() > 1000);
    let refused = demo.run("op", &["request", "acknowledge", number]);
    assert_eq!(refused.status, Some(1), "{refused:?}");
    let usage = demo.run("op", &["request", "show", "PC-2026-999999"]);
    assert_eq!(usage.status, Some(1), "{usage:?}");
    let missing = demo.run("admin", &["cert", "import", "/nowhere/at/all.pem"]);
    assert_eq!(missing.status, Some(3), "{missing:?}");
    assert!(
        missing.stderr.contains("/nowhere/at/all.pem"),
        "{missing:?}"
    );
    assert!(office.serving.stop().success());
}

#[test]
fn a_reader_who_goes_ends_the_command_and_not_the_desk() {
    let office = office();
    let demo = &office.demo;
    let password = demo.beside("pw");
    std::fs::write(&password, demo.password("auditor")).unwrap();
    let mut pipe = std::process::Command::new("bash");
    pipe.args(["-c", r#""$0" "$@" | head -n 1; echo "${PIPESTATUS[0]}""#])
        .arg(demo.ams().get_program())
        .args(demo.ams().get_args())
        .args(["--user", "auditor", "--password-file"])
        .arg(&password)
        .args(["log", "export"]);
    let ran = run(&mut pipe, b"");
    assert_eq!(ran.text().lines().nth(1), Some("0"), "{ran:?}");
    assert!(ran.stderr.is_empty(), "{ran:?}");
    demo.done("op", &["request", "list"]);
}

#[test]
fn the_service_manager_hears_when_the_desk_is_ready_and_when_it_stops() {
    let demo = demo();
    let path = demo.beside("notify");
    let manager = UnixDatagram::bind(&path).unwrap();
    manager
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let heard = || {
        let mut buffer = [0; 512];
        let length = manager.recv(&mut buffer).expect("a message");
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    };
    let serving = Serving::start(demo.ams().env("NOTIFY_SOCKET", &path).arg("serve"));
    assert!(heard().contains("READY=1"));
    let terminal = screen(&demo, "op");
    assert!(serving.stop().success());
    assert!(heard().contains("STOPPING=1"));
    terminal.wait_for("meja layanan dihentikan");
    terminal.assert_restored();
    // What was open is taken up by the next desk.
    let _serving = serve(&demo);
    drop(screen(&demo, "op"));
}

#[test]
fn screen_and_filter_survive_a_killed_relay() {
    let office = office();
    let demo = &office.demo;
    let terminal = screen(demo, "op");
    terminal.keys("2");
    terminal.wait_for("PC-2026-");
    terminal.keys("/");
    terminal.keys("status:dikembalikan");
    terminal.wait_without("Diajukan");
    terminal.signal(Signal::KILL);
    terminal.wait_exit();
    // The desk notices by itself; then the session is one that was left.
    let begun = std::time::Instant::now();
    loop {
        let sessions = demo.json("admin", &["session", "list"]);
        if sessions[0]["state"] == "left" {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{sessions}");
    }
    let again = screen(demo, "op");
    again.wait_for("status:dikembalikan");
    assert!(!again.screen_text().contains("Diajukan"));
}

#[test]
fn a_killed_desk_gives_the_terminal_back_and_nothing_finished_is_lost() {
    let office = office();
    let demo = &office.demo;
    let terminal = screen(demo, "op");
    let queue = demo.json("op", &["request", "list", "--state", "diajukan"]);
    let number = queue[0]["number"].as_str().unwrap();
    demo.done("op", &["request", "claim", number]);
    office.serving.kill();
    terminal.wait_for("Sambungan ke meja layanan terputus");
    let exit = terminal.wait_exit();
    assert_eq!(exit.status, 3);
    terminal.assert_restored();
    let _again = serve(demo);
    let shown = demo.json("op", &["request", "show", number]);
    assert_eq!(shown["claimed_by"], "op", "{shown}");
    drop(screen(demo, "op"));
}

#[test]
fn what_one_officer_does_shows_on_anothers_screen_and_leaves_the_cursor_alone() {
    let office = office();
    let demo = &office.demo;
    let terminal = screen(demo, "op");
    terminal.keys("2");
    terminal.wait_for("PC-2026-");
    terminal.keys("<Down><Down>");
    terminal.settle(Duration::from_millis(300));
    // The number that the cursor is on is drawn in reverse.
    let cursor = || {
        let screen = terminal.screen();
        (1..screen.size().0)
            .find(|row| screen.cell(*row, 1).is_some_and(|cell| cell.inverse()))
            .map(|row| screen.contents_between(row, 1, row, 15))
    };
    let before = cursor().expect("a cursor");
    assert!(before.starts_with("PC-2026-"), "{before}");
    let queue = demo.json("op", &["request", "list", "--state", "diajukan"]);
    let number = queue[0]["number"].as_str().unwrap();
    demo.done("op2", &["request", "claim", number]);
    terminal.wait_for("op2");
    assert_eq!(cursor(), Some(before));
}

#[test]
fn an_admin_ends_a_session_and_its_screen_says_so() {
    let office = office();
    let demo = &office.demo;
    let terminal = screen(demo, "op");
    let sessions = demo.json("admin", &["session", "list"]);
    assert_eq!(sessions[0]["user"], "op", "{sessions}");
    let id = sessions[0]["id"].as_str().unwrap();
    let refused = demo.run("op2", &["session", "end", id]);
    assert_eq!(refused.status, Some(1), "{refused:?}");
    demo.done("admin", &["session", "end", id]);
    terminal.wait_for("diakhiri oleh admin");
    terminal.assert_restored();
    let sessions = demo.json("admin", &["session", "list"]);
    assert_eq!(sessions.as_array().unwrap().len(), 0, "{sessions}");
}

#[test]
fn a_screen_left_alone_is_locked_and_taken_up_by_its_own_person() {
    let office = office();
    let demo = &office.demo;
    demo.done("admin", &["config", "set", "session.idle_minutes", "1"]);
    let terminal = screen(demo, "op");
    terminal.keys("2");
    terminal.wait_for("PC-2026-");
    // A minute passes without a key.
    terminal.settle(Duration::from_secs(40));
    terminal.wait_for("Layar terkunci");
    assert!(!terminal.screen_text().contains("PC-2026-"));
    let sessions = demo.json("admin", &["session", "list"]);
    assert_eq!(sessions[0]["state"], "locked", "{sessions}");
    terminal.keys(&format!("{}<Enter>", demo.password("op")));
    terminal.wait_for("PC-2026-");
}

/// A screen's opening.
fn hello() -> Hello {
    Hello {
        environment: vec![("TERM".into(), "xterm".into())],
        columns: 80,
        rows: 24,
        peer_uid: Some(0),
        language: None,
        screen: None,
        demo_account: None,
    }
}

fn framed(message: &ToDesk) -> Vec<u8> {
    let mut octets = Vec::new();
    wire::write(&mut octets, message).unwrap();
    octets
}

fn greeted() -> Vec<u8> {
    let mut octets = Vec::new();
    wire::greet(&mut octets).unwrap();
    octets
}

/// Sends octets and reads until the desk closes the connection.
fn closes_after(socket: &Path, octets: &[u8]) -> Vec<u8> {
    let mut stream = UnixStream::connect(socket).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    // The desk may close before it has read everything.
    let _ = stream.write_all(octets);
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {}
        Err(error) => panic!("{error}: the connection stays open"),
    }
    answer
}

#[test]
fn hostile_frames_close_their_connection_and_nothing_else() {
    let office = office();
    let demo = &office.demo;
    let socket = socket(demo);
    let bystander = screen(demo, "op");
    let call = |arguments: &[&str]| {
        ToDesk::Command(CommandCall {
            arguments: arguments.iter().map(|&a| a.to_owned()).collect(),
            terminals: vec![Stream::Output],
        })
    };
    let opening = framed(&ToDesk::Screen(hello()));
    let hostile: Vec<(&str, Vec<u8>)> = vec![
        ("another protocol", b"GET / HTTP/1.0\r\n\r\n".to_vec()),
        ("another version", b"ams\n\xff\xff".to_vec()),
        ("too long", [greeted(), vec![0xff; 8]].concat()),
        (
            "longer than an opening may be",
            [
                greeted(),
                (65u32 << 10).to_be_bytes().to_vec(),
                vec![0; 65 << 10],
            ]
            .concat(),
        ),
        (
            "noise",
            [greeted(), 40u32.to_be_bytes().to_vec(), vec![0xa5; 40]].concat(),
        ),
        (
            "an answer first",
            [greeted(), framed(&ToDesk::Done(Outcome::Done))].concat(),
        ),
        (
            "bytes of a terminal first",
            [greeted(), framed(&ToDesk::Terminal(FromTerminal::Closed))].concat(),
        ),
        (
            "the opening twice",
            [greeted(), opening.clone(), opening.clone()].concat(),
        ),
        (
            "a command inside a screen",
            [
                greeted(),
                opening.clone(),
                framed(&call(&["request", "list"])),
            ]
            .concat(),
        ),
        (
            "a frame too long inside a screen",
            [greeted(), opening, vec![0x7f; 4]].concat(),
        ),
        (
            "answers that nobody asked for",
            [
                greeted(),
                framed(&call(&[
                    "--user",
                    "op",
                    "--password-file",
                    "-",
                    "request",
                    "list",
                ])),
                framed(&ToDesk::Done(Outcome::Files(None))),
                framed(&ToDesk::Done(Outcome::Octets(vec![7; 600_000]))),
            ]
            .concat(),
        ),
    ];
    for (what, octets) in &hostile {
        closes_after(&socket, octets);
        eprintln!("{what}: closed");
    }
    // A window of any size is one that is drawn, and costs no more memory than a large screen.
    let sized = |columns, rows| {
        ToDesk::Screen(Hello {
            columns,
            rows,
            ..hello()
        })
    };
    let resize = |columns, rows| framed(&ToDesk::Terminal(FromTerminal::Resize { columns, rows }));
    for octets in [
        [greeted(), framed(&sized(u16::MAX, u16::MAX))].concat(),
        [greeted(), framed(&sized(0, 0)), resize(0, 0)].concat(),
        [
            greeted(),
            framed(&ToDesk::Screen(hello())),
            resize(u16::MAX, u16::MAX),
        ]
        .concat(),
    ] {
        let mut stream = UnixStream::connect(&socket).unwrap();
        stream.write_all(&octets).unwrap();
        stream
            .write_all(&framed(&ToDesk::Terminal(FromTerminal::Closed)))
            .unwrap();
        let mut answer = Vec::new();
        // The connection may be reset once the session is over.
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.len() < 1 << 20, "{} octets", answer.len());
    }
    assert!(resident_kib(office.serving.pid()) < 400 << 10);
    // Every way to cut a good opening short.
    let good = [greeted(), framed(&call(&["request", "list"]))].concat();
    for end in 0..good.len() {
        let mut stream = UnixStream::connect(&socket).unwrap();
        stream.write_all(&good[..end]).unwrap();
    }
    bystander.keys("?");
    bystander.wait_for("Bantuan");
    demo.done("op", &["request", "list"]);
    let sessions = demo.json("admin", &["session", "list"]);
    assert_eq!(sessions.as_array().unwrap().len(), 1, "{sessions}");
}

#[test]
fn commands_that_are_not_a_desks_are_not_run_by_it() {
    let office = office();
    let socket = socket(&office.demo);
    for line in [
        &["serve"][..],
        &["demo", "--reset"],
        &["init"],
        &["letter", "inspect", "/etc/hostname"],
        &["crl", "diff", "/a", "/b"],
        &[],
    ] {
        let call = ToDesk::Command(CommandCall {
            arguments: line.iter().map(|&a| a.to_owned()).collect(),
            terminals: Vec::new(),
        });
        let answer = closes_after(&socket, &[greeted(), framed(&call)].concat());
        let mut rest = &answer[greeted().len()..];
        let mut status = None;
        while let Ok(Some(frame)) = wire::read::<FromDesk>(&mut rest, 1 << 20) {
            match frame {
                FromDesk::Errand(wire::Errand::Exit(ended)) => status = Some(ended),
                FromDesk::Errand(wire::Errand::Say(Stream::Error, _)) => {}
                other => panic!("{line:?}: {other:?}"),
            }
        }
        assert_eq!(status, Some(2), "{line:?}");
    }
}

#[test]
fn a_letter_from_another_computer_comes_in_under_the_code_that_the_form_shows() {
    let office = office();
    let demo = &office.demo;
    let terminal = screen(demo, "pemohon");
    walk_to_letter(&terminal, &demo.free_serials::<1>()[0]);
    let code = code_shown(&terminal);
    let put = |code: &str, octets: &[u8]| {
        let mut command = demo.ams();
        command.args(["letter", "put", code]);
        run(&mut command, octets)
    };
    // Wrong ones are refused at once, here and in the form.
    let wrong = put(if code == "2222" { "3333" } else { "2222" }, b"%PDF-1.7");
    assert_eq!(wrong.status, Some(1), "{wrong:?}");
    let word = put(&code, b"PK\x03\x04 word/document.xml");
    assert_eq!(word.status, Some(1), "{word:?}");
    terminal.wait_for("Word");
    let large = put(
        &code,
        &[b"%PDF-1.7\n".as_slice(), &vec![b' '; 2 << 20]].concat(),
    );
    assert_eq!(large.status, Some(1), "{large:?}");
    terminal.wait_for("MB");
    // It comes in portions, and the form shows how far it is.
    let letter = std::fs::read(format!(
        "{}/tests/letters/lupa-passphrase.pdf",
        env!("CARGO_MANIFEST_DIR")
    ))
    .unwrap();
    let mut sending = demo
        .ams()
        .args(["letter", "put", &code.to_lowercase()])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = sending.stdin.take().unwrap();
    pipe.write_all(&letter[..10_000]).unwrap();
    terminal.wait_for("Surat sedang masuk");
    pipe.write_all(&letter[10_000..]).unwrap();
    drop(pipe);
    let sent = sending.wait_with_output().unwrap();
    assert!(sent.status.success(), "{sent:?}");
    terminal.wait_for("v1");
    terminal.wait_without("Surat sedang masuk");
    // The code is spent; the form shows another.
    terminal.wait_until("another code", |screen| code_in(&screen.contents()) != code);
    assert_eq!(put(&code, &letter).status, Some(1));
}

/// A figure of the desk's process: `VmRSS` in kB, or the CPU ticks it has used.
fn resident_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|l| l.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn cpu_ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let fields: Vec<&str> = fields.split_whitespace().collect();
    // utime and stime are fields 14 and 15 (proc(5)); the first here is field 3.
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[test]
fn twenty_screens_cost_little_memory_and_no_processor_while_nothing_happens() {
    let demo = Demo::make(
        Path::new(env!("CARGO_BIN_EXE_ams")),
        &["--requests", "5000"],
    );
    let serving = serve(&demo);
    let screens: Vec<Terminal> = (0..20)
        .map(|_| {
            let terminal = Terminal::start(&demo.ams(), SIZE, &[]);
            log_in(&demo, &terminal, "op");
            terminal.keys("2");
            terminal.wait_for("PC-2026-");
            terminal
        })
        .collect();
    let sessions = demo.json("admin", &["session", "list"]);
    assert_eq!(sessions.as_array().unwrap().len(), 20);
    for terminal in &screens {
        terminal.settle(Duration::from_millis(500));
    }
    let resident = resident_kib(serving.pid()) / 1024;
    let (ticks, bytes) = (
        cpu_ticks(serving.pid()),
        screens.iter().map(Terminal::bytes_received).sum::<usize>(),
    );
    // Idle is the absence of events; there is nothing to wait for.
    std::thread::sleep(Duration::from_secs(5));
    let idle = cpu_ticks(serving.pid()) - ticks;
    let drawn = screens.iter().map(Terminal::bytes_received).sum::<usize>() - bytes;
    eprintln!(
        "20 sessions on 5000 requests: {resident} MiB, {idle} ticks and {drawn} bytes in 5 s"
    );
    assert!(resident <= 150, "{resident} MiB");
    // A minute mark may fall into it; a timer that runs all the time would cost far more.
    assert!(idle <= 5, "{idle} ticks in 5 s");
}

#[test]
fn a_socket_that_another_user_put_in_the_way_gets_no_password() {
    use std::os::unix::process::CommandExt;

    if !rustix::process::geteuid().is_root() {
        eprintln!("SKIPPED: run as root (another unix user listens)");
        return;
    }
    let demo = demo();
    let runtime = demo.beside("runtime");
    std::fs::create_dir(&runtime).unwrap();
    // Where our desk would listen, somebody else does.
    let path = ams::session::socket::path_for(&demo.data(), Some(&runtime));
    std::fs::create_dir(path.parent().unwrap()).unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    std::fs::set_permissions(path.parent().unwrap(), open).unwrap();
    for folder in [&runtime, &runtime.parent().unwrap().to_owned()] {
        let passable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder, passable).unwrap();
    }
    let script = "import socket, sys\n\
        s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); print('ready', flush=True)\n\
        c, _ = s.accept(); print(len(c.recv(1)), flush=True)";
    let mut thief = std::process::Command::new("python3")
        .args(["-c", script])
        .arg(&path)
        .uid(61_999)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut heard = std::io::BufReader::new(thief.stdout.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut heard, &mut line).unwrap();
    assert_eq!(line, "ready\n");
    let mut command = demo.ams();
    command.env("XDG_RUNTIME_DIR", &runtime).args([
        "--user",
        "op",
        "--password-file",
        "-",
        "request",
        "list",
    ]);
    let ran = run(&mut command, demo.password("op").as_bytes());
    assert_eq!(ran.status, Some(3), "{ran:?}");
    // It was connected to and told nothing.
    line.clear();
    std::io::BufRead::read_line(&mut heard, &mut line).unwrap();
    assert_eq!(line, "0\n");
    thief.wait().unwrap();
}
