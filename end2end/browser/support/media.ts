import { expect } from "@playwright/test";

import "./probe.ts";

/** A `<video>` of either browser: Playwright's locator or Puppeteer's handle. */
export interface VideoHandle {
  evaluate<T>(run: (video: HTMLVideoElement) => T | Promise<T>): Promise<T>;
}

/** A page of either browser. */
export interface PageHandle {
  evaluate<T, A>(run: (argument: A) => T | Promise<T>, argument: A): Promise<T>;
}

/** Bytes and pictures that a page received over all its peer connections, by kind. */
export interface Received {
  audioBytes: number;
  videoBytes: number;
  framesDecoded: number;
  /** Energy of the sound that arrived: it stands still in silence. */
  audioEnergy: number;
}

/** Pixels of a 64x48 picture that have to change for it to count as moving. */
const MOVING_PIXELS = 10;

/** Waits until the picture moves: two drawings of it differ. */
export async function expectMoving(video: VideoHandle, message = "the picture moves"): Promise<void> {
  const options = { message, timeout: 20_000, intervals: [100] };
  await expect.poll(() => video.evaluate(changedPixels), options).toBeGreaterThan(MOVING_PIXELS);
}

/** Waits until bytes of sound, bytes of pictures and decoded frames grow. */
export async function expectBytesGrow(page: PageHandle): Promise<void> {
  await expectGrowth(page, ["audioBytes", "videoBytes", "framesDecoded"]);
}

/** Waits until bytes of pictures and decoded frames grow: someone who is muted may send no sound. */
export async function expectPicturesGrow(page: PageHandle): Promise<void> {
  await expectGrowth(page, ["videoBytes", "framesDecoded"]);
}

async function expectGrowth(page: PageHandle, counts: (keyof Received)[]): Promise<void> {
  const before = await received(page);
  const still = async () => {
    const now = await received(page);
    return counts.filter((count) => now[count] <= before[count]);
  };
  await expect.poll(still, "what does not grow").toEqual([]);
}

/** Waits until sound that is not silence arrives. */
export async function expectSound(page: PageHandle): Promise<void> {
  const { audioEnergy } = await received(page);
  await expect
    .poll(async () => (await received(page)).audioEnergy, "sound arrives")
    .toBeGreaterThan(audioEnergy);
}

/** Adds up what a page received. */
export function received(page: PageHandle): Promise<Received> {
  return page.evaluate(sumReceived, undefined);
}

/** Watches a video from now on; its longest pause is then in `window.probe.pauses`, under `name`. */
export async function watchPauses(page: PageHandle, id: string, name: string): Promise<void> {
  await page.evaluate(watchVideo, { id, name });
}

/** The longest time in milliseconds that any watched video of a page stood still. */
export async function longestPause(page: PageHandle): Promise<number> {
  return page.evaluate(() => Math.max(...Object.values(window.probe.pauses)), undefined);
}

async function changedPixels(video: HTMLVideoElement): Promise<number> {
  if (video.videoWidth === 0) return 0;
  const canvas = new OffscreenCanvas(64, 48);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) return 0;
  const draw = () => {
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    return context.getImageData(0, 0, canvas.width, canvas.height).data;
  };
  const before = draw();
  await new Promise((resolve) => setTimeout(resolve, 400));
  const after = draw();
  let changed = 0;
  for (let at = 0; at < before.length; at += 4) {
    const apart = [0, 1, 2].map((channel) => Math.abs((before[at + channel] ?? 0) - (after[at + channel] ?? 0)));
    if (Math.max(...apart) > 24) changed += 1;
  }
  return changed;
}

async function sumReceived(): Promise<Received> {
  const sum = { audioBytes: 0, videoBytes: 0, framesDecoded: 0, audioEnergy: 0 };
  const open = window.probe.connections().filter((connection) => connection.signalingState !== "closed");
  for (const connection of open) {
    for (const report of (await connection.getStats()).values()) {
      if (report.type !== "inbound-rtp") continue;
      if (report.kind === "audio") {
        sum.audioBytes += report.bytesReceived;
        sum.audioEnergy += report.totalAudioEnergy ?? 0;
      } else {
        sum.videoBytes += report.bytesReceived;
        sum.framesDecoded += report.framesDecoded ?? 0;
      }
    }
  }
  return sum;
}

function watchVideo({ id, name }: { id: string; name: string }): void {
  const element = document.getElementById(id);
  if (!(element instanceof HTMLVideoElement)) throw new Error(`no video has the id ${id}`);
  let frames = element.getVideoPlaybackQuality().totalVideoFrames;
  let since = performance.now();
  window.probe.pauses[name] = 0;
  setInterval(() => {
    const now = performance.now();
    const shown = element.getVideoPlaybackQuality().totalVideoFrames;
    window.probe.pauses[name] = Math.max(window.probe.pauses[name] ?? 0, now - since);
    if (shown === frames || !element.isConnected) return;
    frames = shown;
    since = now;
  }, 100);
}
