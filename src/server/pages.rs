//! The pages as HTML, and the two addresses behind the forms of the home page.

use axum::{
    Router,
    extract::{Path, Query},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    middleware,
    response::Redirect,
    routing::get,
};
use leptos::{
    config::{Env, LeptosOptions},
    nonce::use_nonce,
    prelude::{provide_context, use_context},
};
use leptos_axum::ResponseOptions;
use percent_encoding::utf8_percent_encode;
use rand::Rng;
use serde::Deserialize;

use super::{
    assets::{self, FrontNames},
    config::PublicUrl,
    headers::content_security_policy,
    mangled_links::{self, SEGMENT},
};
use crate::{
    pages::{Origin, Page, StyleHref, WordsHref, shell},
    words::{Chosen, Language},
};

/// For robots (RFC 9309): rooms are in no index. Who draws the preview of a link that was sent may look; rooms ask
/// everybody who does to keep them out of searches.
const ROBOTS: &str = "\
User-agent: *
Disallow: /r/
Disallow: /new
Disallow: /enter
Disallow: /socket.io/

User-agent: Twitterbot
User-agent: facebookexternalhit
User-agent: LinkedInBot
User-agent: Slackbot-LinkExpanding
User-agent: TelegramBot
User-agent: WhatsApp
Disallow: /socket.io/
";

/// The routes of all pages.
pub fn routes(front: Option<FrontNames>, public_url: Option<PublicUrl>) -> Router {
    // What leptos renders on; a second server in one process finds it set.
    let _ = any_spawner::Executor::init_tokio();
    let options = LeptosOptions::builder()
        .output_name(front.as_ref().map_or("missing", |names| &names.stem))
        .site_pkg_dir(assets::PREFIX.trim_start_matches('/'))
        .env(Env::PROD)
        .build();
    let about_request = move || {
        let language = describe_response(public_url.as_ref());
        provide_context(language);
        if let Some(names) = &front {
            provide_context(StyleHref {
                room: address(&names.styles.room),
                later: address(&names.styles.later),
                pages: address(&names.styles.pages),
            });
            provide_context(words_of(names, language));
        }
    };
    let document = {
        let options = options.clone();
        move || shell(options.clone())
    };
    let pages = get(leptos_axum::render_app_to_stream_with_context(
        about_request,
        document,
    ));
    Router::new()
        .route("/new", get(new_room))
        .route("/enter", get(enter_room))
        .route("/robots.txt", get(|| async { ROBOTS }))
        .route(&format!("{}/{{*name}}", assets::PREFIX), get(assets::serve))
        .route(
            "/assets/{*name}",
            get(|Path(name): Path<String>, headers| {
                assets::serve(Path(format!("assets/{name}")), headers)
            }),
        )
        .route(
            "/manifest.webmanifest",
            get(|headers| assets::serve(Path("assets/manifest.webmanifest".to_owned()), headers)),
        )
        .fallback_service(pages.with_state(options))
        .layer(middleware::from_fn(mangled_links::redirect_mangled))
}

fn address(name: &str) -> String {
    format!("{}/{name}", assets::PREFIX)
}

fn words_of(names: &FrontNames, language: Language) -> WordsHref {
    let own = names.words.get(language as usize);
    let all = names.words.iter().flatten();
    WordsHref {
        own: own.map(|[room, _]| address(room)).unwrap_or_default(),
        all: all.map(|name| address(name)).collect::<Vec<_>>().join(" "),
    }
}

