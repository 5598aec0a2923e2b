/**
 * Measures, in the page, from the click on Join to the first frame of someone else: the first moment at
 * which a `<video>` that plays a received track has a picture. The same for every page.
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

  const start = (/** @type {MouseEvent} */ event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button?.textContent?.trim() !== "Join") return;
    const clicked = performance.now();
    const look = () => {
      const found = [...document.querySelectorAll("video")].some(showsOther);
      if (found) document.documentElement.dataset.firstFrame = String(performance.now() - clicked);
      else setTimeout(look, 2);
    };
    look();
  };
  document.addEventListener("click", start, { capture: true });
}
