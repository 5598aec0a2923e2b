//! One machine with its page, and what others say to it.

use super::{shown::Shown, *};
use crate::protocol::{
    Chat, ChatPosition, ChatText, DisplayName, MessageBody, MessageFrom, MessageTo, Stamp, Stamped,
};

pub fn cat() -> ParticipantId {
    ParticipantId::from_random([3; 20])
}

/// What the server puts on what it passes on.
pub fn stamped() -> Stamped {
    Stamped {
        name: DisplayName::parse("Somebody").ok(),
        stamp: Some(Stamp::from_bytes([7; 16])),
    }
}

/// A line of the chat as the server passes it on.
pub fn chat(n: u32, clock: u64, text: &str) -> Chat {
    let Stamped { name, stamp } = stamped();
    Chat {
        name,
        stamp,
        n,
        clock,
        at: 0,
        text: ChatText::parse(text).unwrap(),
        file: None,
    }
}

pub fn message(author: ParticipantId, n: u32, clock: u64, text: &str) -> ChatMessage {
    ChatMessage {
        author,
        chat: chat(n, clock, text),
    }
}

/// A machine and what its page shows.
pub struct Page {
    pub driver: Driver,
    pub shown: Shown,
}

impl Page {
    /// Inside with Ben, who holds nothing that is lacking.
    pub fn settled() -> Self {
        let mut page = Self::inside();
        page.hear(ben(), told(Vec::new(), true));
        page
    }

    /// Inside with Ben, who is asked.
    pub fn inside() -> Self {
        Self {
            driver: Driver::inside(),
            shown: Shown {
                entered: 1,
                ..Shown::default()
            },
        }
    }

    pub fn keep(&mut self, outputs: Vec<Output>) -> Vec<ClientEvent> {
        let mut emitted = Vec::new();
        for output in outputs {
            match output {
                Output::Notice(notice) => self.shown.take(notice),
                Output::Emit(event) => emitted.push(event),
                _ => {}
            }
        }
        emitted
    }

    pub fn hear(&mut self, from: ParticipantId, body: MessageBody) -> Vec<ClientEvent> {
        let outputs = self
            .driver
            .event(ServerEvent::Message(MessageFrom { from, body }));
        self.keep(outputs)
    }

    /// The server answers what was said.
    pub fn answer(&mut self) {
        let outputs = self.driver.give(Input::MessageReply(Ok(stamped())));
        self.keep(outputs);
    }

    pub fn speak(&mut self, utterance: OutgoingMessage) -> Vec<ClientEvent> {
        let outputs = self.driver.give(Input::Intent(Intent::Send(utterance)));
        self.keep(outputs)
    }

    pub fn say(&mut self, text: &str) -> Vec<ClientEvent> {
        let text = ChatText::parse(text).unwrap();
        self.speak(OutgoingMessage::Chat {
            text,
            file: None,
            at: 5,
        })
    }

    pub fn wait(&mut self, wait: Duration) -> Vec<ClientEvent> {
        let outputs = self.driver.wait(wait);
        self.keep(outputs)
    }

    /// The link is lost, and the server does not take the participant back: it enters as another one.
    pub fn enter_anew(
        &mut self,
        you: ParticipantId,
        refusal: &Refusal,
        meeting: Option<Stamp>,
    ) -> Vec<ClientEvent> {
        self.driver.give(Input::LinkLost);
        self.driver.wait(Duration::from_millis(200));
        self.driver.give(Input::LinkOpened);
        self.driver.refuse(refusal);
        let outputs = self.driver.reply(Admission {
            you,
            meeting,
            ..admission()
        });
        self.keep(outputs)
    }

    /// The link is lost, and the same participant comes back.
    pub fn come_back(&mut self) -> Vec<ClientEvent> {
        self.come_back_to(RoomState::default())
    }

    pub fn come_back_to(&mut self, state: RoomState) -> Vec<ClientEvent> {
        self.driver.give(Input::LinkLost);
        self.driver.wait(Duration::from_millis(200));
        self.driver.give(Input::LinkOpened);
        let outputs = self.driver.reply(Admission {
            resumed: true,
            state,
            ..admission()
        });
        self.keep(outputs)
    }
}

pub fn told(messages: Vec<ChatMessage>, last: bool) -> MessageBody {
    MessageBody::History { messages, last }
}

pub fn to(to: ParticipantId, body: MessageBody) -> ClientEvent {
    ClientEvent::Message(MessageTo { to: Some(to), body })
}

pub fn asks(who: ParticipantId, have: &[(ParticipantId, u32)]) -> ClientEvent {
    let have = have.iter();
    let have = have.map(|(author, n)| ChatPosition {
        author: *author,
        n: *n,
    });
    to(
        who,
        MessageBody::ChatSync {
            have: have.collect(),
        },
    )
}

pub fn line(n: u32, clock: u64, text: &str) -> ClientEvent {
    let body = MessageBody::Chat(Chat {
        at: 5,
        name: None,
        stamp: None,
        ..chat(n, clock, text)
    });
    ClientEvent::Message(MessageTo { to: None, body })
}
