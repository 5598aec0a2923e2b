import { Crowd } from "./support/crowd.ts";
import { Raw } from "./support/raw.ts";
import { expect, test } from "./support/test.ts";

declare global {
  interface Window {
    /** Everything that stood in the live region, the silence between too, and when it came. */
    spoken: { text: string; at: number }[];
    /** Notes that were played. */
    notes: number;
  }
}

/** Milliseconds of silence that make a screen reader hear the same sentence twice. */
const BREATH = 150;

test("each sentence comes out of a silence; comings and goings of many are one, without a sound", async ({
  newcomer,
  room,
  startServer,
}) => {
  const server = await startServer("--max-participants", "30");
  const ada = await newcomer("Ada", { site: server.url, prepare: record });
  await ada.openLobby(room);
  await ada.button("Continue without").click();
  await ada.nameAndJoin();
  const spoken = () => ada.page.evaluate(() => window.spoken);
  const texts = async () => (await spoken()).map(({ text }) => text);
  const notes = () => ada.page.evaluate(() => window.notes);

  const ben = await Raw.enter(server.url, room, "Ben");
  await expect.poll(texts).toEqual(["Ben joined"]);
  await expect.poll(notes, "among few, it is heard").toBe(2);
  await ben.write("Hello");
  await expect.poll(async () => (await texts()).at(-1)).toBe("Ben wrote: Hello");
  await ben.write("Hello");
  await expect.poll(texts).toEqual(["Ben joined", "", "Ben wrote: Hello", "", "Ben wrote: Hello"]);
  const changes = await spoken();
  for (const at of [1, 3]) {
    const silence = (changes[at + 1]?.at ?? 0) - (changes[at]?.at ?? 0);
    expect(silence).toBeGreaterThan(BREATH - 20);
    expect(silence).toBeLessThan(BREATH + 2_000);
  }

  const crowd = await Crowd.enter(server.url, room, 7);
  await expect(ada.page.getByRole("button", { name: "Show people (9 here)" })).toBeVisible();
  const arrivals = async () => (await texts()).join(" ").match(/Guest( \(\d\))? joined/g)?.length;
  await expect.poll(arrivals).toBe(7);
  const [before, played] = [(await spoken()).length, await notes()];
  const late = [await Raw.enter(server.url, room, "Cleo"), await Raw.enter(server.url, room, "Dan")];
  crowd.oneLeaves();
  await expect.poll(async () => (await texts()).at(-1)).toMatch(/left/);
  const since = (await texts()).slice(before).filter((text) => text !== "");
  expect(since, "all in one sentence").toEqual([expect.stringMatching(/^Cleo joined\. Dan joined\. Guest( \(\d\))? left$/)]);
  expect(await notes(), "not a sound").toBe(played);
  crowd.disperse();
  for (const one of [ben, ...late]) one.vanish();
});

function record(): void {
  window.spoken = [];
  window.notes = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (when) {
    window.notes += 1;
    start.call(this, when);
  };
  const look = () => {
    const text = document.querySelector("[role=status]")?.textContent?.trim() ?? "";
    if (text !== (window.spoken.at(-1)?.text ?? "")) window.spoken.push({ text, at: performance.now() });
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
}
