import { expect, type Locator } from "@playwright/test";

import type { Participant } from "./participant.ts";

/** Joins without camera and microphone, and opens the chat. */
export async function joinAndChat(person: Participant, room: string): Promise<void> {
  await person.openLobby(room);
  await person.button("Continue without").click();
  await person.nameAndJoin();
  await person.page.keyboard.press("c");
  await expect(field(person)).toBeVisible();
}

/** Says something, with the chat open or not. */
export async function write(person: Participant, text: string): Promise<void> {
  if (await field(person).isHidden()) await person.page.keyboard.press("c");
  await field(person).fill(text);
  await field(person).press("Enter");
}

/** The panel of the chat. */
export function chat(person: Participant): Locator {
  return person.page.getByRole("complementary", { name: "Chat" });
}

/** Where one writes. */
export function field(person: Participant): Locator {
  return person.page.getByRole("textbox", { name: "Message to everyone" });
}

/** Drops files on the field, or pastes them there: as a person does, on the one that is there at that moment. */
export async function carry(person: Participant, kind: "drop" | "paste", ...files: [name: string, size: number][]): Promise<void> {
  await expect.poll(() => carryTo(field(person), kind, files)).toBe(true);
}

/** Whether the field was still the one that was found: the chat, once loaded, puts another one in its place. */
async function carryTo(field: Locator, kind: "drop" | "paste", files: [name: string, size: number][]): Promise<boolean> {
  return field.evaluate(
    (field, [kind, files]) => {
      if (!field.isConnected) return false;
      const data = new DataTransfer();
      for (const [name, size] of files) data.items.add(new File([new Uint8Array(size)], name));
      const how = { bubbles: true, cancelable: true };
      if (kind === "paste") field.dispatchEvent(new ClipboardEvent(kind, { ...how, clipboardData: data }));
      else field.dispatchEvent(new DragEvent(kind, { ...how, dataTransfer: data }));
      return true;
    },
    [kind, files] as const,
  );
}

/** The files that wait for the next message. */
export function stagedIn(person: Participant): Locator {
  return chat(person).getByRole("list", { name: "Files to send" }).getByRole("listitem");
}

/** The file of that name in the chat. */
export function fileIn(person: Participant, name: string): Locator {
  return chat(person).getByRole("group", { name, exact: true });
}

/** Chooses files in the dialog that the button opens, and sends them. */
export async function offer(person: Participant, ...files: Parameters<Locator["setInputFiles"]>): Promise<void> {
  const choosing = person.page.waitForEvent("filechooser");
  await person.button("Attach files").click();
  await (await choosing).setFiles(...files);
  await expect(chat(person).getByRole("list", { name: "Files to send" })).toBeVisible();
  await person.button("Send").click();
}
