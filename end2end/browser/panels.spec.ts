import type { Route } from "@playwright/test";

import { carry, chat, field, joinAndChat, stagedIn } from "./support/chat.ts";
import type { Participant } from "./support/participant.ts";
import { Raw } from "./support/raw.ts";
import { expect, test } from "./support/test.ts";

test("what is typed while the chat is on its way stands in its field and does nothing else", async ({ newcomer, room, server }) => {
  const ada = await newcomer("Ada");
  const release = await joinWithoutParts(ada, room);
  const ben = await Raw.enter(server.url, room, "Ben");
  await expect(ada.tile("Ben")).toBeVisible();
  await ada.page.keyboard.press("c");
  await ada.page.keyboard.type("hm vote");
  await expect(field(ada)).toHaveValue("hm vote");
  await expect(field(ada)).toBeFocused();
  await nothingWasDone(ada);
  await release();
  await expect(chat(ada).getByRole("log")).toBeVisible();
  await expect(field(ada), "the same in the chat's own field").toHaveValue("hm vote");
  await expect(field(ada)).toBeFocused();
  await ada.page.keyboard.type(" yes");
  await ada.page.keyboard.press("Enter");
  await expect(chat(ada).locator(".chat-text")).toHaveText(["hm vote yes"]);
  await nothingWasDone(ada);

  await ada.page.keyboard.type("half a sent");
  await ada.page.keyboard.press("Escape");
  await expect(chat(ada)).toHaveCount(0);
  await ada.page.keyboard.press("c");
  await expect(field(ada), "what is not sent outlives the panel").toHaveValue("half a sent");
  await ada.page.keyboard.type("ence");
  await expect(field(ada)).toHaveValue("half a sentence");
  ben.vanish();
});

test("what is sent before the chat is there is sent when it is, and not later", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada");
  const release = await joinWithoutParts(ada, room);
  const { keyboard } = ada.page;
  await keyboard.press("c");
  await keyboard.type("not after all");
  await keyboard.press("Enter");
  await keyboard.press("Escape");
  await keyboard.press("c");
  await expect(field(ada), "the panel was closed before it was sent").toHaveValue("not after all");
  await field(ada).fill("");
  await keyboard.type("hello");
  await keyboard.press("Enter");
  await keyboard.type("every");
  await release();
  await expect(chat(ada).locator(".chat-text")).toHaveText(["hello"]);
  await expect(field(ada)).toHaveValue("every");
  await keyboard.type("body");
  await keyboard.press("Enter");
  await expect(chat(ada).locator(".chat-text")).toHaveText(["hello", "everybody"]);
});

test("files that come before the chat is there wait in it", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada");
  const release = await joinWithoutParts(ada, room);
  await ada.page.keyboard.press("c");
  await carry(ada, "drop", ["a.txt", 10]);
  await carry(ada, "paste", ["b.txt", 20], ["empty.txt", 0]);
  await release();
  await expect(stagedIn(ada)).toHaveText([/a\.txt\s*10 byte/, /b\.txt\s*20 byte/]);
  await expect(chat(ada).getByRole("alert")).toHaveText("Nothing is in “empty.txt”.");
});

test("what is typed at the people, the keys or a menu on its way does nothing", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada");
  const release = await joinWithoutParts(ada, room);
  const { keyboard } = ada.page;
  await keyboard.press("p");
  await expect(ada.page.getByRole("heading", { name: "People" })).toBeFocused();
  await keyboard.type("mhsv ");
  await nothingWasDone(ada);
  await keyboard.press("Escape");
  await ada.button("More options").click();
  await keyboard.type("mhsv");
  await nothingWasDone(ada);
  await keyboard.press("Escape");
  await keyboard.press("?");
  await keyboard.type("mhsv");
  await expect(ada.page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await nothingWasDone(ada);
  await release();
  await expect(ada.page.getByRole("dialog").getByText("Hold to talk")).toBeVisible();
  await keyboard.press("Escape");
  await expect(ada.page.getByRole("dialog")).toHaveCount(0);
  await keyboard.press("m");
  await expect(ada.button("Turn microphone on"), "keys work again").toBeVisible();
});

