import { expect } from "@playwright/test";

import { chat, field, fileIn, joinAndChat } from "./support/chat.ts";
import type { Participant } from "./support/participant.ts";
import { Raw } from "./support/raw.ts";
import { test } from "./support/test.ts";

/** Milliseconds that the main thread may be busy at once, on two cores that others use too. */
const BLOCKED = 200;

const MARKUP = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script><b>bold</b>&amp;`;
const ZALGO = "Z\u0336\u0315".concat("\u0301\u0316\u0334".repeat(100), "a", "\u0302\u0323".repeat(150));
const FAMILIES = "👨‍👩‍👧‍👦".repeat(60);
const TURNED = "\u202egnp.exe\u202c \u2067x\u2066";
const LONG = "m".repeat(2_000);

test("what is written to do harm is shown as text", async ({ newcomer, room, server }) => {
  const ada = await newcomer("Ada");
  await joinAndChat(ada, room);
  await ada.page.evaluate(() => delete window.hacked);
  const eve = await Raw.enter(server.url, room, "<b onclick=alert(1)>Eve");
  const zoe = await Raw.enter(server.url, room, `Z${"\u0301\u0316\u0334".repeat(20)}`);
  const texts = [MARKUP, ZALGO, "before", FAMILIES, TURNED, LONG, "a\n".repeat(40).trim()];
  for (const text of texts) expect(await eve.write(text)).toBe("ok");
  const addresses = "javascript:alert(1) JaVaScRiPt://x data:text/html,<b>x vbscript:x https://ok.example/a";
  expect(await zoe.write(addresses)).toBe("ok");
  await ada.hears("m".repeat(2_000));
  const tall = () => ada.page.locator(".toast").evaluateAll((toasts) => Math.max(0, ...toasts.map((toast) => toast.clientHeight)));
  expect(await tall(), "what is told covers little").toBeLessThan(100);
  const written = () => chat(ada).locator(".chat-text").evaluateAll((lines) => lines.map((line) => line.textContent));
  await expect.poll(async () => (await written()).toSorted()).toEqual([...texts, addresses].toSorted());

  const links = chat(ada).getByRole("link");
  await expect(links).toHaveCount(1);
  await expect(links).toHaveAttribute("href", "https://ok.example/a");
  await expect(chat(ada).locator(".chat-name").filter({ hasText: "<b onclick=alert(1)>Eve" })).toHaveCount(texts.length);
  expect(await chat(ada).locator(".chat-lines :not(div, p, span, bdi, a)").count(), "nothing else is made").toBe(0);
  expect(await ada.page.evaluate(() => window.hacked)).toBeUndefined();
  await staysInItsPlace(ada);

  // The same names in the tiles and in the list of people.
  await ada.page.keyboard.press("Escape");
  await ada.page.keyboard.press("p");
  await expect(ada.page.locator(".people-name").filter({ hasText: "<b onclick" })).toHaveCount(1);
  await staysInItsPlace(ada);
  eve.vanish();
  zoe.vanish();
});

test("the server refuses what goes beyond its bounds, and what lies in names and sizes", async ({ newcomer, room, server }) => {
  const ada = await newcomer("Ada");
  await joinAndChat(ada, room);
  await expect(Raw.enter(server.url, room, "\u202eevE")).rejects.toThrow("malformed");
  await expect(Raw.enter(server.url, room, "x".repeat(10_000))).rejects.toThrow("malformed");
  const eve = await Raw.enter(server.url, room, "Eve");
  expect(await eve.write("x".repeat(10_000))).toBe("malformed");
  const file = { name: "a.txt", size: 10, type: "" };
  for (const lie of [{ name: "../../a" }, { name: "a\u202etxt.exe" }, { size: 0 }, { size: 1e12 }, { size: -1 }, { type: "\n" }]) {
    expect(await eve.write("", { ...file, ...lie }), JSON.stringify(lie)).toBe("malformed");
  }
  expect(await eve.write("", { ...file, name: `${"n".repeat(251)}.exe`, type: "text/html" })).toBe("ok");
  expect(await eve.write("", { ...file, name: "<b>.html" })).toBe("ok");
  await expect(chat(ada).locator(".chat-file")).toHaveCount(2);
  await staysInItsPlace(ada);

  // Eve has none of it, and no connection to send it on.
  await ada.button("Download <b>.html").click();
  await expect(fileIn(ada, "<b>.html")).toContainText("Asking for it…");
  eve.vanish();
  await expect(fileIn(ada, "<b>.html")).toContainText("not there any more", { timeout: 45_000 });
});

test("a storm of a thousand reactions, and of questions for files, slows nobody down", async ({ newcomer, room, server }) => {
  const ada = await newcomer("Ada");
  await joinAndChat(ada, room);
  const crowd = await Promise.all(["Eve", "Mallory", "Trudy", "Oscar", "Sybil"].map((name) => Raw.enter(server.url, room, name)));
  await expect(ada.tiles).toHaveCount(6);
  await ada.page.evaluate(() => {
    window.storm = { blocked: 0, floating: 0 };
    if (!PerformanceObserver.supportedEntryTypes.includes("longtask")) throw new Error("long tasks are not told");
    new PerformanceObserver((list) => {
      for (const task of list.getEntries()) window.storm.blocked = Math.max(window.storm.blocked, task.duration);
    }).observe({ type: "longtask" });
    const count = () => {
      window.storm.floating = Math.max(window.storm.floating, document.querySelectorAll(".floating-reaction").length);
    };
    new MutationObserver(count).observe(document, { subtree: true, childList: true });
  });
  const adas = await ada.page.evaluate(() => document.querySelector("#videos_container [role=group]")?.id);
  let refusals = 0;
  for (const one of crowd) {
    one.socket.on("message", ({ body }) => (refusals += body.kind === "file" && body.step === "refuse" ? 1 : 0));
    for (let number = 0; number < 200; number += 1) one.socket.emit("message", { body: { kind: "react", reaction: "party" } });
  }
  await expect(ada.page.locator(".floating-reaction").first()).toBeAttached();
  await field(ada).pressSequentially("I can still write.");
  await field(ada).press("Enter");
  await expect(chat(ada).getByText("I can still write.")).toBeVisible();
  const storm = await ada.page.evaluate(() => window.storm);
  expect(storm.floating).toBeGreaterThan(10);
  expect(storm.floating).toBeLessThanOrEqual(24);
  expect(storm.blocked, "milliseconds").toBeLessThan(BLOCKED);
  await expect(ada.page.locator(".floating-reaction"), "they go by themselves").toHaveCount(0);

  // Questions for files that nobody offered are answered, up to a point.
  const [eve] = crowd;
  const you = await eve?.socket.timeout(5_000).emitWithAck("message", { to: adas, body: { kind: "subscribe", video: "full" } });
  expect(you).toMatchObject({ ok: true });
  for (let n = 1; n <= 500; n += 1) eve?.socket.emit("message", { to: adas, body: { kind: "file", author: adas, n, step: "ask" } });
  await expect.poll(() => refusals).toBeGreaterThan(10);
  await field(ada).fill("still");
  await field(ada).press("Enter");
  await expect(chat(ada).getByText("still", { exact: true })).toBeVisible();
  expect(refusals).toBeLessThan(60);
  for (const one of crowd) one.vanish();
});

declare global {
  interface Window {
    hacked?: unknown;
    storm: { blocked: number; floating: number };
  }
}

/** Nothing reaches beyond the page, and no text is painted over what stands beside it. */
async function staysInItsPlace(person: Participant): Promise<void> {
  const found = await person.page.evaluate(() => {
    const wide = document.documentElement.scrollWidth - innerWidth;
    const spills = [...document.querySelectorAll(".chat-text, .chat-name, .chat-file, .people-name, .badge-name, .floating-name")]
      .filter((element) => element.scrollHeight > element.clientHeight + 1 || element.scrollWidth > element.clientWidth + 1)
      .filter((element) => getComputedStyle(element).overflowY === "visible")
      .map((element) => element.className);
    return { wide, spills, isThere: document.querySelector(".people-name, .badge-name, .chat-text") !== null };
  });
  expect(found).toEqual({ wide: 0, spills: [], isThere: true });
}
