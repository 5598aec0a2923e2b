import type { CDPSession } from "@playwright/test";

import type { Participant } from "./support/participant.ts";
import { expect, test } from "./support/test.ts";

const ROUNDS = 50;
/** Rounds until caches, pools and lazily made things are there. */
const WARM_UP = 10;

/** What may not grow: each with how much is noise over all rounds. */
const SLACK = { heap: 600_000, program: 128 * 1024, nodes: 60, listeners: 30, connections: 0 };

type Counts = Record<keyof typeof SLACK, number>;

test(`opening and leaving ${ROUNDS} times leaves nothing behind`, async ({ newcomer, room }) => {
  test.setTimeout(300_000);
  const [ada, bob] = [await newcomer("Ada"), await newcomer("Bob")];
  await bob.openLobby(room);
  await bob.button("Continue without").click();
  await bob.nameAndJoin();
  await ada.join(room);
  await ada.leave();
  const session = await ada.page.context().newCDPSession(ada.page);

  await goInAndOut(ada, WARM_UP);
  const before = await count(ada, session);
  await goInAndOut(ada, ROUNDS);
  const after = await count(ada, session);

  for (const what of Object.keys(SLACK) as (keyof typeof SLACK)[]) {
    const story = `${what}: ${before[what]} before, ${after[what]} after ${ROUNDS} rounds`;
    expect.soft(after[what] - before[what], story).toBeLessThanOrEqual(SLACK[what]);
  }
  await ada.hasFreedEverything();
  await expect.poll(() => bob.openConnections()).toBe(0);
});

async function goInAndOut(ada: Participant, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await ada.button("Rejoin").click();
    await ada.button("Join").click();
    await expect(ada.tile("Bob")).toBeVisible();
    const connected = () =>
      window.probe.connections().some((connection) => connection.connectionState === "connected");
    await ada.page.waitForFunction(connected);
    await ada.leave();
  }
}

/** Counts after the garbage is collected; what the browser frees in its own time gets some. */
async function count(ada: Participant, session: CDPSession): Promise<Counts> {
  for (let pass = 0; pass < 4; pass += 1) {
    await session.send("HeapProfiler.collectGarbage");
    await ada.page.waitForTimeout(500);
  }
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const { nodes, jsEventListeners } = await session.send("Memory.getDOMCounters");
  const [connections, program] = await ada.page.evaluate(() => [
    window.probe.connections().length,
    window.probe.programMemory(),
  ]);
  return { heap: usedSize, program: program ?? 0, nodes, listeners: jsEventListeners, connections: connections ?? 0 };
}
