import type { Page } from "@playwright/test";

import { Cast, expectAllMove } from "./support/cast.ts";
import { expect, test } from "./support/test.ts";

/** As many as one page of tiles takes. */
const SEATS = 25;

test("two dozen pictures move at once, and whoever speaks moves nobody who stays", async ({
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
  await ada.page.evaluate(watchTasks);

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
  await expect(ada.tile(Cast.nameOf(3))).toHaveClass(/tile-speaks/);
  expect(await places(ada.page)).toEqual(after);
  await expectAllMove(ada.page, SEATS - 1);
  expect(await longTasks(ada.page), "the main thread is never blocked").toEqual([]);
  await ada.page.evaluate(() => {
    const end = performance.now() + 100;
    while (performance.now() < end);
  });
  await expect.poll(() => longTasks(ada.page), "a block would be seen").toHaveLength(1);
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

function longTasks(page: Page): Promise<number[]> {
  return page.evaluate(() => window.longTasks);
}

declare global {
  interface Window {
    longTasks: number[];
  }
}

/** Notes how long the main thread was blocked, each time that was more than 50 ms (W3C Long Tasks). */
function watchTasks(): void {
  window.longTasks = [];
  const note = (list: PerformanceObserverEntryList) => {
    window.longTasks.push(...list.getEntries().map((task) => Math.round(task.duration)));
  };
  new PerformanceObserver(note).observe({ type: "longtask" });
}
