import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import type { Participant } from "./support/participant.ts";
import { expect, test } from "./support/test.ts";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const THEMES = ["dark", "light"] as const;
const WIDTHS = [1280, 390];

test("no rule of accessibility is broken on any page", async ({ newcomer, room }) => {
  test.setTimeout(180_000);
  const [ada, bob] = [await newcomer("Ada"), await newcomer("Bob")];
  const denied = await newcomer("Cleo", { allowsDevices: false });

  await ada.visit("/");
  await everyLook(ada, "home");
  await ada.openLobby(room);
  await everyLook(ada, "lobby");
  await ada.join(room);
  await everyLook(ada, "alone in the room");
  await bob.join(room);
  await ada.sees("Bob");
  await everyLook(ada, "a call");
  await ada.leave();
  await everyLook(ada, "left");
  await denied.openLobby(room);
  await denied.button("Use camera and microphone").click();
  await expect(denied.page.getByRole("heading", { level: 2 })).toBeVisible();
  await everyLook(denied, "denied");
});

test("the whole way into a call and out again goes by keyboard", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada");
  await ada.openLobby(room);
  await press(ada.page, "Use camera and microphone");
  await tabTo(ada.page, "textbox", "Your name");
  await ada.page.keyboard.type("Ada");
  await press(ada.page, "Join");
  await ada.isInside();
  await press(ada.page, "Turn microphone off");
  await expect(ada.button("Turn microphone on")).toBeFocused();
  await press(ada.page, "Leave");
  await expect(ada.page.getByRole("heading", { name: "You left the meeting" })).toBeVisible();
});

test("a page 320 pixels wide needs no sideways scrolling", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada", { context: { viewport: { width: 320, height: 560 } } });
  const sideways = () => ada.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  await ada.visit("/");
  expect(await sideways()).toBeLessThanOrEqual(0);
  await ada.join(room);
  expect(await sideways()).toBeLessThanOrEqual(0);
  await expect(ada.button("Leave")).toBeInViewport({ ratio: 1 });
});

async function everyLook(person: Participant, where: string): Promise<void> {
  for (const colorScheme of THEMES) {
    for (const width of WIDTHS) {
      await person.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await person.page.setViewportSize({ width, height: 800 });
      const { violations } = await new AxeBuilder({ page: person.page }).withTags(TAGS).analyze();
      const found = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
      expect.soft(found, `${where}, ${colorScheme}, ${width} wide`).toEqual([]);
    }
  }
}

async function press(page: Page, button: string): Promise<void> {
  await tabTo(page, "button", button);
  await page.keyboard.press("Enter");
}

async function tabTo(page: Page, role: "button" | "textbox", name: string): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: true });
  await expect(wanted).toBeEnabled();
  for (let step = 0; step < 30; step += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the Tab key does not reach ${name}`);
}
