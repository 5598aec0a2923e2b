//! The modules of the crate, and the file that a path leads to.

use std::{collections::BTreeMap, fs, io, path::Path};

use crate::{
    graph::Graph,
    source::{Import, Named, Source},
};

/// How many imports lead on to others at most: a path that leads round in a ring leads nowhere.
const HOPS: usize = 12;

/// All modules by their paths.
#[derive(Debug, Default)]
pub struct Tree {
    modules: BTreeMap<Vec<String>, Source>,
}

/// What a path names.
enum Target {
    Module(Vec<String>),
    /// An item, by the module that defines it.
    Item(Vec<String>),
}

impl Tree {
    /// Reads a folder; files of tests are left out.
    ///
    /// # Errors
    /// A file or a folder can't be read.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let mut tree = Self::default();
        tree.read_below(folder, folder)?;
        Ok(tree)
    }

    fn read_below(&mut self, folder: &Path, top: &Path) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            if stem == "tests" {
                continue;
            } else if path.is_dir() {
                self.read_below(&path, top)?;
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path
                    .strip_prefix(top)
                    .unwrap_or(&path)
                    .to_string_lossy()
                    .replace('\\', "/");
                self.add(&name, &fs::read_to_string(&path)?);
            }
        }
        Ok(())
    }

    /// Adds a file by its name below the top.
    pub fn add(&mut self, name: &str, text: &str) {
        let mut module: Vec<String> = name
            .trim_end_matches(".rs")
            .split('/')
            .map(str::to_owned)
            .collect();
        if module
            .last()
            .is_some_and(|last| ["mod", "lib"].contains(&last.as_str()))
        {
            module.pop();
        }
        self.modules.insert(module, Source::parse(name, text));
    }

    /// All files.
    pub fn files(&self) -> impl Iterator<Item = &Source> {
        self.modules.values()
    }

    /// Which file imports from which.
    pub fn imports(&self) -> Graph {
        let mut graph = Graph::default();
        for (module, source) in &self.modules {
            let mut note = |target: Option<Target>, path: &Named| {
                let Some(to) = target.and_then(|target| self.file_of(&target)) else {
                    return;
                };
                graph.add(&source.name, &to.name, path.line, &path.segments.join("::"));
            };
            for import in &source.imports {
                let target = self.resolve(module, &import.path, HOPS);
                match target {
                    Some(Target::Module(from)) if import.alias == "*" => {
                        for name in self.names_in(&from, source) {
                            let mut path = import.path.clone();
                            note(self.item(&from, &name, HOPS), &path);
                            path.segments.push(name);
                        }
                    }
                    // A function may have the name of its file.
                    Some(Target::Module(from)) if self.defines_its_name(&from) => {
                        note(Some(Target::Item(from)), &import.path);
                    }
                    // What is taken from it is seen where a path begins with its name.
                    Some(Target::Module(_)) => {}
                    _ if import.is_passed_on && !source.names.contains(&import.alias) => {}
                    _ => note(target, &import.path),
                }
            }
            for path in &source.paths {
                note(self.resolve(module, path, HOPS), path);
            }
        }
        graph
    }

    fn defines_its_name(&self, module: &[String]) -> bool {
        let source = self.modules.get(module);
        (source.zip(module.last())).is_some_and(|(source, name)| source.items.contains(name))
    }

    /// Which of what a module has a file names.
    fn names_in(&self, module: &[String], source: &Source) -> Vec<String> {
        let Some(from) = self.modules.get(module) else {
            return Vec::new();
        };
        let imported = from.imports.iter().map(|import| &import.alias);
        (from.items.iter().chain(imported))
            .filter(|name| source.names.contains(*name))
            .cloned()
            .collect()
    }

    fn file_of(&self, target: &Target) -> Option<&Source> {
        let (Target::Module(module) | Target::Item(module)) = target;
        self.modules.get(module)
    }

    /// What a path names, seen from a module; none if that is elsewhere than in this crate.
    fn resolve(&self, module: &[String], path: &Named, hops: usize) -> Option<Target> {
        let (mut at, rest) = self.start(module, path, hops.checked_sub(1)?)?;
        for (index, segment) in rest.iter().enumerate() {
            let child = [at.as_slice(), std::slice::from_ref(segment)].concat();
            if self.modules.contains_key(&child) {
                at = child;
                continue;
            }
            match self.item(&at, segment, hops - 1)? {
                Target::Module(other) if index + 1 < rest.len() => at = other,
                target => return Some(target),
            }
        }
        Some(Target::Module(at))
    }

    /// The module at which a path starts, and the rest of the path.
    fn start<'a>(
        &self,
        module: &[String],
        path: &'a Named,
        hops: usize,
    ) -> Option<(Vec<String>, &'a [String])> {
        let (first, after) = path.segments.split_first()?;
        let mut at = module.to_vec();
        match first.as_str() {
            "crate" => return Some((Vec::new(), after)),
            "self" => return Some((at, after)),
            "super" => {
                let ups = path
                    .segments
                    .iter()
                    .take_while(|segment| *segment == "super")
                    .count();
                for _ in path.inside.min(ups)..ups {
                    at.pop()?;
                }
                return Some((at, path.segments.get(ups..)?));
            }
            _ => {}
        }
        at.push(first.clone());
        if self.modules.contains_key(&at) {
            return Some((at, after));
        }
        let import = self.import_of(module, first)?;
        match self.resolve(module, &import.path, hops)? {
            Target::Module(module) => Some((module, after)),
            Target::Item(module) => Some((module, &[])),
        }
    }

    fn import_of(&self, module: &[String], name: &str) -> Option<&Import> {
        let imports = &self.modules.get(module)?.imports;
        imports.iter().find(|import| {
            // A `use` whose path begins with its own name would lead to itself.
            import.alias == name
                && import
                    .path
                    .segments
                    .first()
                    .is_none_or(|first| first != name)
        })
    }

    /// What a name in a module stands for: it may only have been imported there.
    fn item(&self, module: &[String], name: &str, hops: usize) -> Option<Target> {
        let source = self.modules.get(module)?;
        if source.items.contains(name) {
            return Some(Target::Item(module.to_vec()));
        }
        let hops = hops.checked_sub(1)?;
        if let Some(import) = source.imports.iter().find(|import| import.alias == name) {
            return self.resolve(module, &import.path, hops);
        }
        let globs = source.imports.iter().filter(|import| import.alias == "*");
        for glob in globs {
            let Some(Target::Module(from)) = self.resolve(module, &glob.path, hops) else {
                continue;
            };
            let has = |source: &Source| {
                source.items.contains(name)
                    || source.imports.iter().any(|import| import.alias == name)
            };
            if self.modules.get(&from).is_some_and(has) {
                return self.item(&from, name, hops);
            }
        }
        Some(Target::Item(module.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::Tree;

    fn pairs(tree: &Tree) -> Vec<String> {
        let graph = tree.imports();
        let pair = |(from, to, _): (&str, &str, _)| format!("{from} -> {to}");
        graph.iter().map(pair).collect()
    }

    #[test]
    fn what_is_passed_on_comes_from_where_it_is_defined() {
        let mut tree = Tree::default();
        tree.add("lib.rs", "pub mod a; pub mod b;");
        tree.add(
            "a/mod.rs",
            "mod one; mod two; pub use one::{One, make}; pub struct Top; fn f() { make() }",
        );
        tree.add(
            "a/one.rs",
            "use super::two::Two; pub struct One; pub fn make() {}",
        );
        tree.add("a/two.rs", "use super::Top; pub struct Two;");
        tree.add(
            "b.rs",
            "use crate::a; fn f(one: a::One) { crate::a::two::Two; std::mem::take(); }",
        );
        let edges = [
            "a/mod.rs -> a/one.rs",
            "a/one.rs -> a/two.rs",
            "a/two.rs -> a/mod.rs",
            "b.rs -> a/one.rs",
            "b.rs -> a/two.rs",
        ];
        assert_eq!(pairs(&tree), edges);
    }

    #[test]
    fn a_glob_brings_what_is_named() {
        let mut tree = Tree::default();
        tree.add(
            "a/mod.rs",
            "use crate::b::B; use crate::c::C; fn helper() {}",
        );
        tree.add("a/inner.rs", "use super::*; fn f(b: B) { helper() }");
        tree.add("b.rs", "pub struct B;");
        tree.add("c.rs", "pub struct C;");
        let pairs = pairs(&tree);
        let inner: Vec<&String> = pairs
            .iter()
            .filter(|pair| pair.starts_with("a/inner"))
            .collect();
        assert_eq!(inner, ["a/inner.rs -> a/mod.rs", "a/inner.rs -> b.rs"]);
    }
}
