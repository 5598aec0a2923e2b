import AxeBuilder from "@axe-core/playwright";

import { joinAndChat } from "./support/chat.ts";
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
  await ada.page.keyboard.press("p");
  await ada.button("Remove Bob").click();
  await expect(ada.page.getByRole("alertdialog", { name: "Remove Bob?" })).toBeVisible();
  await everyLook(ada, "a question");
  await ada.page.keyboard.press("Escape");
  await ada.page.keyboard.press("Escape");
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

test("pages 320 pixels wide need no sideways scrolling", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada", { context: { viewport: { width: 320, height: 560 } } });
  const fits = async (where: string) => expect.soft(await sideways(ada), where).toEqual([]);
  await ada.visit("/");
  await fits("home");
  await ada.openLobby(room);
  await fits("lobby");
  await ada.button("Use camera and microphone").click();
  await expect(ada.page.getByRole("combobox", { name: "Camera" })).toBeVisible();
  await fits("lobby with devices");
  await ada.nameAndJoin();
  await expect(ada.page.getByRole("textbox", { name: "Link to this room" })).toBeVisible();
  await fits("alone in the room");
  await expect(ada.button("Leave")).toBeInViewport({ ratio: 1 });
  await ada.page.keyboard.press("c");
  await ada.page.getByRole("textbox", { name: "Message to everyone" }).fill("w".repeat(300));
  await ada.page.keyboard.press("Enter");
  await expect(ada.page.getByRole("log")).toContainText("www");
  await fits("chat");
  await ada.page.keyboard.press("Escape");
  await ada.page.keyboard.press("p");
  await expect(ada.page.getByRole("complementary", { name: "People" }).getByRole("listitem")).toBeVisible();
  await fits("people");
  await ada.page.keyboard.press("Escape");
  for (const [name, role] of [["Settings", "checkbox"], ["Invite people", "img"]] as const) {
    await ada.button("More options").click();
    await expect(ada.button(name)).toBeVisible();
    await fits("menu");
    await ada.button(name).click();
    const dialog = ada.page.getByRole("dialog", { name });
    await expect(dialog.getByRole(role).first()).toBeVisible();
    await fits(name);
    await dialog.getByRole("button", { name: "Close" }).click();
  }
  await ada.page.evaluate(() => {
    const wide = document.querySelector<HTMLElement>(".bar");
    if (wide) wide.style.minWidth = "400px";
  });
  expect(await sideways(ada), "what is too wide would be seen").not.toEqual([]);
});

test("at 200 percent, nothing scrolls sideways, and the way out is there", async ({ newcomer, room }) => {
  // What a window of 1280 by 800 pixels is then.
  const zoomed = { context: { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 } };
  const ada = await newcomer("Ada", zoomed);
  await ada.openLobby(room);
  expect(await sideways(ada), "lobby").toEqual([]);
  await ada.button("Use camera and microphone").click();
  await ada.nameAndJoin();
  expect(await sideways(ada), "room").toEqual([]);
  for (const name of ["Turn microphone off", "Turn camera off", "Leave"]) {
    await expect.soft(ada.button(name), name).toBeInViewport({ ratio: 1 });
  }
});

test("with forced colours or more contrast, the bar's buttons are seen to be buttons", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada");
  await joinAndChat(ada, room);
  for (const look of [{ forcedColors: "active" }, { forcedColors: "none", contrast: "more" }] as const) {
    for (const colorScheme of THEMES) {
      await ada.page.emulateMedia({ ...look, colorScheme, reducedMotion: "reduce" });
      const edges = await edgesOfBar(ada);
      expect(edges.length).toBeGreaterThan(5);
      for (const { name, width, contrast } of edges) {
        const where = `${name}, ${colorScheme}, ${JSON.stringify(look)}`;
        expect.soft(width, where).toBeGreaterThanOrEqual(1);
        expect.soft(contrast, where).toBeGreaterThanOrEqual(3);
      }
    }
  }
});

