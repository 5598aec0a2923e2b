//! Leaves out of the front end what only those need who work on it, and writes it as it compresses best.

mod names;
mod order;
mod places;
mod program;

use names::Names;

/// The program and its script, lighter; `None` if the program is not understood, which then can stay as it is.
pub fn lighten(program: &[u8], script: &str) -> Option<(Vec<u8>, String)> {
    let names = names::short_names(script);
    let program = rewritten(program, &names)?;
    Some((program, names::renamed(script, &names)))
}

/// The same for a part that is loaded later and has no script of its own.
pub fn lighten_part(program: &[u8]) -> Option<Vec<u8>> {
    rewritten(program, &Names::new())
}

fn rewritten(program: &[u8], names: &Names<'_>) -> Option<Vec<u8>> {
    let order = order::by_resemblance(&program::bodies(program)?);
    let mut program = program::rewritten(program, names, &order)?;
    places::forget(&mut program);
    Some(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &[u8] = b"\0asm\x01\0\0\0";

    #[test]
    fn what_is_no_program_is_left_to_be_as_it_is() {
        assert_eq!(lighten_part(EMPTY).as_deref(), Some(EMPTY));
        let light = lighten(EMPTY, "__wbg_a()").map(|(_, script)| script);
        assert_eq!(light.as_deref(), Some("$0()"));
        assert_eq!(lighten(b"\0as", "__wbg_a()"), None);
    }
}
