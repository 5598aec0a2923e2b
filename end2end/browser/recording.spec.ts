import { readFile } from "node:fs/promises";

import type { Locator, Page } from "@playwright/test";

import { expectMoving } from "./support/media.ts";
import { Participant } from "./support/participant.ts";
import { installScreen } from "./support/screen.ts";
import { expect, test } from "./support/test.ts";

/** What a recording turns out to be when it is played. */
interface Played {
  /** Seconds. */
  duration: number;
  /** Pixels that differ between two moments, in the left and in the right half. */
  moves: [number, number];
  /** The part of the picture that is magenta, as the screen is that a test shares. */
  magenta: number;
  /** The loudest sample, from 0 to 1. */
  peak: number;
}

test("a call is recorded with all pictures and voices, and everybody knows", async ({ newcomer, newPage, room }) => {
  const [ada, ben] = [await newcomer("Ada", { prepare: withoutPicker }), await newcomer("Ben")];
  await ada.join(room);
  await ben.join(room);
  await ada.sees("Ben");
  await ben.sees("Ada");
  // What is heard in it is Ben, then.
  await ada.button("Turn microphone off").click();
  await startRecording(ada);
  await ben.hears("Ada is recording");
  await expect(ben.page.getByText("Ada is recording", { exact: true }).first()).toBeVisible();
  await expect(ben.tile("Ada")).toContainText("Recording:");
  await ben.button("Show people (2 here)").click();
  await expect(ben.page.getByRole("listitem").filter({ hasText: "Ada" })).toContainText("Recording:");

  // Who comes later is told, too.
  const cleo = await newcomer("Cleo");
  await cleo.openLobby(room);
  await cleo.button("Continue without").click();
  await cleo.nameAndJoin();
  await cleo.hears("Ada is recording");
  await cleo.leave();

  await expect(mark(ada)).toContainText(/0:(0[5-9]|[1-5]\d)/, { timeout: 20_000 });
  await menu(ada, "Stop recording");
  await ben.hears("Ada has stopped recording");
  await expect(mark(ada)).toHaveCount(0);
  await expect(ben.tile("Ada")).not.toContainText("Recording:");
  const played = await play(await newPage(), await download(ada, `Recording of ${room}`));
  expect(played.duration).toBeGreaterThan(3);
  expect(Math.min(...played.moves), "both people move").toBeGreaterThan(10);
  expect(played.peak, "the voice of the other").toBeGreaterThan(0.01);
  await ada.hears("The recording is among your downloads");

  // Another one is offered beside it.
  await startRecording(ada);
  await expect(mark(ada)).toContainText("0:02", { timeout: 20_000 });
  await menu(ada, "Stop recording");
  const rows = kept(ada).getByRole("group", { name: `Recording of ${room}` });
  await expect(rows).toHaveCount(2);
  await expect(rows.nth(1).getByRole("button", { name: "Save" })).toBeFocused();
  await rows.nth(1).getByRole("button", { name: "Delete" }).click();
  await expect(rows, "one slip costs no recording").toHaveCount(2);
  await rows.nth(1).getByRole("button", { name: "Delete for good" }).click();
  await expect(rows).toHaveCount(1);
  await rows.getByRole("button", { name: "Delete for good" }).click();
  await expect(kept(ada)).toHaveCount(0);
  await ada.sees("Ben");
});

test("a screen that is shared is in the recording, with its sound", async ({ newcomer, newPage, room }) => {
  const [ada, ben] = [await newcomer("Ada", { prepare: withoutPicker }), await newcomer("Ben", { prepare: installScreen })];
  for (const person of [ada, ben]) {
    await person.openLobby(room);
    await person.button("Continue without").click();
    await person.nameAndJoin();
  }
  await ada.hears("Ben joined");
  await startRecording(ada);
  await ben.button("Share screen").click();
  await expectMoving(ada.tile("Ben’s screen").locator("video"), "Ada sees the screen");
  await expect(mark(ada)).toContainText("0:05", { timeout: 20_000 });
  await menu(ada, "Stop recording");
  const played = await play(await newPage(), await download(ada, `Recording of ${room}`));
  expect(played.magenta).toBeGreaterThan(0.2);
  expect(played.peak).toBeGreaterThan(0.01);
});

