import type { Browser, Page } from "@playwright/test";

import { Cast, expectAllMove } from "./support/synthetic-crowd.ts";
import { expect, test } from "./support/test.ts";

/** Milliseconds after which a person would notice. */
const BLOCKED = 50;
/** As many as one page of tiles takes. */
const SEATS = 25;

test("two dozen pictures move at once, and whoever speaks moves nobody who stays", async ({
  browser,
  newcomer,
  newPage,
  room,
  startServer,
}) => {
  test.setTimeout(120_000);
  const server = await startServer("--max-participants", "30");
  const backstage = await newPage({ context: { bypassCSP: true } });
  const cast = await Cast.enter(backstage, server.url, room, SEATS + 1);
  const ada = await newcomer("Ada", { site: server.url, context: { viewport: { width: 1440, height: 900 } } });
  // As in a large room she only looks on: a mesh would have her encode her own picture for each of them.
  await ada.openLobby(room);
  await ada.button("Continue without").click();
  await ada.nameAndJoin();
  await expectAllMove(ada.page, SEATS - 1);
  await browser.startTracing(ada.page, { categories: ["toplevel"] });

  const hidden = await names(ada.page, false);
  expect(hidden).toHaveLength(2);
  const before = await places(ada.page);
  await cast.letSpeak(numberOf(hidden[0]));
  await expect(ada.tile(hidden[0] ?? ""), "who speaks comes to the first page").toBeVisible();
  const after = await places(ada.page);
  const moved = Object.keys(before).filter((name) => name in after && after[name] !== before[name]);
  expect(moved, "those who stay keep their places").toEqual([]);
  expect(Object.keys(after).filter((name) => !(name in before))).toEqual([hidden[0]]);

  await cast.letSpeak(3);
  await expect(ada.tile(Cast.nameOf(3))).toHaveClass(/tile-speaking/);
  expect(await places(ada.page)).toEqual(after);
  await expectAllMove(ada.page, SEATS - 1);
  expect(await longestTask(browser), "the main thread is never blocked").toBeLessThan(BLOCKED);

  await browser.startTracing(ada.page, { categories: ["toplevel"] });
  await ada.page.evaluate(() => {
    const end = performance.now() + 300;
    while (performance.now() < end);
  });
  expect(await longestTask(browser), "a block would be seen").toBeGreaterThan(BLOCKED);
});

function numberOf(name = ""): number {
  return Number(name.split(" ").at(-1));
}

/** The names on the tiles that are seen, or on those that are not. */
function names(page: Page, seen: boolean): Promise<string[]> {
  return page.evaluate(
    (seen) =>
      [...document.querySelectorAll("#videos_container > [role=group]")]
        .filter((tile) => tile.checkVisibility({ visibilityProperty: true }) === seen)
        .map((tile) => tile.getAttribute("aria-label") ?? ""),
    seen,
  );
}

/** Where each tile is that is seen, by the name on it. */
function places(page: Page): Promise<Record<string, string>> {
  return page.evaluate(() => {
    const tiles = [...document.querySelectorAll("#videos_container > [role=group]")];
    const seen = tiles.filter((tile) => tile.checkVisibility({ visibilityProperty: true }));
    return Object.fromEntries(seen.map((tile) => [tile.getAttribute("aria-label"), tile.getAttribute("style")]));
  });
}

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  args: { name?: string };
  /** Microseconds of the processor. */
  tdur?: number;
}

/** The most milliseconds of the processor that a main thread took for one task since the tracing began: others that run
 * on the machine meanwhile do not count. */
async function longestTask(browser: Browser): Promise<number> {
  const events: TraceEvent[] = JSON.parse((await browser.stopTracing()).toString()).traceEvents;
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid}/${tid}`;
  const isMain = ({ name, args }: TraceEvent) => name === "thread_name" && args.name === "CrRendererMain";
  const main = new Set(events.filter(isMain).map(threadOf));
  const times = events.filter((event) => main.has(threadOf(event))).map(({ tdur }) => (tdur ?? 0) / 1_000);
  return times.reduce((longest, time) => Math.max(longest, time), 0);
}
