//! Writes DER as a test wants it, wrong lengths included.

/// One element around its parts.
pub fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let value = parts.concat();
    [&header(tag, value.len()), value.as_slice()].concat()
}

/// Tag and shortest length.
pub fn header(tag: u8, length: usize) -> Vec<u8> {
    match length {
        0..=0x7f => vec![tag, length as u8],
        0x80..=0xff => vec![tag, 0x81, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
    }
}

pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, parts)
}

pub fn set(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x31, parts)
}

pub fn integer(content: &[u8]) -> Vec<u8> {
    tlv(0x02, &[content])
}

pub fn octets(content: &[u8]) -> Vec<u8> {
    tlv(0x04, &[content])
}

/// A BIT STRING of whole octets.
pub fn bits(content: &[u8]) -> Vec<u8> {
    tlv(0x03, &[&[0], content])
}

pub fn utf8(text: &str) -> Vec<u8> {
    tlv(0x0c, &[text.as_bytes()])
}

pub fn oid(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u64> = dotted.split('.').map(|a| a.parse().unwrap()).collect();
    let mut content = Vec::new();
    let first = arcs[0] * 40 + arcs[1];
    for arc in std::iter::once(first).chain(arcs[2..].iter().copied()) {
        let groups = (64 - arc.leading_zeros()).div_ceil(7).max(1);
        for i in (0..groups).rev() {
            let more = if i > 0 { 0x80 } else { 0 };
            content.push((arc >> (7 * i)) as u8 & 0x7f | more);
        }
    }
    tlv(0x06, &[&content])
}

/// The element with its length written as `indefinite` and an end-of-contents behind.
pub fn indefinite(element: &[u8]) -> Vec<u8> {
    let value = &element[header_len(element)..];
    [&[element[0], 0x80], value, &[0, 0]].concat()
}

/// The element with one needless octet in its length.
pub fn overlong(element: &[u8]) -> Vec<u8> {
    let start = header_len(element);
    let length = element.len() - start;
    let header = match length {
        0..=0x7f => vec![element[0], 0x81, length as u8],
        0x80..=0xff => vec![element[0], 0x82, 0, length as u8],
        _ => vec![element[0], 0x83, 0, (length >> 8) as u8, length as u8],
    };
    [&header, &element[start..]].concat()
}

/// The element claiming `more` octets than it has.
pub fn claiming(element: &[u8], more: usize) -> Vec<u8> {
    let start = header_len(element);
    let header = header(element[0], element.len() - start + more);
    [&header, &element[start..]].concat()
}

/// The element with another tag.
pub fn retagged(element: &[u8], tag: u8) -> Vec<u8> {
    let mut element = element.to_vec();
    element[0] = tag;
    element
}

/// The element with `extra` behind its content, inside its length.
pub fn extended(element: &[u8], extra: &[u8]) -> Vec<u8> {
    tlv(element[0], &[&element[header_len(element)..], extra])
}

pub fn header_len(element: &[u8]) -> usize {
    match element[1] {
        0..=0x7f => 2,
        long => 2 + usize::from(long & 0x7f),
    }
}
