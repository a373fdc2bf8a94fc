//! Letters of an officer's unix user: through the socket under a password, over SSH under the code that a form shows.

use std::io::Write;
use std::process::Stdio;

use super::{AMS, assert_status, own_password};
use crate::support::demo::run;
use crate::support::form::{code_shown, walk_to_letter};
use crate::support::ssh::Site;

/// A drawing of noise, which no format makes smaller: just under the limit of a letter, or over it.
fn noise(side: u32) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let picture = image::RgbImage::from_fn(side, side, |_, _| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        image::Rgb([state as u8, (state >> 8) as u8, (state >> 16) as u8])
    });
    let mut png = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut png, image::ImageFormat::Png)
        .expect("a picture");
    png.into_inner()
}

#[test]
fn a_letter_of_a_megabyte_goes_in_through_the_socket_and_comes_out_over_ssh() {
    let Some(site) = Site::bound(AMS, &["pemohon"]) else {
        return;
    };
    let officer = &site.users.officers[0];
    let [serial] = &site.demo.free_serials();
    let draft = [
        "request",
        "new",
        "--owner",
        "pemohon",
        "--serial",
        serial,
        "--reason",
        "lupa-passphrase",
        "--draft",
    ];
    let id = site.demo.json("pemohon", &draft)["id"].clone();
    let id = id.as_str().expect("a draft has an id").to_owned();
    let password = own_password(&site, officer, "pemohon");
    let put = |octets: &[u8]| {
        let mut command = site.local(officer);
        command.arg("--password-file").arg(&password);
        run(command.args(["letter", "put", &id]), octets)
    };
    let letter = noise(588);
    assert!(
        (1_000_000..1 << 20).contains(&letter.len()),
        "{}",
        letter.len()
    );
    let too_large = put(&noise(600));
    assert_status(&too_large, 1);
    assert_status(&put(b"neither PDF nor picture"), 1);
    assert_status(&put(&letter), 0);
    let got = site.ssh(officer, &format!("ams letter get {id}"), b"");
    assert_status(&got, 0);
    assert!(got.stdout == letter, "octet by octet");
    // Password and letter cannot come through one stream; a letter from elsewhere comes under a code.
    let both = format!("ams --password-file - letter put {id}");
    assert_status(&site.ssh(officer, &both, &letter), 2);
}

#[test]
fn a_letter_comes_over_ssh_under_the_code_of_a_form_from_the_same_unix_user_only() {
    let Some(site) = Site::bound(AMS, &["pemohon"]) else {
        return;
    };
    let [own, other] = &site.users.officers;
    let [serial] = &site.demo.free_serials();
    let terminal = site.screen(own);
    site.log_in(&terminal, "pemohon");
    walk_to_letter(&terminal, serial);
    terminal.wait_for("letter put ");
    let put = format!("ams letter put {}", code_shown(&terminal));

    let letter = noise(588);
    assert_status(&site.ssh(other, &put, &letter), 1);
    assert_status(&site.ssh(own, &put, &noise(600)), 1);
    terminal.wait_for("MB");
    // It comes in portions, and the form shows that it comes.
    let mut sending = site
        .client("ssh")
        .arg(format!("{}@desk", own.name))
        .arg(&put)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("ssh starts");
    let mut pipe = sending.stdin.take().expect("piped");
    pipe.write_all(&letter[..letter.len() / 2])
        .expect("it reads");
    terminal.wait_for("Surat sedang masuk");
    pipe.write_all(&letter[letter.len() / 2..])
        .expect("it reads");
    drop(pipe);
    assert!(sending.wait().expect("it ends").success());
    terminal.wait_for("v1 PNG");
    // The code is spent.
    assert_status(&site.ssh(own, &put, &letter), 1);

    let requests = site
        .demo
        .json("pemohon", &["request", "list", "--state", "draf"]);
    let mut drafts = requests.as_array().expect("a list").iter();
    let draft = drafts.rfind(|r| r["serial"] == **serial);
    let id = draft.and_then(|r| r["id"].as_str()).expect("the draft");
    let got = site.ssh(own, &format!("ams letter get {id}"), b"");
    assert_status(&got, 0);
    assert!(got.stdout == letter, "octet by octet");
}
