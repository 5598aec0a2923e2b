//! Two connections of this page that may reach each other by a relay only.

use futures::{StreamExt, channel::mpsc};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    RtcPeerConnection, RtcPeerConnectionIceEvent, RtcSdpType, RtcSessionDescriptionInit,
};

use super::found::Found;
use crate::{
    call::diagnostics::{Detail, Fact, Fault, Finding, Value},
    platform::{
        clock::now,
        connection::configuration,
        js::{self, Listener},
        promise,
        task::within,
    },
    protocol::IceServer,
};

/// Milliseconds that it may take.
const TIMEOUT: u32 = 12_000;

/// Whether two meet at the relay, where there is one.
pub async fn check_relay(ice_servers: &[IceServer]) -> Found {
    let count = |schemes: [&str; 2]| {
        let fits = |server: &&IceServer| schemes.iter().any(|it| server.urls.starts_with(it));
        ice_servers.iter().filter(fits).count() as u32
    };
    let (stun, turn) = (count(["stun:", "stuns:"]), count(["turn:", "turns:"]));
    let mut facts = vec![
        Fact::new(Detail::Stun, Value::Number(stun)),
        Fact::new(Detail::Turn, Value::Number(turn)),
    ];
    if turn == 0 {
        return (Finding::NotSetUp, facts);
    }
    let begun = now();
    match within(TIMEOUT, connect_pair(ice_servers)).await.flatten() {
        Some(()) => {
            let took = (now() - begun).as_millis() as u32;
            facts.push(Fact::new(Detail::Connected, Value::Milliseconds(took)));
            (Finding::Passed, facts)
        }
        None => (Finding::Failed(Fault::Relay), facts),
    }
}

/// Closes the connection when it is dropped.
struct CloseOnDrop(RtcPeerConnection);

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        self.0.close();
    }
}

async fn connect_pair(ice_servers: &[IceServer]) -> Option<()> {
    let relayed = configuration(ice_servers);
    js::set(&relayed, "iceTransportPolicy", "relay".into());
    let end = || {
        RtcPeerConnection::new_with_configuration(&relayed)
            .ok()
            .map(CloseOnDrop)
    };
    let (one, other) = (end()?, end()?);
    let channel = one.0.create_data_channel("check");
    let (tell, mut told) = mpsc::unbounded();
    let _opens = Listener::new(&channel, "open", move |_| {
        let _ = tell.unbounded_send(());
    });
    let _candidates = [
        forward_candidates(&one.0, &other.0),
        forward_candidates(&other.0, &one.0),
    ];
    describe(&one.0, &other.0, RtcSdpType::Offer).await?;
    describe(&other.0, &one.0, RtcSdpType::Answer).await?;
    told.next().await
}

/// Makes a description on one side, and gives it to the other.
async fn describe(
    from: &RtcPeerConnection,
    to: &RtcPeerConnection,
    kind: RtcSdpType,
) -> Option<()> {
    let due: RtcSessionDescriptionInit = js_sys::Object::new().unchecked_into();
    promise::wait(from.set_local_description(&due)).await.ok()?;
    let init = RtcSessionDescriptionInit::new(kind);
    init.set_sdp(&from.local_description()?.sdp());
    promise::wait(to.set_remote_description(&init)).await.ok()?;
    Some(())
}

fn forward_candidates(from: &RtcPeerConnection, to: &RtcPeerConnection) -> Listener {
    let to = to.clone();
    Listener::new(from, "icecandidate", move |event| {
        let event: RtcPeerConnectionIceEvent = event.unchecked_into();
        let candidate: JsValue = event.candidate().into();
        if let Some(Ok(adding)) = js::call(&to, "addIceCandidate", &candidate) {
            promise::ignore(adding.unchecked_into());
        }
    })
}
