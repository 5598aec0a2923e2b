import type { Participant } from "./support/participant.ts";
import { installDesk } from "./support/fake-devices.ts";
import { expectMoving, expectSound } from "./support/media.ts";
import { expect, test } from "./support/test.ts";

const HEADSET = { id: "headset", kind: "audioinput", label: "Headset" } as const;
const BUILT_IN = { id: "built-in-microphone", kind: "audioinput", label: "Built-in microphone" } as const;

test("the default takes over what is unplugged, and the chosen one comes back", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben", { prepare: installDesk })];
  await ada.join(room);
  await ben.openLobby(room);
  await ben.button("Use camera and microphone").click();
  await ben.page.getByRole("combobox", { name: "Microphone" }).selectOption("Headset");
  await expect.poll(() => inUse(ben)).toEqual(["headset", "front"]);
  await ben.nameAndJoin();
  await ada.sees("Ben");
  await expectSound(ada.page);
  const offers = await negotiations(ben);
  expect(offers).toEqual([expect.stringContaining("o=")]);

  await ben.page.evaluate(() => window.desk.unplug("headset"));
  await ben.hears("Unplugged. Now in use: Built-in microphone", 2_000);
  expect(await inUse(ben)).toEqual(["built-in-microphone", "front"]);
  await expectSound(ada.page);

  await ben.page.evaluate((headset) => window.desk.plug(headset), HEADSET);
  await ben.hears("Now in use: Headset", 2_000);
  expect(await inUse(ben)).toEqual(["headset", "front"]);
  await expectSound(ada.page);

  await ben.page.evaluate(() => window.desk.unplug("front"));
  await ben.hears("Unplugged. Now in use: Back camera", 2_000);
  await ada.sees("Ben");
  expect(await negotiations(ben), "nothing was negotiated anew").toEqual(offers);
});

test("when none is left that is said, and the next one is taken", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben", { prepare: installDesk })];
  await ada.join(room);
  await ben.join(room);
  await ada.sees("Ben");
  await ben.page.evaluate(() => window.desk.unplug("headset"));
  await ben.page.evaluate(() => window.desk.unplug("built-in-microphone"));
  await ben.hears(/Your microphone is unplugged/, 2_000);
  await expect(ada.tile("Ben").getByText(/muted/i)).toBeAttached();
  await expect(ben.button("Turn microphone on")).toBeDisabled();
  await ben.page.evaluate((microphone) => window.desk.plug(microphone), BUILT_IN);
  await ben.hears("Now in use: Built-in microphone", 2_000);
  await expect(ben.button("Turn microphone off")).toBeEnabled();
  await expect(ada.tile("Ben").getByText(/muted/i)).toHaveCount(0);
  await expectSound(ada.page);
});

test("switching and choosing at once end in the last wish", async ({ newcomer, room }) => {
  const ben = await newcomer("Ben", { prepare: installDesk });
  await ben.join(room);
  await ben.button("More options").click();
  await ben.button("Settings").click();
  const dialog = ben.page.getByRole("dialog", { name: "Settings" });
  const [cameras, microphones] = ["Camera", "Microphone"].map((name) => dialog.getByRole("combobox", { name }));
  await microphones?.selectOption("Headset");
  await microphones?.selectOption("Built-in microphone");
  await microphones?.selectOption("Headset");
  await cameras?.selectOption("Back camera");
  await ben.page.evaluate(() => {
    const press = (name: string) => document.querySelector<HTMLElement>(`.bar [aria-label="${name}"]`)?.click();
    press("Turn camera off");
    press("Turn microphone off");
  });
  await expect.poll(() => inUse(ben)).toEqual(["headset"]);
  // What goes nowhere still listens whether one talks while muted; it is a copy without the name of the desk.
  const heard = () =>
    ben.page.evaluate(() => {
      const sent = window.probe.runningTracks().filter((track) => track.getSettings().deviceId === "headset");
      return sent.map((track) => track.enabled);
    });
  await expect.poll(heard, "the new microphone is as muted as the old one").toEqual([false]);
  await ben.page.keyboard.press("Escape");
  await ben.button("Turn camera on").click();
  await expect.poll(() => inUse(ben), "what was chosen is remembered").toEqual(["headset", "back"]);
});

test("a camera that looks away is a press away, unmirrored, and one runs at a time", async ({ newcomer, room }) => {
  const ben = await newcomer("Ben", { prepare: installDesk, context: { viewport: { width: 390, height: 844 } } });
  await ben.openLobby(room);
  await ben.button("Use camera and microphone").click();
  const preview = ben.page.getByRole("region", { name: "Preview" }).locator("video");
  await expect(preview).toHaveClass(/mirrored/);
  await ben.button("Turn the camera around").click();
  await expect(preview).not.toHaveClass(/mirrored/);
  await expectMoving(preview);
  await ben.nameAndJoin();
  await ben.button("More options").click();
  await ben.button("Turn the camera around").click();
  await expect.poll(() => inUse(ben)).toEqual(["built-in-microphone", "front"]);
});

test("back from the background, what is gone is taken again", async ({ newcomer, room }) => {
  const ben = await newcomer("Ben", { prepare: installDesk });
  await ben.join(room);
  await expect.poll(() => inUse(ben)).toEqual(["built-in-microphone", "front"]);
  // A phone takes the camera for a call of its own, and gives the microphone silence.
  await ben.page.evaluate(() => {
    for (const track of window.probe.runningTracks()) {
      if (track.kind === "video") track.stop();
      else Object.defineProperty(track, "muted", { value: true });
    }
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await expect.poll(() => inUse(ben)).toEqual(["built-in-microphone", "front"]);
  const opened = () => ben.page.evaluate(() => window.desk.opened.length);
  await expect.poll(opened, "both were opened twice").toBe(4);
  const silent = () => ben.page.evaluate(() => window.probe.runningTracks().filter((track) => track.muted).length);
  await expect.poll(silent).toBe(0);
  await ben.seesThemselves();
});

test("what was plugged in unnoticed is seen on coming back to the window", async ({ newcomer, room }) => {
  const ben = await newcomer("Ben", { prepare: installDesk });
  await ben.openLobby(room);
  await ben.page.evaluate(() => {
    window.desk.plugged = window.desk.plugged.filter(({ kind }) => kind === "videoinput");
  });
  await ben.button("Use camera and microphone").click();
  await expect(ben.page.getByText("No microphone was found")).toBeVisible();
  // The list changes, and no event says so.
  await ben.page.evaluate((headset) => window.desk.plugged.push(headset), HEADSET);
  expect(await inUse(ben)).toEqual(["front"]);
  await ben.page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await expect.poll(() => inUse(ben)).toEqual(["headset", "front"]);
});

/** The devices whose tracks run and are sent or shown, microphones first. */
function inUse(person: Participant): Promise<(string | undefined)[]> {
  return person.page.evaluate(() => {
    const used = window.probe.runningTracks().map((track) => [track.kind, track.getSettings().deviceId] as const);
    const sorted = used.filter(([, id]) => window.desk.plugged.some((device) => device.id === id)).sort();
    return [...new Set(sorted.map(([, id]) => id))];
  });
}

/** The session of each local description: it grows with each offer and answer. */
function negotiations(person: Participant): Promise<(string | undefined)[]> {
  return person.page.evaluate(() =>
    window.probe.connections().map((connection) => connection.localDescription?.sdp.match(/^o=.*$/m)?.[0]),
  );
}
