import { fileURLToPath } from "node:url";

import type { Participant } from "./support/participant.ts";
import { expect, test } from "./support/test.ts";

const FOLDER = fileURLToPath(new URL("../results/screenshots/", import.meta.url));
const THEMES = ["dark", "light"] as const;
const SIZES = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
];

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
  await ada.page.keyboard.press("p");
  await expect(ada.page.getByRole("complementary", { name: "People" })).toBeVisible();
  await shoot(ada, "people");
  await ada.page.keyboard.press("p");
  await ada.page.keyboard.press("g");
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

/** Takes both themes in both sizes, once toasts are gone and tiles have settled. */
async function shoot(person: Participant, name: string): Promise<void> {
  await person.page.mouse.move(0, 0);
  const toasts = person.page.locator("[role=status]").filter({ hasText: /./ });
  await expect(toasts).toHaveCount(0, { timeout: 20_000 });
  for (const colorScheme of THEMES) {
    for (const size of SIZES) {
      await person.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await person.page.setViewportSize(size);
      await person.page.waitForTimeout(700);
      const path = `${FOLDER}${name}-${size.width}x${size.height}-${colorScheme}.png`;
      await person.page.screenshot({ path });
    }
  }
}
