import { expect, type Page } from "@playwright/test";

declare global {
  interface Window {
    /** Has one member of the cast be heard, and all others be silent; none with -1. */
    letSpeak(member: number): void;
  }
}

/** Many participants in one page, each with a picture that moves and a voice: for whoever joins after them. */
export class Cast {
  private constructor(private readonly page: Page) {}

  /** Lets `count` of them enter a room from a page of their own, which has to come with `bypassCSP`. */
  static async enter(page: Page, server: string, room: string, count: number): Promise<Cast> {
    await page.goto(server);
    await page.evaluate(perform, { room, count });
    return new Cast(page);
  }

  /** What the member of a number is called, from 0. */
  static nameOf(member: number): string {
    return `Member ${member}`;
  }

  /** Lets one be heard, and no other. */
  async letSpeak(member: number): Promise<void> {
    await this.page.evaluate((speaker) => window.letSpeak(speaker), member);
  }
}

/** The pictures that each of the page's videos has shown so far, without those that are not seen. */
export async function expectAllMove(page: Page, count: number): Promise<void> {
  const frames = () =>
    page.evaluate(() =>
      [...document.querySelectorAll("video")]
        .filter((video) => video.srcObject !== null && video.checkVisibility({ visibilityProperty: true }))
        .map((video) => video.getVideoPlaybackQuality().totalVideoFrames),
    );
  await expect.poll(async () => (await frames()).length, "pictures to see").toBe(count);
  const before = await frames();
  const moving = async () => (await frames()).filter((shown, place) => shown > (before[place] ?? 0)).length;
  await expect.poll(moving, { message: "pictures that move", timeout: 40_000 }).toBe(count);
}

/** Runs in the page. They know the tutorial's events only, and take no notice of each other. */
async function perform({ room, count }: { room: string; count: number }): Promise<void> {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [160, 120];
  const context = canvas.getContext("2d");
  let step = 0;
  setInterval(() => {
    if (context === null) return;
    step += 7;
    context.fillStyle = `hsl(${step % 360} 60% 50%)`;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = "white";
    context.fillRect(step % canvas.width, 40, 30, 30);
  }, 100);
  const picture = canvas.captureStream(10).getVideoTracks()[0];
  const audio = new AudioContext();
  const voices: GainNode[] = [];
  window.letSpeak = (member) => voices.forEach((voice, place) => (voice.gain.value = place === member ? 0.8 : 0));

  let everybodyIsIn = false;
  for (let member = 0; member < count; member += 1) await enter(member);
  everybodyIsIn = true;

  function voice(): MediaStreamTrack | undefined {
    const [tone, volume, out] = [audio.createOscillator(), audio.createGain(), audio.createMediaStreamDestination()];
    volume.gain.value = 0;
    tone.connect(volume).connect(out);
    tone.start();
    voices.push(volume);
    return out.stream.getAudioTracks()[0];
  }

  function enter(member: number): Promise<void> {
    const sound = voice();
    const peers = new Map<string, RTCPeerConnection>();
    const socket = new WebSocket(`${location.origin.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
    const emit = (name: string, payload: unknown, ack = "") =>
      socket.send(`42${ack}${JSON.stringify([name, payload])}`);

    async function signal(from: string, { type, sdp, candidate }: { type: string; sdp?: string; candidate?: object }) {
      const peer = peers.get(from);
      if (peer === undefined) return;
      if (type === "candidate") return peer.addIceCandidate(candidate);
      if (type !== "offer" || sdp === undefined) return;
      await peer.setRemoteDescription({ type, sdp });
      for (const transceiver of peer.getTransceivers()) {
        const track = transceiver.receiver.track.kind === "audio" ? sound : picture;
        transceiver.direction = "sendrecv";
        await transceiver.sender.replaceTrack(track ?? null);
      }
      await peer.setLocalDescription();
      emit("conn-signal", { connUserSocketId: from, signal: peer.localDescription });
    }

    function prepare(newcomer: string): void {
      const peer = new RTCPeerConnection();
      peers.set(newcomer, peer);
      peer.onicecandidate = ({ candidate }) => {
        if (candidate === null) return;
        const signal = { type: "candidate", candidate };
        emit("conn-signal", { connUserSocketId: newcomer, signal });
      };
      emit("conn-init", { connUserSocketId: newcomer });
    }

    return new Promise((entered) => {
      socket.onmessage = ({ data }) => {
        const text = String(data);
        if (text.startsWith("0")) socket.send("40");
        else if (text === "2") socket.send("3");
        else if (text.startsWith("40")) emit("create-session", { room, name: `Member ${member}` }, "7");
        else if (text.startsWith("437")) entered();
        else if (text.startsWith("42")) {
          const [name, payload] = JSON.parse(text.slice(2));
          if (name === "conn-prepare" && everybodyIsIn) prepare(payload.justJoinedUserSocketId);
          if (name === "conn-signal") void signal(payload.connUserSocketId, payload.signal);
        }
      };
    });
  }
}
