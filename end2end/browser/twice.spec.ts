import { Participant } from "./support/participant.ts";
import { chat } from "./support/chat.ts";
import { expect, test } from "./support/test.ts";

const ELSEWHERE = "You are in this meeting in another tab.";

test("a second tab says so, and takes the meeting along as the same participant", async ({ newcomer, room }) => {
  test.setTimeout(120_000);
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben")];
  await ben.join(room);
  await ada.join(room);
  await ben.sees("Ada");
  const id = await ben.idOf("Ada");
  await ada.button("Turn microphone off").click();
  await write(ada, "from the first tab");
  await ben.hears("Ada wrote: from the first tab");

  const again = await secondTab(ada);
  await again.openLobby(room);
  await expect(again.page.getByRole("group", { name: ELSEWHERE })).toBeVisible();
  await expect(again.button("Join as well, as somebody else")).toBeVisible();
  await again.button("Move the meeting here").click();
  await again.isInside();
  await expect(ada.page.getByRole("heading", { name: "You are in this meeting elsewhere" })).toBeVisible();
  await ada.hasFreedEverything();
  await expect(again.button("Turn microphone on"), "muted as before").toBeVisible();
  await ben.sees("Ada");
  await again.sees("Ben");
  expect(await ben.idOf("Ada"), "the same participant").toBe(id);
  await expect(ben.tiles).toHaveCount(2);
  expect((await ben.said()).filter((text) => /Ada( \(2\))? (left|joined)/.test(text)), "nobody has left or come").toHaveLength(1);

  await write(again, "from the second tab");
  await ben.hears("Ada wrote: from the second tab");
  await expect(chat(again).locator(".chat-text")).toHaveText(["from the first tab", "from the second tab"]);
  await expect(chat(again).locator(".chat-name")).toHaveText(["You", "You"]);

  await ada.page.getByRole("main").getByRole("button").click();
  await expect(ada.page.getByRole("group", { name: ELSEWHERE }), "and back again").toBeVisible();
  await ada.button("Move the meeting here").click();
  await ada.isInside();
  await expect(again.page.getByRole("heading", { name: "You are in this meeting elsewhere" })).toBeVisible();
  await ben.sees("Ada");
  expect(await ben.idOf("Ada")).toBe(id);
});

test("two people at one browser can both be in, and a lobby hears that a tab has gone", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada");
  const again = await secondTab(ada);
  await again.openLobby(room);
  await expect(again.page.getByRole("group", { name: ELSEWHERE })).toHaveCount(0);
  await joinWithout(ada, room);
  await expect(again.page.getByRole("group", { name: ELSEWHERE }), "while one waits in the lobby, too").toBeVisible();
  await again.button("Continue without").click();
  await again.page.getByRole("textbox", { name: "Your name" }).fill("Bob");
  await again.button("Join as well, as somebody else").click();
  await again.isInside();
  await expect(ada.tile("Bob")).toBeVisible();
  const third = await secondTab(ada);
  await third.openLobby(room);
  await expect(third.page.getByRole("group", { name: ELSEWHERE })).toBeVisible();
  await ada.leave();
  await expect(third.page.getByRole("group", { name: ELSEWHERE }), "Bob is there still").toBeVisible();
  await again.page.close();
  await expect(third.page.getByRole("group", { name: ELSEWHERE })).toHaveCount(0);
  await expect(third.button("Join")).toBeVisible();
});

test("a tab that was duplicated does not take the meeting by itself", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada");
  await joinWithout(ada, room);
  // As the browser does when it duplicates a tab: what the session stores is copied.
  const stored = await ada.page.evaluate(() => Object.entries(sessionStorage));
  const again = await secondTab(ada);
  await again.page.addInitScript((entries) => entries.forEach(([key, value]) => sessionStorage.setItem(key, value)), stored);
  await again.openLobby(room);
  await expect(again.page.getByRole("group", { name: ELSEWHERE })).toBeVisible();
  await expect(ada.button("Leave"), "the first one stays").toBeVisible();
});

test("where nothing may be stored and no page hears another, one joins as ever", async ({ newcomer, room }) => {
  const prepare = () => {
    const forbid = (name: string) =>
      Object.defineProperty(window, name, {
        get: () => {
          throw new DOMException("not here", "SecurityError");
        },
      });
    forbid("localStorage");
    forbid("sessionStorage");
    Reflect.deleteProperty(window, "BroadcastChannel");
  };
  const ada = await newcomer("Ada", { prepare });
  await joinWithout(ada, room);
  await expect(ada.button("Leave")).toBeVisible();
});

async function secondTab(of: Participant): Promise<Participant> {
  return new Participant(await of.page.context().newPage(), of.name, of.site);
}

async function joinWithout(person: Participant, room: string): Promise<void> {
  await person.openLobby(room);
  await person.button("Continue without").click();
  await person.nameAndJoin();
}

async function write(person: Participant, text: string): Promise<void> {
  const field = person.page.getByRole("textbox", { name: "Message to everyone" });
  if (!(await field.isVisible())) await person.button("Open chat").click();
  await field.fill(text);
  await field.press("Enter");
}
