//! The names of all texts, as the build script makes them of `locales/`.

include!(concat!(env!("OUT_DIR"), "/words.rs"));
