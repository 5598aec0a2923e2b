import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, unlink } from "node:fs/promises";

import AxeBuilder from "@axe-core/playwright";
import { expect, type Download } from "@playwright/test";

import { carry, chat, field, fileIn, joinAndChat, offer, stagedIn } from "./support/chat.ts";
import type { Participant } from "./support/participant.ts";
import { test } from "./support/test.ts";

const MEBIBYTE = 1024 * 1024;

test("a file arrives whole, with progress, for whoever asks for it", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben")];
  await joinAndChat(ada, room);
  await joinAndChat(ben, room);
  const bytes = randomBytes(5 * MEBIBYTE);
  await offer(ada, { name: "plan <b>.bin", mimeType: "text/html", buffer: bytes });
  await expect(field(ada), "the focus stays where one writes").toBeFocused();
  await ben.hears("Ada offers a file: plan <b>.bin");
  await expect(fileIn(ada, "plan <b>.bin")).toContainText("Offered as long as you are here");
  await expect(fileIn(ben, "plan <b>.bin")).toContainText("5.2 MB");
  await watchProgress(ben);
  const download = await downloads(ben, "plan <b>.bin");
  expect(await digest(download)).toBe(createHash("sha256").update(bytes).digest("hex"));
  expect(download.suggestedFilename()).toMatch(/^plan .b.*\.bin$/);
  await ben.hears("plan <b>.bin is here");
  const seen = await ben.page.evaluate(() => window.progress);
  expect(seen.some((value) => value > 0 && value < 5 * MEBIBYTE), `${seen}`).toBe(true);
  await expect(fileIn(ada, "plan <b>.bin")).toContainText("1 person has it");
  await expect(fileIn(ben, "plan <b>.bin")).toContainText("Saved");
  await expect(ben.button("Save plan <b>.bin again"), "in the place of the button that was pressed").toBeFocused();

  // Once more, without asking again; and for a newcomer, who gets the offer from those inside.
  const again = ben.page.waitForEvent("download");
  await ben.button("Save plan <b>.bin again").click();
  expect(await digest(await again)).toBe(await digest(download));
  const cleo = await newcomer("Cleo");
  await joinAndChat(cleo, room);
  expect(await digest(await downloads(cleo, "plan <b>.bin"))).toBe(await digest(download));
  await ada.leave();
  const dave = await newcomer("Dave");
  await joinAndChat(dave, room);
  await expect(fileIn(dave, "plan <b>.bin")).toContainText("not there any more");
  await expect(dave.button("Download plan <b>.bin")).toHaveCount(0);
});

test("either side can cancel, and who leaves meanwhile is said to be gone", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada", { prepare: readSlowly });
  const ben = await newcomer("Ben");
  await joinAndChat(ada, room);
  await joinAndChat(ben, room);
  await offer(ada, { name: "slow.bin", mimeType: "", buffer: randomBytes(40 * MEBIBYTE) });
  await ben.button("Download slow.bin").click();
  await moves(ben);
  await expect(fileIn(ada, "slow.bin")).toContainText("Being sent to 1 person");
  await expect(ben.button("Cancel the download of slow.bin")).toBeFocused();
  for (const person of [ada, ben]) await breaksNoRule(person);
  await ben.button("Cancel the download of slow.bin").click();
  await expect(fileIn(ben, "slow.bin")).toContainText("You cancelled it.");
  await expect(ada.button("Stop sending slow.bin")).toHaveCount(0);

  await ben.button("Download slow.bin again").click();
  await moves(ben);
  // The chat need not be open for it.
  await ben.page.keyboard.press("Escape");
  await ada.button("Stop sending slow.bin").click();
  await ben.button("Open chat").click();
  await expect(fileIn(ben, "slow.bin")).toContainText("The other side stopped it.");

  await ben.button("Download slow.bin again").click();
  await moves(ben);
  await ada.leave();
  await expect(fileIn(ben, "slow.bin")).toContainText("not there any more");
  await expect(fileIn(ben, "slow.bin").getByRole("button")).toHaveCount(0);
});

test("whoever lies about a file is found out, and nothing is saved", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada", { prepare: lie });
  const ben = await newcomer("Ben");
  await joinAndChat(ada, room);
  await joinAndChat(ben, room);
  let saved = 0;
  ben.page.on("download", () => (saved += 1));
  for (const [how, said] of [
    ["more", "More came than was announced"],
    ["less", "Less came than was announced"],
    ["other", "not what was sent"],
    ["order", "not what was sent"],
    ["words", "not what was sent"],
  ] as const) {
    await ada.page.evaluate((how) => (window.lie = how), how);
    await offer(ada, { name: `${how}.bin`, mimeType: "", buffer: randomBytes(100_000) });
    await ben.button(`Download ${how}.bin`).click();
    await expect(fileIn(ben, `${how}.bin`)).toContainText(said);
    await expect(ben.button(`Download ${how}.bin again`)).toBeVisible();
    await expect(ada.button(`Stop sending ${how}.bin`)).toHaveCount(0);
  }
  expect(saved).toBe(0);
  // An honest try after all.
  await ada.page.evaluate(() => (window.lie = ""));
  const honest = ben.page.waitForEvent("download");
  await ben.button("Download other.bin again").click();
  await honest;
});

