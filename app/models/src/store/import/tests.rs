//! Packages of a few bytes, sound and not, in all the ways that packages come.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use flate2::{Compression, write::DeflateEncoder, write::GzEncoder};

use super::packages::{Member, PACKAGES, Package};
use super::{RECORD, faults, import_into};

const TABLE: &[Package] = &[Package {
    name: "small 1.0",
    model: "owner/small",
    purpose: "tests",
    licence: "MIT",
    members: &[
        Member {
            path: "small/model/words.txt",
            bytes: 5,
            sha256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", // hello
            file: "words.txt",
            convert: Ok,
        },
        Member {
            path: "small/model/turned.bin",
            bytes: 3,
            sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", // abc
            file: "turned.txt",
            convert: |bytes| Ok(bytes.into_iter().rev().collect()),
        },
    ],
}];
const WORDS: &str = "small/model/words.txt";
const TURNED: &str = "small/model/turned.bin";
const SOUND: &[(&str, &[u8])] = &[
    ("small/__init__.py", b"raise SystemExit"),
    (WORDS, b"hello"),
    (TURNED, b"abc"),
];

/// A folder of its own, gone afterwards.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let mark = (std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(format!("retake-import-{}-{}", mark.0, mark.1));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
    fn home(&self) -> PathBuf {
        self.0.join("models")
    }
    fn with(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(&path, bytes).expect("a file");
        path
    }
    /// What is said of a package that is refused; then the models folder is as if nothing had been.
    fn refused(&self, bytes: &[u8]) -> String {
        let path = self.with("package", bytes);
        let said = import_into(&self.home(), &path, TABLE).expect_err("a refusal");
        assert!(!self.home().exists(), "something was written");
        said.to_string()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A zip archive; `declared` replaces the lengths that it tells.
fn zipped(files: &[(&str, &[u8])], declared: Option<u32>) -> Vec<u8> {
    let (mut archive, mut list) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        let mut packed = DeflateEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(bytes).expect("memory");
        let packed = packed.finish().expect("memory");
        let mut about = Vec::new();
        about.extend([20u16, 0, 8, 0, 0].iter().flat_map(|n| n.to_le_bytes()));
        let lengths = [
            0,
            packed.len() as u32,
            declared.unwrap_or(bytes.len() as u32),
        ];
        about.extend(lengths.iter().flat_map(|n| n.to_le_bytes()));
        about.extend([name.len() as u16, 0].iter().flat_map(|n| n.to_le_bytes()));
        list.extend(b"PK\x01\x02\x14\0");
        list.extend(&about);
        list.extend([0; 10]);
        list.extend((archive.len() as u32).to_le_bytes());
        list.extend(name.as_bytes());
        archive.extend(b"PK\x03\x04");
        archive.extend(&about);
        archive.extend(name.as_bytes());
        archive.extend(&packed);
    }
    let (at, count) = (archive.len() as u32, files.len() as u16);
    archive.extend(&list);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend([count, count].iter().flat_map(|n| n.to_le_bytes()));
    archive.extend([list.len() as u32, at].iter().flat_map(|n| n.to_le_bytes()));
    archive.extend([0, 0]);
    archive
}

fn taped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tape = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        // names that lead out are not written by the library itself
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        tape.append(&header, *bytes).expect("memory");
    }
    tape.into_inner().expect("memory").finish().expect("memory")
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).expect("it can be read")
}

#[test]
fn a_package_becomes_a_model_whatever_way_it_comes() {
    let place = Place::new();
    let packages = [
        place.with("small-1.0-py3-none-any.whl", &zipped(SOUND, None)),
        place.with("small-1.0.tgz", &taped(SOUND)),
        place.with(
            "small-1.0.tar.gz",
            &taped(&[
                ("small-1.0/small/model/words.txt", b"hello"),
                ("small-1.0/small/model/turned.bin", b"abc"),
            ]),
        ),
    ];
    for (name, bytes) in SOUND {
        place.with(&format!("site-packages/{name}"), bytes);
    }
    let folders = ["site-packages", "site-packages/small/model"].map(|name| place.0.join(name));
    for package in packages.iter().chain(&folders) {
        let home = place.home();
        let made = import_into(&home, package, TABLE).expect("sound");
        assert_eq!(made[0].bytes, 8, "{}", package.display());
        assert_eq!(text(&home.join("owner/small/words.txt")), "hello");
        assert_eq!(text(&home.join("owner/small/turned.txt")), "cba");
        let mut all: Vec<_> = std::fs::read_dir(home.join("owner/small"))
            .expect("a folder")
            .flatten()
            .map(|e| e.file_name())
            .collect();
        all.sort();
        assert_eq!(all, [RECORD, "turned.txt", "words.txt"]);
        assert!(!home.join(super::UNDER_WAY).exists());
        std::fs::remove_dir_all(home).expect("it can go");
    }
}

