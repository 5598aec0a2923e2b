/**
 * Notes, in the page, when each step on the way to the first picture is first taken, in milliseconds since 1970, so that the
 * steps of two pages can be put in one order: `window.steps`. It takes some time itself, so what is traced is not measured.
 */
export function installTrace() {
  /** @type {Record<string, number>} */
  const steps = {};
  window.steps = steps;
  let isJoining = false;
  const note = (/** @type {string} */ step) => {
    steps[step] ??= performance.timeOrigin + performance.now();
  };
  document.addEventListener(
    "click",
    ({ target }) => {
      const button = target instanceof Element ? target.closest("button") : null;
      if (button?.textContent?.trim() !== "Join") return;
      isJoining = true;
      note("click");
    },
    { capture: true },
  );

  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    /**
     * @param {string | URL} url
     * @param {string | string[]} [protocols]
     */
    constructor(url, protocols) {
      super(url, protocols);
      this.addEventListener("message", ({ data }) => noteMessage("gets", String(data)));
    }
    /**
     * @override
     * @param {string} data
     */
    send(data) {
      noteMessage("sends", String(data));
      super.send(data);
    }
  };
  /** Whether it belongs to this meeting of two, rather than being made ahead. */
  const isLate = () => isJoining || steps["gets conn-prepare"] !== undefined || steps["gets the offer"] !== undefined;
  const noteMessage = (/** @type {string} */ verb, /** @type {string} */ data) => {
    if (/"type":"offer"/.test(data)) note(`${verb} the offer`);
    else if (/"type":"answer"/.test(data)) note(`${verb} the answer`);
    else if (/"candidate":/.test(data)) note(`${verb} a candidate`);
    else if (/conn-prepare/.test(data)) note(`${verb} conn-prepare`);
    else if (/create-session/.test(data)) note(`${verb} create-session`);
    else if (isJoining && verb === "gets") note("gets the first reply");
  };

  const received = new WeakSet();
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    /** @param {RTCConfiguration} [configuration] */
    constructor(configuration) {
      if (isLate()) note("a connection is asked for");
      super(configuration);
      if (isLate()) note("the connection is made");
      this.addEventListener("iceconnectionstatechange", () => note(`ICE ${this.iceConnectionState}`));
      this.addEventListener("connectionstatechange", () => note(`connection ${this.connectionState}`));
      this.addEventListener("track", ({ track }) => {
        received.add(track);
        note(`track (${track.kind})`);
        track.addEventListener("unmute", () => note(`media arrives (${track.kind})`));
      });
    }
  };
  const wrap = (/** @type {"setLocalDescription" | "setRemoteDescription"} */ method) => {
    const native = Native.prototype[method];
    Native.prototype[method] = async function (/** @type {any} */ ...parameters) {
      note(`${method} begins`);
      await native.apply(this, parameters);
      note(`${method} is done`);
    };
  };
  wrap("setLocalDescription");
  wrap("setRemoteDescription");

  for (const kind of ["loadedmetadata", "loadeddata", "resize"]) {
    const look = (/** @type {Event} */ { target: video }) => {
      if (!(video instanceof HTMLVideoElement) || !(video.srcObject instanceof MediaStream)) return;
      const isOther = video.srcObject.getVideoTracks().some((track) => received.has(track));
      if (isOther && video.videoWidth > 0) note(`picture (${kind})`);
    };
    document.addEventListener(kind, look, { capture: true });
  }
}
