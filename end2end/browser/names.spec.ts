import type { Participant } from "./support/participant.ts";
import { chat } from "./support/chat.ts";
import { Raw } from "./support/raw.ts";
import { expect, test } from "./support/test.ts";

test("two people of one name are told apart everywhere, and the host's name is the host's", async ({ newcomer, room, server }) => {
  const [ada, second, cleo] = [await newcomer("Ada"), await newcomer("Ada"), await newcomer("Cleo")];
  await joinWithout(ada, room);
  await joinWithout(cleo, room);
  await joinWithout(second, room);
  for (const person of [ada, cleo]) {
    await expect(person.tile("Ada (2)"), person.name).toBeVisible();
    await person.hears("Ada (2) joined");
  }
  await expect(cleo.tile("Ada")).toBeVisible();
  await expect(second.tile("Ada"), "the other one").toBeVisible();
  await expect(second.ownTile).toHaveAccessibleName("Ada (2) (you)");
  await expect(ada.ownTile).toHaveAccessibleName("Ada (you)");

  const eve = await Raw.enter(server.url, room, "\u0410da (2)");
  await cleo.hears("\u0410da (2) (2) joined");
  await cleo.page.keyboard.press("p");
  const rows = cleo.page.getByRole("complementary", { name: "People" }).getByRole("listitem");
  await expect(rows.locator(".people-name")).toHaveText(["Cleo (you)", "Ada", "Ada (2)", "\u0410da (2) (2)"]);
  await expect(rows.filter({ hasText: "Host" }).locator(".people-name")).toHaveText("Ada");

  await write(second, "from the second");
  await cleo.hears("Ada (2) wrote: from the second");
  await write(ada, "from the first");
  await cleo.page.keyboard.press("c");
  await expect(chat(cleo).locator(".chat-name")).toHaveText(["Ada (2)", "Ada"]);
  await ada.page.keyboard.press("Escape");
  await ada.page.keyboard.press("p");
  await ada.button("Remove Ada (2)").click();
  await expect(ada.page.getByRole("alertdialog", { name: "Remove Ada (2)?" })).toBeVisible();
  await ada.page.keyboard.press("Escape");

  await ada.leave();
  await cleo.noLongerSees("Ada");
  await expect(cleo.tile("Ada (2)"), "the second never looks like the first").toBeVisible();
  await expect(chat(cleo).locator(".chat-name"), "nobody of that look is here").toHaveText(["Ada (2)", "Ada (earlier)"]);
  eve.vanish();
});

async function joinWithout(person: Participant, room: string): Promise<void> {
  await person.openLobby(room);
  await person.button("Continue without").click();
  await person.nameAndJoin();
}

async function write(person: Participant, text: string): Promise<void> {
  await person.page.keyboard.press("c");
  const field = person.page.getByRole("textbox", { name: "Message to everyone" });
  await field.fill(text);
  await field.press("Enter");
}
