import type { Locator } from "@playwright/test";

import { SCREEN_FLAGS, chromiumPath } from "./support/chromium.mjs";
import { expectMoving, expectSound } from "./support/media.ts";
import type { Participant } from "./support/participant.ts";
import { installScreen } from "./support/screen.ts";
import { expect, test } from "./support/test.ts";

declare global {
  interface Window {
    /** The videos that were taken out of the document, by the name on their tile. */
    takenOut: string[];
  }
}

test.use({ launchOptions: { executablePath: chromiumPath(), args: SCREEN_FLAGS } });

test("a screen is seen beside the camera, by who was there and by who comes late", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben")];
  await ada.join(room);
  await ben.join(room);
  await ada.sees("Ben");
  await ben.button("Share screen").click();
  await ben.hears("You are sharing your screen");
  await ada.hears("Ben shares a screen");
  await seesScreen(ada, "Ben");
  await ada.sees("Ben");
  const cleo = await newcomer("Cleo");
  await cleo.join(room);
  await seesScreen(cleo, "Ben");
  // All of it is seen, and it is the largest.
  const [wide, small] = [await width(screen(ada, "Ben")), await width(ada.tile("Ben"))];
  expect(wide).toBeGreaterThan(2 * small);
  expect(await screen(ada, "Ben").locator("video").evaluate((video) => getComputedStyle(video).objectFit)).toBe("contain");
});

test("two share at once, stop and share again", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben")];
  await ada.join(room);
  await ben.join(room);
  await ada.sees("Ben");
  await ada.button("Share screen").click();
  await ben.button("Share screen").click();
  await seesScreen(ada, "Ben");
  await seesScreen(ben, "Ada");
  await ben.page.getByRole("group", { name: "You are sharing your screen." }).getByRole("button", { name: "Stop sharing" }).click();
  await expect(screen(ada, "Ben")).toHaveCount(0);
  await seesScreen(ben, "Ada");
  await ben.button("Share screen").click();
  await seesScreen(ada, "Ben");
  await ada.leave();
  await ben.leave();
  await ada.hasFreedEverything();
  await ben.hasFreedEverything();
});

test("sharp text or smooth motion is chosen while one shares, and remembered", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben")];
  await ada.join(room);
  await ben.join(room);
  await ada.sees("Ben");
  await ben.button("Share screen").click();
  await seesScreen(ada, "Ben");
  expect(await sentScreen(ben)).toEqual({ hint: "detail", kept: "maintain-resolution", rate: 15, asked: 1 });
  await ben.button("Smooth motion").click();
  const smooth = { hint: "motion", kept: "maintain-framerate", rate: 30, asked: 1 };
  await expect.poll(() => sentScreen(ben), "nobody is asked for the screen again").toEqual(smooth);
  await seesScreen(ada, "Ben");
  await ben.button("Sharp text").click();
  await expect.poll(async () => (await sentScreen(ben)).hint).toBe("detail");
  await ben.button("Smooth motion").click();
  await expect(ben.button("Sharp text")).toBeVisible();
  await ben.reload();
  await ben.button("Use camera and microphone").click();
  await ben.nameAndJoin();
  await ada.sees("Ben");
  await ben.button("Share screen").click();
  await seesScreen(ada, "Ben");
  expect((await sentScreen(ben)).hint).toBe("motion");
});

test("in a narrow window, the line of who shares has room for its text and its buttons", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada");
  await ada.join(room);
  await ada.button("Share screen").click();
  const line = ada.page.getByRole("group", { name: "You are sharing your screen." });
  await expect(line).toBeVisible();
  for (const width of [390, 320]) {
    await ada.page.setViewportSize({ width, height: 700 });
    const buttons = await line.getByRole("button").all();
    expect(buttons, "its buttons").not.toEqual([]);
    for (const button of buttons) await expect(button).toBeInViewport({ ratio: 1 });
    expect((await line.boundingBox())?.height, `lines at ${width} pixels`).toBeLessThan(150);
  }
  await line.getByRole("button", { name: "Stop sharing" }).click();
  await expect(ada.button("Turn microphone off"), "the line went, and the focus did not").toBeFocused();
});

