import { offer } from "./support/chat.ts";
import type { Participant } from "./support/participant.ts";
import { shoot } from "./support/pictures.ts";
import { portray } from "./support/portrait.ts";
import { expect, SERVER_IS_AWAY, test } from "./support/test.ts";
import { relayOnly } from "./support/turn.ts";

test("pictures of every page", async ({ newcomer }) => {
  test.setTimeout(300_000);
  const room = "quiet-harbour";
  const ada = await newcomer("Ada Lovelace");
  await ada.visit("/");
  await shoot(ada, "home");
  await ada.openLobby(room);
  await shoot(ada, "lobby");
  await ada.page.getByRole("button", { name: "Use camera and microphone" }).click();
  await ada.page.getByRole("textbox", { name: "Your name" }).fill(ada.name);
  await expect(ada.button("Turn camera off")).toBeVisible();
  await shoot(ada, "lobby-ready");
  await ada.nameAndJoin();
  await ada.seesThemselves();
  await shoot(ada, "room-1");

  const bob = await newcomer("Grace Hopper");
  await bob.join(room);
  await ada.sees(bob.name);
  await shoot(ada, "room-2");

  const cleo = await newcomer("Katherine Johnson");
  await cleo.join(room);
  const dan = await newcomer("Alan Turing");
  await dan.openLobby(room);
  await dan.button("Continue without").click();
  await dan.nameAndJoin();
  await cleo.button("Turn microphone off").click();
  await ada.sees(cleo.name);
  await expect(ada.tile(dan.name).getByText(/camera off/i)).toBeAttached();
  await expect(ada.tile(cleo.name).getByText(/muted/i)).toBeAttached();
  await shoot(ada, "room-4");
  await dan.button("Raise hand").click();
  await write(dan, "Shall we begin? The notes are at https://example.org/notes");
  await write(cleo, "One moment, I am getting tea.");
  await ada.button("Open chat, 2 unread messages").click();
  await shoot(ada, "chat");
  await ada.button("Show people (4 here)").click();
  await expect(ada.page.getByRole("complementary", { name: "People" })).toBeVisible();
  await shoot(ada, "people");
  await ada.button("Hide people").click();
  await ada.page.keyboard.press("g");
  await ada.hears("Who speaks is shown large");
  await shoot(ada, "speaker");
  await ada.page.keyboard.press("g");
  for (const name of ["Settings", "Keyboard shortcuts", "Connection quality", "Invite people"]) {
    await ada.button("More options").click();
    if (name === "Settings") await shoot(ada, "menu");
    await ada.button(name).click();
    await expect(ada.page.getByRole("dialog")).toBeVisible();
    await shoot(ada, name.toLowerCase().replaceAll(" ", "-"));
    await ada.page.keyboard.press("Escape");
  }
  await ada.leave();
  await shoot(ada, "left");
});

test("the picture of the front page", async ({ newcomer }) => {
  const names = ["Ada Lovelace", "Grace Hopper", "Katherine Johnson", "Alan Turing"];
  const people = [];
  for (const [look, name] of names.entries()) {
    const person = await newcomer(name);
    await person.page.addInitScript(portray, look);
    await person.join("quiet-harbour");
    people.push(person);
  }
  const [ada, grace, katherine, alan] = people as [Participant, Participant, Participant, Participant];
  for (const one of [grace, katherine, alan]) await ada.sees(one.name);
  await katherine.button("Turn microphone off").click();
  await alan.button("Raise hand").click();
  await write(grace, "The plan for today: https://example.org/plan");
  await write(katherine, "Thanks! I will share my screen in a minute.");
  await ada.button("Open chat, 2 unread messages").click();
  await shoot(ada, "front");
});

test("pictures of being alone", async ({ newcomer }) => {
  const ada = await newcomer("Ada Lovelace");
  await ada.openLobby("lonely-harbour");
  await ada.button("Continue without").click();
  await ada.nameAndJoin();
  await ada.page.keyboard.press("c");
  await expect(ada.page.getByRole("log")).toBeVisible();
  await shoot(ada, "chat-empty");
});

test("pictures of a locked room", async ({ newcomer }) => {
  const [ada, bob] = [await newcomer("Ada Lovelace"), await newcomer("Grace Hopper")];
  await ada.join("locked-harbour");
  await ada.page.keyboard.press("p");
  await ada.button("Lock the room").click();
  await bob.openLobby("locked-harbour");
  await bob.button("Continue without").click();
  await bob.page.getByRole("textbox", { name: "Your name" }).fill(bob.name);
  await bob.button("Join").click();
  await expect(bob.page.getByRole("heading", { level: 1, name: /locked/i })).toBeVisible();
  await shoot(bob, "locked");
  await bob.button("Ask to be let in").click();
  await shoot(bob, "knocking");
  await shoot(ada, "someone-knocks");
});

