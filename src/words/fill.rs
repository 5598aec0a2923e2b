//! Placeholders.

/// Puts values in the place of `{name}`. A name without a value stays as it is, and what is put in is not
/// looked at again.
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, (name, after))) = rest
        .split_once('{')
        .and_then(|(before, part)| Some((before, part.split_once('}')?)))
    {
        filled.push_str(before);
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => filled.push_str(value),
            None => filled.extend(["{", name, "}"]),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn values_stand_where_their_names_were() {
        let values = [("name", "Ada {room}"), ("room", "standup")];
        for (text, filled) in [
            ("nothing", "nothing"),
            ("{name} joined {room}", "Ada {room} joined standup"),
            ("{room}{room}", "standupstandup"),
            ("{else}, {name}", "{else}, Ada {room}"),
            ("{name", "{name"),
            ("", ""),
        ] {
            assert_eq!(fill(text, &values), filled, "{text:?}");
        }
    }
}