test("a share that is held back says so on both sides", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben")];
  await ada.join(room);
  await ben.join(room);
  await ada.sees("Ben");
  await ben.button("Share screen").click();
  await seesScreen(ada, "Ben");
  const line = ben.page.getByRole("group", { name: /Your share is paused/ });
  await expect(line).toHaveCount(0);
  const holdBack = (person: Participant, held: boolean) =>
    person.page.evaluate((held) => {
      const screens = [...document.querySelectorAll<HTMLVideoElement>(".tile-screen video")];
      const shown = screens.flatMap((video) => (video.srcObject as MediaStream).getVideoTracks());
      const own = window.probe.runningTracks().filter((track) => "displaySurface" in track.getSettings());
      for (const track of [...shown, ...own]) Object.defineProperty(track, "muted", { value: held, configurable: true });
    }, held);
  for (const person of [ada, ben]) await holdBack(person, true);
  await expect(line).toBeVisible();
  await expect(screen(ada, "Ben").getByText("Paused")).toBeVisible();
  for (const person of [ada, ben]) await holdBack(person, false);
  await expect(line).toHaveCount(0);
  await expect(screen(ada, "Ben").getByText("Paused")).toHaveCount(0);
});

test("the browser's own way to stop ends the sharing", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben")];
  await ada.join(room);
  await ben.join(room);
  await ben.button("Share screen").click();
  await seesScreen(ada, "Ben");
  await ben.page.evaluate(() => {
    const shared = window.probe.runningTracks().find((track) => "displaySurface" in track.getSettings());
    shared?.stop();
    shared?.dispatchEvent(new Event("ended"));
  });
  await ben.hears("You stopped sharing");
  await expect(screen(ada, "Ben")).toHaveCount(0);
});

test("no video is moved in the document, whatever happens around it", async ({ newcomer, room }) => {
  const [ada, ben, cleo] = [await newcomer("Ada"), await newcomer("Ben"), await newcomer("Cleo")];
  await ada.join(room);
  await ben.join(room);
  await cleo.openLobby(room);
  await cleo.button("Continue without").click();
  await cleo.nameAndJoin();
  await ada.sees("Ben");
  await expect(ada.tile("Cleo")).toBeVisible();
  await ada.page.evaluate(watchVideos);
  await ada.tile("Ben").hover();
  await ada.button("Pin Ben").click();
  await expect(ada.button("Unpin Ben")).toBeVisible();
  await ada.page.keyboard.press("g");
  await ada.hears("Who speaks is shown large");
  await ben.button("Share screen").click();
  await seesScreen(ada, "Ben");
  await ben.button("Turn microphone off").click();
  await expect(ada.tile("Ben").getByText("Muted:")).toBeAttached();
  await ada.page.keyboard.press("g");
  await ada.hears("Everyone is shown alike");
  await ben.page.keyboard.press("s");
  await expect(screen(ada, "Ben")).toHaveCount(0);
  await cleo.leave();
  await ada.noLongerSees("Cleo");
  await ada.sees("Ben");
  const takenOut = () => ada.page.evaluate(() => window.takenOut);
  expect(await takenOut(), "those who are gone").toEqual(["Ben’s screen", "Cleo"]);
  await ada.tile("Ben").evaluate((tile) => tile.parentElement?.append(tile));
  expect((await takenOut()).at(-1), "a move would be seen").toBe("Ben");
});