test("a page that dies loses none of the recording, which is offered on return", async ({ newcomer, newPage, room }) => {
  const ada = await newcomer("Ada", { prepare: withoutPicker, tolerates: /the page crashed/ });
  await ada.join(room);
  await startRecording(ada);
  await expect(mark(ada)).toContainText("0:06", { timeout: 20_000 });
  const session = await ada.page.context().newCDPSession(ada.page);
  const crashed = ada.page.waitForEvent("crash");
  // Nobody is left to answer this.
  void session.send("Page.crash").catch(() => undefined);
  await crashed;
  const again = await returning(ada);
  await ada.page.close();
  await again.openLobby(room);
  const file = await download(again, `A recording of ${room} from`);
  const played = await play(await newPage(), file);
  expect(played.duration, "at most two seconds are lost").toBeGreaterThanOrEqual(4);
  expect(played.moves[0]).toBeGreaterThan(10);
  // No browser tells whether a download arrived: the person does.
  await again.openLobby(room);
  const row = kept(again).getByRole("group", { name: `A recording of ${room} from` });
  await expect(row).toContainText("among your downloads");
  await row.getByRole("button", { name: "Delete for good" }).click();
  await expect(kept(again)).toHaveCount(0);
  await expect.poll(() => again.page.evaluate(() => localStorage.getItem("roundtable.recordings"))).toBeNull();
});

test("leaving finishes the recording, which goes into a file of choice and frees its room", async ({ newcomer, newPage, room }) => {
  const ada = await newcomer("Ada", { prepare: pickerIntoOwnStorage });
  await ada.join(room);
  await startRecording(ada, "Who speaks, large");
  await expect(mark(ada)).toContainText("0:03", { timeout: 20_000 });
  // Another tab does not take it for unfinished.
  const other = await returning(ada);
  const looks = other.page.waitForResponse(/split_parts/);
  await other.openLobby(room);
  await looks;
  await expect.poll(() => other.page.evaluate(async () => (await indexedDB.databases()).length)).toBe(1);
  await expect(kept(other)).toHaveCount(0);
  await other.page.close();
  await ada.leave();
  const row = kept(ada).getByRole("group", { name: `Recording of ${room}` });
  await row.getByRole("button", { name: "Save" }).click();
  await ada.hears("The recording is saved");
  await expect(kept(ada)).toHaveCount(0);
  const saved = await ada.page.evaluate(async () => {
    const folder = await navigator.storage.getDirectory();
    const file = await (await folder.getFileHandle("chosen")).getFile();
    return [...new Uint8Array(await file.arrayBuffer())];
  });
  const played = await play(await newPage(), Buffer.from(saved));
  expect(played.duration).toBeGreaterThan(2);
  const left = await ada.page.evaluate(
    () =>
      new Promise<number>((done) => {
        const opening = indexedDB.open("roundtable");
        opening.onsuccess = () => {
          const counting = opening.result.transaction("chunks").objectStore("chunks").count();
          counting.onsuccess = () => done(counting.result);
        };
      }),
  );
  expect(left, "chunks that are kept").toBe(0);
});

test("full storage ends the recording and keeps what there is", async ({ newcomer, newPage, room }) => {
  const ada = await newcomer("Ada", { prepare: withoutPicker });
  await ada.join(room);
  const { origin } = new URL(ada.page.url());
  const session = await ada.page.context().newCDPSession(ada.page);
  const { usage } = await session.send("Storage.getUsageAndQuota", { origin });
  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: usage + 600_000 });
  await startRecording(ada);
  await ada.hears("no room for more of it", 30_000);
  await expect(mark(ada)).toHaveCount(0);
  await session.send("Storage.overrideQuotaForOrigin", { origin });
  const played = await play(await newPage(), await download(ada, `Recording of ${room}`));
  expect(played.duration).toBeGreaterThan(1);
});

test("a small window shows the others and the controls over everything", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben")];
  await ada.join(room);
  await ben.join(room);
  await ada.sees("Ben");
  const small = await openSmallWindow(ada);
  const benThere = small.getByRole("group", { name: "Ben", exact: true }).locator("video");
  await expectMoving(benThere, "Ben moves in the small window");
  await ada.sees("Ben");
  await small.getByRole("button", { name: "Turn microphone off" }).click();
  await expect(ada.button("Turn microphone on")).toBeVisible();
  await expect(ben.tile("Ada")).toContainText("Muted:");

  // Closed, the focus is back; opened again, it leaves the meeting and closes itself.
  await menu(ada, "Picture in picture on or off");
  await expect.poll(() => small.isClosed()).toBe(true);
  await expect(ada.button("More options")).toBeFocused();
  const again = await openSmallWindow(ada);
  await again.getByRole("button", { name: "Leave" }).click();
  await expect(ada.page.getByRole("heading", { name: "You left the meeting" })).toBeVisible();
  await expect.poll(() => again.isClosed()).toBe(true);
});