#[test]
fn another_checksum_is_not_used() {
    let other: &[(&str, &[u8])] = &[(WORDS, b"hullo"), (TURNED, b"abc")];
    for package in [zipped(other, None), taped(other)] {
        let said = Place::new().refused(&package);
        assert!(
            said.starts_with("small/model/words.txt is not the file that was published"),
            "{said}"
        );
    }
}

#[test]
fn a_package_that_lacks_a_file_is_named_with_it() {
    let said = Place::new().refused(&zipped(&SOUND[..2], None));
    assert!(
        said.starts_with("small 1.0 is not complete, it lacks small/model/turned.bin"),
        "{said}"
    );
}

#[test]
fn an_unknown_package_is_told_which_are_known() {
    for package in [zipped(&SOUND[..1], None), taped(&SOUND[..1])] {
        let said = Place::new().refused(&package);
        assert!(
            said.contains("no package in it that Retake takes models from; those are small 1.0"),
            "{said}"
        );
    }
    let said = Place::new().refused(b"hello, this is a letter");
    assert!(said.starts_with("this is no package"), "{said}");
}

#[test]
fn a_member_that_unpacks_to_more_than_it_tells_is_not_used() {
    let much = vec![b'h'; 50_000_000];
    let said = Place::new().refused(&zipped(&[(WORDS, &much)], Some(5)));
    assert!(
        said.contains("is not the file that was published"),
        "{said}"
    );
}

#[test]
fn a_tape_that_unpacks_without_end_is_left() {
    let much = vec![0; 64 << 20];
    let files: Vec<(&str, &[u8])> = (0..7)
        .map(|_| ("small/other.bin", much.as_slice()))
        .collect();
    let said = Place::new().refused(&taped(&files));
    assert!(said.contains("unpacks to more than 384 MB"), "{said}");
}

#[test]
fn a_name_that_leads_out_spoils_the_archive() {
    for name in [
        "../small/model/words.txt",
        "/small/model/words.txt",
        "a/../../x",
        "..\\x",
        "C:\\x",
    ] {
        for package in [
            zipped(&[(name, b"hello")], None),
            taped(&[(name, b"hello")]),
        ] {
            let said = Place::new().refused(&package);
            assert!(said.contains("leads out of it"), "{name}: {said}");
        }
    }
}

#[test]
fn an_archive_that_breaks_off_is_damaged() {
    for package in [zipped(SOUND, None), taped(SOUND)] {
        // what ends a tape says nothing that the checksums do not
        for part in [package.len() / 3, package.len() / 2] {
            let said = Place::new().refused(&package[..part]);
            assert!(
                said.contains("breaks off or is damaged") || said.contains("no package"),
                "{part}: {said}"
            );
        }
    }
}

#[test]
fn a_file_that_was_changed_afterwards_is_found() {
    let place = Place::new();
    let package = place.with("small.whl", &zipped(SOUND, None));
    import_into(&place.home(), &package, TABLE).expect("sound");
    let folder = place.home().join("owner/small");
    assert_eq!(faults(&folder).expect("a record"), Vec::<String>::new());
    std::fs::write(folder.join("words.txt"), "Hello").expect("it can be written");
    std::fs::remove_file(folder.join("turned.txt")).expect("it can go");
    let found = faults(&folder).expect("a record");
    assert!(found[0].starts_with("it is missing"), "{found:?}");
    assert!(
        found[1].starts_with("it is not as it was imported"),
        "{found:?}"
    );
}

#[test]
fn the_table_names_every_file_once_and_by_a_whole_checksum() {
    for package in PACKAGES {
        assert!(
            super::super::places::is_name(package.model),
            "{}",
            package.model
        );
        for member in package.members {
            let digits = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
            assert!(
                member.sha256.len() == 64 && member.sha256.chars().all(digits),
                "{}",
                member.path
            );
        }
    }
}

/// `RETAKE_PACKAGES` names a folder with the published packages.
#[test]
fn the_published_packages_are_taken() {
    let Some(folder) = std::env::var_os("RETAKE_PACKAGES") else {
        eprintln!("skipped: RETAKE_PACKAGES names no folder with packages");
        return;
    };
    let place = Place::new();
    let mut models: Vec<&str> = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        if entry
            .path()
            .extension()
            .is_some_and(|ending| ending == "whl")
        {
            let made = import_into(&place.home(), &entry.path(), PACKAGES).expect("sound");
            models.extend(made.iter().map(|import| import.model));
            for import in made {
                assert_eq!(
                    faults(&import.folder).expect("a record"),
                    Vec::<String>::new()
                );
            }
        }
    }
    models.sort_unstable();
    let mut all: Vec<&str> = PACKAGES.iter().map(|package| package.model).collect();
    all.sort_unstable();
    assert_eq!(models, all);
}
