import { readFile } from "node:fs/promises";

import AxeBuilder from "@axe-core/playwright";
import type { Locator } from "@playwright/test";

import { expectBytesGrow } from "./support/media.ts";
import type { Participant } from "./support/participant.ts";
import { choose, expectSoundOnly, fact, openQuality } from "./support/quality.ts";
import { expect, test } from "./support/test.ts";
import { relayOnly } from "./support/turn.ts";

test("the figures of a call are those of its connections", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben")];
  await ada.join(room);
  await ben.join(room);
  await ada.sees("Ben");
  const dialog = await openQuality(ada);
  await expect(dialog.getByRole("heading", { name: "Your connection: good" })).toBeVisible();
  await expect(dialog.getByText(/You send [1-9][\d,]*\skbit\/s and receive [1-9][\d,]*\skbit\/s\./)).toBeVisible();
  await expect(dialog.getByText(/^Received: [\d,]+\skbit\/s, at most [1-9][\d,]*\skbit\/s$/)).toBeVisible();
  await hasCurves(dialog);

  await dialog.getByRole("button", { name: "Show the connection with Ben: good" }).click();
  await expect(dialog.getByRole("heading", { name: "Connection with Ben: good" })).toBeFocused();
  const picture = () =>
    ada.tile("Ben").locator("video").evaluate((video: HTMLVideoElement) => `${video.videoWidth} × ${video.videoHeight}`);
  const isShown = async () => (await fact(dialog, "Picture received").textContent())?.startsWith(await picture());
  await expect.poll(isShown, "the size that is displayed is the one that is told").toBe(true);
  await expect(fact(dialog, "Picture received")).toHaveText(/, [1-9]\d* per second$/);
  await expect(fact(dialog, "Codecs received")).toHaveText(/opus/);
  await expect(fact(dialog, "Codecs received")).toHaveText(/VP8|VP9|H264|AV1/);
  await expect(fact(dialog, "Transport")).toHaveText("UDP");
  await expect(fact(dialog, "Path")).toHaveText(/^direct \((host|prflx|srflx) – (host|prflx|srflx)\)$/);
  await expect(dialog.getByText(/^There and back: \d+\sms, at most \d+\sms$/)).toBeVisible();
  await hasCurves(dialog);
  const { violations } = await new AxeBuilder({ page: ada.page }).include("dialog").analyze();
  expect(violations).toEqual([]);

  const [download] = await Promise.all([
    ada.page.waitForEvent("download"),
    dialog.getByRole("button", { name: "Save the figures" }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(new RegExp(`^roundtable-${room}-\\d{4}-\\d\\d-\\d\\dT[\\d-]+\\.json$`));
  const saved = await readFile(await download.path(), "utf8");
  const addresses = await ada.page.evaluate(addressesOfCandidates);
  expect(addresses).not.toEqual([]);
  for (const secret of ["Ada", "Ben", ...addresses]) expect(saved).not.toContain(secret);
  const told = JSON.parse(saved);
  expect(told.room).toBe(room);
  expect(told.connections).toHaveLength(1);
  expect(told.connections[0].samples.at(-1).received.bits_per_second).toBeGreaterThan(0);
  expect(told.connections[0].local_candidate).toMatch(/host|prflx|srflx/);

  await ada.button("Back to the whole call").click();
  await expect(dialog.getByRole("heading", { name: "Your connection: good" })).toBeFocused();
  await dialog.getByRole("button", { name: "Show the connection with Ben: good" }).click();
  await expect(fact(dialog, "Transport")).toHaveText("UDP");
  await ben.leave();
  await expect(dialog.getByText("Nobody else is here, so there is nothing to measure.")).toBeVisible();
  await ada.page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
});

test("a lossy line shows bars and is said once, and rises when it is mended", async ({ newcomer, room, startServer, turn }) => {
  test.setTimeout(120_000);
  const { url: site } = await startServer("--ice-server", turn.flag);
  const ada = await newcomer("Ada", { site, prepare: relayOnly });
  const ben = await newcomer("Ben", { site });
  await ada.join(room);
  await ben.join(room);
  await ada.sees("Ben");
  const bars = ada.tile("Ben").getByRole("button", { name: /^Show the connection with Ben/ });
  const own = ada.ownTile.getByRole("button", { name: /^Show your own connection/ });
  turn.line.loss = 0.09;
  await expect(bars).toHaveAccessibleName("Show the connection with Ben: poor");
  await expect(own).toHaveAccessibleName("Show your own connection: poor");
  const lit = () => bars.locator("svg > *").evaluateAll((all) => all.filter((bar) => getComputedStyle(bar).opacity === "1").length);
  expect(await lit(), "bars that are lit").toBe(1);
  await ada.hears("Your connection is poor");
  await bars.focus();
  await ada.page.keyboard.press("Enter");
  const dialog = ada.page.getByRole("dialog", { name: "Connection quality" });
  await expect(dialog.getByRole("heading", { name: "Connection with Ben: poor" })).toBeVisible();
  await expect(dialog.getByText(/^Received: (8|9)(\.\d)?\s%, at most \d+(\.\d)?\s%$/)).toBeVisible();
  await ada.page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(bars).toBeFocused();

  turn.line.loss = 0;
  await expect(bars).toHaveAccessibleName("Show the connection with Ben: fair");
  expect(await lit()).toBe(2);
  await expect(bars).toHaveCount(0, { timeout: 30_000 });
  await expect(own).toHaveCount(0);
  const said = (await ada.said()).filter((sentence) => sentence.includes("Your connection is poor"));
  expect(said).toHaveLength(1);
  const bensBars = ben.tile("Ada").getByRole("button", { name: /^Show the connection/ });
  await expect(bensBars, "what got lost was his, too").toHaveCount(0);
});

test("one who receives sound only gets no pictures, of those who come later and of renewed connections too", async ({
  newcomer,
  room,
}) => {
  test.setTimeout(120_000);
  const [ada, ben, cleo] = [await newcomer("Ada"), await newcomer("Ben"), await newcomer("Cleo")];
  await ada.join(room);
  await ben.join(room);
  await ada.sees("Ben");
  await choose(ada, "Receive", "Sound only");
  await expectSoundOnly(ada);
  await expect(ada.tile("Ben").locator(".avatar"), "no picture that stands still").toBeVisible();
  await cleo.join(room);
  await cleo.sees("Ada");
  await cleo.sees("Ben");
  await expectSoundOnly(ada);

  // Ben's end of the connection breaks: another one is made.
  await ben.page.evaluate(() => window.probe.connections().forEach((connection) => connection.close()));
  const isRenewed = () => window.probe.connections().filter((one) => one.connectionState === "connected").length === 2;
  await ben.page.waitForFunction(isRenewed, undefined, { timeout: 60_000 });
  await ben.sees("Ada");
  await expectSoundOnly(ada);

  await choose(ada, "Receive", "Full pictures");
  for (const name of ["Ben", "Cleo"]) await ada.sees(name);
});

test("one who sends sound only sends no pictures, to those who come later too", async ({ newcomer, room }) => {
  const [ada, ben, cleo] = [await newcomer("Ada"), await newcomer("Ben"), await newcomer("Cleo")];
  await ada.join(room);
  await ben.join(room);
  await ben.sees("Ada");
  await choose(ada, "Send", "Sound only");
  await expectSoundOnly(ben);
  await expect(ben.tile("Ada").getByText("Camera off")).toBeVisible();
  await cleo.join(room);
  await cleo.sees("Ben");
  await expect(cleo.tile("Ada")).toHaveCount(1);
  await expectSoundOnlyOf(cleo, "Ada");
  await choose(ada, "Send", "Full pictures");
  for (const person of [ben, cleo]) await person.sees("Ada");
  await expectBytesGrow(ben.page);
});

test("a camera is sent in high definition where that is wanted", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben")];
  await ada.join(room);
  // One camera of a machine gives all its pages one definition.
  await ben.openLobby(room);
  await ben.button("Continue without").click();
  await ben.nameAndJoin();
  await ben.sees("Ada");
  const width = () => ben.tile("Ada").locator("video").evaluate((video: HTMLVideoElement) => video.videoWidth);
  await ada.button("More options").click();
  await ada.button("Settings").click();
  await ada.page.getByRole("checkbox", { name: "Send my picture in high definition" }).check();
  const captured = () =>
    ada.page.evaluate(() => window.probe.runningTracks().find((track) => track.kind === "video")?.getSettings().width);
  await expect.poll(captured).toBe(1280);
  await expect.poll(width, { message: "as much as machine and line bear", timeout: 30_000 }).toBeGreaterThan(480);
  await ada.page.getByRole("checkbox", { name: "Send my picture in high definition" }).uncheck();
  await expect.poll(width).toBe(480);
  await ben.sees("Ada");
});

test("someone can be muted for oneself alone, and is as loud as before again", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben")];
  await ada.join(room);
  await ben.join(room);
  await ada.sees("Ben");
  await ada.button("Show people (2 here)").click();
  const row = ada.page.getByRole("listitem").filter({ hasText: "Ben" });
  await row.getByRole("slider", { name: "Volume of Ben" }).fill("40");
  const heard = () =>
    ada.tile("Ben").locator("audio").evaluate((audio: HTMLAudioElement) => (audio.muted ? 0 : audio.volume));
  await expect.poll(heard).toBeCloseTo(0.4);
  await row.getByRole("button", { name: "Mute Ben for me" }).click();
  await expect.poll(heard).toBe(0);
  await expect(ada.tile("Ben").getByText("Muted for you:")).toBeAttached();
  await expect(ben.ownTile.getByText(/muted/i)).toHaveCount(0);
  await ada.tile("Ben").hover();
  await ada.tile("Ben").getByRole("button", { name: "Unmute Ben for me" }).click();
  await expect.poll(heard).toBeCloseTo(0.4);
  await expect(ada.tile("Ben").getByText("Muted for you:")).toHaveCount(0);
  await expect(row.getByRole("button", { name: "Mute Ben for me" })).toBeVisible();
});

/** Waits until every chart has a line of several points. */
async function hasCurves(dialog: Locator): Promise<void> {
  const longest = () =>
    dialog.locator("figure svg").evaluateAll((charts) =>
      charts.map((chart) => Math.max(...[...chart.querySelectorAll("path")].map((path) => path.getTotalLength()))),
    );
  await expect.poll(async () => (await longest()).filter((length) => length > 0).length).toBe(4);
}

/** Waits until what is received of someone is sound and no pictures. */
async function expectSoundOnlyOf(person: Participant, name: string): Promise<void> {
  const dialog = await openQuality(person);
  await dialog.getByRole("button", { name: new RegExp(`^Show the connection with ${name}`) }).click();
  await expect(fact(dialog, "Codecs received")).toHaveText("opus");
  await expect(fact(dialog, "Picture received")).toHaveText("nothing");
  await person.page.keyboard.press("Escape");
}

/** The addresses that the statistics of a page tell of. */
async function addressesOfCandidates(): Promise<string[]> {
  const addresses = new Set<string>();
  for (const connection of window.probe.connections()) {
    for (const entry of (await connection.getStats()).values()) {
      if (entry.type.endsWith("-candidate") && entry.address) addresses.add(entry.address);
    }
  }
  return [...addresses];
}
