import { expect, type Locator } from "@playwright/test";

import type { Participant } from "./support/participant.ts";
import { Proxy } from "./support/proxy.ts";
import { SERVER_IS_AWAY, test } from "./support/test.ts";

test("what is written arrives, counts as unread, and a newcomer gets it from those inside", async ({ newcomer, room }) => {
  const [ada, ben, cleo] = [await newcomer("Ada"), await newcomer("Ben"), await newcomer("Cleo")];
  await joinWithout(ada, room);
  await joinWithout(ben, room);
  await write(ada, "Hello <b>Ben</b> https://example.org/a?b=c javascript:alert(1)");
  await ben.hears("Ada wrote: Hello");
  await ben.button("Open chat, 1 unread message").click();
  await expect(chat(ben).getByText("It is gone when the call ends.")).toBeVisible();
  const line = chat(ben).getByText("Hello <b>Ben</b>");
  await expect(line).toBeVisible();
  await expect(line.getByRole("link")).toHaveCount(1);
  await expect(line.getByRole("link")).toHaveAttribute("rel", "noopener noreferrer");
  await write(ben, "First line\nsecond line");
  await expect(chat(ada).getByText("second line")).toBeVisible();
  await expect(ben.button("Close chat")).toBeVisible();
  await joinWithout(cleo, room);
  await cleo.page.keyboard.press("c");
  await expect(chat(cleo).locator(".chat-text")).toHaveText([/Hello/, /First line\s+second line/]);
  await expect(chat(cleo).locator(".chat-name")).toHaveText(["Ada", "Ben"]);
});

test("a socket that is cut while one writes loses nothing and doubles nothing", async ({ newcomer, room, startServer }) => {
  const server = await startServer();
  const proxy = await Proxy.before(server.port);
  const ada = await newcomer("Ada", { site: proxy.url, tolerates: SERVER_IS_AWAY });
  // A build to try things with would load the page anew.
  await ada.page.route("**/healthz", (route) => route.fulfill());
  const [ben, cleo] = [await newcomer("Ben", { site: server.url }), await newcomer("Cleo", { site: server.url })];
  await joinWithout(ada, room);
  await joinWithout(ben, room);
  await ben.button("Open chat").click();
  await write(ada, "1 before");
  proxy.cut();
  await write(ada, "2 just now");
  await ada.hears("Reconnecting");
  await write(ada, "3 meanwhile");
  await write(ben, "4 by Ben");
  proxy.mend();
  await ada.hears("Connected again");
  await write(ada, "5 after");
  const written = ["1 before", "2 just now", "3 meanwhile", "4 by Ben", "5 after"];
  await joinWithout(cleo, room);
  await cleo.page.keyboard.press("c");
  const texts = (person: Participant) => chat(person).locator(".chat-text").allTextContents();
  for (const person of [ada, ben, cleo]) {
    await expect.poll(async () => (await texts(person)).toSorted(), person.name).toEqual(written);
  }
  expect(await texts(ada), "in the same order").toEqual(await texts(ben));
  expect(await texts(cleo)).toEqual(await texts(ben));
  await expect(chat(ada).getByText("On its way")).toHaveCount(0);
  await proxy.close();
});

test("keys do nothing while one writes, and a message of any size is no trouble", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada");
  await joinWithout(ada, room);
  await ada.button("Open chat").click();
  const field = ada.page.getByRole("textbox", { name: "Message to everyone" });
  await field.pressSequentially("hm?");
  await expect(field).toHaveValue("hm?");
  await expect(ada.page.getByRole("dialog")).toHaveCount(0);
  await field.fill("x".repeat(10_000));
  await field.press("Enter");
  await expect(chat(ada).getByRole("alert")).toHaveText("A message has at most 2000 characters.");
  await field.fill("\u202eevil \u0301\u0301\u0301\u0301 👩‍👩‍👧");
  await field.press("Enter");
  await expect(chat(ada).locator(".chat-text")).toHaveCount(1);
  expect(await ada.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
});

test("reactions float by for everybody, a thousand of them too", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben")];
  await joinWithout(ada, room);
  await joinWithout(ben, room);
  await ada.button("Send a reaction").click();
  await ada.button("Applause").click();
  await expect(ben.page.locator(".floating-reaction").filter({ hasText: "Ada" })).toHaveText(/👏/);
  await ada.page.evaluate(() => {
    const clap = document.querySelector<HTMLButtonElement>('.reaction[aria-label="Applause"]');
    for (let click = 0; click < 1_000; click += 1) clap?.click();
  });
  await expect(ada.button("Leave")).toBeEnabled();
  expect(await ben.page.locator(".floating-reaction").count()).toBeLessThan(30);
  await expect(ben.page.locator(".floating-reaction"), "they go by themselves").toHaveCount(0);
  await write(ada, "still here");
  await ben.hears("still here");
});

test("the host mutes, lowers hands, removes and hands over; nobody else can", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben")];
  await ada.join(room);
  await ben.join(room);
  await ada.sees("Ben");
  await ben.button("Raise hand").click();
  await ben.page.keyboard.press("p");
  await expect(people(ben).getByRole("button", { name: "Mute Ada", exact: true })).toHaveCount(0);
  await ada.page.keyboard.press("p");
  await people(ada).getByRole("button", { name: "Mute Ben", exact: true }).click();
  await ben.hears("The host muted you");
  await expect(ben.button("Turn microphone on")).toBeVisible();
  await people(ada).getByRole("button", { name: "Lower the hand of Ben" }).click();
  await ben.hears("The host lowered your hand");
  await expect(ben.button("Raise hand")).toBeVisible();
  await expect(people(ada).getByRole("button", { name: /^Lower/ }), "where no hand is raised").toHaveCount(0);
  await people(ada).getByRole("button", { name: "Make Ben the host" }).click();
  await ada.button("Hand over").click();
  await ben.hears("You are the host now");
  await people(ben).getByRole("button", { name: "Remove Ada" }).click();
  await ben.button("Remove").click();
  await ben.button("Remove only").click();
  await expect(ada.page.getByRole("heading", { name: "You were removed" })).toBeFocused();
  await expect(ada.page.getByRole("main").getByRole("button"), "who was put out is not asked back").toHaveCount(0);
  await expect(ada.page.getByRole("link", { name: "Home" })).toBeVisible();
  await ben.noLongerSees("Ada");
  await ada.hasFreedEverything();
});

