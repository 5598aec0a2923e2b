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
