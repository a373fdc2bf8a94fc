//! Makes the pictures in `screenshots/`: the real program on a fresh demo desk at a fixed time, driven by keys.
//! `cargo run --example screenshots` makes all; further arguments choose scenes by the beginning of their names.
//! The same program makes the same bytes (the log's picture shows the unix user id of whoever makes it).

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use support::demo::Demo;
use support::picture;
use support::terminal::{Size, Terminal};

#[path = "mod.rs"]
mod support;

/// The clock of every picture: a Sunday morning in WIB.
const NOW: &str = "2026-11-22T09:00:00+07:00";
/// A screen without new bytes for so long is finished; the lazily drawn detail comes 150 ms after a key.
const FINISHED: Duration = Duration::from_millis(600);

const SMALL: Size = Size::new(80, 24);
const LARGE: Size = Size::new(120, 40);

/// One picture, or one in each size.
struct Scene {
    name: &'static str,
    /// The demo account it opens as; the login screen where there is none.
    user: Option<&'static str>,
    /// The screen it opens on, by its name in commands.
    screen: Option<&'static str>,
    sizes: &'static [Size],
    /// What must be on the screen, then the keys to press.
    steps: &'static [(&'static str, &'static str)],
    /// What must be on the screen when the picture is taken.
    shows: &'static str,
}

const BOTH: &[Size] = &[SMALL, LARGE];
const LETTER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/letters/lupa-passphrase.pdf<Enter>"
);

const SCENES: &[Scene] = &[
    Scene {
        name: "login",
        user: None,
        screen: None,
        sizes: &[SMALL],
        steps: &[],
        shows: "pemohon",
    },
    Scene {
        name: "dashboard",
        user: Some("op"),
        screen: Some("dashboard"),
        sizes: BOTH,
        steps: &[],
        shows: "Dasbor",
    },
    Scene {
        name: "queue",
        user: Some("op"),
        screen: Some("queue"),
        sizes: BOTH,
        steps: &[("PC-", "jjj")],
        shows: "Batas putusan",
    },
    Scene {
        name: "filter",
        user: Some("op"),
        screen: Some("queue"),
        sizes: &[SMALL],
        steps: &[("PC-", "/status:diajukan umur:>4h")],
        shows: "umur:>4h",
    },
    Scene {
        name: "review",
        user: Some("op"),
        screen: Some("queue"),
        sizes: BOTH,
        steps: &[
            ("PC-", "n35<Enter>"),
            ("PC-2026-000035", "p"),
            ("Butir", "a"),
            ("Diperiksa", "<Space><Space><Space>"),
        ],
        shows: "[x]",
    },
    Scene {
        name: "revoke",
        user: Some("op"),
        screen: Some("queue"),
        sizes: &[SMALL],
        steps: &[
            ("PC-", "n51<Enter>"),
            ("PC-2026-000051", "p"),
            ("c Cabut", "c"),
        ],
        shows: "4 digit akhir",
    },
    Scene {
        name: "apply-reasons",
        user: Some("pemohon"),
        screen: Some("my-certificates"),
        sizes: &[SMALL],
        steps: &[
            ("a Ajukan", "G"),
            ("Permohonan saya", "a"),
            ("4 Kirim", "<Enter>"),
            ("[ ] Lupa", "<Space>"),
        ],
        shows: "[x] Lupa",
    },
    Scene {
        name: "apply-submit",
        user: Some("pemohon"),
        screen: Some("my-certificates"),
        sizes: BOTH,
        steps: &[
            ("a Ajukan", "G"),
            ("Permohonan saya", "a"),
            ("4 Kirim", "<Enter>"),
            ("[ ] Lupa", "<Space><Enter>"),
            ("Berkas surat", LETTER),
            (
                "dilampirkan",
                "800/017/UJI/2026<Enter>2026-11-20<Enter>Atasan Uji<Enter>196903151994031005<Enter>",
            ),
            ("format benar", "<Space><Enter>"),
        ],
        shows: "Lengkap.",
    },
    Scene {
        name: "my-requests",
        user: Some("pemohon"),
        screen: Some("my-requests"),
        sizes: BOTH,
        steps: &[("PC-", "j")],
        shows: "Sembilan langkah",
    },
    Scene {
        name: "crl",
        user: Some("op"),
        screen: Some("crl"),
        sizes: &[SMALL],
        // The first tab names the demo's temporary folder.
        steps: &[("Ringkasan", "l")],
        shows: "Riwayat",
    },
    Scene {
        name: "mails",
        user: Some("op"),
        screen: Some("mails"),
        sizes: &[SMALL],
        steps: &[],
        shows: "PC-",
    },
    Scene {
        name: "log",
        user: Some("auditor"),
        screen: Some("log"),
        sizes: &[SMALL],
        // Its first row, this login, is the one whose details name nothing that a new demo desk makes anew.
        steps: &[],
        shows: "Catatan",
    },
    Scene {
        name: "help",
        user: Some("op"),
        screen: Some("queue"),
        sizes: &[SMALL],
        steps: &[("PC-", "?")],
        shows: "Bantuan:",
    },
    Scene {
        name: "palette",
        user: Some("op"),
        screen: Some("queue"),
        sizes: &[SMALL],
        steps: &[("PC-", ":kem")],
        shows: "Kembalikan",
    },
];

fn main() -> Result<(), Box<dyn Error>> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let binary = built_binary()?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots");
    std::fs::create_dir_all(&folder)?;
    for scene in SCENES {
        if !wanted.is_empty() && !wanted.iter().any(|w| scene.name.starts_with(w.as_str())) {
            continue;
        }
        for &size in scene.sizes {
            // A desk of its own, so that what one scene does is in no other's picture.
            let demo = Demo::make(&binary, &["--now", NOW]);
            let picture = picture::png(&play(scene, &demo, size))?;
            let file = folder.join(format!("{}-{}x{}.png", scene.name, size.columns, size.rows));
            std::fs::write(&file, &picture)?;
            println!("{} ({} bytes)", file.display(), picture.len());
        }
    }
    Ok(())
}

/// Opens the program, presses the keys, and returns the screen that came of it.
fn play(scene: &Scene, demo: &Demo, size: Size) -> vt100::Screen {
    let mut command = demo.ams();
    command.args(["demo", "--now", NOW]);
    if let Some(user) = scene.user {
        command.args(["--as", user]);
    }
    if let Some(screen) = scene.screen {
        command.args(["--screen", screen]);
    }
    let terminal = Terminal::start(&command, size, &[]);
    for (seen, keys) in scene.steps {
        terminal.wait_for(seen);
        terminal.settle(FINISHED);
        terminal.type_quickly(keys);
    }
    terminal.wait_for(scene.shows);
    terminal.settle(FINISHED);
    terminal.screen()
}

/// The program, built as this one was; an example does not build it along.
fn built_binary() -> Result<PathBuf, Box<dyn Error>> {
    let here = std::env::current_exe()?;
    let profile = here
        .parent()
        .and_then(Path::parent)
        .ok_or("not in a target folder")?;
    let mut build = Command::new(
        std::env::var_os("CARGO").ok_or("start it with cargo run --example screenshots")?,
    );
    build
        .args(["build", "--quiet", "--bin", "ams"])
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    if profile.ends_with("release") {
        build.arg("--release");
    }
    if !build.status()?.success() {
        return Err("the program does not build".into());
    }
    Ok(profile.join("ams"))
}
