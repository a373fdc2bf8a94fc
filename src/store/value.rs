//! How a value lies in the database: one version octet, then postcard. An older version is read by `upgrade`; a newer
//! one is refused, never guessed at.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::StoreError;

/// A type that is stored. Changing its shape, or that of a domain type in it, takes a new `VERSION` and an arm in
/// `upgrade` that reads the old one.
pub(crate) trait Record: Serialize + DeserializeOwned {
    /// The table's name in errors.
    const NAME: &'static str;
    const VERSION: u8 = 1;

    /// Reads the body of an older version; `None` if there never was such a version.
    fn upgrade(_version: u8, _body: &[u8]) -> Option<Result<Self, StoreError>> {
        None
    }

    fn encode(&self) -> Result<Vec<u8>, StoreError> {
        let mut bytes = Vec::with_capacity(512);
        bytes.push(Self::VERSION);
        postcard::to_extend(self, bytes).map_err(|e| StoreError::corrupt(Self::NAME, e.to_string()))
    }

    fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        match bytes.split_first() {
            None => Err(StoreError::corrupt(Self::NAME, "an empty value")),
            Some((version, body)) if *version == Self::VERSION => plain(Self::NAME, body),
            Some((version, _)) if *version > Self::VERSION => Err(StoreError::NewerValue {
                table: Self::NAME,
                found: *version,
                known: Self::VERSION,
            }),
            Some((version, body)) => Self::upgrade(*version, body).unwrap_or_else(|| {
                Err(StoreError::corrupt(
                    Self::NAME,
                    format!("a value of the unknown version {version}"),
                ))
            }),
        }
    }
}

/// Reads a body that ends where its value does.
pub(crate) fn plain<T: DeserializeOwned>(table: &str, body: &[u8]) -> Result<T, StoreError> {
    match postcard::take_from_bytes(body) {
        Ok((value, [])) => Ok(value),
        Ok(_) => Err(StoreError::corrupt(table, "octets behind a value")),
        Err(e) => Err(StoreError::corrupt(table, e.to_string())),
    }
}

macro_rules! record {
    ($type:ty, $name:literal) => {
        impl crate::store::value::Record for $type {
            const NAME: &'static str = $name;
        }
    };
}
pub(crate) use record;

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Parcel {
        name: String,
        weight: Option<u32>,
    }

    impl Record for Parcel {
        const NAME: &'static str = "parcels";
        const VERSION: u8 = 2;

        /// Version 1 had no weight.
        fn upgrade(version: u8, body: &[u8]) -> Option<Result<Self, StoreError>> {
            (version == 1)
                .then(|| plain::<String>(Self::NAME, body).map(|name| Self { name, weight: None }))
        }
    }

    #[test]
    fn a_value_of_an_older_version_is_upgraded_when_read() {
        let old = [&[1, 4][..], b"batu"].concat();
        let read = Parcel::decode(&old).unwrap();
        assert_eq!((read.name.as_str(), read.weight), ("batu", None));
        assert_eq!(Parcel::decode(&read.encode().unwrap()).unwrap(), read);
    }

    #[test]
    fn a_newer_unknown_or_damaged_value_is_refused() {
        let newer = Parcel::decode(&[3, 0, 0]);
        assert!(matches!(
            newer,
            Err(StoreError::NewerValue {
                found: 3,
                known: 2,
                ..
            })
        ));
        assert!(matches!(
            Parcel::decode(&[0, 0]),
            Err(StoreError::Corrupt { .. })
        ));
        assert!(matches!(
            Parcel::decode(&[2, 1, b'x', 0, 9]),
            Err(StoreError::Corrupt { .. })
        ));
        assert!(matches!(
            Parcel::decode(&[]),
            Err(StoreError::Corrupt { .. })
        ));
    }
}
