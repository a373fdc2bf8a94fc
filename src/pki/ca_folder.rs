//! What lies in the folder of a CA program (openssl ca, EasyRSA, step-ca, XCA): which files are worth opening, and what
//! each holds as its beginning shows. Looks at names and octets; opens nothing.

use super::index_txt;

/// What a file holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Content {
    Certificates,
    Crl,
    /// `index.txt`.
    Index,
}

/// Octets from a file's beginning that [`content`] is asked about.
pub const LOOK: usize = 64 << 10;

/// What a file of this name holds that begins so.
pub fn content(name: &str, start: &[u8]) -> Content {
    let crl = start.starts_with(b"-----BEGIN X509 CRL-----")
        || (name.ends_with(".crl") && !start.starts_with(b"-----"));
    // An empty one is that of a CA that has issued nothing yet.
    let index = index_txt::begins_index(start)
        || (start.trim_ascii().is_empty() && name.ends_with(index_txt::NAME));
    if index {
        Content::Index
    } else if crl {
        Content::Crl
    } else {
        Content::Certificates
    }
}

/// Whether a file is worth opening, by its path below the folder: no private key, and no state of yesterday that openssl
/// keeps beside today's.
pub fn is_wanted(path: &str) -> bool {
    let mut parts = path.split('/').rev();
    let name = parts.next().unwrap_or_default();
    // The next numbers, in hex digits that may look like the beginning of DER.
    let numbers = matches!(name, "serial" | "crlnumber") || name.ends_with(".srl");
    let unfinished = name.starts_with('.') || name.ends_with('~') || name.ends_with(".new");
    !unfinished
        && !numbers
        && !name.ends_with(".key")
        && !name.ends_with(".old")
        && !parts.any(|folder| folder == "private" || folder.starts_with("private_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_private_key_of_a_folder_is_opened() {
        for path in [
            "newcerts/01.pem",
            "index.txt",
            "issued/privat.crt",
            "crl.pem",
        ] {
            assert!(is_wanted(path), "{path}");
        }
        for path in [
            "private/ca.pem",
            "/private/ca.pem",
            "revoked/private_by_serial/01.pem",
            "user.key",
            "index.txt.old",
            "index.txt.new",
            "index.txt.attr.old",
            ".01.pem.swp",
            "serial",
            "crlnumber",
            "ca.srl",
        ] {
            assert!(!is_wanted(path), "{path}");
        }
    }

    #[test]
    fn what_a_file_holds_shows_at_its_beginning() {
        let index = b"R\t281120101112Z\t261120101112Z\t0A\tunknown\t/CN=a\n";
        assert_eq!(content("a", index), Content::Index);
        assert_eq!(content("ca/index.txt", b"\n"), Content::Index);
        assert_eq!(content("a", b"-----BEGIN X509 CRL-----\n"), Content::Crl);
        assert_eq!(content("a.crl", b"\x30\x82"), Content::Crl);
        let pem = b"-----BEGIN CERTIFICATE-----\n";
        assert_eq!(content("a.crl", pem), Content::Certificates);
    }
}
