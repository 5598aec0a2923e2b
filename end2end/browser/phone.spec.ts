import type { Page } from "@playwright/test";

import { installScreen } from "./support/screen.ts";
import { expect, test } from "./support/test.ts";

const PHONE = { hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } };

test("a whole meeting by touch, on a phone", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada", { context: PHONE, prepare: shareSheet }), await newcomer("Ben")];
  const tap = (name: string) => ada.button(name).tap();
  await ada.openLobby(room);
  await tap("Use camera and microphone");
  await ada.page.getByRole("textbox", { name: "Your name" }).fill("Ada");
  await tap("Join");
  await ada.isInside();
  await tap("Share…");
  expect(await ada.page.evaluate(() => Reflect.get(window, "shared"))).toEqual([`${ada.site}/r/${room}`]);
  await ben.join(room);
  await ada.sees("Ben");
  await ben.sees("Ada");
  await tap("Turn microphone off");
  await expect(ben.tile("Ada").getByText(/muted/i)).toBeAttached();

  await tap("Open chat");
  const chat = ada.page.getByRole("complementary", { name: "Chat" });
  await expect(chat.getByRole("heading", { name: "Chat" })).toBeFocused();
  const message = ada.page.getByRole("textbox", { name: "Message to everyone" });
  await ben.button("Raise hand").click();
  const toast = ada.page.getByRole("status").getByText("Ben raised a hand");
  await expect(toast).toBeVisible();
  await expect(toast, "what is told hides nothing that is written").toBeInViewport({ ratio: 1 });
  expect((await toast.boundingBox())?.y).toBeLessThan(200);
  await message.fill("hello from below");
  await tap("Send");
  await ben.hears("hello from below");
  const box = await chat.boundingBox();
  expect((box?.y ?? 0) + (box?.height ?? 0), "it stands on the lower edge").toBeCloseTo(844, 0);
  expect(box?.y, "and leaves some of the stage").toBeGreaterThan(150);
  await swipe(ada.page, box?.y ?? 0, 30, 600);
  await expect(chat, "a short, slow pull is taken back").toBeVisible();
  await swipe(ada.page, box?.y ?? 0, 300, 100);
  await expect(chat).toHaveCount(0);
  await expect(ada.button("Open chat")).toBeFocused();

  await expect(async () => {
    if ((await ada.page.getByRole("group", { name: "Reactions" }).count()) === 0) await ada.button("More options").tap();
    await ada.button("Applause").tap({ timeout: 1_000 });
  }, "what the bar has no room for is in the menu").toPass();
  await ben.hears(/Ada.*Applause/);

  // Right after a swipe, Chromium takes a touch for the end of it, and makes no click of it.
  const left = ada.page.getByRole("heading", { name: "You left the meeting" });
  await expect(async () => {
    if ((await left.count()) === 0) await ada.button("Leave").tap({ timeout: 1_000 });
    await expect(left).toBeVisible({ timeout: 1_000 });
  }).toPass();
});

test("on its side, a phone gives the bar's room to the pictures after a while", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada", { context: { ...PHONE, viewport: { width: 844, height: 390 } } });
  await ada.openLobby(room);
  await ada.button("Use camera and microphone").tap();
  await ada.page.getByRole("textbox", { name: "Your name" }).fill("Ada");
  await ada.button("Join").tap();
  await ada.isInside();
  const bar = ada.page.getByRole("contentinfo");
  const [hidden, shown] = ["0", "1"];
  const stage = async () => (await ada.page.getByRole("main").boundingBox())?.width ?? 0;
  const before = await stage();
  await expect(bar).toHaveCSS("opacity", hidden, { timeout: 10_000 });
  expect(await stage()).toBeGreaterThan(before);
  await ada.page.touchscreen.tap(200, 200);
  await expect(bar).toHaveCSS("opacity", shown);
  await expect(bar).toHaveCSS("opacity", hidden, { timeout: 10_000 });
  await ada.page.keyboard.press("F2");
  await expect(ada.button("Turn microphone off")).toBeFocused();
  await ada.page.waitForTimeout(5_500);
  await expect(bar, "the focus is inside").toHaveCSS("opacity", shown);
  await ada.button("More options").tap();
  await ada.page.waitForTimeout(5_500);
  await expect(bar, "the menu is open").toHaveCSS("opacity", shown);
});