test("who wants less motion gets none in tiles and in what is told", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada");
  await joinAndChat(ada, room);
  await ada.page.keyboard.press("Escape");
  await ada.page.emulateMedia({ reducedMotion: "no-preference" });
  await ada.page.keyboard.press("g");
  await expect(ada.page.getByRole("status").getByText("Who speaks is shown large")).toBeVisible();
  expect(await longestMotion(ada), "it would be seen").toBeGreaterThan(100);
  await ada.page.emulateMedia({ reducedMotion: "reduce" });
  await ada.page.keyboard.press("g");
  await expect(ada.page.getByRole("status").getByText("Everyone is shown alike")).toBeVisible();
  expect(await longestMotion(ada)).toBeLessThan(10);
});

/** What is seen and reaches over the page's sides, or scrolls sideways itself. */
function sideways(person: Participant): Promise<string[]> {
  return person.page.evaluate(() => {
    const name = (element: Element) => `${element.localName}.${element.getAttribute("class") ?? ""}`;
    const isForReadersOnly = (element: Element): boolean =>
      getComputedStyle(element).clipPath === "inset(50%)" ||
      (element.parentElement !== null && isForReadersOnly(element.parentElement));
    const seen = [...document.querySelectorAll("body, body *")].filter(
      (element) => element.checkVisibility({ visibilityProperty: true }) && !isForReadersOnly(element),
    );
    const reaches = (element: Element) => {
      const { left, right } = element.getBoundingClientRect();
      return left < -0.5 || right > innerWidth + 0.5;
    };
    const scrolls = (element: Element) =>
      /auto|scroll/.test(getComputedStyle(element).overflowX) && element.scrollWidth > element.clientWidth;
    const page = document.documentElement.scrollWidth > innerWidth ? ["the page"] : [];
    return [...page, ...seen.filter((element) => reaches(element) || scrolls(element)).map(name)];
  });
}

/** The border of each of the bar's buttons: its width, and its contrast to what the bar lies on. */
function edgesOfBar(person: Participant) {
  return person.page.evaluate(() => {
    const luminance = (colour: number[]) => {
      const [red = 0, green = 0, blue = 0] = colour.map((part) => {
        const value = part / 255;
        return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const parts = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
    const isClear = (colour: string) => parts(colour)[3] === 0;
    const contrast = (one: string, other: string) => {
      const [light = 0, dark = 0] = [one, other].map((colour) => luminance(parts(colour).slice(0, 3))).sort((a, b) => b - a);
      return (light + 0.05) / (dark + 0.05);
    };
    const behind = getComputedStyle(document.querySelector(".call") ?? document.body).backgroundColor;
    return [...document.querySelectorAll("[role=toolbar] button")].map((button) => {
      const { borderTopStyle, borderTopWidth, borderTopColor, backgroundColor } = getComputedStyle(button);
      // Through a clear border the button's own colour is seen.
      const edge = isClear(borderTopColor) ? backgroundColor : borderTopColor;
      return {
        name: button.getAttribute("aria-label"),
        width: borderTopStyle === "none" ? 0 : parseFloat(borderTopWidth),
        contrast: contrast(edge, behind),
      };
    });
  });
}

/** Milliseconds that anything on the stage or in the live region moves at most. */
function longestMotion(person: Participant): Promise<number> {
  return person.page.evaluate(() => {
    const seconds = (times: string) => Math.max(...times.split(", ").map(parseFloat));
    const moving = [...document.querySelectorAll(".tile, .tile *, [role=status] *")].flatMap((element) =>
      [null, "::before", "::after"].map((part) => getComputedStyle(element, part)),
    );
    const times = moving.map(({ animationName, animationDuration, transitionDuration }) =>
      Math.max(animationName === "none" ? 0 : seconds(animationDuration), seconds(transitionDuration)),
    );
    return 1_000 * Math.max(...times);
  });
}

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
