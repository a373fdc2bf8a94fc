//! Somebody else listens where the desk would.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use crate::program::demo;
use crate::support::demo::run;

/// Who listens there; ended when dropped, as nobody may ever connect to it.
struct Impostor(Child);

impl Drop for Impostor {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_socket_that_another_user_put_in_the_way_gets_no_password() {
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
    let open = PermissionsExt::from_mode(0o777);
    std::fs::set_permissions(path.parent().unwrap(), open).unwrap();
    for folder in [&runtime, &runtime.parent().unwrap().to_owned()] {
        let passable = PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder, passable).unwrap();
    }
    let script = "import socket, sys\n\
        s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); print('ready', flush=True)\n\
        c, _ = s.accept(); print(len(c.recv(1)), flush=True)";
    let listening = Command::new("python3")
        .args(["-c", script])
        .arg(&path)
        .uid(61_999)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut impostor = Impostor(listening);
    let mut heard = BufReader::new(impostor.0.stdout.take().unwrap()).lines();
    let mut hears = || heard.next().expect("a line").unwrap();
    assert_eq!(hears(), "ready");
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
    assert_eq!(hears(), "0");
}
