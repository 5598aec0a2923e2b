import * as webRTCHandler from "./utils/webRTCHandler.js";
import * as wss from "./utils/wss.js";

export const renderRoom = (root, room) => {
  const join = document.createElement("button");
  join.textContent = "Join";
  join.disabled = true;
  join.onclick = () => wss.createSession(room);

  const videosContainer = document.createElement("div");
  videosContainer.id = "videos_container";
  root.append(join, videosContainer);

  webRTCHandler.getLocalPreviewAndInitRoomConnection().then(() => {
    join.disabled = false;
  });
};
