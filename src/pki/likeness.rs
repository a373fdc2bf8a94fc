//! What something is that was expected to be something else: the names of things that people hand in by mistake.
//! An id never changes its meaning: translations hang on it.

use std::fmt;

macro_rules! likenesses {
    ($($(#[$meta:meta])* $variant:ident = $id:literal, $says:literal;)+) => {
        /// What a file or block looks like.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize, serde::Deserialize)]
        pub enum Likeness {
            $($(#[$meta])* $variant,)+
        }

        impl Likeness {
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The stable name, kebab-case.
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)+
                }
            }
        }

        impl fmt::Display for Likeness {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$variant => $says,)+
                })
            }
        }
    };
}

impl Likeness {
    /// A private key, or what openssl writes beside one.
    pub const fn is_of_a_key(self) -> bool {
        matches!(
            self,
            Self::Key | Self::EncryptedKey | Self::PublicKey | Self::Parameters
        )
    }
}

likenesses! {
    Certificate = "certificate", "a certificate";
    Crl = "crl", "a CRL";
    /// PKCS#10.
    Request = "request", "a certificate signing request";
    Key = "key", "a private key";
    EncryptedKey = "encrypted-key", "an encrypted private key";
    PublicKey = "public-key", "a public key";
    Pkcs7 = "pkcs7", "a PKCS#7 file";
    /// PKCS#7 that is not SignedData, and so holds no certificates.
    Pkcs7Other = "pkcs7-other", "a PKCS#7 file of another kind than SignedData";
    Pkcs12 = "pkcs12", "a PKCS#12 file";
    Parameters = "parameters", "key parameters";
    OtherBlock = "other-block", "a PEM block of another kind";
    Utf16 = "utf16", "text in UTF-16, which PEM never is";
    BareBase64 = "bare-base64", "base64 without its BEGIN and END lines";
    NeitherPemNorDer = "neither-pem-nor-der", "neither PEM nor DER";
    LargerThanAnyKey = "larger-than-any-key", "larger than any key";
    Other = "other", "something else";
}
