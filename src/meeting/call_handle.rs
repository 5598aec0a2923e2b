//! The call that a meeting is: what the features tell it, and what they send in it.

use std::{cell::RefCell, rc::Rc};

use leptos::prelude::*;

use super::{
    local_state::LocalState,
    state::{LinkState, MeetingStage},
};
use crate::{
    call::{Intent, VideoQuality},
    platform::{driver::Driver, media::Media, media::MediaStreamTrack},
    protocol::{ParticipantId, RoomName, TrackSource},
};

/// The call, as far as every feature needs it. A handle.
#[derive(Debug, Clone, Copy)]
pub struct CallHandle {
    /// Which page the room shows.
    pub stage: RwSignal<MeetingStage>,
    /// The link to the server.
    pub link: RwSignal<LinkState>,
    /// The own id, inside.
    pub you: RwSignal<Option<ParticipantId>>,
    context: LocalState<CallContext>,
}

struct CallContext {
    room: RoomName,
    /// What the meeting's signals go with.
    owner: Owner,
    runtime: RefCell<Option<Rc<CallRuntime>>>,
}

/// There in the browser, from mounting on.
struct CallRuntime {
    media: Rc<Media>,
    driver: Driver,
}

impl CallHandle {
    /// A call in the lobby of a room.
    #[inline(never)]
    pub(in crate::meeting) fn new(room: RoomName) -> Self {
        Self {
            stage: RwSignal::new(MeetingStage::Lobby),
            link: RwSignal::new(LinkState::Idle),
            you: RwSignal::new(None),
            context: LocalState::new(CallContext {
                room,
                owner: Owner::current().unwrap_or_default(),
                runtime: RefCell::default(),
            }),
        }
    }

    /// Which room it is in; `None` after the meeting.
    pub(in crate::meeting) fn room(&self) -> Option<RoomName> {
        self.context.with(|context| context.room.clone())
    }

    /// From now on something can be sent.
    pub(in crate::meeting) fn start(&self, media: Rc<Media>, driver: Driver) {
        let runtime = Rc::new(CallRuntime { media, driver });
        self.context
            .with(|context| context.runtime.replace(Some(runtime)));
    }

    /// Tells the call what the person wants.
    pub(in crate::meeting) fn send_intent(&self, intent: Intent) {
        self.driver(|driver| driver.send_intent(intent));
    }

    /// Asks the driver, in the browser.
    pub(in crate::meeting) fn driver<T>(&self, action: impl FnOnce(&Driver) -> T) -> Option<T> {
        self.runtime().map(|runtime| action(&runtime.driver))
    }

    /// Looks at the own tracks, in the browser.
    pub(in crate::meeting) fn media<T>(&self, action: impl FnOnce(&Media) -> T) -> Option<T> {
        self.runtime().map(|runtime| action(&runtime.media))
    }

    #[inline(never)]
    fn runtime(&self) -> Option<Rc<CallRuntime>> {
        self.context
            .with(|context| context.runtime.borrow().clone())
            .flatten()
    }

    /// The own track of a source, if there is one that has not ended.
    pub(in crate::meeting) fn track(&self, source: TrackSource) -> Option<MediaStreamTrack> {
        self.media(|media| media.track(source)).flatten()
    }

    /// Asks to be let into a locked room.
    pub fn knock(&self) {
        self.send_intent(Intent::Knock);
    }

    /// Leaves for good.
    pub fn leave(&self) {
        self.send_intent(Intent::Leave);
    }

    /// Sends at most this much of the camera, to one participant or to all; the lower of the two holds.
    pub fn limit_sending(&self, only: Option<ParticipantId>, level: VideoQuality) {
        self.driver(|driver| driver.limit(only, level));
    }

    /// The own id, which is followed; empty outside.
    pub fn own_id(&self) -> String {
        let you = self.you.get();
        you.map(|you| you.to_string()).unwrap_or_default()
    }

    /// Whether the person is in the room. The signals may be gone when it is asked.
    pub(in crate::meeting) fn is_inside(&self) -> bool {
        self.stage.try_get_untracked() == Some(MeetingStage::InRoom)
    }

    /// Whether devices come after the end; they are stopped then. The signals may be gone by then.
    pub(in crate::meeting) fn is_late<'a>(
        &self,
        tracks: impl IntoIterator<Item = &'a MediaStreamTrack>,
    ) -> bool {
        let goes_on = |stage| {
            matches!(
                stage,
                MeetingStage::Lobby | MeetingStage::Joining | MeetingStage::InRoom
            )
        };
        let late = !self.stage.try_get_untracked().is_some_and(goes_on);
        if late {
            tracks.into_iter().for_each(MediaStreamTrack::stop);
        }
        late
    }

    /// Makes signals that last as long as the meeting, whatever runs at the moment; `None` after it.
    pub(in crate::meeting) fn owned<T>(&self, make: impl FnOnce() -> T) -> Option<T> {
        let owner = self.context.with(|context| context.owner.clone())?;
        Some(owner.with(make))
    }
}
