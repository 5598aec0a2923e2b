import { fact, openQuality } from "./support/quality.ts";
import { expect, test } from "./support/test.ts";
import { relayOnly } from "./support/turn.ts";

test("a call that can only go by a relay does so, and its figures say it", async ({ newcomer, room, startServer, turn }) => {
  const { url: site } = await startServer("--ice-server", turn.flag);
  const ada = await newcomer("Ada", { site, prepare: relayOnly });
  const ben = await newcomer("Ben", { site, prepare: relayOnly });
  await ada.join(room);
  await ben.join(room);
  await ada.sees("Ben");
  await ben.sees("Ada");
  expect(turn.allocations).toBeGreaterThanOrEqual(2);
  const dialog = await openQuality(ada);
  await dialog.getByRole("button", { name: "Show the connection with Ben: good" }).click();
  await expect(fact(dialog, "Path")).toHaveText("through a relay (relay – relay)");
  await expect(fact(dialog, "Transport")).toHaveText("UDP");
});