test("without such windows, the speaker's video floats", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada", { prepare: withoutSmallWindows }), await newcomer("Ben")];
  await ada.join(room);
  await ben.join(room);
  await ada.sees("Ben");
  await menu(ada, "Picture in picture on or off");
  const floating = () => ada.page.evaluate(() => document.pictureInPictureElement?.id ?? null);
  await expect.poll(floating).toBe(`${await ada.idOf("Ben")}-video`);
  await ada.sees("Ben");
  await menu(ada, "Picture in picture on or off");
  await expect.poll(floating).toBeNull();
});

/** The own mark in the head of the call. */
function mark(person: Participant): Locator {
  return person.page.getByText("You are recording:").locator("..");
}

function kept(person: Participant): Locator {
  return person.page.getByRole("region", { name: "Recordings on this machine" });
}

async function menu(person: Participant, item: string): Promise<void> {
  await person.button("More options").click();
  await person.button(item).click();
}

async function startRecording(person: Participant, view = "Everybody alike"): Promise<void> {
  await menu(person, "Record here");
  const dialog = person.page.getByRole("dialog", { name: "Record here" });
  await dialog.getByRole("radio", { name: view }).check();
  await dialog.getByRole("button", { name: "Start recording" }).click();
  await person.hears("You are recording, and everybody sees it");
  await expect(dialog).toHaveCount(0);
}

/** The same person in another tab of the same browser. */
async function returning(person: Participant): Promise<Participant> {
  const page = await person.page.context().newPage();
  return new Participant(page, person.name, person.site);
}

async function download(person: Participant, label: string): Promise<Buffer> {
  const row = kept(person).getByRole("group", { name: label });
  const started = person.page.waitForEvent("download");
  await row.getByRole("button", { name: "Save" }).click();
  const saved = await started;
  expect(saved.suggestedFilename()).toMatch(/^room-[\da-f]+ \d{4}-\d\d-\d\d \d\d-\d\d\.(webm|mp4)$/);
  return readFile(await saved.path());
}

async function openSmallWindow(person: Participant): Promise<Page> {
  const opened = person.page.context().waitForEvent("page");
  await menu(person, "Picture in picture on or off");
  return opened;
}

/** Plays a file in a page of its own. */
async function play(page: Page, file: Buffer): Promise<Played> {
  await page.route("http://player.test/**", (route) =>
    route.request().url().endsWith("/file")
      ? route.fulfill({ body: file, contentType: "video/webm" })
      : route.fulfill({ body: "<!doctype html><title>Player</title>", contentType: "text/html" }),
  );
  await page.goto("http://player.test/");
  return page.evaluate(playHere);
}

async function playHere(): Promise<Played> {
  const bytes = await (await fetch("/file")).arrayBuffer();
  const video = document.createElement("video");
  video.muted = true;
  video.src = URL.createObjectURL(new Blob([bytes]));
  await new Promise((done) => (video.onloadeddata = done));
  const { duration } = video;
  const canvas = new OffscreenCanvas(64, 36);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("no canvas");
  const at = async (time: number) => {
    const arrived = new Promise((done) => (video.onseeked = done));
    video.currentTime = time;
    await arrived;
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    return context.getImageData(0, 0, canvas.width, canvas.height).data;
  };
  const [before, after] = [await at(duration * 0.45), await at(duration * 0.8)];
  const moves: [number, number] = [0, 0];
  for (let pixel = 0; pixel < canvas.width * canvas.height; pixel += 1) {
    const apart = [0, 1, 2].map((channel) => Math.abs((before[4 * pixel + channel] ?? 0) - (after[4 * pixel + channel] ?? 0)));
    if (Math.max(...apart) > 24) moves[pixel % canvas.width < canvas.width / 2 ? 0 : 1] += 1;
  }
  let magenta = 0;
  for (let at = 0; at < after.length; at += 4) {
    const [red = 0, green = 0, blue = 0] = after.slice(at, at + 3);
    if (red > 160 && green < 90 && blue > 160) magenta += 4 / after.length;
  }
  const decoded = await new OfflineAudioContext(1, 1, 48_000).decodeAudioData(bytes);
  const peak = decoded.getChannelData(0).reduce((loudest, sample) => Math.max(loudest, Math.abs(sample)), 0);
  return { duration, moves, magenta, peak };
}

/** A browser that can only download. */
function withoutPicker(): void {
  Reflect.deleteProperty(window, "showSaveFilePicker");
}

/** Answers in place of the person, whom nobody can play: the file is a real one, in the page's own storage. */
function pickerIntoOwnStorage(): void {
  Object.assign(window, {
    showSaveFilePicker: async () => (await navigator.storage.getDirectory()).getFileHandle("chosen", { create: true }),
  });
}

function withoutSmallWindows(): void {
  Reflect.deleteProperty(window, "documentPictureInPicture");
}
