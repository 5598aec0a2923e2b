//! Files as a graph of imports, and the circles in it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Which file imports from which, and where it says so first.
#[derive(Debug, Default)]
pub struct Graph {
    edges: BTreeMap<String, BTreeMap<String, Place>>,
}

/// A line of a file, and the path that it names.
#[derive(Debug, Clone)]
pub struct Place {
    pub line: usize,
    pub path: String,
}

/// Pairs of files that may import: the list of what is known.
type Pairs = [(String, String)];

/// Imports without their places.
type Links<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

impl Graph {
    /// Adds an import; a file that names itself imports nothing.
    pub fn add(&mut self, from: &str, to: &str, line: usize, path: &str) {
        if from != to {
            let path = path.to_owned();
            let of = self.edges.entry(from.to_owned()).or_default();
            of.entry(to.to_owned()).or_insert(Place { line, path });
        }
    }

    /// All imports.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, &Place)> {
        self.edges.iter().flat_map(|(from, all)| {
            let place = move |(to, place)| (from.as_str(), String::as_str(to), place);
            all.iter().map(place)
        })
    }

    /// A sentence for each circle that is left without the known imports.
    pub fn circles(&self, known: &Pairs) -> Vec<String> {
        let mut links = self.links();
        for (from, to) in known {
            cut(&mut links, from, to);
        }
        let mut found = Vec::new();
        while let Some(circle) = shortest_circle(&mut links) {
            found.push(self.sentence(&circle));
            // What else goes through the circle's last import would hardly say more.
            if let [.., last, first] = circle.as_slice() {
                cut(&mut links, last, first);
            }
        }
        found
    }

    /// A sentence for each known import that closes no circle.
    pub fn needless(&self, known: &Pairs) -> Vec<String> {
        let links = self.links();
        let is_needed = |from: &str, to: &str| {
            links.get(from).is_some_and(|all| all.contains(to)) && way(&links, to, from).is_some()
        };
        (known.iter())
            .filter(|(from, to)| !is_needed(from, to))
            .map(|(from, to)| {
                format!(
                    "\"{from} -> {to}\" closes no circle: take it out of build/imports/known.txt"
                )
            })
            .collect()
    }

    fn links(&self) -> Links<'_> {
        let mut links = Links::new();
        for (from, to, _) in self.iter() {
            links.entry(from).or_default().insert(to);
        }
        links
    }

    fn sentence(&self, circle: &[&str]) -> String {
        let steps: Vec<String> = (circle.windows(2))
            .filter_map(|pair| {
                let [from, to] = pair else { return None };
                let Place { line, path } = self.edges.get(*from)?.get(*to)?;
                Some(format!("src/{from}:{line} takes `{path}` from src/{to}"))
            })
            .collect();
        format!("a circle of imports: {}", steps.join(", "))
    }
}

fn cut(links: &mut Links, from: &str, to: &str) {
    if let Some(all) = links.get_mut(from) {
        all.remove(to);
    }
}

/// The files along the shortest circle, the first one once more at the end.
fn shortest_circle<'a>(links: &mut Links<'a>) -> Option<Vec<&'a str>> {
    drop_loose_ends(links);
    let circles = links.iter().flat_map(|(from, all)| {
        let close = |to: &&'a str| Some([vec![*from], way(links, to, from)?].concat());
        all.iter().filter_map(close)
    });
    circles.min_by_key(Vec::len)
}

/// Takes out what imports nothing or is imported by nobody, until all that is left leads on.
fn drop_loose_ends(links: &mut Links) {
    loop {
        let before: usize = links.values().map(BTreeSet::len).sum();
        let imported: BTreeSet<&str> = links.values().flatten().copied().collect();
        links.retain(|from, all| imported.contains(from) && !all.is_empty());
        let importing: BTreeSet<&str> = links.keys().copied().collect();
        for all in links.values_mut() {
            all.retain(|to| importing.contains(to));
        }
        if links.values().map(BTreeSet::len).sum::<usize>() == before {
            return;
        }
    }
}

/// The shortest way from one file to another, both named.
fn way<'a>(links: &Links<'a>, from: &'a str, to: &str) -> Option<Vec<&'a str>> {
    let mut before: BTreeMap<&str, &'a str> = BTreeMap::new();
    let mut next = VecDeque::from([from]);
    while let Some(file) = next.pop_front() {
        if file == to {
            let mut way = vec![file];
            while let Some(earlier) = way.last().and_then(|last| before.get(last)) {
                way.push(earlier);
            }
            way.reverse();
            return Some(way);
        }
        for other in links.get(file).into_iter().flatten() {
            if *other != from && !before.contains_key(other) {
                before.insert(other, file);
                next.push_back(other);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::Graph;

    fn ring() -> Graph {
        let mut graph = Graph::default();
        for (from, to) in [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")] {
            graph.add(from, to, 7, &format!("crate::{to}::X"));
        }
        graph
    }

    #[test]
    fn a_circle_is_told_with_its_path() {
        let found = ring().circles(&[]);
        let told = "a circle of imports: src/a:7 takes `crate::b::X` from src/b, \
             src/b:7 takes `crate::c::X` from src/c, src/c:7 takes `crate::a::X` from src/a";
        assert_eq!(found, [told]);
    }

    #[test]
    fn what_is_known_is_let_pass_while_it_is_needed() {
        let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        let known = [pair("b", "c")];
        assert!(ring().circles(&known).is_empty());
        assert!(ring().needless(&known).is_empty());
        assert_eq!(ring().needless(&[pair("c", "d"), pair("a", "d")]).len(), 2);
    }
}
