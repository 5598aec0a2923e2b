/** Devices that a test plugs in and out: each is a fake one of the browser's, under an id and a name of its own. */
export interface Desk {
  /** What is plugged in, the default of each kind first. */
  plugged: DeskDevice[];
  /** Takes the plug out: the track ends by itself, and the list is another. */
  unplug(id: string): void;
  plug(device: DeskDevice): void;
  /** How often each device was opened. */
  opened: string[];
}

export interface DeskDevice {
  id: string;
  kind: MediaDeviceKind;
  label: string;
  facing?: "user" | "environment";
}

declare global {
  interface Window {
    desk: Desk;
  }
}

/** Installs `window.desk` with two microphones and two cameras; runs in the page, before anything of the page does. */
export function installDesk(): void {
  const devices = navigator.mediaDevices;
  const capture = devices.getUserMedia.bind(devices);
  const running: { id: string; track: MediaStreamTrack }[] = [];
  let allowed = false;

  const desk: Desk = {
    plugged: [
      { id: "built-in-microphone", kind: "audioinput", label: "Built-in microphone" },
      { id: "headset", kind: "audioinput", label: "Headset" },
      { id: "front", kind: "videoinput", label: "Front camera", facing: "user" },
      { id: "back", kind: "videoinput", label: "Back camera", facing: "environment" },
    ],
    opened: [],
    unplug(id) {
      desk.plugged = desk.plugged.filter((device) => device.id !== id);
      for (const { track } of running.filter((used) => used.id === id && used.track.readyState === "live")) {
        track.stop();
        track.dispatchEvent(new Event("ended"));
      }
      devices.dispatchEvent(new Event("devicechange"));
    },
    plug(device) {
      desk.plugged = [...desk.plugged, device];
      devices.dispatchEvent(new Event("devicechange"));
    },
  };
  window.desk = desk;

  const choose = (kind: MediaDeviceKind, constraints: boolean | MediaTrackConstraints) => {
    const there = desk.plugged.filter((device) => device.kind === kind);
    const wish = typeof constraints === "object" ? constraints.deviceId : undefined;
    const { exact, ideal } = typeof wish === "object" && !Array.isArray(wish) ? wish : { exact: undefined, ideal: wish };
    const found = there.find((device) => device.id === (exact ?? ideal)) ?? (exact ? undefined : there[0]);
    if (found) return found;
    throw exact
      ? new OverconstrainedError("deviceId")
      : new DOMException("Requested device not found", "NotFoundError");
  };

  devices.getUserMedia = async (constraints = {}) => {
    const { audio, video } = constraints;
    const chosen = [audio && choose("audioinput", audio), video && choose("videoinput", video)];
    const stream = await capture({ audio: Boolean(audio), video: Boolean(video) });
    allowed = true;
    for (const device of chosen) {
      if (!device) continue;
      const [track] = device.kind === "audioinput" ? stream.getAudioTracks() : stream.getVideoTracks();
      if (!track) throw new Error(`no track of ${device.id}`);
      const settings = track.getSettings.bind(track);
      track.getSettings = () => ({ ...settings(), deviceId: device.id, ...(device.facing && { facingMode: device.facing }) });
      Object.defineProperty(track, "label", { value: device.label });
      running.push({ id: device.id, track });
      desk.opened.push(device.id);
    }
    return stream;
  };

  devices.enumerateDevices = async () =>
    desk.plugged.map(({ id, kind, label, facing }) => ({
      deviceId: allowed ? id : "",
      groupId: "",
      kind,
      label: allowed ? label : "",
      getCapabilities: () => (facing ? { facingMode: [facing] } : {}),
      toJSON: () => ({}),
    }));
}
