import { fact, openQuality } from "./support/quality.ts";
import { expect, test } from "./support/test.ts";
import { noWayBetweenBrowsers } from "./support/ways.ts";

test("what the server forwards is seen, heard and told, and nothing of it goes straight any more", async ({
  newcomer,
  room,
  startServer,
}) => {
  const { url: site } = await startServer("--forward-from", "3");
  const [ada, ben, cleo] = [
    await newcomer("Ada", { site }),
    await newcomer("Ben", { site }),
    await newcomer("Cleo", { site }),
  ];
  await ada.join(room);
  await ben.join(room);
  await ada.sees("Ben");
  await cleo.join(room);
});

test("two who find no way to each other are brought together by the server", async ({ newcomer, room, startServer }) => {
  const { url: site } = await startServer();
  const ada = await newcomer("Ada", { site, prepare: noWayBetweenBrowsers });
  const ben = await newcomer("Ben", { site, prepare: noWayBetweenBrowsers });
  await ada.join(room);
  await ben.join(room);
  await ada.sees("Ben");
  await ben.sees("Ada");
  const dialog = await openQuality(ada);
  await dialog.getByRole("button", { name: "Show the connection with Ben: good" }).click();
  await expect(fact(dialog, "Path")).toHaveText("through this server (host – host)");
});
