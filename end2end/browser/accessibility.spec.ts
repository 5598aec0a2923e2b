import AxeBuilder from "@axe-core/playwright";

import type { Participant } from "./support/participant.ts";
import { expect, test } from "./support/test.ts";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const THEMES = ["dark", "light"] as const;
const WIDTHS = [390, 1280];

test("no rule of accessibility is broken on any page", async ({ newcomer, room }) => {
  test.setTimeout(240_000);
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
  for (const [opener, name] of [
    ["Open chat", "chat"],
    [/^Show people/, "people"],
  ] as const) {
    await ada.page.getByRole("button", { name: opener }).click();
    await expect(ada.page.getByRole("complementary").getByRole("list").or(ada.page.getByRole("log"))).toBeVisible();
    await everyLook(ada, name);
    await ada.page.keyboard.press("Escape");
  }
  await ada.button("Send a reaction").click();
  await expect(ada.button("Applause")).toBeVisible();
  await everyLook(ada, "reactions");
  for (const name of ["Settings", "Keyboard shortcuts", "Connection quality", "Invite people", "Record here"]) {
    await ada.button("More options").click();
    await expect(ada.button(name)).toBeVisible();
    if (name === "Settings") await everyLook(ada, "menu");
    await ada.button(name).click();
    await expect(ada.page.getByRole("dialog").getByRole("heading", { name })).toBeVisible();
    await everyLook(ada, name);
    await ada.page.keyboard.press("Escape");
  }
  await ada.leave();
  await everyLook(ada, "left");
  await denied.openLobby(room);
  await denied.button("Use camera and microphone").click();
  await expect(denied.page.getByRole("heading", { level: 2 })).toBeVisible();
  await everyLook(denied, "denied");
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