test("the sound of a share arrives, by an element of its own, and the own tab is warned about", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben", { prepare: installScreen })];
  await ada.join(room);
  // Without a microphone: whatever is heard is the screen.
  await ben.openLobby(room);
  await ben.button("Continue without").click();
  await ben.nameAndJoin();
  await ben.sees("Ada");
  await ben.button("Share screen").click();
  await expect(ben.page.getByRole("group", { name: "You are sharing your screen." })).toBeVisible();
  await seesScreen(ada, "Ben");
  await expectSound(ada.page);
  const heard = screen(ada, "Ben").locator("audio");
  await expect.poll(() => heard.evaluate((audio: HTMLAudioElement) => !audio.paused && !audio.muted)).toBe(true);
  for (const person of [ada, ben]) {
    const videos = await person.page.locator("video").evaluateAll((all) =>
      all.map((video) => {
        const { playsInline, autoplay, muted } = video as HTMLVideoElement;
        return { playsInline, autoplay, muted };
      }),
    );
    expect(videos.length).toBeGreaterThan(1);
    for (const video of videos) expect(video, person.name).toEqual({ playsInline: true, autoplay: true, muted: true });
  }

  await ben.page.evaluate(() => window.screenToShare.turnIntoOwnTab());
  const warning = ben.page.getByRole("group", { name: /You are sharing this very tab/ });
  await expect(warning).toBeVisible();
  await warning.getByRole("button", { name: "Stop sharing" }).click();
  await expect(screen(ada, "Ben")).toHaveCount(0);
  const states = () => ben.page.evaluate(() => window.screenToShare.tracks.map((track) => track.readyState));
  expect(await states(), "picture and sound").toEqual(["ended", "ended"]);
});

for (const first of ["seed", "ours"]) {
  test(`a stock seed client sees a screen, ${first} first`, async ({ newcomer, newPage, room, seedSite, server }) => {
    const ada = await newcomer("Ada");
    const seed = await newPage({ tolerates: /User-Initiated Abort|Connection failed/ });
    if (first === "ours") await ada.join(room);
    await seed.goto(seedSite.page(server.url, room));
    await seed.getByRole("button", { name: "Join" }).click();
    if (first === "seed") await ada.join(room);
    await ada.sees("Guest");
    const videos = seed.locator("#videos_container video[id$='-video']");
    await expect(videos).toHaveCount(1);
    await ada.button("Share screen").click();
    await expect(videos).toHaveCount(2);
    await expectMoving(videos.nth(1), "the seed client sees the screen");
    await ada.sees("Guest");
  });
}

/** How the own screen is captured and sent, and how often the person was asked for it. */
function sentScreen(person: Participant) {
  return person.page.evaluate(() => {
    const shared = window.probe.runningTracks().filter((track) => "displaySurface" in track.getSettings());
    const senders = window.probe.connections().flatMap((connection) => connection.getSenders());
    const sender = senders.find((sender) => sender.track !== null && shared.includes(sender.track));
    const parameters = sender?.getParameters() as RTCRtpSendParameters & { degradationPreference?: string };
    return {
      hint: sender?.track?.contentHint,
      kept: parameters?.degradationPreference,
      rate: parameters?.encodings[0]?.maxFramerate,
      asked: shared.length,
    };
  });
}

/** Notes every video that leaves the document, if only to come back in another place. */
function watchVideos(): void {
  window.takenOut = [];
  const note = (node: Node) => {
    if (!(node instanceof Element)) return;
    for (const video of [node, ...node.querySelectorAll("*")].filter((element) => element.matches("video"))) {
      window.takenOut.push(video.closest("[role=group]")?.getAttribute("aria-label") ?? "a bare video");
    }
  };
  const look = (records: MutationRecord[]) => records.forEach(({ removedNodes }) => removedNodes.forEach(note));
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
}

function screen(person: Participant, name: string): Locator {
  return person.tile(`${name}’s screen`);
}

async function seesScreen(person: Participant, name: string): Promise<void> {
  await expectMoving(screen(person, name).locator("video"), `${person.name} sees the screen of ${name}`);
}

async function width(tile: Locator): Promise<number> {
  return (await tile.boundingBox())?.width ?? 0;
}
