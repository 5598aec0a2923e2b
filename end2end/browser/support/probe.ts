/** What a page under test records about itself; nothing in it keeps a connection or a track alive. */
export interface Probe {
  /** The peer connections that were made and not collected since. */
  connections(): RTCPeerConnection[];
  /** How often the page asked for a camera or a microphone. */
  captureRequests: number;
  /** How many of these have no answer yet. */
  pendingCaptures: number;
  /** The tracks of own devices and screens that still run, copies too: while there is one, the camera's lamp is on. */
  runningTracks(): MediaStreamTrack[];
  /** Everything that the live region said, in order. */
  said: string[];
  /** What the Content-Security-Policy stopped. */
  violations: string[];
  /** Bytes of the WebAssembly memories that were made. */
  programMemory(): number;
  /** What was seen of each watched video, by name. */
  watched: Record<string, Watched>;
}

/** What was seen of a video since it is watched. */
export interface Watched {
  /** The longest time, in milliseconds, that it showed the same frame. */
  longestPause: number;
  /** Frames that it has shown. */
  frames: number;
}

declare global {
  interface Window {
    probe: Probe;
  }
}

/** Installs `window.probe`; runs in the page, before anything of the page does. */
export function installProbe(): void {
  const connections: WeakRef<RTCPeerConnection>[] = [];
  const tracks: WeakRef<MediaStreamTrack>[] = [];
  const memories: WeakRef<WebAssembly.Memory>[] = [];
  const alive = <T extends WeakKey>(references: WeakRef<T>[]) =>
    references.map((reference) => reference.deref()).filter((value) => value !== undefined);

  const probe: Probe = {
    connections: () => alive(connections),
    captureRequests: 0,
    pendingCaptures: 0,
    runningTracks: () => alive(tracks).filter((track) => track.readyState === "live"),
    said: [],
    violations: [],
    programMemory: () => alive(memories).reduce((sum, memory) => sum + memory.buffer.byteLength, 0),
    watched: {},
  };
  window.probe = probe;

  if (window.RTCPeerConnection) {
    window.RTCPeerConnection = class extends window.RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        connections.push(new WeakRef(this));
      }
    };
  }

  const watch = (stream: MediaStream) => {
    tracks.push(...stream.getTracks().map((track) => new WeakRef(track)));
    return stream;
  };
  const devices = navigator.mediaDevices;
  if (devices) {
    const userMedia = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (constraints) => {
      probe.captureRequests += 1;
      probe.pendingCaptures += 1;
      try {
        return watch(await userMedia(constraints));
      } finally {
        probe.pendingCaptures -= 1;
      }
    };
    const displayMedia = devices.getDisplayMedia.bind(devices);
    devices.getDisplayMedia = async (options) => watch(await displayMedia(options));
  }

  // A copy keeps the device running when the original is stopped.
  const copy = MediaStream.prototype.clone;
  MediaStream.prototype.clone = function () {
    return watch(copy.call(this));
  };
  const copyTrack = MediaStreamTrack.prototype.clone;
  MediaStreamTrack.prototype.clone = function () {
    const track = copyTrack.call(this);
    tracks.push(new WeakRef(track));
    return track;
  };

  const streaming = WebAssembly.instantiateStreaming.bind(WebAssembly);
  WebAssembly.instantiateStreaming = async (source, imports) => {
    const made = await streaming(source, imports);
    const memory = made.instance.exports["memory"];
    if (memory instanceof WebAssembly.Memory) memories.push(new WeakRef(memory));
    return made;
  };

  document.addEventListener("securitypolicyviolation", (event) => {
    probe.violations.push(`${event.violatedDirective}: ${event.blockedURI || event.sourceFile}`);
  });

  const listen = () => {
    const text = document.querySelector("[role=status]")?.textContent?.trim();
    if (text && probe.said.at(-1) !== text) probe.said.push(text);
  };
  new MutationObserver(listen).observe(document, { subtree: true, childList: true, characterData: true });
}