test("at every width the bar fits, and microphone, camera and leave are there", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada");
  await ada.visit(`/r/${room}?lang=de`);
  await ada.button("Ohne fortfahren").or(ada.page.locator(".preview button").nth(1)).first().click();
  await ada.page.locator("input[autocomplete=name]").fill("Ada");
  await ada.page.keyboard.press("Enter");
  await expect(ada.page.getByRole("toolbar")).toBeVisible();
  for (const width of [320, 360, 390, 512, 560, 760, 1024]) {
    await ada.page.setViewportSize({ width, height: 800 });
    const boxes = await ada.page.locator(".bar button:visible").evaluateAll((buttons) =>
      buttons.map((button) => {
        const { left, right } = button.getBoundingClientRect();
        return { left, right };
      }),
    );
    expect(boxes.length, `${width} wide`).toBeGreaterThanOrEqual(4);
    for (const [at, box] of boxes.entries()) {
      expect(box.left, `${width} wide`).toBeGreaterThanOrEqual(boxes[at - 1]?.right ?? 0);
      expect(box.right, `${width} wide`).toBeLessThanOrEqual(width);
    }
    for (const place of [0, 1]) await expect(ada.page.locator(".bar button").nth(place)).toBeVisible();
    await expect(ada.page.locator(".control-leave")).toBeInViewport({ ratio: 1 });
  }
});

test("what a narrow bar has no room for works from the menu; the way out is last and red", async ({ newcomer, room }) => {
  const [ada, ben] = [
    await newcomer("Ada", { context: { viewport: { width: 390, height: 844 } }, prepare: installScreen }),
    await newcomer("Ben"),
  ];
  await ada.join(room);
  await ben.openLobby(room);
  await ben.button("Continue without").click();
  await ben.nameAndJoin();
  await ben.sees("Ada");
  const bar = ada.page.getByRole("toolbar", { name: "Call controls" });
  const menu = ada.page.getByRole("group", { name: "More options" });
  for (const name of ["Share screen", "Raise hand", "Show people (2 here)"]) {
    await expect(bar.getByRole("button", { name }), "the bar has no room for it").toHaveCount(0);
  }
  const choose = async (name: string) => {
    await ada.button("More options").click();
    await menu.getByRole("button", { name, exact: true }).click();
    await expect(menu).toBeHidden();
  };
  await choose("Share screen");
  await expect(ben.tile("Ada’s screen")).toBeVisible();
  await choose("Stop sharing");
  await expect(ben.tile("Ada’s screen")).toHaveCount(0);
  await choose("Raise hand");
  await ben.hears("Ada raised a hand");
  await choose("Lower hand");
  await expect(ben.tile("Ada").getByText(/Hand raised/)).toHaveCount(0);
  await choose("People");
  await expect(ada.page.getByRole("complementary", { name: "People" }).getByText("Ben")).toBeVisible();
  await ada.page.keyboard.press("Escape");

  for (const colorScheme of ["dark", "light"] as const) {
    await ada.page.emulateMedia({ colorScheme });
    const colours = () =>
      bar.getByRole("button").evaluateAll((buttons) =>
        buttons.map((button) => {
          const [red = 0, green = 0, blue = 0] = getComputedStyle(button).backgroundColor.match(/\d+/g)?.map(Number) ?? [];
          return { name: button.getAttribute("aria-label"), isRed: red > 2 * green && red > 2 * blue };
        }),
      );
    await expect.poll(async () => (await colours()).at(-1)).toEqual({ name: "Leave", isRed: true });
    expect((await colours()).filter(({ isRed }) => isRed)).toHaveLength(1);
  }
});

/** Pulls the upper edge of a drawer down with a finger, by so many pixels in so many milliseconds. */
async function swipe(page: Page, top: number, down: number, milliseconds: number): Promise<void> {
  const client = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", y?: number) =>
    client.send("Input.dispatchTouchEvent", { type, touchPoints: y === undefined ? [] : [{ x: 180, y }] });
  await touch("touchStart", top + 20);
  for (let step = 1; step <= 5; step += 1) {
    await page.waitForTimeout(milliseconds / 5);
    await touch("touchMove", top + 20 + (down * step) / 5);
  }
  await touch("touchEnd");
  await client.detach();
}

/** A share sheet, which Chromium on Linux has not. */
function shareSheet(): void {
  const shared: unknown[] = [];
  Reflect.set(window, "shared", shared);
  navigator.share = async (data) => void shared.push(data?.url);
}
