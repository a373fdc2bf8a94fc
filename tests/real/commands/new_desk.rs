//! A real desk from its first command on, and a demo that keeps away from it.

use std::path::Path;

use super::{serial, with_ca, without_terminal};
use crate::program::{binary, demo};
use crate::support::demo::{check_shape, run};
use crate::support::new_desk::NewDesk;

#[test]
fn a_new_desk_takes_its_ca_people_and_certificates_and_names_what_it_refuses() {
    let desk = NewDesk::make(binary());
    let authority = with_ca(&desk);
    let email = "rina@contoh.uji.example";
    let person = [
        "--json",
        "account",
        "add",
        "rina",
        "--name",
        "Rina Contoh UJI",
        "--email",
        email,
        "--nip",
        "198704122010012003",
        "--role",
        "pemohon",
    ];
    let made = desk.run("admin", &person);
    assert_eq!(made.status, Some(0), "{made:?}");
    desk.change_password("rina", made.json()["password"].as_str().unwrap());
    // A broken one between two good ones, in one bundle.
    let bundle = [
        authority
            .issue(&serial("1001"), "Rina Contoh UJI", email)
            .as_bytes(),
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        authority
            .issue(&serial("1002"), "Tanpa Akun UJI", "tak.ada@uji.example")
            .as_bytes(),
    ]
    .concat();
    let bundle = desk.write("bundle.pem", bundle);
    let dry = desk.run("admin", &["--json", "cert", "import", "--dry-run", &bundle]);
    assert_eq!(
        (dry.status, &dry.json()["added"]),
        (Some(1), &2.into()),
        "{dry:?}"
    );
    let import = desk.run("admin", &["--json", "cert", "import", &bundle]);
    let counts = import.json();
    check_shape(&counts);
    assert_eq!(import.status, Some(1));
    let expected = [
        ("read", 3),
        ("added", 2),
        ("without_owner", 1),
        ("refused", 1),
        ("known", 0),
    ];
    for (name, count) in expected {
        assert_eq!(counts[name], count, "{name}: {counts:#}");
    }
    assert_eq!(counts["refusals"][0]["index"], 1);
    // Again as a folder, which holds the CA's key and other things besides: a duplicate is no refusal.
    let folder = desk.path("issued");
    std::fs::create_dir_all(format!("{folder}/2026")).unwrap();
    let one = authority.issue(&serial("1001"), "Rina Contoh UJI", email);
    std::fs::write(format!("{folder}/2026/rina.pem"), &one).unwrap();
    std::fs::write(format!("{folder}/README"), "bukan sertifikat").unwrap();
    let other = authority.issue(&serial("1003"), "Rina Contoh UJI", email);
    std::fs::write(format!("{folder}/baru.pem"), &other).unwrap();
    let walked = desk.run("admin", &["--json", "cert", "import", &folder]);
    let counts = walked.json();
    // The same serial with other octets is refused: it is another certificate.
    assert_eq!(counts["refused_by"]["serial-taken"], 1, "{counts:#}");
    assert_eq!(counts["added"], 1, "{counts:#}");
    let own = desk.run("rina", &["--json", "cert", "list"]);
    let mine = own.json();
    let owners: Vec<&str> = mine
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["owner"].as_str().unwrap())
        .collect();
    assert_eq!(owners, ["rina", "rina"]);
    let csv = desk.write(
        "people.csv",
        "username,name,email,roles\nbudi,Budi Contoh UJI,budi@uji.example,pemohon\nx,,y,z\n",
    );
    let people = desk.run("admin", &["--json", "account", "import", &csv]);
    assert_eq!(people.status, Some(1), "{people:?}");
    assert_eq!(people.json()[0]["username"], "budi");
    assert!(people.json()[1]["problem"].is_string());
    let check = desk.run("admin", &["check"]);
    assert_eq!(check.status, Some(0), "{check:?}");
}

#[test]
fn a_demo_never_touches_a_real_desk_and_continues_its_own() {
    let desk = NewDesk::make(binary());
    let data = desk.path("desk");
    for more in [&["--reset"][..], &[]] {
        let line = [&["--data", &data, "demo", "--no-open"], more].concat();
        let ran = without_terminal(&line);
        assert_eq!(ran.status, Some(1), "{ran:?}");
        assert!(ran.stderr.contains("meja sungguhan"), "{ran:?}");
    }
    let occupied = desk.path("occupied");
    std::fs::create_dir(&occupied).unwrap();
    std::fs::write(format!("{occupied}/skripsi.txt"), "x").unwrap();
    let ran = without_terminal(&["--data", &occupied, "demo", "--reset", "--no-open"]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert!(Path::new(&format!("{occupied}/skripsi.txt")).exists());
    let demo = demo();
    let before = demo.json("admin", &["ca", "demo"]);
    let again = run(demo.ams().args(["--json", "demo", "--no-open"]), b"");
    check_shape(&again.json());
    let cas = demo.json("admin", &["ca", "list"]);
    assert!(
        cas.as_array()
            .unwrap()
            .iter()
            .any(|ca| ca["id"] == before["id"])
    );
}
