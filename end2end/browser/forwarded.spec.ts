import { randomBytes } from "node:crypto";

import { fileIn, joinAndChat, offer } from "./support/chat.ts";
import { SCREEN_FLAGS, chromiumPath } from "./support/chromium.mjs";
import { FirefoxParticipant } from "./support/firefox.ts";
import { expectBytesGrow, expectMoving, expectSound, longestPause, watchPauses } from "./support/media.ts";
import type { Participant } from "./support/participant.ts";
import { choose, expectSoundOnly, fact, openQuality } from "./support/quality.ts";
import { expect, SERVER_IS_AWAY, test } from "./support/test.ts";
import { noWayBetweenBrowsers } from "./support/block-p2p.ts";

test.use({ launchOptions: { executablePath: chromiumPath(), args: SCREEN_FLAGS } });

/** Milliseconds that a picture may stand still on two busy cores while it takes another way. */
const UNDISTURBED = 2_000;

test("a room moves to the server and back, and nobody has a connection too many", async ({
  newcomer,
  room,
  startServer,
}) => {
  test.setTimeout(120_000);
  const { url: site } = await startServer("--sfu-from", "3");
  const ada = await newcomer("Ada", { site });
  const ben = await newcomer("Ben", { site });
  const cleo = await newcomer("Cleo", { site });
  await ada.join(room);
  await ben.join(room);
  await ada.sees("Ben");
  await watchPauses(ada.page, `${await ada.idOf("Ben")}-video`, "Ben");
  await cleo.join(room);
  for (const person of [ada, ben, cleo]) await sendsOnlyToServer(person);
  await allSee([ada, ben, cleo]);
  for (const person of [ada, ben, cleo]) {
    await expectSound(person.page);
    await expect.poll(() => connections(person), `connections of ${person.name}`).toEqual({ server: 1, straight: 0 });
  }
  expect(await longestPause(ada.page), "a picture that takes another way").toBeLessThan(UNDISTURBED);

  const dialog = await openQuality(ada);
  await dialog.getByRole("button", { name: "Show the connection with Ben: good" }).click();
  await expect(fact(dialog, "Path")).toHaveText("through this server (host – host)");
  await expect(fact(dialog, "Codecs received")).toHaveText(/^(opus, VP8|VP8, opus)$/);
  await ada.page.keyboard.press("Escape");

  await ben.button("Turn camera off").click();
  await expect(ada.tile("Ben").getByText("Camera off")).toBeVisible();
  await ben.button("Turn camera on").click();
  await ada.sees("Ben");
  await ben.button("Share screen").click();
  const screen = ada.tile("Ben’s screen").locator("video");
  await expectMoving(screen, "Ada sees the screen of Ben");
  await expect.poll(() => sent(ben), "the screen too").toEqual({ server: ["audio", "audio", "video", "video"], straight: [] });
  await expectMoving(screen, "Ada still sees the screen of Ben");

  await cleo.leave();
  await cleo.hasFreedEverything();
  await ada.noLongerSees("Cleo");
  // Two are left, who have no use for the server.
  await watchPauses(ada.page, `${await ada.idOf("Ben")}-video`, "Ben");
  for (const person of [ada, ben]) {
    await expect.poll(() => connections(person), `connections of ${person.name}`).toEqual({ server: 0, straight: 1 });
    await expectSound(person.page);
  }
  await allSee([ada, ben]);
  await expectMoving(screen, "Ada sees the screen of Ben, which comes straight");
  expect(await longestPause(ada.page), "a picture that takes the way back").toBeLessThan(UNDISTURBED);
  await cleo.join(room);
  await allSee([ada, ben, cleo]);
  for (const person of [ada, cleo]) await sendsOnlyToServer(person);
});

test("two who find no way to each other are brought together by the server", async ({ newcomer, room, startServer }) => {
  const { url: site } = await startServer();
  const ada = await newcomer("Ada", { site, prepare: noWayBetweenBrowsers });
  const ben = await newcomer("Ben", { site, prepare: noWayBetweenBrowsers });
  await ada.join(room);
  await ben.join(room);
  await ada.sees("Ben");
  await ben.sees("Ada");
  for (const person of [ada, ben]) await expectSound(person.page);
  const dialog = await openQuality(ada);
  await dialog.getByRole("button", { name: "Show the connection with Ben: good" }).click();
  await expect(fact(dialog, "Path")).toHaveText("through this server (host – host)");
});

test("what was forwarded goes on when another server starts", async ({ newcomer, room, startServer }) => {
  test.setTimeout(120_000);
  const server = await startServer("--sfu-from", "2");
  const options = { site: server.url, tolerates: SERVER_IS_AWAY };
  const [ada, ben] = [await newcomer("Ada", options), await newcomer("Ben", options)];
  await ada.join(room);
  await ben.join(room);
  for (const person of [ada, ben]) await sendsOnlyToServer(person);
  await server.kill();
  await ada.hears("Reconnecting");
  await server.start();
  for (const person of [ada, ben]) await person.hears("Connected again", 30_000);
  await allSee([ada, ben]);
  for (const person of [ada, ben]) await sendsOnlyToServer(person);
  await allSee([ada, ben]);
});

