//! What comes in and goes out in the formats of X.509: the corpus of damaged files, damage at random, and OpenSSL as
//! the other reader.

mod certificates;
mod corpus;
mod crl_peers;
mod crls;
mod damage;
mod der;
mod keys;
mod openssl;
mod peer;
mod template;

#[path = "../support/peer.rs"]
#[allow(dead_code)] // other peers are other tests'
mod peers;
