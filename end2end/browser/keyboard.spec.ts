import type { Page } from "@playwright/test";

import { SCREEN_FLAGS, chromiumPath } from "./support/chromium.mjs";
import { expect, test } from "./support/test.ts";

test.use({ launchOptions: { executablePath: chromiumPath(), args: SCREEN_FLAGS } });

test("a whole meeting goes by keyboard, from the front page to the end", async ({ newcomer }) => {
  const ada = await newcomer("Ada");
  const { page } = ada;
  const { keyboard } = page;
  await page.goto(ada.site);
  await keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await tabTo(page, "link", "New meeting");
  await keyboard.press("Enter");
  await page.waitForURL(/\/r\//);
  await press(page, "Use camera and microphone");
  await tabTo(page, "textbox", "Your name");
  await keyboard.type("Ada");
  await press(page, "Join");
  await ada.isInside();
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();

  await press(page, "Turn microphone off");
  await expect(ada.button("Turn microphone on")).toBeFocused();

  const ben = await newcomer("Ben");
  await ben.join(new URL(page.url()).pathname.slice("/r/".length));
  await ada.hears("Ben joined");
  await press(page, "Open chat");
  await expect(page.getByRole("textbox", { name: "Message to everyone" })).toBeFocused();
  await keyboard.type("Hello");
  await keyboard.press("Enter");
  await ben.hears("Ada wrote: Hello");
  await keyboard.press("Escape");
  await expect(ada.button("Open chat")).toBeFocused();

  await press(page, "Share screen");
  await ada.hears("You are sharing your screen");
  await ben.hears("Ada shares a screen");
  await expect(page.getByRole("toolbar").getByRole("button", { name: "Stop sharing" })).toBeFocused();
  await keyboard.press("Enter");
  await ada.hears("You stopped sharing");

  await press(page, "Pin Ben");
  await expect(ada.button("Unpin Ben")).toBeFocused();
  await press(page, "More options");
  await press(page, "Settings");
  await expect(page.getByRole("dialog", { name: "Settings" })).toBeVisible();
  await keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await press(page, "Leave");
  await expect(page.getByRole("heading", { name: "You left the meeting" })).toBeFocused();
  await ben.hears("Ada left");
});

async function press(page: Page, button: string): Promise<void> {
  await tabTo(page, "button", button);
  await page.keyboard.press("Enter");
}

async function tabTo(page: Page, role: "button" | "link" | "textbox", name: string): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: true }).first();
  await expect(wanted).toBeEnabled();
  for (let step = 0; step < 40; step += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the Tab key does not reach ${name}`);
}
