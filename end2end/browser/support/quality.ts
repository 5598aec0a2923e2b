import { expect, type Locator } from "@playwright/test";

import type { Participant } from "./participant.ts";

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
