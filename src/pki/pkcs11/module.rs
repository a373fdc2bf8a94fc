//! The vendor's library: whether it may be loaded at all. Code from it runs in the signing process, so the file and
//! every folder above it must be root's or the desk's own, and writable by nobody else.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::fault::TokenFault;

const STICKY: u32 = 0o1000;

/// The real path of a module that may be loaded.
pub fn trusted(module: &str) -> Result<PathBuf, TokenFault> {
    let fault = |why: String| TokenFault::Module {
        module: module.to_owned(),
        why,
    };
    if !Path::new(module).is_absolute() {
        return Err(fault("its path is not absolute".to_owned()));
    }
    let real = std::fs::canonicalize(module).map_err(|e| fault(e.to_string()))?;
    for (depth, place) in real.ancestors().enumerate() {
        if let Some(why) =
            writable_by_others(place, depth == 0).map_err(|e| fault(e.to_string()))?
        {
            return Err(fault(format!("{}: {why}", place.display())));
        }
    }
    Ok(real)
}

fn writable_by_others(place: &Path, is_module: bool) -> io::Result<Option<&'static str>> {
    let metadata = std::fs::metadata(place)?;
    if is_module && !metadata.is_file() {
        return Ok(Some("it is no file"));
    }
    if ![0, rustix::process::geteuid().as_raw()].contains(&metadata.uid()) {
        return Ok(Some("it belongs to another user"));
    }
    // In a sticky folder nobody can put another file in its place.
    let open = metadata.mode() & 0o022 != 0 && (is_module || metadata.mode() & STICKY == 0);
    Ok(open.then_some("others may write to it"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_module_that_others_could_change_is_not_loaded() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("lib");
        std::fs::create_dir(&inner).unwrap();
        let module = inner.join("vendor.so");
        std::fs::write(&module, "").unwrap();
        let mode = |place: &Path, mode| {
            std::fs::set_permissions(place, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        let said = || match trusted(module.to_str().unwrap()) {
            Ok(_) => "trusted".to_owned(),
            Err(TokenFault::Module { why, .. }) => why,
            Err(other) => panic!("{other:?}"),
        };
        mode(&inner, 0o755);
        mode(&module, 0o644);
        assert_eq!(said(), "trusted");
        mode(&module, 0o664);
        assert!(said().contains("others may write"), "{}", said());
        mode(&module, 0o644);
        mode(&inner, 0o777);
        assert!(said().contains("others may write"), "{}", said());
        mode(&inner, 0o755);
        std::fs::remove_file(&module).unwrap();
        assert!(said().contains("os error 2"), "{}", said());
        assert!(trusted("vendor.so").is_err());
    }
}