test("pictures of a recording, of a file and of reactions", async ({ newcomer }) => {
  const [ada, bob] = [await newcomer("Ada Lovelace"), await newcomer("Grace Hopper")];
  await ada.join("kept-harbour");
  await bob.join("kept-harbour");
  await ada.sees(bob.name);
  await ada.button("More options").click();
  await ada.button("Record here").click();
  await expect(ada.page.getByRole("radio")).toHaveCount(2);
  await shoot(ada, "record");
  await ada.button("Start recording").click();
  await ada.hears("You are recording");
  await shoot(ada, "recording");
  await bob.hears("is recording");
  await shoot(bob, "recorded");
  await ada.button("More options").click();
  await ada.button("Stop recording").click();
  await expect(ada.page.getByRole("region", { name: "Recordings on this machine" })).toBeVisible();
  await ada.hears("The recording has ended");
  await shoot(ada, "recording-kept");
  await ada.button("Not now").click();
  await bob.page.keyboard.press("c");
  await expect(bob.page.getByRole("log")).toBeVisible();
  await offer(bob, { name: "minutes.txt", mimeType: "text/plain", buffer: Buffer.alloc(40_000, "words ") });
  await ada.page.keyboard.press("c");
  await expect(ada.page.getByRole("log").getByText("minutes.txt")).toBeVisible();
  await shoot(ada, "file");
  await shoot(bob, "file-offered");
  await ada.page.keyboard.press("Escape");
  await ada.page.setViewportSize({ width: 1280, height: 800 });
  await ada.button("Send a reaction").click();
  await shoot(ada, "reactions");
});

test("pictures of a poor link, and of none", async ({ newcomer, startServer, turn }) => {
  const server = await startServer("--ice-server", turn.flag);
  const options = { site: server.url, tolerates: SERVER_IS_AWAY };
  const ada = await newcomer("Ada Lovelace", { ...options, prepare: relayOnly });
  const bob = await newcomer("Grace Hopper", options);
  await ada.join("far-harbour");
  await bob.join("far-harbour");
  await ada.sees(bob.name);
  turn.line.loss = 0.15;
  await expect(ada.tile(bob.name).getByRole("button", { name: /: poor$/ })).toBeAttached();
  await shoot(ada, "poor-link");
  await ada.tile(bob.name).getByRole("button", { name: /: poor$/ }).click();
  await expect(ada.page.getByRole("dialog")).toBeVisible();
  await shoot(ada, "quality-of-one");
  await ada.page.keyboard.press("Escape");
  await server.kill();
  await ada.hears("Reconnecting");
  await shoot(ada, "reconnecting");
});

test("pictures of the check, before and after", async ({ newcomer }) => {
  const ada = await newcomer("Ada Lovelace");
  await ada.visit("/check");
  await expect(ada.button("Start the check")).toBeEnabled();
  await shoot(ada, "check");
  await ada.button("Start the check").click();
  await expect(ada.button("Download the report")).toBeVisible({ timeout: 40_000 });
  await shoot(ada, "checked");
});

test("pictures in Arabic, from right to left", async ({ newcomer }) => {
  const [ada, bob] = [await newcomer("ليلى", { context: { locale: "ar" } }), await newcomer("Grace Hopper")];
  await bob.join("quiet-port");
  await ada.page.goto(`${ada.site}/r/quiet-port`);
  await ada.page.getByRole("textbox").first().fill(ada.name);
  await ada.page.locator("button.primary").first().click();
  await ada.page.locator("video").first().waitFor();
  await shoot(ada, "arabic-lobby");
  await ada.page.keyboard.press("Enter");
  await ada.page.locator("button.primary").last().click();
  await expect(ada.page.getByRole("toolbar")).toBeVisible();
  await ada.page.keyboard.press("c");
  await expect(ada.page.getByRole("log")).toBeVisible();
  await shoot(ada, "arabic-chat");
});

test("pictures of the first paint", async ({ newcomer }) => {
  const ada = await newcomer("Ada Lovelace", { context: { javaScriptEnabled: false } });
  await ada.page.goto(`${ada.site}/r/quiet-harbour`);
  await shoot(ada, "first-paint");
});

async function write(person: Participant, text: string): Promise<void> {
  await person.page.keyboard.press("c");
  await person.page.getByRole("textbox", { name: "Message to everyone" }).fill(text);
  await person.page.keyboard.press("Enter");
  await person.page.keyboard.press("Escape");
}

test("pictures of a denied camera", async ({ newcomer }) => {
  const ada = await newcomer("Ada Lovelace", { allowsDevices: false });
  await ada.openLobby("quiet-harbour");
  await ada.button("Use camera and microphone").click();
  await expect(ada.page.getByRole("heading", { level: 2 })).toBeVisible();
  await shoot(ada, "denied");
});
