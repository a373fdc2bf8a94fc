//! The desk process begins and ends, as its service manager and its screens see it.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use super::{office, screen, serve};
use crate::program::demo;
use crate::support::serving::Serving;

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
