import { expect, type Locator } from "@playwright/test";

import { received } from "./media.ts";
import type { Participant } from "./participant.ts";

/** Bytes of sound that take a second and more to come. */
const SOUND = 6_000;

/** Opens the figures of the call. */
export async function openQuality(person: Participant): Promise<Locator> {
  await person.button("More options").click();
  await person.button("Connection quality").click();
  const dialog = person.page.getByRole("dialog", { name: "Connection quality" });
  await expect(dialog).toBeVisible();
  return dialog;
}

/** The value beside a name. */
export function fact(dialog: Locator, name: string): Locator {
  return dialog.locator("dl > div").filter({ has: dialog.page().getByText(name, { exact: true }) }).locator("dd");
}

/** Chooses in the settings how much is sent or received. */
export async function choose(person: Participant, what: "Send" | "Receive", amount: string): Promise<void> {
  await person.button("More options").click();
  await person.button("Settings").click();
  await person.page.getByRole("combobox", { name: what }).selectOption(amount);
  await person.page.keyboard.press("Escape");
  await expect(person.page.getByRole("dialog")).toHaveCount(0);
}

/** Waits until a page receives sound and no pictures. */
export async function expectSoundOnly(person: Participant): Promise<void> {
  const picturesMeanwhile = async () => {
    const before = await received(person.page);
    const sound = async () => (await received(person.page)).audioBytes - before.audioBytes;
    await expect.poll(sound, "sound goes on").toBeGreaterThan(SOUND);
    const after = await received(person.page);
    return after.videoBytes - before.videoBytes;
  };
  await expect.poll(picturesMeanwhile, { message: "bytes of pictures", timeout: 30_000 }).toBe(0);
}
