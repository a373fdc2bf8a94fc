//! The look from outside: a publication point played by a small web server that can also be down, slow, wrong or
//! hostile. What the desk then says is seen, and what it does not wait for.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use ams::desk::{Alarm, Change, NotSeen};
use ams::domain::instant::{HOUR, MINUTE};
use ams::domain::workflow::Act;
use ams::domain::{CrlNumber, Timestamp};

use super::fixture::{Office, SECOND};
use super::office::STAFF;
use crate::support::authority::Authority;

/// How the server answers.
#[derive(Clone)]
enum Answer {
    Crl(Vec<u8>),
    /// The head, then this over and over again.
    Endless(Vec<u8>, Vec<u8>),
    Status(u16),
    Redirect(String),
    /// One hop, then the CRL.
    Behind(Vec<u8>),
    /// Says nothing, and hands the connection to the test.
    Silence(mpsc::Sender<TcpStream>),
}

/// A publication point at `http://127.0.0.1:PORT/`.
struct Server {
    address: SocketAddr,
    answer: Arc<Mutex<Answer>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            answer: Arc::new(Mutex::new(answer)),
            asked: Arc::default(),
        };
        let (answer, asked) = (Arc::clone(&server.answer), Arc::clone(&server.asked));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let line = request_line(&stream);
                asked.lock().unwrap().push(line.clone());
                let answer = answer.lock().unwrap().clone();
                // The other side may leave in the middle, as it should from what never ends.
                let _ = tell(stream, &line, &answer);
            }
        });
        server
    }

    fn now(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    fn times_asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    fn url(&self) -> String {
        format!("http://{}/crl", self.address)
    }
}

fn request_line(stream: &TcpStream) -> String {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let first = lines.next().unwrap_or_default();
    lines
        .by_ref()
        .take_while(|line| !line.is_empty())
        .for_each(drop);
    first
}

