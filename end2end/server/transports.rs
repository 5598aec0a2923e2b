//! Long polling, for networks that let no WebSocket through.

use serde_json::{Value, json};

use crate::support::{Server, introduce};

/// A client that polls.
struct Poller<'a> {
    server: &'a Server,
    target: String,
}

impl<'a> Poller<'a> {
    async fn connect(server: &'a Server) -> Self {
        let target = "/socket.io/?EIO=4&transport=polling".to_owned();
        let open = server.request("GET", &target, &[], "").await.text();
        let open: Value = serde_json::from_str(open.strip_prefix('0').unwrap()).unwrap();
        assert_eq!(open["upgrades"], json!(["websocket"]));
        let poller = Self {
            server,
            target: format!("{target}&sid={}", open["sid"].as_str().unwrap()),
        };
        poller.send("40").await;
        poller.expect("40{").await;
        poller
    }

    async fn send(&self, packet: &str) {
        let headers = [("content-type", "text/plain;charset=UTF-8")];
        let sent = self
            .server
            .request("POST", &self.target, &headers, packet)
            .await;
        assert_eq!((sent.status, sent.text().as_str()), (200, "ok"));
    }

    async fn poll(&self) -> Vec<String> {
        let polled = self.server.request("GET", &self.target, &[], "").await;
        assert_eq!(polled.status, 200);
        polled.text().split('\u{1e}').map(str::to_owned).collect()
    }

    async fn expect(&self, start: &str) -> String {
        for _ in 0..20 {
            if let Some(packet) = self
                .poll()
                .await
                .into_iter()
                .find(|packet| packet.starts_with(start))
            {
                return packet;
            }
        }
        panic!("no {start}");
    }
}

#[tokio::test]
async fn a_polling_client_meets_one_on_a_websocket() {
    let server = Server::start().await;
    let poller = Poller::connect(&server).await;
    poller
        .send(r#"421["create-session",{"room":"standup","name":"Ada"}]"#)
        .await;
    let reply = poller.expect("431").await;
    assert!(reply.contains(r#""ok":true"#), "{reply}");

    let mut ben = server.client().await;
    let bens = ben.enter("standup").await;
    poller.expect(r#"42["conn-prepare""#).await;
    poller
        .send(&format!(
            r#"42["conn-init",{{"connUserSocketId":{}}}]"#,
            bens["you"]
        ))
        .await;
    ben.expect("conn-init").await;

    let mut cleo = server.client().await;
    cleo.enter("standup").await;
    introduce(&mut ben, &mut cleo).await;
    // A polite farewell of the poller is a leaving at once.
    poller.send("41").await;
    ben.expect("participant-left").await;
}
