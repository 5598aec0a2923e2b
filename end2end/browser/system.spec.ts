import { Crowd } from "./support/crowd.ts";
import { expectMoving } from "./support/media.ts";
import type { Participant } from "./support/participant.ts";
import { expect, test } from "./support/test.ts";

declare global {
  interface Window {
    /** What the page asked of the system. */
    asked: string[];
    /** What the page does on a key of the system. */
    mediaKeys: Record<string, (() => void) | null>;
    /** Whether sound may start by itself. */
    soundAllowed: boolean;
  }
}

test("the screen stays on during a call, and the system's keys do what they say", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada", { prepare: recordSystem });
  await ada.openLobby(room);
  const asked = () => ada.page.evaluate(() => window.asked);
  expect(await asked()).toEqual([]);
  await ada.button("Use camera and microphone").click();
  await ada.nameAndJoin();
  await expect.poll(asked).toEqual(["screen on"]);
  await ada.page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect.poll(asked, "again when the page is seen again").toEqual(["screen on", "screen on"]);

  const press = (key: string) => ada.page.evaluate((key) => window.mediaKeys[key]?.(), key);
  await press("togglemicrophone");
  await expect(ada.button("Turn microphone on")).toBeVisible();
  await press("togglecamera");
  await expect(ada.button("Turn camera on")).toBeVisible();
  await press("hangup");
  await expect(ada.page.getByRole("heading", { name: "You left the meeting" })).toBeVisible();
  await expect.poll(asked).toContain("screen may go off");
  expect(await ada.page.evaluate(() => Object.values(window.mediaKeys).filter((handler) => handler))).toEqual([]);
});

test("sound that the browser holds back is turned on by one press", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada", { prepare: holdBackSound }), await newcomer("Ben")];
  await ben.join(room);
  await ada.join(room);
  const prompt = ada.page.getByRole("group", { name: "The browser holds back the sound." });
  await expect(prompt).toBeVisible();
  await ada.page.evaluate(() => (window.soundAllowed = true));
  await prompt.getByRole("button", { name: "Turn on sound" }).click();
  await expect(prompt).toHaveCount(0);
  const silent = ada.tile("Ben").locator("audio");
  await expect.poll(() => silent.evaluate((audio: HTMLAudioElement) => audio.paused)).toBe(false);
});

test("coming and going is heard, unless the person does not want that", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada", { prepare: countNotes }), await newcomer("Ben")];
  await ada.join(room);
  const notes = () => ada.page.evaluate(() => window.asked.length);
  expect(await notes()).toBe(0);
  await ben.join(room);
  await expect.poll(notes).toBe(2);
  await ben.leave();
  await expect.poll(notes).toBe(4);
  await ada.button("More options").click();
  await ada.button("Settings").click();
  await ada.page.getByRole("checkbox", { name: "Sounds when people come, go, write or raise a hand" }).uncheck();
  await ada.page.keyboard.press("Escape");
  await ben.button("Rejoin").click();
  await ben.nameAndJoin();
  await ada.hears("Ben joined");
  await ada.sees("Ben");
  expect(await notes()).toBe(4);
});

test("what was chosen holds after the page is loaded anew", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada", { prepare: countNotes }), await newcomer("Ben")];
  await ben.join(room);
  await ada.join(room);
  await ada.sees("Ben");
  await ada.page.keyboard.press("g");
  await ada.hears("Who speaks is shown large");
  const settings = ada.page.getByRole("dialog", { name: "Settings" });
  const field = (name: string) => settings.getByRole("combobox", { name, exact: true });
  const openSettings = async () => {
    await ada.button("More options").click();
    await ada.button("Settings").click();
    await expect(field("Appearance")).toBeVisible();
  };
  const boxes = ["Mirror my own view", "Show my own view", "Sounds when people come, go, write or raise a hand"];
  const fields = { Appearance: "Light", Send: "Small pictures, saves data", Receive: "Sound only" };
  await openSettings();
  for (const [label, option] of Object.entries(fields)) await field(label).selectOption(option);
  for (const name of boxes) await settings.getByRole("checkbox", { name }).uncheck();

  await ada.page.emulateMedia({ colorScheme: "dark" });
  await ada.reload();
  const background = () => ada.page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  expect(await background(), "light").toBe("rgb(246, 247, 249)");
  await ada.button("Use camera and microphone").click();
  const preview = ada.page.getByRole("region", { name: "Preview" }).locator("video");
  await expectMoving(preview);
  await expect(preview).not.toHaveClass(/mirrored/);
  await ada.nameAndJoin();
  await expect(ada.tile("Ben")).toBeVisible();
  await expect(ada.ownTile).toBeHidden();
  await expect.poll(() => sentPictures(ada), "a small picture").toEqual([2]);
  await expect.poll(() => sentPictures(ben), "no picture, since none is wanted").toEqual(["none"]);
  const crowd = await Crowd.enter(ada.site, room, 2);
  await ada.hears("Guest joined");
  expect(await ada.page.evaluate(() => window.asked), "nobody's coming is heard").toEqual([]);
  await expect(ada.tiles).toHaveCount(3);
  const ratio = () =>
    ada.tiles.evaluateAll((tiles) => {
      const areas = tiles.map((tile) => tile.clientWidth * tile.clientHeight);
      return Math.max(...areas) / Math.min(...areas);
    });
  await expect.poll(ratio, "one is large").toBeGreaterThan(4);
  await openSettings();
  for (const [label, option] of Object.entries(fields)) {
    await expect(field(label).locator("option:checked")).toHaveText(option);
  }
  for (const name of boxes) await expect(settings.getByRole("checkbox", { name })).not.toBeChecked();
  crowd.disperse();
});

/** By how much each picture that is sent is scaled down. */
function sentPictures(person: Participant) {
  return person.page.evaluate(() => {
    const connected = window.probe.connections().filter(({ connectionState }) => connectionState === "connected");
    const senders = connected.flatMap((connection) => connection.getSenders());
    return senders
      .filter(({ track }) => track?.kind === "video")
      .map((sender) => {
        const { active, scaleResolutionDownBy } = sender.getParameters().encodings[0] ?? {};
        return active === false ? "none" : scaleResolutionDownBy;
      });
  });
}

function recordSystem(): void {
  window.asked = [];
  window.mediaKeys = {};
  const sentinel = { release: async () => void window.asked.push("screen may go off") };
  const request = async () => {
    window.asked.push("screen on");
    return sentinel;
  };
  Object.defineProperty(navigator, "wakeLock", { value: { request } });
  navigator.mediaSession.setActionHandler = (key: string, handler: MediaSessionActionHandler | null) => {
    window.mediaKeys[key] = handler && (() => handler({ action: "hangup" as MediaSessionAction }));
  };
}

function holdBackSound(): void {
  window.soundAllowed = false;
  const play = HTMLAudioElement.prototype.play;
  HTMLAudioElement.prototype.play = async function () {
    if (window.soundAllowed) return play.call(this);
    this.pause();
    throw new DOMException("play() failed because the user didn't interact with the document first.", "NotAllowedError");
  };
}

function countNotes(): void {
  window.asked = [];
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (when) {
    window.asked.push("note");
    start.call(this, when);
  };
}