fn tell(mut stream: TcpStream, line: &str, answer: &Answer) -> std::io::Result<()> {
    let head = |more: &str| format!("HTTP/1.1 200 OK\r\nConnection: close\r\n{more}\r\n");
    let moved = |to: &str| {
        format!(
            "HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 0\r\nLocation: {to}\r\n\r\n"
        )
    };
    match answer {
        Answer::Behind(_) if !line.contains("/inner/") => {
            stream.write_all(moved("/inner/ca.crl").as_bytes())
        }
        Answer::Crl(crl) | Answer::Behind(crl) => {
            stream.write_all(head(&format!("Content-Length: {}\r\n", crl.len())).as_bytes())?;
            stream.write_all(crl)
        }
        Answer::Endless(first, then) => {
            stream.write_all(head("").as_bytes())?;
            stream.write_all(first)?;
            loop {
                stream.write_all(then)?;
            }
        }
        Answer::Status(status) => stream.write_all(
            format!("HTTP/1.1 {status} No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
                .as_bytes(),
        ),
        Answer::Redirect(to) => stream.write_all(moved(to).as_bytes()),
        Answer::Silence(hand) => {
            let _ = hand.send(stream);
            Ok(())
        }
    }
}

impl Office {
    /// The newest published CRL: its number and octets, and since when it is seen.
    fn newest(&self) -> (CrlNumber, Vec<u8>, Option<Timestamp>) {
        let (mut file, row) = self.desk.crl_file(self.admin(), None).unwrap();
        let mut octets = Vec::new();
        file.read_to_end(&mut octets).unwrap();
        (row.number, octets, row.seen_at)
    }

    fn publish(&self) -> Vec<u8> {
        self.clock.advance(SECOND);
        self.desk
            .issue_crl(self.admin(), Some(self.issuer))
            .unwrap();
        self.newest().1
    }

    fn look(&self) {
        self.desk.look_outside().unwrap();
    }

    fn not_seen(&self) -> Vec<(CrlNumber, NotSeen)> {
        let alarms = self.desk.alarms().unwrap();
        let of = |alarm| match alarm {
            Alarm::CrlNotSeen {
                number, problem, ..
            } => Some((number, problem)),
            _ => None,
        };
        alarms.into_iter().filter_map(of).collect()
    }

    fn watches(&self, server: &Server) {
        self.set("crl.url", &server.url());
        self.set("crl.outside_look", "on");
    }
}

#[test]
fn nobody_looks_outside_unless_it_is_switched_on() {
    let office = Office::open(&[]);
    let server = Server::start(Answer::Crl(office.publish()));
    office.set("crl.url", &server.url());
    office.look();
    assert_eq!((server.times_asked(), office.newest().2), (0, None));
    office.set("crl.outside_look", "on");
    office.look();
    assert_eq!(
        (server.times_asked(), office.newest().2),
        (1, Some(office.desk.now()))
    );
}

#[test]
fn a_request_goes_from_decided_over_its_crl_to_seen_at_the_publication_point() {
    let office = Office::open(&STAFF);
    let server = Server::start(Answer::Crl(office.publish()));
    office.watches(&server);
    office.look();
    let request = office.matched("satu", "rahmi", &["lupa-passphrase"]);
    office.revoke("satu", request);
    let detail = || office.desk.request(office.who("satu"), request).unwrap();
    // Decided, and on no CRL.
    assert_eq!(
        (detail().request.crl_number, detail().seen_at),
        (None, None)
    );
    office.by_itself(request, Act::Publish);
    // On a CRL, and the publication point still shows the one before.
    let (number, crl, _) = office.newest();
    office.look();
    assert_eq!(detail().request.crl_number, Some(number));
    assert_eq!(detail().seen_at, None);
    server.now(Answer::Crl(crl));
    office.clock.advance(10 * SECOND);
    office.look();
    let seen = office.desk.now();
    assert_eq!(detail().seen_at, Some(seen));
    // A newer one in its place shows the same, and the time stays.
    office.clock.advance(MINUTE);
    server.now(Answer::Crl(office.publish()));
    office.look();
    assert_eq!(detail().seen_at, Some(seen));
    assert_eq!(office.newest().2, Some(office.desk.now()));
}

#[test]
fn what_is_not_seen_is_looked_for_with_growing_delay_and_alarms_after_half_an_hour() {
    let office = Office::open(&[]);
    let server = Server::start(Answer::Status(503));
    office.watches(&server);
    let crl = office.publish();
    let published = office.desk.now();
    let mut looks = Vec::new();
    while office.not_seen().is_empty() {
        let before = server.times_asked();
        office.look();
        if server.times_asked() > before {
            looks.push(office.desk.now().since(published) / SECOND);
        }
        office.clock.advance(SECOND);
    }
    assert_eq!(looks, [0, 10, 30, 70, 150, 310, 630, 1230, 1830]);
    let number = office.newest().0;
    assert_eq!(office.not_seen(), [(number, NotSeen::Status(503))]);
    // The next publication is made all the same, and has half an hour of its own.
    office.publish();
    office.look();
    assert!(office.newest().0 > number);
    assert_eq!(office.not_seen(), []);
    // One that stands there and is older is not the one.
    office.clock.advance(HOUR);
    server.now(Answer::Crl(crl));
    office.look();
    assert_eq!(
        office.not_seen(),
        [(office.newest().0, NotSeen::Older { number })]
    );
    // Seen: the alarm goes, and comes back if the server is lost later.
    server.now(Answer::Crl(office.newest().1));
    office.clock.advance(HOUR);
    office.look();
    assert_eq!(office.not_seen(), []);
    server.now(Answer::Status(404));
    for _ in 0..4 {
        office.clock.advance(20 * MINUTE);
        office.look();
    }
    assert_eq!(
        office.not_seen(),
        [(office.newest().0, NotSeen::Status(404))]
    );
    assert!(office.newest().2.is_some(), "it was seen once");
    office.set("crl.outside_look", "off");
    office.look();
    assert_eq!(office.not_seen(), []);
}

#[test]
fn the_delta_is_looked_for_where_freshest_crl_says_and_is_no_complete_list() {
    let office = Office::open(&[]);
    let server = Server::start(Answer::Status(404));
    office.watches(&server);
    let delta_url = format!("{}/delta.crl", server.url());
    office
        .desk
        .set_issuer_setting(office.admin(), office.issuer, "delta_url", &delta_url)
        .unwrap();
    office.publish();
    server.now(Answer::Crl(office.publish()));
    office.look();
    let asked = server.asked.lock().unwrap().join(" ");
    assert!(asked.contains("GET /crl/delta.crl HTTP/1.1"), "{asked}");
    office.clock.advance(HOUR);
    office.look();
    let problems: Vec<_> = office.not_seen().into_iter().map(|alarm| alarm.1).collect();
    assert_eq!(problems, [NotSeen::OtherKind], "of the delta alone");
}

#[test]
fn a_wrong_slow_or_hostile_publication_point_is_told_apart_and_shows_nothing() {
    let office = Office::open(&[]);
    let server = Server::start(Answer::Status(500));
    office.watches(&server);
    let crl = office.publish();
    let mut forged = crl.clone();
    *forged.last_mut().unwrap() ^= 1;
    let cut = crl[..crl.len() - 9].to_vec();
    let (start, zeros) = (vec![0x30, 0x84, 0x7f, 0xff, 0xff, 0xff], vec![0; 65536]);
    let wrong = |problem: &NotSeen| matches!(problem, NotSeen::NoCrl(_));
    let unreachable = |problem: &NotSeen| matches!(problem, NotSeen::Unreachable(_));
    type Expected<'a> = (&'a str, Answer, Box<dyn Fn(&NotSeen) -> bool + 'a>);
    let is = |wanted: NotSeen| Box::new(move |problem: &NotSeen| *problem == wanted);
    let cases: [Expected; 10] = [
        (
            "another issuer's",
            Answer::Crl(foreign_crl(&office)),
            is(NotSeen::OtherIssuer),
        ),
        ("a forged one", Answer::Crl(forged), is(NotSeen::Signature)),
        (
            "a page",
            Answer::Crl(b"<html>Sedang dirawat</html>".to_vec()),
            Box::new(wrong),
        ),
        ("an empty answer", Answer::Crl(Vec::new()), Box::new(wrong)),
        ("a part of it", Answer::Crl(cut), Box::new(wrong)),
        (
            "garbage without end",
            Answer::Endless(start, zeros.clone()),
            Box::new(wrong),
        ),
        (
            "the CRL and no end",
            Answer::Endless(crl.clone(), zeros),
            is(NotSeen::TooLong),
        ),
        (
            "a loop",
            Answer::Redirect("/crl/ca.crl".to_owned()),
            is(NotSeen::Redirects),
        ),
        (
            "a file",
            Answer::Redirect("file:///etc/passwd".to_owned()),
            Box::new(move |p| *p == NotSeen::Redirects || unreachable(p)),
        ),
        (
            "nobody",
            Answer::Redirect("http://127.0.0.1:1/".to_owned()),
            Box::new(unreachable),
        ),
    ];
    for (what, answer, expected) in cases {
        server.now(answer);
        office.clock.advance(HOUR);
        office.look();
        let alarms = office.not_seen();
        assert_eq!(alarms.len(), 1, "{what}");
        assert!(expected(&alarms[0].1), "{what}: {:?}", alarms[0].1);
        assert_eq!(office.newest().2, None, "{what}");
    }
    // The path that relying parties are told of, and a redirect that leads there.
    server.now(Answer::Behind(crl));
    office.clock.advance(HOUR);
    office.look();
    assert_eq!(
        (office.not_seen(), office.newest().2),
        (vec![], Some(office.desk.now()))
    );
    let asked = server.asked.lock().unwrap().clone();
    assert!(
        asked[0].starts_with("GET /crl/") && asked[0].contains(".crl HTTP/1.1"),
        "{}",
        asked[0]
    );
}

/// A CRL of somebody else, right in itself.
fn foreign_crl(office: &Office) -> Vec<u8> {
    let number = CrlNumber::from(1_000_000);
    Authority::new("AMS UJI CA Lain", office.desk.now()).crl(number, office.desk.now(), &[])
}

#[test]
fn a_server_that_never_answers_delays_neither_the_publication_nor_the_end_of_the_desk() {
    let office = Office::open(&[]);
    let (hand, connections) = mpsc::channel();
    let server = Server::start(Answer::Silence(hand));
    office.watches(&server);
    let workers = office.desk.start_workers().unwrap();
    office.publish();
    // The look waits for its answer.
    let mut connection = connections.recv_timeout(Duration::from_secs(60)).unwrap();
    let number = office.newest().0;
    office.publish();
    assert!(office.newest().0 > number);
    workers.stop();
    // And waits still: nobody closed the connection meanwhile.
    connection.set_nonblocking(true).unwrap();
    let waiting = connection.read(&mut [0]).unwrap_err();
    assert_eq!(waiting.kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn the_worker_sees_a_crl_soon_after_its_publication() {
    let office = Office::open(&[]);
    let server = Server::start(Answer::Crl(office.publish()));
    office.watches(&server);
    let changes = office.desk.subscribe();
    let workers = office.desk.start_workers().unwrap();
    while office.newest().2.is_none() {
        let change = changes.recv_timeout(Duration::from_secs(60)).unwrap();
        assert_ne!(change, Change::Stopping);
    }
    workers.stop();
}
