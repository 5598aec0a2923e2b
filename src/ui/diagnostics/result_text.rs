//! What a check has found, in words.

use leptos::prelude::*;

use crate::{
    call::diagnostics::{CheckStep, Detail, Fact, Fault, Finding, Value},
    ui::{
        components::Glyph,
        view::{ErasedView, IntoErasedView},
    },
    words::{Word, t},
};

/// What a step is called.
pub fn title(step: CheckStep) -> Word {
    match step {
        CheckStep::Browser => Word::CheckBrowser,
        CheckStep::Devices => Word::CheckDevices,
        CheckStep::Server => Word::CheckServer,
        CheckStep::Connection => Word::CheckConnection,
        CheckStep::Relay => Word::CheckRelay,
        CheckStep::Route => Word::CheckRoute,
        CheckStep::Media => Word::CheckMedia,
        CheckStep::Forwarding => Word::CheckSfu,
    }
}

/// What a step is for.
pub fn description(step: CheckStep) -> Word {
    match step {
        CheckStep::Browser => Word::CheckBrowserAbout,
        CheckStep::Devices => Word::CheckDevicesAbout,
        CheckStep::Server => Word::CheckServerAbout,
        CheckStep::Connection => Word::CheckConnectionAbout,
        CheckStep::Relay => Word::CheckRelayAbout,
        CheckStep::Route => Word::CheckRouteAbout,
        CheckStep::Media => Word::CheckMediaAbout,
        CheckStep::Forwarding => Word::CheckSfuAbout,
    }
}

/// The icon, the kind and the word of what came of a step.
pub fn describe(finding: Finding) -> (Glyph, &'static str, Word) {
    match finding {
        Finding::Passed => (Glyph::Check, "passed", Word::CheckPassed),
        Finding::NotSetUp => (Glyph::Warning, "open", Word::CheckNotSetUp),
        Finding::LeftOut => (Glyph::More, "open", Word::CheckSkipped),
        Finding::Failed(_) => (Glyph::Close, "failed", Word::CheckFailed),
    }
}

/// What to do, where there is something to do.
pub fn remedy(step: CheckStep, finding: Finding) -> Option<Word> {
    Some(match finding {
        Finding::Passed => return None,
        Finding::NotSetUp if step == CheckStep::Forwarding => Word::CheckRemedyNoSfu,
        Finding::NotSetUp => Word::CheckRemedyNoRelay,
        Finding::LeftOut => Word::CheckRemedySkipped,
        Finding::Failed(fault) => match fault {
            Fault::Insecure => Word::TroubleInsecureRemedy,
            Fault::Unsupported => Word::TroubleUnsupportedRemedy,
            Fault::Denied => Word::CheckRemedyDenied,
            Fault::NotFound => Word::CheckRemedyNotFound,
            Fault::InUse => Word::CheckRemedyInUse,
            Fault::Devices => Word::CheckRemedyDevices,
            Fault::Away => Word::TroubleUnreachableRemedy,
            Fault::WebSocket => Word::CheckRemedyWebsocket,
            Fault::Refused => Word::CheckRemedyRefused,
            Fault::Unconnected | Fault::Sound => Word::CheckRemedyNotConnected,
            Fault::Relay => Word::CheckRemedyRelay,
            Fault::Unforwarded => Word::CheckRemedySfuUnreachable,
            Fault::Pathless => Word::CheckRemedyNoRoute,
            Fault::Pictures => Word::CheckRemedyNoVideo,
        },
    })
}

/// A line about what was seen.
pub fn fact(fact: &Fact) -> ErasedView {
    let value = match &fact.value {
        Value::Flag(true) => t(Word::CheckYes).to_owned(),
        Value::Flag(false) => t(Word::CheckNo).to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Milliseconds(number) => number.to_string() + "\u{a0}ms",
        Value::Text(text) => text.clone(),
    };
    view! {
        <div>
            <dt>{t(label(fact.detail))}</dt>
            <dd><bdi>{value}</bdi></dd>
        </div>
    }
    .erase()
}

fn label(detail: Detail) -> Word {
    match detail {
        Detail::Name => Word::CheckName,
        Detail::WebRtc => Word::CheckWebrtc,
        Detail::Encryption => Word::CheckEncryption,
        Detail::Camera => Word::CameraLabel,
        Detail::Microphone => Word::MicrophoneLabel,
        Detail::Size => Word::CheckSize,
        Detail::Answer => Word::CheckResponseTime,
        Detail::WebSocket => Word::CheckWebsocket,
        Detail::Polling => Word::CheckPolling,
        Detail::Connected => Word::CheckConnected,
        Detail::Stun => Word::CheckStun,
        Detail::Turn => Word::CheckTurn,
        Detail::Ends => Word::CheckEnds,
        Detail::Transport => Word::CheckTransport,
        Detail::RoundTrip => Word::CheckRoundTrip,
        Detail::Frames => Word::CheckFrames,
    }
}
