import { chat, field, write } from "./support/chat.ts";
import type { Participant } from "./support/participant.ts";
import { Proxy } from "./support/proxy.ts";
import { expect, SERVER_IS_AWAY, test } from "./support/test.ts";

for (const how of ["stripped", "unanswered"] as const) {
  test(`where the upgrade to WebSocket is ${how}, people meet by long polling`, async ({
    newcomer,
    room,
    startServer,
  }) => {
    test.setTimeout(120_000);
    const server = await startServer();
    const proxy = await Proxy.before(server.port);
    proxy.upgrades = how;
    const bob = await newcomer("Bob", { site: server.url, tolerates: SERVER_IS_AWAY });
    await bob.join(room);
    const ada = await newcomer("Ada", { site: proxy.url, tolerates: SERVER_IS_AWAY });
    const frames = framesOf(ada);
    await ada.openLobby(room);
    // The server tells it by the link.
    await expect(ada.page.getByText("Bob")).toBeVisible({ timeout: 5_000 });
    expect(proxy.upgradesSeen).toBe(1);
    await ada.page.getByRole("button", { name: "Use camera and microphone" }).click();
    await ada.nameAndJoin();
    await ada.sees("Bob");
    await bob.sees("Ada");
    await talk(ada, bob, "one");

    await server.kill();
    await ada.hears("Reconnecting");
    await server.start();
    for (const person of [ada, bob]) await person.hears("Connected again", 30_000);
    await talk(ada, bob, "two");
    expect(frames).toEqual([]);

    await ada.page.close();
    await expect(bob.tile("Ada"), "who closes the page is gone at once").toHaveCount(0, { timeout: 10_000 });
    await proxy.close();
  });
}

test("a page whose network stops letting WebSockets through goes on by long polling", async ({
  newcomer,
  room,
  startServer,
}) => {
  test.setTimeout(120_000);
  const server = await startServer();
  const proxy = await Proxy.before(server.port);
  const bob = await newcomer("Bob", { site: server.url });
  await bob.join(room);
  const ada = await newcomer("Ada", { site: proxy.url, tolerates: SERVER_IS_AWAY });
  await ada.join(room);
  await ada.sees("Bob");
  proxy.upgrades = "stripped";
  proxy.cut();
  await ada.hears("Reconnecting");
  proxy.mend();
  await ada.hears("Connected again", 30_000);
  await talk(ada, bob, "hello");
  expect((await bob.said()).join("\n")).not.toContain("Ada left");
  await proxy.close();
});

test("a page that the server refuses says which setting is amiss", async ({ newcomer, room, startServer }) => {
  const server = await startServer("--public-url", "https://elsewhere.example");
  const ada = await newcomer("Ada", {
    site: server.url,
    tolerates: /Failed to load resource|WebSocket connection to .* failed/,
  });
  await ada.visit(`/r/${room}`);
  const main = ada.page.getByRole("main");
  await expect(main.getByRole("heading", { name: /refuses/ })).toBeVisible();
  await expect(main).toContainText(`--public-url ${server.url}`);
});

/** The frames on WebSockets that come to someone from now on, as they come. */
function framesOf(person: Participant): string[] {
  const frames: string[] = [];
  person.page.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => frames.push(String(payload)));
  });
  return frames;
}

/** A line each way. */
async function talk(ada: Participant, bob: Participant, text: string): Promise<void> {
  for (const [from, to] of [[ada, bob], [bob, ada]] as const) {
    await write(from, `${text} by ${from.name}`);
    if (await field(to).isHidden()) await to.page.keyboard.press("c");
    await expect(chat(to)).toContainText(`${text} by ${from.name}`);
  }
}