test("files are dropped, pasted, taken back and refused", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada");
  await joinAndChat(ada, room);
  const staged = stagedIn(ada);
  await carry(ada, "drop", ["a.txt", 10], ["b\u202etxt.exe", 2_000]);
  await carry(ada, "paste", ["image.png", 300]);
  await expect(staged).toHaveText([/a\.txt\s*10 byte/, /b_txt\.exe\s*2 kB/, /image\.png\s*300 byte/]);
  await ada.button("Do not send a.txt").click();
  await expect(field(ada)).toBeFocused();
  await carry(ada, "drop", ["empty.txt", 0]);
  await expect(chat(ada).getByRole("alert")).toHaveText("Nothing is in “empty.txt”.");
  await carry(ada, "drop", ["large.bin", 101 * MEBIBYTE]);
  await expect(chat(ada).getByRole("alert")).toHaveText("“large.bin” is too large. A file has at most 100 MB.");
  await breaksNoRule(ada);
  await field(ada).pressSequentially("two of them");
  await field(ada).press("Enter");
  await expect(chat(ada).locator(".chat-file bdi")).toHaveText(["b_txt.exe", "image.png"]);
  await expect(chat(ada).locator(".chat-text")).toHaveText(["two of them"]);
  await expect(staged).toHaveCount(0);
  await expect(field(ada)).toBeFocused();
});

test("a file of 100 MB arrives", async ({ newcomer, room }, info) => {
  test.setTimeout(120_000);
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben")];
  await joinAndChat(ada, room);
  await joinAndChat(ben, room);
  const path = info.outputPath("large.bin");
  const sum = await writeRandom(path, 100);
  await offer(ada, path);
  const before = await ben.page.evaluate(() => window.probe.programMemory());
  const begun = Date.now();
  const download = await downloads(ben, "large.bin", 90_000);
  const seconds = (Date.now() - begun) / 1_000;
  info.annotations.push({ type: "seconds", description: seconds.toFixed(1) });
  expect(await digest(download)).toBe(sum);
  for (const person of [ada, ben]) {
    const memory = await person.page.evaluate(() => window.probe.programMemory());
    expect(memory - before, "the file is not in the program's memory").toBeLessThan(20 * MEBIBYTE);
  }
  await unlink(path);
});

declare global {
  interface Window {
    progress: number[];
    lie: string;
  }
}

async function downloads(person: Participant, name: string, timeout = 30_000): Promise<Download> {
  const coming = person.page.waitForEvent("download", { timeout });
  await person.button(`Download ${name}`).click();
  return coming;
}

async function digest(download: Download): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of createReadStream(await download.path())) hash.update(part);
  return hash.digest("hex");
}

async function writeRandom(path: string, mebibytes: number): Promise<string> {
  const hash = createHash("sha256");
  const file = await open(path, "w");
  for (let one = 0; one < mebibytes; one += 1) {
    const bytes = randomBytes(MEBIBYTE);
    hash.update(bytes);
    await file.write(bytes);
  }
  await file.close();
  return hash.digest("hex");
}

/** No rule of accessibility is broken in the chat as it is now. */
async function breaksNoRule(person: Participant): Promise<void> {
  const { violations } = await new AxeBuilder({ page: person.page }).include(".panel").analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([]);
}

/** Notes every state of every progress bar from now on. */
function watchProgress(person: Participant): Promise<void> {
  return person.page.evaluate(() => {
    window.progress = [];
    const note = () => {
      for (const bar of document.querySelectorAll("progress")) window.progress.push(bar.value);
    };
    new MutationObserver(note).observe(document, { subtree: true, childList: true, attributes: true });
  });
}

/** Waits until something of a file has come. */
async function moves(person: Participant): Promise<void> {
  const value = () => person.page.getByRole("progressbar").evaluate((bar: HTMLProgressElement) => bar.value);
  await expect.poll(value).toBeGreaterThan(0);
}

/** Lets every part of a file take a while to be read. */
function readSlowly(): void {
  const read = Blob.prototype.arrayBuffer;
  Blob.prototype.arrayBuffer = async function () {
    await new Promise((done) => setTimeout(done, 200));
    return read.call(this);
  };
}

/** Falsifies what goes over channels of files, as `window.lie` says. */
function lie(): void {
  const send = RTCDataChannel.prototype.send as (this: RTCDataChannel, data: unknown) => void;
  let pieces = 0;
  let held: Uint8Array | undefined;
  RTCDataChannel.prototype.send = function (data: unknown) {
    if (!this.label.startsWith("file/")) return send.call(this, data);
    if (typeof data === "string") {
      pieces = 0;
      return send.call(this, window.lie === "words" ? `${data}00` : data);
    }
    const piece = new Uint8Array(data as Uint8Array);
    pieces += 1;
    if (pieces === 2 && window.lie === "less") return;
    if (pieces === 2 && window.lie === "more") send.call(this, piece);
    if (pieces === 2 && window.lie === "other") piece[7] = (piece[7] ?? 0) ^ 1;
    if (pieces === 2 && window.lie === "order") {
      held = piece;
      return;
    }
    send.call(this, piece);
    if (held) send.call(this, held);
    held = undefined;
  };
}