test("keys work again when what was opened cannot be loaded", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada", { tolerates: /Failed to load resource|net::ERR_|Failed to fetch|import/ });
  await ada.page.route(PARTS, (route) => route.abort());
  await ada.join(room);
  await ada.page.keyboard.press("p");
  await expect(ada.page.getByRole("complementary", { name: "People" }).getByRole("button", { name: "Try again" })).toBeVisible();
  await ada.page.keyboard.press("m");
  await expect(ada.button("Turn microphone on")).toBeVisible();
});

test("Space talks on the page, and scrolls where something scrolls", async ({ newcomer, room, server }) => {
  const ada = await newcomer("Ada");
  await ada.join(room);
  const ben = await Raw.enter(server.url, room, "Ben");
  await ada.button("Turn microphone off").click();
  await ada.page.getByRole("heading", { level: 1 }).focus();
  await ada.page.keyboard.down(" ");
  await expect(ada.button("Turn microphone off")).toBeVisible();
  await ada.page.keyboard.up(" ");
  await expect(ada.button("Turn microphone on")).toBeVisible();
  await ada.page.keyboard.press("c");
  const log = chat(ada).getByRole("log");
  await expect(log).toBeVisible();
  await fill(ben, 1, 8);
  await expect(chat(ada).locator(".chat-line")).toHaveCount(8);
  await log.evaluate((list) => (list.scrollTop = 0));
  await log.focus();
  await ada.page.keyboard.down(" ");
  await expect.poll(() => log.evaluate((list) => list.scrollTop)).toBeGreaterThan(50);
  await expect(ada.button("Turn microphone on"), "nobody hears").toBeVisible();
  await ada.page.keyboard.up(" ");
  ben.vanish();
});

test("who reads back in the chat stays there, and is told what is new", async ({ newcomer, room, server }) => {
  const ada = await newcomer("Ada");
  await joinAndChat(ada, room);
  const ben = await Raw.enter(server.url, room, "Ben");
  const log = chat(ada).getByRole("log");
  const fromEnd = () => log.evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight);
  await fill(ben, 1, 7);
  await expect(chat(ada).locator(".chat-line")).toHaveCount(7);
  await expect.poll(fromEnd, "at the end one follows").toBeLessThan(2);
  await log.evaluate((list) => list.scrollTo(0, 300));
  const seen = chat(ada).getByText("line 3");
  const before = await seen.boundingBox();
  await fill(ben, 8, 8);
  const news = (count: string) => chat(ada).getByRole("button", { name: count });
  await expect(news("1 new message")).toBeVisible();
  await fill(ben, 9, 10);
  await expect(news("3 new messages")).toBeVisible();
  expect(await seen.boundingBox(), "what is read stays where it is").toEqual(before);
  await news("3 new messages").click();
  await expect.poll(fromEnd).toBeLessThan(2);
  await expect(news("new message")).toHaveCount(0);
  await expect(log, "the focus is not lost").toBeFocused();
  await log.evaluate((list) => list.scrollTo(0, 300));
  await field(ada).fill("mine");
  await field(ada).press("Enter");
  await expect.poll(fromEnd, "who writes sees it").toBeLessThan(2);
  ben.vanish();
});

/** The files of the parts that are loaded later: all but the program itself. */
const PARTS = /\/(?!front-[0-9a-f]+_bg)[^/]*\.wasm$/;

/** Opens the lobby and joins with camera and microphone, while the parts of the page that come later are held back. */
async function joinWithoutParts(ada: Participant, room: string): Promise<() => Promise<void>> {
  const held: Route[] = [];
  let open = false;
  await ada.page.route(PARTS, async (route) => {
    if (open) await route.continue();
    else held.push(route);
  });
  await ada.join(room);
  return async () => {
    expect(held.length, "parts were asked for and not there").toBeGreaterThan(0);
    open = true;
    await Promise.all(held.map((route) => route.continue()));
  };
}

async function nothingWasDone(ada: Participant): Promise<void> {
  await expect(ada.button("Turn microphone off")).toBeVisible();
  await expect(ada.button("Turn camera off")).toBeVisible();
  await expect(ada.button("Raise hand")).toBeAttached();
  await expect(ada.button("Share screen")).toBeAttached();
}

/** Writes lines of these numbers, each as high as ten. */
async function fill(ben: Raw, from: number, to: number): Promise<void> {
  for (let line = from; line <= to; line += 1) {
    expect(await ben.write(`line ${line}${"\n.".repeat(9)}`)).toBe("ok");
  }
}
