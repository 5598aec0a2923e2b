//! The document that the server writes around the pages, and what the page says of itself in it.

use leptos::{html::meta, prelude::*};

use super::{
    app::App,
    page::{Page, PageMeta},
    start::{program, start_trouble},
};
use crate::words::{Word, in_use, t};

/// Where the style sheets are; the server provides it as a context, since the names carry a hash.
#[derive(Debug, Clone)]
pub struct StyleHref {
    /// The one for every page.
    pub room: String,
    /// The one that the page of a room loads later.
    pub later: String,
    /// The one for pages that need no program.
    pub pages: String,
}

/// Where the words for the program are, which it speaks once it runs; the server provides it as a context.
#[derive(Debug, Clone)]
pub struct WordsHref {
    /// Those of the language that the page is rendered in.
    pub own: String,
    /// Those of all languages, with blanks between them.
    pub all: String,
}

/// Scheme, host and port that the public sees, such as `https://meet.example`; the server provides it as a
/// context where it knows, since previews of links take absolute addresses only.
#[derive(Debug, Clone)]
pub struct Origin(pub String);

/// Sets the theme that was chosen, where that is allowed to be remembered, before anything is painted: style sheets know
/// the system's only.
const THEME: &str = "/assets/theme.js";

/// The document, for the server only: the browser finds it and takes over the body.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let Origin(origin) = use_context().unwrap_or(Origin(String::new()));
    let page = Page::requested();
    let PageMeta { title, description } = page.about();
    let language = in_use();
    // The other pages need no program, and so no words for it.
    let has_program = matches!(page, Page::Room(_) | Page::Check);
    let (styles, later_style) = styles(&page).unzip();
    let words = use_context::<WordsHref>().filter(|_| has_program);
    let (ahead, words) = words.map(|words| (words.own, words.all)).unzip();
    view! {
        <!DOCTYPE html>
        // A translator that rewrites text would break a program that holds it; the languages are ours.
        <html
            lang=language.code()
            dir=language.direction().as_str()
            translate="no"
            data-words=words
            data-style=later_style.flatten()
        >
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="color-scheme" content="light dark" />
                <meta name="theme-color" content="#f6f7f9" media="(prefers-color-scheme: light)" />
                <meta name="theme-color" content="#0f1216" media="(prefers-color-scheme: dark)" />
                <title>{title.clone()}</title>
                <meta name="description" content=description />
                {(!page.is_for_searches()).then(|| view! { <meta name="robots" content="noindex, nofollow" /> })}
                {graph("og:title", title)}
                {graph("og:description", description)}
                {graph("og:site_name", "Roundtable")}
                {graph("og:type", "website")}
                {graph("og:image", format!("{origin}/assets/og.png"))}
                {graph("og:image:width", "1200")}
                {graph("og:image:height", "630")}
                {graph("og:image:alt", t(Word::PageImage))}
                <meta name="twitter:card" content="summary_large_image" />
                <meta name="google" content="notranslate" />
                <link rel="icon" href="/assets/favicon.svg" type="image/svg+xml" />
                <link rel="apple-touch-icon" href="/assets/icon-180.png" />
                <link rel="manifest" href="/manifest.webmanifest" />
                <script src=THEME></script>
                {styles.map(|hrefs| hrefs.into_iter().map(|href| view! { <link rel="stylesheet" href=href /> }).collect_view())}
                {options.output_name.split_once('-').map(|(_, hash)| view! {
                    <link rel="modulepreload" href=format!("/pkg/snippets/{hash}/__wasm_split.js") />
                })}
                {ahead.map(|href| view! { <link rel="preload" href=href r#as="fetch" crossorigin="" /> })}
                {program(&options.output_name, &options.site_pkg_dir)}
            </head>
            <body>
                {has_program.then(start_trouble)}
                <App />
            </body>
        </html>
    }
}

/// The style sheets of a page, and the one for later.
fn styles(page: &Page) -> Option<(Vec<String>, Option<String>)> {
    let StyleHref { room, later, pages } = use_context()?;
    Some(match page {
        Page::Room(_) => (vec![room], Some(later)),
        _ => (vec![room, pages], None),
    })
}

/// A property of the Open Graph, by which chats draw a preview of a link (ogp.me).
fn graph(property: &'static str, content: impl Into<String>) -> impl IntoView {
    meta().attr("property", property).content(content.into())
}