test("a locked room lets in who knocks and is admitted, and ends for all", async ({ newcomer, room }) => {
  const [ada, ben, cleo] = [await newcomer("Ada"), await newcomer("Ben"), await newcomer("Cleo")];
  await joinWithout(ada, room);
  await ada.page.keyboard.press("p");
  await people(ada).getByRole("button", { name: "Lock the room" }).click();
  await ada.hears("The room is locked");
  for (const person of [ben, cleo]) {
    await person.openLobby(room);
    await person.button("Continue without").click();
    await person.page.getByRole("textbox", { name: "Your name" }).fill(person.name);
    await person.button("Join").click();
    await expect(person.page.getByRole("heading", { name: "This room is locked" })).toBeVisible();
    await person.button("Ask to be let in").click();
    await expect(person.page.getByRole("heading", { name: "The host has been asked" })).toBeVisible();
    await ada.hears(`${person.name} wants to join`);
  }
  await ada.page.getByRole("group", { name: "Ben wants to join" }).getByRole("button", { name: "Admit" }).click();
  await ben.isInside();
  await people(ada).getByRole("button", { name: "Refuse Cleo" }).click();
  await expect(cleo.page.getByRole("heading", { name: "You were not let in" })).toBeVisible();
  await people(ada).getByRole("button", { name: "End the meeting for all" }).click();
  await ada.button("End for all").click();
  for (const person of [ada, ben]) {
    await expect(person.page.getByRole("heading", { name: "The meeting is over" })).toBeVisible();
  }
});

test("the host lowers all hands, mutes all, and unlocks the door", async ({ newcomer, room }) => {
  const [ada, ben, cleo] = [await newcomer("Ada"), await newcomer("Ben"), await newcomer("Cleo")];
  await ada.join(room);
  await ben.join(room);
  await joinWithout(cleo, room);
  await expect(ada.tiles).toHaveCount(3);
  for (const person of [ben, cleo]) await person.button("Raise hand").click();
  await ada.page.keyboard.press("p");
  await people(ada).getByRole("button", { name: "Lower all hands" }).click();
  for (const person of [ben, cleo]) {
    await person.hears("The host lowered your hand");
    await expect(person.button("Raise hand")).toBeVisible();
  }
  await expect(ada.page.getByText(/Hand raised/)).toHaveCount(0);
  await expect(people(ada).getByRole("button", { name: "Lower all hands" }), "none is raised").toHaveCount(0);
  await people(ada).getByRole("button", { name: "Mute all" }).click();
  await ben.hears("The host muted you");
  await expect(ben.button("Turn microphone on")).toBeVisible();
  await expect(ada.tile("Ben").getByText("Muted:")).toBeAttached();
  await expect(ada.button("Turn microphone off"), "the host is not meant").toBeVisible();

  await people(ada).getByRole("button", { name: "Lock the room" }).click();
  await ben.hears("The room is locked");
  await cleo.leave();
  await cleo.button("Rejoin").click();
  await cleo.button("Join").click();
  await expect(cleo.page.getByRole("heading", { name: "This room is locked" })).toBeVisible();
  await people(ada).getByRole("button", { name: "Unlock the room" }).click();
  await ben.hears("The room is open");
  await joinWithout(cleo, room);
  await expect(ada.tile("Cleo")).toBeVisible();
  await expect(ada.page.getByText("Cleo wants to join"), "nobody had to knock").toHaveCount(0);
});

test("the lobby tells who is inside", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben")];
  await ben.openLobby(room);
  await expect(ben.page.getByText("Nobody is here yet.")).toBeVisible();
  await joinWithout(ada, room);
  await expect(ben.page.getByText("Here already: Ada")).toBeVisible();
  await ada.leave();
  await expect(ben.page.getByText("Nobody is here yet.")).toBeVisible();
});

test("who wants less of the others gets less", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben")];
  await ada.join(room);
  await ben.join(room);
  await ada.sees("Ben");
  await ada.button("More options").click();
  await ada.button("Settings").click();
  await ada.page.getByLabel("Receive").selectOption("Small pictures, saves data");
  const width = () => ada.tile("Ben").locator("video").evaluate((video: HTMLVideoElement) => video.videoWidth);
  await expect.poll(width, { timeout: 30_000 }).toBeLessThan(400);
});

async function joinWithout(person: Participant, room: string): Promise<void> {
  await person.openLobby(room);
  await person.button("Continue without").click();
  await person.nameAndJoin();
}

async function write(person: Participant, text: string): Promise<void> {
  const field = person.page.getByRole("textbox", { name: "Message to everyone" });
  if (!(await field.isVisible())) await person.button("Open chat").click();
  const [first, ...more] = text.split("\n");
  await field.fill(first ?? "");
  for (const line of more) {
    await field.press("Shift+Enter");
    await field.pressSequentially(line);
  }
  await field.press("Enter");
}

function chat(person: Participant): Locator {
  return person.page.getByRole("complementary", { name: "Chat" });
}

function people(person: Participant): Locator {
  return person.page.getByRole("complementary", { name: "People" });
}