test("one who receives sound only gets no pictures by the server either", async ({ newcomer, room, startServer }) => {
  const { url: site } = await startServer("--sfu-from", "2");
  const [ada, ben] = [await newcomer("Ada", { site }), await newcomer("Ben", { site })];
  await ada.join(room);
  await ben.join(room);
  for (const person of [ada, ben]) await sendsOnlyToServer(person);
  await choose(ada, "Receive", "Sound only");
  await expectSoundOnly(ada);
  await ben.sees("Ada");
  await choose(ada, "Receive", "Full pictures");
  await ada.sees("Ben");
  for (const person of [ada, ben]) await sendsOnlyToServer(person);
});

test("Chromium and Firefox see and hear each other by way of the server", async ({ newcomer, room, startServer }) => {
  test.setTimeout(120_000);
  // Firefox finds no way from the addresses of a network to the loopback one.
  const { url: site } = await startServer("--sfu-from", "2", "--media", "0.0.0.0:0");
  const ada = await newcomer("Ada", { site });
  const fox = await FirefoxParticipant.open("Fox");
  try {
    await ada.join(room);
    await fox.join(site, room);
    await sendsOnlyToServer(ada);
    await ada.sees("Fox");
    await fox.sees("Ada");
    for (const person of [ada, fox]) {
      await expectBytesGrow(person.page);
      await expectSound(person.page);
    }
    expect(fox.errors).toEqual([]);
  } finally {
    await fox.close();
  }
});

test("a file has a connection of its own for as long as it travels", async ({ newcomer, room, startServer }) => {
  test.setTimeout(120_000);
  const { url: site } = await startServer("--topology", "sfu");
  const [ada, ben] = [await newcomer("Ada", { site }), await newcomer("Ben", { site })];
  for (const person of [ada, ben]) await joinAndChat(person, room);
  for (const person of [ada, ben]) {
    await expect.poll(() => connections(person), `connections of ${person.name}`).toEqual({ server: 1, straight: 0 });
  }
  await offer(ada, { name: "plan.bin", mimeType: "", buffer: randomBytes(300_000) });
  const download = ben.page.waitForEvent("download");
  await ben.button("Download plan.bin").click();
  expect((await download).suggestedFilename()).toBe("plan.bin");
  await expect(fileIn(ben, "plan.bin")).toContainText("Saved");
  const closes = { message: "the connection ends a while after the file", timeout: 60_000 };
  for (const person of [ada, ben]) {
    await expect.poll(() => connections(person), closes).toEqual({ server: 1, straight: 0 });
  }
});

test("who finds no way to the server is connected with everybody straight", async ({ newcomer, room, startServer }) => {
  test.setTimeout(120_000);
  const { url: site } = await startServer("--topology", "sfu");
  const ada = await newcomer("Ada", { site, prepare: noWayToServer });
  const [ben, cleo] = [await newcomer("Ben", { site }), await newcomer("Cleo", { site })];
  for (const person of [ada, ben, cleo]) await person.join(room);
  await allSee([ada, ben, cleo]);
  for (const person of [ada, ben, cleo]) await expectSound(person.page);
  for (const person of [ben, cleo]) {
    await expect.poll(() => connections(person), `connections of ${person.name}`).toEqual({ server: 1, straight: 1 });
  }
});

async function allSee(people: Participant[]): Promise<void> {
  for (const person of people) {
    for (const other of people) if (other !== person) await person.sees(other.name);
  }
}

async function sendsOnlyToServer(person: Participant): Promise<void> {
  const options = { message: `what ${person.name} sends`, timeout: 30_000 };
  await expect.poll(() => sent(person), options).toEqual({ server: ["audio", "video"], straight: [] });
}

/** How many connections someone has with the server, and straight with others. */
function connections(person: Participant): Promise<Record<"server" | "straight", number>> {
  return person.page.evaluate(() => {
    const open = window.probe.connections().filter((connection) => connection.signalingState !== "closed");
    const toServer = open.filter((one) => one.remoteDescription?.sdp.includes("a=ice-lite"));
    return { server: toServer.length, straight: open.length - toServer.length };
  });
}

/** Has the page find no way to the server: its offers name an address where nobody is. */
function noWayToServer(): void {
  const Original = RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    override async setRemoteDescription(description: RTCSessionDescriptionInit) {
      const { sdp = "" } = description;
      const elsewhere = sdp.replaceAll(/^(a=candidate:\S+ 1 udp \d+ )\S+ \d+/gm, "$1127.0.0.9 9");
      await super.setRemoteDescription(sdp.includes("a=ice-lite") ? { ...description, sdp: elsewhere } : description);
    }
  };
}

/** The kinds of tracks that someone sends to the server's forwarding unit, and straight to others. */
function sent(person: Participant): Promise<Record<"server" | "straight", string[]>> {
  return person.page.evaluate(() => {
    const open = window.probe.connections().filter((connection) => connection.signalingState !== "closed");
    const kinds = (toServer: boolean) => {
      const those = open.filter((one) => (one.remoteDescription?.sdp.includes("a=ice-lite") ?? false) === toServer);
      const tracks = those.flatMap((one) => one.getSenders().flatMap((sender) => sender.track ?? []));
      return tracks.map((track) => track.kind).sort();
    };
    return { server: kinds(true), straight: kinds(false) };
  });
}
