import { expectPicturesGrow, expectSound, longestPause, showsFrames, watchPauses } from "./support/media.ts";
import type { Participant } from "./support/participant.ts";
import { Proxy } from "./support/proxy.ts";
import { expect, SERVER_IS_AWAY, test } from "./support/test.ts";

/** Milliseconds that a picture may stand still on two busy cores and count as undisturbed. */
const UNDISTURBED = 2_000;

for (const signal of ["SIGKILL", "SIGTERM"] as const) {
  test(`a call outlives the server's end by ${signal}`, async ({ newcomer, room, startServer }) => {
    test.setTimeout(120_000);
    const server = await startServer();
    const options = { site: server.url, tolerates: SERVER_IS_AWAY };
    const [ada, bob] = [await newcomer("Ada", options), await newcomer("Bob", options)];
    await ada.join(room);
    await bob.join(room);
    await bob.button("Turn microphone off").click();
    await watchEachOther(ada, bob);

    await server.kill(signal);
    await ada.hears("Reconnecting");
    for (const person of [ada, bob]) await showsFrames(person.page, 100);
    await server.start();
    for (const person of [ada, bob]) await person.hears("Connected again");
    await expectUndisturbed(ada, bob);
    await expect(ada.tile("Bob").getByText(/muted/i)).toBeAttached();

    const cleo = await newcomer("Cleo", options);
    await cleo.join(room);
    for (const name of ["Ada", "Bob"]) await cleo.sees(name);
    for (const person of [ada, bob]) await person.sees("Cleo");
    await expect(cleo.tile("Bob").getByText(/muted/i)).toBeAttached();
    await expectSound(cleo.page);
    await expectUndisturbed(ada, bob);

    await bob.leave();
    await ada.noLongerSees("Bob");
    await cleo.noLongerSees("Bob");
  });
}

test("one who left while the server was away is gone afterwards", async ({ newcomer, room, startServer }) => {
  test.setTimeout(120_000);
  const server = await startServer();
  const options = { site: server.url, tolerates: SERVER_IS_AWAY };
  const [ada, bob] = [await newcomer("Ada", options), await newcomer("Bob", options)];
  await ada.join(room);
  await bob.join(room);
  await ada.sees("Bob");
  await server.kill();
  await bob.leave();
  await bob.hasFreedEverything();
  await server.start();
  await ada.hears("Connected again");
  await expect(ada.tile("Bob")).toHaveCount(0, { timeout: 60_000 });
});

for (const how of ["cut", "stall"] as const) {
  test(`a socket that is ${how === "cut" ? "cut" : "silent"} for 10 s changes nothing`, async ({
    newcomer,
    room,
    startServer,
  }) => {
    const server = await startServer();
    const proxy = await Proxy.before(server.port);
    const ada = await newcomer("Ada", { site: proxy.url, tolerates: SERVER_IS_AWAY });
    const bob = await newcomer("Bob", { site: server.url });
    const events = eventsOf(bob);
    await ada.join(room);
    await bob.join(room);
    await watchEachOther(ada, bob);

    proxy[how]();
    if (how === "cut") await ada.hears("Reconnecting");
    await ada.page.waitForTimeout(10_000);
    proxy.mend();
    if (how === "cut") await ada.hears("Connected again");
    await expectUndisturbed(ada, bob);

    // What was said reaches the others again, under the same identity.
    await ada.button("Turn microphone off").click();
    await expect(bob.tile("Ada").getByText(/muted/i)).toBeAttached();
    await expectUndisturbed(ada, bob);
    expect(events).toContain("participant-state");
    expect(events).not.toContain("participant-left");
    await proxy.close();
  });
}

test("who comes while the server is away is told, and can try again", async ({ newcomer, room, startServer }) => {
  test.setTimeout(120_000);
  const server = await startServer();
  const ada = await newcomer("Ada", { site: server.url, tolerates: SERVER_IS_AWAY });
  await ada.openLobby(room);
  await server.kill();
  await ada.page.getByRole("textbox", { name: "Your name" }).fill("Ada");
  await ada.button("Join").click();
  await expect(ada.page.getByRole("heading", { name: /server/i })).toBeVisible({ timeout: 40_000 });
  await server.start();
  await ada.page.getByRole("button", { name: /try again/i }).click();
  await expect(ada.button("Join").or(ada.button("Leave"))).toBeVisible();
  if (await ada.button("Join").isVisible()) await ada.button("Join").click();
  await ada.isInside();
});

async function watchEachOther(ada: Participant, bob: Participant): Promise<void> {
  for (const [person, other] of [[ada, bob], [bob, ada]] as const) {
    await person.sees(other.name);
    await person.tile(other.name).evaluate((tile) => tile.setAttribute("data-seen-before", ""));
    await watchPauses(person.page, `${await person.idOf(other.name)}-video`, other.name);
  }
}

/** The same tile, the same connection, a picture that never stopped, and nobody said to have left. */
async function expectUndisturbed(ada: Participant, bob: Participant): Promise<void> {
  for (const [person, other] of [[ada, bob], [bob, ada]] as const) {
    await expect(person.tile(other.name)).toHaveAttribute("data-seen-before", "");
    await expectPicturesGrow(person.page);
    expect(await longestPause(person.page)).toBeLessThan(UNDISTURBED);
    expect((await person.said()).join("\n")).not.toContain(`${other.name} left`);
  }
}

/** The names of the events that come to someone from now on, as they come. */
function eventsOf(person: Participant): string[] {
  const names: string[] = [];
  person.page.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => {
      const name = /^42\["([^"]+)"/.exec(String(payload))?.[1];
      if (name !== undefined) names.push(name);
    });
  });
  return names;
}
