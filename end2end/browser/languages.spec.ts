import { readFileSync, readdirSync } from "node:fs";

import type { Participant } from "./support/participant.ts";
import { expect, test } from "./support/test.ts";

type Texts = Record<string, string>;

const LANGUAGES = [
  { code: "en", locale: "en-GB", direction: "ltr" },
  { code: "de", locale: "de-AT", direction: "ltr" },
  { code: "fr", locale: "fr-CA", direction: "ltr" },
  { code: "es", locale: "es-MX", direction: "ltr" },
  { code: "ar", locale: "ar-EG", direction: "rtl" },
];

const PHONE = { width: 390, height: 844 };

for (const { code, locale, direction } of LANGUAGES) {
  test(`a browser in ${locale} joins in ${code}`, async ({ newcomer, room }) => {
    const ada = await newcomer("Ada", { context: { locale } });
    const texts = textsOf(code);
    await ada.openLobby(room);
    await expect(ada.page.locator("html")).toHaveAttribute("lang", code);
    await expect(ada.page.locator("html")).toHaveAttribute("dir", direction);
    await expect(ada.page.getByText(texts["lobby-privacy"]!)).toBeVisible();
    await join(ada, texts);
    for (const key of ["microphone-turn-off", "camera-turn-off", "bar-more", "bar-leave"]) {
      await expect(ada.button(texts[key]!)).toBeVisible();
    }
    await expect(ada.page).toHaveTitle(texts["page-room-title"]!.replace("{room}", room));
    await ada.button(texts["microphone-turn-off"]!).click();
    await expect(ada.button(texts["microphone-turn-on"]!)).toBeVisible();
    await ada.button(texts["bar-leave"]!).click();
    await expect(ada.page.getByRole("heading", { name: texts["left-heading"]! })).toBeVisible();
  });
}

test("a language that is chosen is spoken at once, and remembered", async ({ newcomer, room }) => {
  const [ada, bob] = [await newcomer("Ada"), await newcomer("Bob")];
  await bob.join(room);
  await ada.openLobby(room);
  await ada.button("Use camera and microphone").click();
  await expect(ada.button("Turn camera off")).toBeVisible();
  await ada.page.getByRole("textbox", { name: "Your name" }).fill("Ada");
  const loaded = await ada.page.evaluateHandle(() => document);

  const german = textsOf("de");
  await ada.page.getByRole("combobox", { name: "Language" }).selectOption("Deutsch");
  await expect(ada.page.getByRole("combobox", { name: german["language-label"]!, exact: true })).toBeFocused();
  await expect(ada.page.locator("html")).toHaveAttribute("lang", "de");
  await expect(ada.page).toHaveTitle(german["page-room-title"]!.replace("{room}", room));
  await expect(ada.page.getByRole("link", { name: german["skip-to-content"]! })).toBeAttached();
  await expect(ada.page.getByRole("textbox", { name: german["lobby-name"]! })).toHaveValue("Ada");
  await expect(ada.button(german["camera-turn-off"]!)).toBeVisible();
  expect(await loaded.evaluate((before) => before === document), "it was not loaded again").toBe(true);
  expect(await ada.page.evaluate(() => window.probe.captureRequests)).toBe(1);

  await ada.button(german["lobby-join"]!).click();
  await expect(ada.page.getByRole("toolbar", { name: german["bar-label"]! })).toBeVisible();
  await ada.sees("Bob");
  await bob.leave();
  await ada.hears(german["room-left"]!.replace("{name}", "Bob"));

  await ada.reload();
  await expect(ada.page.getByRole("button", { name: german["lobby-join"]!, exact: true })).toBeVisible();
  await expect(ada.page.locator("html")).toHaveAttribute("lang", "de");
});

