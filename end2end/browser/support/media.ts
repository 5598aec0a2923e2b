import { expect } from "@playwright/test";

import type { Watched } from "./probe.ts";

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

/** Pictures of two seconds and more, at no more than 30 a second. */
const SILENT_FRAMES = 60;

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

/**
 * Waits until no sound arrives for as long as `SILENT_FRAMES` pictures take, which go on. A test's microphone beeps
 * every second, so that a shorter silence would say nothing.
 */
export async function expectSilence(page: PageHandle): Promise<void> {
  const energyMeanwhile = async () => {
    const before = await received(page);
    const decoded = async () => (await received(page)).framesDecoded;
    await expect.poll(decoded, "pictures go on").toBeGreaterThan(before.framesDecoded + SILENT_FRAMES);
    return (await received(page)).audioEnergy - before.audioEnergy;
  };
  await expect.poll(energyMeanwhile, { message: "it is silent", timeout: 30_000 }).toBeLessThan(1e-6);
}

/** Adds up what a page received. */
export function received(page: PageHandle): Promise<Received> {
  return page.evaluate(sumReceived, undefined);
}

/** Watches a video from now on; what is seen of it is then in `window.probe.watched`, under `name`. */
export async function watchPauses(page: PageHandle, id: string, name: string): Promise<void> {
  await page.evaluate(watchVideo, { id, name });
}

/** Waits until each watched video of a page has shown so many frames more. */
export async function showsFrames(page: PageHandle, more: number): Promise<void> {
  const before = await watched(page);
  const missing = async () => {
    const now = await watched(page);
    return Object.keys(now).filter((name) => (now[name]?.frames ?? 0) < (before[name]?.frames ?? 0) + more);
  };
  const options = { message: `${more} frames more of what is watched`, timeout: 30_000 };
  await expect.poll(missing, options).toEqual([]);
}

/** The longest time in milliseconds that any watched video of a page stood still; each has to have shown something. */
export async function longestPause(page: PageHandle): Promise<number> {
  const all = Object.entries(await watched(page));
  for (const [name, { frames }] of all) expect(frames, `frames of ${name} while it was watched`).toBeGreaterThan(0);
  return Math.max(...all.map(([, { longestPause }]) => longestPause));
}

async function watched(page: PageHandle): Promise<Record<string, Watched>> {
  const all = await page.evaluate(() => window.probe.watched, undefined);
  expect(Object.keys(all), "videos that are watched").not.toEqual([]);
  return all;
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
  const seen = { longestPause: 0, frames: 0 };
  window.probe.watched[name] = seen;
  setInterval(() => {
    const now = performance.now();
    const shown = element.getVideoPlaybackQuality().totalVideoFrames;
    seen.longestPause = Math.max(seen.longestPause, now - since);
    if (shown === frames || !element.isConnected) return;
    seen.frames += shown - frames;
    frames = shown;
    since = now;
  }, 100);
}
