//! A thin link for the tests: a TCP proxy on loopback that lets bytes towards the client through at a rate, after a delay,
//! and takes only so many ahead. It counts what it has delivered, so that a test judges a link by bytes, not by a clock.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What a link is like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Link {
    /// Bytes per second towards the client; towards the server, where only keys go, it limits nothing.
    pub rate: u32,
    pub round_trip: Duration,
    /// Bytes that wait inside the link before it takes no more.
    pub ahead: usize,
}

impl Link {
    /// A serial line of 9600 baud, or its like in radio.
    pub const SERIAL: Self = Self {
        rate: 1200,
        round_trip: Duration::ZERO,
        ahead: 0,
    };
    /// A satellite: long, thin, and with a large buffer in front.
    pub const SATELLITE: Self = Self {
        rate: 2000,
        round_trip: Duration::from_millis(600),
        ahead: 64 << 10,
    };
}

/// A proxy that is such a link; connections that are open stay so when it is dropped.
pub struct Throttle {
    pub port: u16,
    pub link: Link,
    delivered: Arc<AtomicU64>,
}

impl Throttle {
    /// In front of a server on loopback.
    pub fn start(link: Link, server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let delivered = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&delivered);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = TcpStream::connect(("127.0.0.1", server)).expect("the server listens");
                // The kernel would take a good deal ahead too.
                rustix::net::sockopt::set_socket_recv_buffer_size(&server, 2048)
                    .expect("a socket takes a size");
                connect(link, client, server, Arc::clone(&counter));
            }
        });
        Self {
            port,
            link,
            delivered,
        }
    }

    /// How many bytes have reached clients so far.
    pub fn delivered(&self) -> u64 {
        self.delivered.load(Ordering::SeqCst)
    }
}

fn connect(link: Link, client: TcpStream, server: TcpStream, delivered: Arc<AtomicU64>) {
    for stream in [&client, &server] {
        stream.set_nodelay(true).expect("a TCP socket");
    }
    let clone = |stream: &TcpStream| stream.try_clone().expect("a descriptor");
    let one_way = link.round_trip / 2;

    let (arrive, arriving) = channel();
    let (from_client, to_server) = (clone(&client), clone(&server));
    std::thread::spawn(move || {
        read_all(from_client, |bytes| {
            arrive
                .send((Instant::now() + one_way, bytes.to_vec()))
                .is_ok()
        });
    });
    std::thread::spawn(move || deliver(arriving, to_server, &AtomicU64::new(0)));

    let queue = Arc::new(Queue::default());
    let filling = Arc::clone(&queue);
    std::thread::spawn(move || {
        read_all(server, |bytes| filling.put(bytes, link.ahead));
        filling.waiting().over = true;
        filling.changed.notify_all();
    });
    let (arrive, arriving) = channel();
    std::thread::spawn(move || {
        // Twenty milliseconds of the link at a time, on a schedule that does not drift.
        let portion = (link.rate / 50).max(1) as usize;
        let mut free_at = Instant::now();
        while let Some(bytes) = queue.take(portion) {
            let time = Duration::from_secs(1) * bytes.len() as u32 / link.rate;
            free_at = free_at.max(Instant::now()) + time;
            std::thread::sleep(free_at.saturating_duration_since(Instant::now()));
            if arrive.send((free_at + one_way, bytes)).is_err() {
                return;
            }
        }
    });
    std::thread::spawn(move || deliver(arriving, client, &delivered));
}

/// Reads until the end, or until nobody takes any more.
fn read_all(mut from: TcpStream, mut take: impl FnMut(&[u8]) -> bool) {
    let mut buffer = [0; 1024];
    // A connection that is reset has ended like any other.
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if !take(&buffer[..count]) {
            return;
        }
    }
}

/// Writes each portion when it is due, and counts it.
fn deliver(arriving: Receiver<(Instant, Vec<u8>)>, mut to: TcpStream, delivered: &AtomicU64) {
    for (due, bytes) in arriving {
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        if to.write_all(&bytes).is_err() {
            break;
        }
        delivered.fetch_add(bytes.len() as u64, Ordering::SeqCst);
    }
    // It may be closed already.
    let _ = to.shutdown(Shutdown::Write);
}

/// What waits to go onto the link.
#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    bytes: VecDeque<u8>,
    over: bool,
}

impl Queue {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, bytes: &[u8], ahead: usize) -> bool {
        self.waiting().bytes.extend(bytes);
        self.changed.notify_all();
        let full = |waiting: &mut Waiting| !waiting.over && waiting.bytes.len() > ahead;
        drop(self.changed.wait_while(self.waiting(), full));
        true
    }

    /// The next bytes; `None` at the end.
    fn take(&self, most: usize) -> Option<Vec<u8>> {
        let empty = |waiting: &mut Waiting| !waiting.over && waiting.bytes.is_empty();
        let mut waiting = self
            .changed
            .wait_while(self.waiting(), empty)
            .unwrap_or_else(PoisonError::into_inner);
        let count = waiting.bytes.len().min(most);
        let bytes: Vec<u8> = waiting.bytes.drain(..count).collect();
        drop(waiting);
        self.changed.notify_all();
        (!bytes.is_empty()).then_some(bytes)
    }
}
