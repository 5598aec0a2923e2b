//! Writes a program anew (WebAssembly Core section 5): with other names, and its functions in another order.

use wasm_encoder::{
    CodeSection, EntityType, ExportSection, FunctionSection, ImportSection, Module,
    reencode::{Error, Reencode},
};
use wasmparser::{
    CodeSectionReader, Export, FunctionSectionReader, ImportSectionReader, Parser, Payload,
};

use super::names::Names;

/// The program with these names in place of those, and its own functions in this order (by their places so far).
/// `None` if it is not understood.
pub fn rewritten(program: &[u8], names: &Names<'_>, order: &[usize]) -> Option<Vec<u8>> {
    let mut places = vec![0; order.len()];
    for (place, was) in (0..).zip(order) {
        *places.get_mut(*was)? = place;
    }
    let mut change = Change {
        names,
        order,
        places,
        imported: 0,
    };
    let mut module = Module::new();
    change
        .parse_core_module(&mut module, Parser::new(0), program)
        .ok()?;
    Some(module.finish())
}

/// The code of each function that the program has itself.
pub fn bodies(program: &[u8]) -> Option<Vec<&[u8]>> {
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(program) {
        if let Payload::CodeSectionEntry(body) = payload.ok()? {
            bodies.push(body.as_bytes());
        }
    }
    Some(bodies)
}

struct Change<'a> {
    names: &'a Names<'a>,
    order: &'a [usize],
    /// Where each function goes, by where it was.
    places: Vec<u32>,
    /// How many functions are imported: the numbers of functions begin with them.
    imported: u32,
}

type Done<T = ()> = Result<T, Error<Misfit>>;

/// The order is not one of this program's functions.
struct Misfit;

impl Change<'_> {
    fn named<'b>(&'b self, name: &'b str) -> &'b str {
        self.names.get(name).map_or(name, String::as_str)
    }

    fn ordered<'b, T>(&self, items: &'b [T]) -> Done<Vec<&'b T>> {
        let items: Option<_> = self.order.iter().map(|was| items.get(*was)).collect();
        items.ok_or(Error::UserError(Misfit))
    }
}

impl Reencode for Change<'_> {
    type Error = Misfit;

    fn function_index(&mut self, number: u32) -> Done<u32> {
        let Some(own) = number.checked_sub(self.imported) else {
            return Ok(number);
        };
        let place = self.places.get(own as usize);
        place
            .map(|place| place + self.imported)
            .ok_or(Error::UserError(Misfit))
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Done {
        for import in section.into_imports() {
            let import = import?;
            let kind = self.entity_type(import.ty)?;
            self.imported += u32::from(matches!(kind, EntityType::Function(_)));
            imports.import(self.named(import.module), self.named(import.name), kind);
        }
        Ok(())
    }

    fn parse_export(&mut self, exports: &mut ExportSection, export: Export<'_>) -> Done {
        let index = self.external_index(export.kind, export.index)?;
        let kind = self.export_kind(export.kind)?;
        exports.export(self.named(export.name), kind, index);
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Done {
        let types: Vec<u32> = section.into_iter().collect::<Result<_, _>>()?;
        for function in self.ordered(&types)? {
            functions.function(*function);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Done {
        let bodies: Vec<_> = section.into_iter().collect::<Result<_, _>>()?;
        for body in self.ordered(&bodies)? {
            self.parse_function_body(code, body.clone())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{CustomSection, ExportKind, Function, MemoryType, TypeSection, ValType};

    use super::*;

    const LONG: &str = "__wbg_now_00112233aabbccdd";

    /// Imports a function and a memory. Of its own functions, which come in this order, the first gives a number, the
    /// second calls it, and the third calls the second and the import, and is exported.
    fn program(import: &str, export: &str, order: [u32; 3]) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], [ValType::I32]);
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        let memory = MemoryType {
            minimum: 1,
            maximum: Some(200),
            memory64: false,
            shared: false,
            page_size_log2: None,
        };
        imports.import("env", import, EntityType::Function(1));
        imports.import("env", "memory", memory);
        let place = |own: u32| 1 + order.iter().position(|is| *is == own).unwrap() as u32;
        let mut functions = FunctionSection::new();
        let mut code = CodeSection::new();
        for own in order {
            functions.function([0, 0, 1][own as usize]);
            let mut function = Function::new([]);
            let mut body = function.instructions();
            match own {
                0 => body.i32_const(300),
                1 => body.call(place(0)),
                _ => body.call(place(1)).drop().call(0),
            }
            .end();
            code.function(&function);
        }
        let mut exports = ExportSection::new();
        exports.export(export, ExportKind::Func, place(2));
        exports.export("hydrate", ExportKind::Memory, 0);
        let after = CustomSection {
            name: "after".into(),
            data: vec![7; 300].into(),
        };
        let mut module = Module::new();
        module
            .section(&types)
            .section(&imports)
            .section(&functions)
            .section(&exports)
            .section(&code)
            .section(&after);
        module.finish()
    }

    #[test]
    fn names_and_order_change_and_nothing_else() {
        let names = Names::from([
            (LONG, "$0".to_owned()),
            ("__wbindgen_malloc", "$2".to_owned()),
        ]);
        let before = program(LONG, "__wbindgen_malloc", [0, 1, 2]);
        let after = rewritten(&before, &names, &[2, 0, 1]);
        assert_eq!(after.unwrap(), program("$0", "$2", [2, 0, 1]));
        assert_eq!(bodies(&before).unwrap().len(), 3);
    }

    #[test]
    fn what_is_no_program_is_refused() {
        let whole = program(LONG, "x", [0, 1, 2]);
        let names = Names::new();
        for program in [
            &whole[..whole.len() - 1],
            b"\0as",
            b"\0asm\x01\0\0\0\x02\x85",
        ] {
            assert!(rewritten(program, &names, &[0, 1, 2]).is_none());
        }
        for order in [&[0, 1][..], &[0, 1, 3], &[0, 1, 2, 3]] {
            assert!(rewritten(&whole, &names, order).is_none(), "{order:?}");
        }
    }
}