test("a language that comes during the call ends nothing", async ({ newcomer, room }) => {
  const [ada, bob] = [await newcomer("Ada"), await newcomer("Bob")];
  const german = textsOf("de");
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await ada.page.route("**/room-de-*", async (route) => {
    await held;
    await route.continue();
  });
  await bob.join(room);
  await ada.openLobby(room);
  await ada.page.getByRole("combobox", { name: "Language" }).selectOption("de");
  await ada.nameAndJoin();
  await ada.sees("Bob");
  release();
  await expect(ada.page.getByRole("toolbar", { name: german["bar-label"]! })).toBeVisible();
  await ada.sees("Bob");
  await bob.sees("Ada");
  expect(await ada.openConnections()).toBe(1);
  await bob.button("Turn microphone off").click();
  await expect(ada.tile("Bob").getByText(german["tile-muted"]!)).toBeAttached();
  await bob.leave();
  await ada.noLongerSees("Bob");
});

test("words that do not come are said to be missing, and the page goes on", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada", { tolerates: /net::ERR_|Failed to load resource/ });
  await ada.page.route("**/room-fr-*", (route) => route.abort());
  await ada.openLobby(room);
  await ada.page.getByRole("combobox", { name: "Language" }).selectOption("fr");
  await ada.hears("The language could not be loaded");
  await expect(ada.page.getByRole("combobox", { name: "Language" })).toHaveValue("en");
  await ada.join(room);
});

test("the front page leads into a room in the language that was chosen there", async ({ newcomer }) => {
  const ada = await newcomer("Ada");
  const spanish = textsOf("es");
  await ada.visit("/");
  await ada.page.getByRole("link", { name: "Español" }).click();
  await ada.page.getByRole("link", { name: spanish["home-new"]! }).click();
  await expect(ada.page.getByRole("button", { name: spanish["lobby-join"]!, exact: true })).toBeEnabled();
  await expect(ada.page, "a link that is sent on asks for no language").toHaveURL(/\/r\/[a-z-]+$/);
  await ada.page.getByRole("link", { name: "Roundtable" }).click();
  await expect(ada.page.getByRole("heading", { level: 1, name: spanish["home-heading"]! })).toBeVisible();
});

test("a query that asks for a language is for once, and another one stays", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada");
  const texts = { en: textsOf("en"), de: textsOf("de") };
  for (const [query, code, left] of [["?from=mail", "en", "?from=mail"], ["?lang=de", "de", ""]] as const) {
    await ada.visit(`/r/${room}${query}`);
    // The program has read the address by the time that it answers.
    await ada.button(texts[code]["preview-without"]!).click();
    await expect(ada.page.locator("html")).toHaveAttribute("lang", code);
    expect(await ada.page.evaluate(() => location.search)).toBe(left);
  }
});

test("Arabic runs from right to left, and fits on a phone", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada", { context: { locale: "ar", viewport: PHONE } });
  const [arabic, sideways] = [textsOf("ar"), () => ada.page.evaluate(overflow)];
  await ada.visit("/");
  expect(await sideways(), "the front page").toBeLessThanOrEqual(0);
  await ada.openLobby(room);
  expect(await sideways(), "the lobby").toBeLessThanOrEqual(0);
  await join(ada, arabic);
  expect(await sideways(), "the call").toBeLessThanOrEqual(0);
  const [first, last] = [await left(ada, arabic["microphone-turn-off"]!), await left(ada, arabic["bar-leave"]!)];
  expect(first).toBeGreaterThan(last);
});

/** The texts of a language as they are in the repository. */
function textsOf(code: string): Texts {
  const folder = new URL(`../../locales/${code}/`, import.meta.url);
  const read = (file: string): Texts => JSON.parse(readFileSync(new URL(file, folder), "utf8"));
  return Object.assign({}, ...readdirSync(folder).map(read));
}

async function join(ada: Participant, texts: Texts): Promise<void> {
  await ada.button(texts["preview-use"]!).click();
  await ada.page.getByRole("textbox", { name: texts["lobby-name"]! }).fill(ada.name);
  await ada.button(texts["lobby-join"]!).click();
  await expect(ada.page.getByRole("toolbar", { name: texts["bar-label"]! })).toBeVisible();
}

/** Pixels by which the page is wider than its window. */
function overflow(): number {
  return document.documentElement.scrollWidth - innerWidth;
}

async function left(ada: Participant, button: string): Promise<number> {
  const box = await ada.button(button).boundingBox();
  if (box === null) throw new Error(`${button} is not there`);
  return box.x;
}