/// Sets headers and status of the page that is being rendered, and tells it where it is. Returns the language
/// to render it in.
fn describe_response(public_url: Option<&PublicUrl>) -> Language {
    let (Some(response), Some(parts)) = (use_context::<ResponseOptions>(), use_context::<Parts>())
    else {
        return Language::default();
    };
    let host = parts
        .headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let nonce = use_nonce()
        .map(|nonce| nonce.to_string())
        .unwrap_or_default();
    if let Ok(policy) = HeaderValue::try_from(content_security_policy(&nonce, host)) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
    response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    let page = Page::at(parts.uri.path());
    if let Some(status) = status_of(&page) {
        response.set_status(status);
    }
    if !page.is_for_searches() {
        let robots = HeaderName::from_static("x-robots-tag");
        response.insert_header(robots, HeaderValue::from_static("noindex, nofollow"));
    }
    provide_context(Origin(origin(public_url, &parts.headers, host)));
    let asked_for = parts.uri.query().and_then(Language::of_query);
    if let Some(language) = asked_for {
        provide_context(Chosen(language));
    }
    let language = asked_for
        .or_else(|| accepted(&parts.headers))
        .unwrap_or_default();
    response.insert_header(
        header::VARY,
        HeaderValue::from_name(header::ACCEPT_LANGUAGE),
    );
    let code = HeaderValue::from_static(language.code());
    response.insert_header(header::CONTENT_LANGUAGE, code);
    language
}

/// The language that the browser prefers.
fn accepted(headers: &HeaderMap) -> Option<Language> {
    Language::of_accepted(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?)
}

/// Pages that tell of a mistake in the address say so in their status too.
fn status_of(page: &Page) -> Option<StatusCode> {
    match page {
        Page::Home | Page::Check | Page::Room(_) => None,
        Page::BadRoomName(_) => Some(StatusCode::BAD_REQUEST),
        Page::NotFound => Some(StatusCode::NOT_FOUND),
    }
}

fn origin(public_url: Option<&PublicUrl>, headers: &HeaderMap, host: Option<&str>) -> String {
    let forwarded = headers
        .get("x-forwarded-proto")
        .and_then(|scheme| scheme.to_str().ok());
    let scheme = if forwarded == Some("https") {
        "https"
    } else {
        "http"
    };
    match public_url {
        Some(url) => url.to_string(),
        None => host
            .map(|host| format!("{scheme}://{host}"))
            .unwrap_or_default(),
    }
}

/// What the addresses behind the forms are asked.
#[derive(Deserialize)]
struct RoomForm {
    #[serde(default)]
    room: String,
    #[serde(default)]
    lang: String,
}

async fn new_room(Query(typed): Query<RoomForm>) -> Redirect {
    let mut rng = rand::rng();
    redirect(format!("/r/{}", unguessable(|| rng.random())), &typed)
}

/// A name that nobody guesses: one of 26 to the power of 10, each as likely as any other, from random bytes.
fn unguessable(mut random: impl FnMut() -> u8) -> String {
    let letters = std::iter::from_fn(|| Some(random())).filter_map(letter);
    let mut name: String = letters.take(10).collect();
    name.insert(7, '-');
    name.insert(3, '-');
    name
}

/// The letter of a byte; those are rejected that would favour the first letters.
fn letter(byte: u8) -> Option<char> {
    let fair = byte < u8::MAX - u8::MAX % 26;
    fair.then(|| char::from(b'a' + byte % 26))
}

/// The name goes to the room's page, which says what is wrong with it if something is.
async fn enter_room(Query(typed): Query<RoomForm>) -> Redirect {
    let name = typed.room.trim();
    if name.is_empty() {
        return redirect("/".to_owned(), &typed);
    }
    let short: String = name.chars().take(256).collect();
    let path = format!("/r/{}", utf8_percent_encode(&short, SEGMENT));
    redirect(path, &typed)
}

/// On to a page, in the language that was asked for.
fn redirect(path: String, typed: &RoomForm) -> Redirect {
    match Language::of_tag(&typed.lang) {
        Some(language) => Redirect::to(&format!("{path}?lang={}", language.code())),
        None => Redirect::to(&path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_is_as_likely() {
        let letters: Vec<char> = (0..=u8::MAX).filter_map(letter).collect();
        for one in 'a'..='z' {
            assert_eq!(
                letters.iter().filter(|other| **other == one).count(),
                9,
                "{one}"
            );
        }
        let mut bytes = 225..=u8::MAX;
        let name = unguessable(|| bytes.next().unwrap_or(1));
        assert_eq!(name, "rst-uvwx-yzb");
    }
}
