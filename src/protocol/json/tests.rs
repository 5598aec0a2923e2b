//! The reader against what serde_json writes, and against what it does not.

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::*;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Everything {
    text: String,
    number: Option<u32>,
    list: Vec<bool>,
    inner: Option<Box<Everything>>,
}

proptest! {
    #[test]
    fn what_serde_json_writes_is_read(text: String, number: Option<u32>, list: Vec<bool>) {
        let inner = Everything { text: text.clone(), number: None, list: vec![], inner: None };
        let value = Everything { text, number, list, inner: Some(Box::new(inner)) };
        for written in [serde_json::to_string(&value).unwrap(), serde_json::to_string_pretty(&value).unwrap()] {
            let again = read::<Everything>(&written);
            prop_assert_eq!(again.as_ref(), Ok(&value));
            prop_assert_eq!(Reader::new(&written).raw(), Ok(&*written));
        }
    }

    #[test]
    fn no_text_is_too_strange(text in "[\\[\\]{}\",:\\\\u0-9a-f \\PC]{0,40}") {
        let _ = read::<Everything>(&text);
        if let Ok(raw) = Reader::new(&text).raw() {
            prop_assert!(text.contains(raw));
        }
    }
}

#[test]
fn strings_are_read_with_their_escapes() {
    for (json, text) in [
        (r#""""#, ""),
        (r#" "a" "#, "a"),
        (r#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
        (r#""\u00e9\ud83d\ude00x""#, "é😀x"),
    ] {
        assert_eq!(read::<String>(json).as_deref(), Ok(text), "{json}");
    }
    for json in [
        r#"""#,
        r#""a"#,
        r#""\"#,
        r#""\x""#,
        r#""\u12""#,
        r#""\ud83d""#,
        r#""\ud83dé""#,
        r#""\ud83d\u0041""#,
        "7",
    ] {
        assert_eq!(read::<String>(json), Err(MalformedJson), "{json}");
    }
}

#[test]
fn what_is_unknown_is_skipped() {
    let json =
        r#"{"x":[{"y":"]}"},-1.5e+3,null],"text":"a","number":null,"list":[true , false],"z":{}}"#;
    let value = Everything {
        text: "a".into(),
        number: None,
        list: vec![true, false],
        inner: None,
    };
    assert_eq!(read(json), Ok(value));
}

#[test]
fn what_does_not_fit_is_refused() {
    for json in [
        "",
        "{}",
        "[]",
        "{",
        r#"{"text":"a","list":[]} 1"#,
        r#"{"text":"a","list":[true,]}"#,
        r#"{"text":"a","list":[1]}"#,
        r#"{"text":"a","list":[],"number":-1}"#,
        r#"{"text":"a","list":[],"number":4294967296}"#,
        r#"{"text":"a","list":[]"#,
        r#"{"text" "a","list":[]}"#,
    ] {
        assert_eq!(read::<Everything>(json), Err(MalformedJson), "{json}");
    }
}
