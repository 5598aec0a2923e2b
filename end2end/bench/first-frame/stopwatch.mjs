/**
 * Measures, in the page, from the click on Join to the first frame of someone else: the first moment at
 * which a `<video>` that plays a received track has a picture. The same for every page; `window.firstFrame`
 * is the milliseconds.
 */
export function installStopwatch() {
  const received = new WeakSet();
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    /** @param {RTCConfiguration} [configuration] */
    constructor(configuration) {
      super(configuration);
      this.addEventListener("track", ({ track }) => received.add(track));
    }
  };

  const showsOther = (/** @type {HTMLVideoElement} */ video) =>
    video.videoWidth > 0 &&
    video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA &&
    video.srcObject instanceof MediaStream &&
    video.srcObject.getVideoTracks().some((track) => received.has(track));

  /** @type {number | undefined} */
  let clicked;
  const start = (/** @type {MouseEvent} */ event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button?.textContent?.trim() === "Join") clicked = performance.now();
  };
  document.addEventListener("click", start, { capture: true });

  window.firstFrame = new Promise((tell) => {
    const look = (/** @type {Event} */ { target: video }) => {
      if (clicked !== undefined && video instanceof HTMLVideoElement && showsOther(video)) tell(performance.now() - clicked);
    };
    // Nothing asks again and again: that would take of what is measured.
    for (const kind of ["loadeddata", "resize"]) document.addEventListener(kind, look, { capture: true });
  });
}
