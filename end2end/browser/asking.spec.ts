import type { Locator } from "@playwright/test";

import type { Participant } from "./support/participant.ts";
import { expect, test } from "./support/test.ts";

test("ending for all and handing over ask first, and Escape changes nothing", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben")];
  await joinWithout(ada, room);
  await joinWithout(ben, room);
  await ada.page.keyboard.press("p");
  for (const [opener, title] of [
    ["End the meeting for all", "End the meeting for all?"],
    ["Make Ben the host", "Make Ben the host?"],
    ["Remove Ben", "Remove Ben?"],
  ] as const) {
    const button = people(ada).getByRole("button", { name: opener });
    await button.click();
    const question = ada.page.getByRole("alertdialog", { name: title });
    await expect(question, "its text is read with it").toHaveAccessibleDescription(/./);
    await expect(question.getByRole("button", { name: "Cancel" }), "the safe answer").toBeFocused();
    await ada.page.keyboard.press("Escape");
    await expect(ada.page.getByRole("alertdialog")).toHaveCount(0);
    await expect(button, "the focus is back").toBeFocused();
    await button.press("Enter");
    await expect(question).toBeVisible();
    await ada.page.keyboard.press("Enter");
    await expect(ada.page.getByRole("alertdialog"), "Enter takes the safe answer").toHaveCount(0);
  }
  await expect(ben.button("Leave"), "Ben is still inside").toBeVisible();
  await expect(people(ada).getByRole("button", { name: "Lock the room" }), "Ada is still the host").toBeVisible();

  await people(ada).getByRole("button", { name: "Make Ben the host" }).click();
  await ada.button("Hand over").click();
  await ben.hears("You are the host now");
  await expect(people(ada).getByRole("heading", { name: "People" })).toBeFocused();
});

test("a question about who leaves meanwhile goes away", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben")];
  await joinWithout(ada, room);
  await joinWithout(ben, room);
  await ada.page.keyboard.press("p");
  await people(ada).getByRole("button", { name: "Remove Ben" }).click();
  await expect(ada.page.getByRole("alertdialog", { name: "Remove Ben?" })).toBeVisible();
  await ben.leave();
  await expect(ada.page.getByRole("alertdialog")).toHaveCount(0);
  await expect(people(ada).getByRole("heading", { name: "People" })).toBeFocused();
});

test("removing offers to lock, asks about a shared address, and who is out stays out", async ({ newcomer, room }) => {
  const [ada, ben, cleo] = [await newcomer("Ada"), await newcomer("Ben"), await newcomer("Cleo")];
  await joinWithout(ada, room);
  await joinWithout(ben, room);
  await joinWithout(cleo, room);
  await ada.page.keyboard.press("p");
  await people(ada).getByRole("button", { name: "Remove Ben" }).click();
  await ada.page.getByRole("checkbox", { name: /^Lock the room too/ }).check();
  await ada.button("Remove").click();
  const shared = ada.page.getByRole("alertdialog", { name: "Ben shares an address with others" });
  await expect(shared).toHaveAccessibleDescription(/^2 others here come from the same address/);
  await expect(ada.button("Cancel")).toBeFocused();
  await expect(ben.button("Leave"), "nothing has happened yet").toBeVisible();
  await ada.button("Remove and keep that address out").click();
  await ada.hears("The room is locked");
  await ada.noLongerSees("Ben");
  await cleo.noLongerSees("Ben");
  await expect(ben.page.getByRole("heading", { name: "You were removed" })).toBeFocused();
  await expect(ben.page.getByRole("main").getByRole("button"), "no way that leads nowhere").toHaveCount(0);

  await ben.openLobby(room);
  await ben.button("Continue without").click();
  await ben.page.getByRole("textbox", { name: "Your name" }).fill("Somebody else");
  await ben.button("Join").click();
  await expect(ben.page.getByRole("heading", { name: "You were removed" })).toBeVisible();
  await expect(ben.page.getByText("You cannot come back while it lasts.")).toBeVisible();
  await expect(ben.page.getByRole("main").getByRole("button"), "trying again would not help").toHaveCount(0);
  await expect(cleo.button("Leave"), "Cleo, of the same address, stays").toBeVisible();
});

test("what was said of a call goes with it", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben")];
  await joinWithout(ada, room);
  await joinWithout(ben, room);
  await ada.hears("Ben joined");
  await ben.button("Raise hand").click();
  await expect(ada.page.getByRole("status").filter({ hasText: "Ben raised a hand" })).toBeVisible();
  await ada.button("Leave").click();
  await expect(ada.page.getByRole("heading", { name: "You left the meeting" })).toBeVisible();
  await expect(ada.page.getByRole("status"), "sooner than it would go by itself").toHaveText("", { timeout: 2_000 });
});

async function joinWithout(person: Participant, room: string): Promise<void> {
  await person.openLobby(room);
  await person.button("Continue without").click();
  await person.nameAndJoin();
}

function people(person: Participant): Locator {
  return person.page.getByRole("complementary", { name: "People" });
}
