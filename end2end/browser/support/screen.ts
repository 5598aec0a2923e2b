/** A screen to share that is made up, where a test has to know what is on it and what is heard. */
export interface FakeScreen {
  /** What the browser says it is. */
  surface: "monitor" | "window" | "browser";
  /** Has the browser find out that it is the tab of the meeting itself. */
  turnIntoOwnTab(): void;
  /** What was given to the page. */
  tracks: MediaStreamTrack[];
}

declare global {
  interface Window {
    screenToShare: FakeScreen;
  }
}

/** Installs `window.screenToShare`: magenta, with a tone. Runs in the page, before anything of the page does. */
export function installScreen(): void {
  let mark: string | undefined;
  let isOwnTab = false;
  const fake: FakeScreen = {
    surface: "browser",
    turnIntoOwnTab() {
      isOwnTab = true;
      for (const track of fake.tracks) track.dispatchEvent(new Event("capturehandlechange"));
    },
    tracks: [],
  };
  window.screenToShare = fake;

  const draw = () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
    const pen = canvas.getContext("2d");
    let step = 0;
    setInterval(() => {
      if (pen === null) return;
      step += 16;
      pen.fillStyle = "#ff00ff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.fillStyle = "#fff";
      pen.fillRect(step % canvas.width, 300, 60, 60);
    }, 100);
    return canvas.captureStream(10).getVideoTracks();
  };
  const sing = () => {
    const audio = new AudioContext();
    const [tone, out] = [audio.createOscillator(), audio.createMediaStreamDestination()];
    tone.connect(out);
    tone.start();
    return out.stream.getAudioTracks();
  };
  Object.assign(navigator.mediaDevices, {
    setCaptureHandleConfig: ({ handle }: { handle: string }) => void (mark = handle),
    getDisplayMedia: async () => {
      const [picture, sound] = [draw(), sing()];
      for (const track of picture) {
        const settings = track.getSettings.bind(track);
        track.getSettings = () => ({ ...settings(), displaySurface: fake.surface });
        Object.assign(track, { getCaptureHandle: () => (isOwnTab ? { handle: mark } : null) });
      }
      fake.tracks = [...picture, ...sound];
      return new MediaStream(fake.tracks);
    },
  });
}
