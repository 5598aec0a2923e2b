import type { Locator } from "@playwright/test";

import { chat, field } from "./support/chat.ts";
import { Crowd } from "./support/crowd.ts";
import { installScreen } from "./support/screen.ts";
import { expect, test } from "./support/test.ts";

test("a raised hand is seen, numbered and said, and stays over a late join", async ({ newcomer, room }) => {
  const [ada, ben, cleo] = [await newcomer("Ada"), await newcomer("Ben"), await newcomer("Cleo")];
  await ada.join(room);
  await ben.join(room);
  await ada.sees("Ben");
  await ben.button("Raise hand").click();
  await ada.hears("Ben raised a hand");
  await ada.page.keyboard.press("h");
  await cleo.join(room);
  await expect(cleo.tile("Ben").getByText("Hand raised, number 1:")).toBeAttached();
  await expect(cleo.tile("Ada").getByText("Hand raised, number 2:")).toBeAttached();
  await ben.button("Lower hand").click();
  await expect(cleo.tile("Ada").getByText("Hand raised, number 1:")).toBeAttached();
  await expect(cleo.tile("Ben").getByText(/Hand raised/)).toHaveCount(0);
});

test("keys do what the list of keys says, and nothing where one types", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada");
  await ada.join(room);
  const { keyboard } = ada.page;
  await keyboard.press("m");
  await expect(ada.button("Turn microphone on")).toBeVisible();
  await keyboard.press("Control+d");
  await expect(ada.button("Turn microphone off")).toBeVisible();
  await keyboard.press("v");
  await expect(ada.button("Turn camera on")).toBeVisible();
  await keyboard.press("F2");
  await expect(ada.button("Turn microphone off")).toBeFocused();
  await keyboard.press("?");
  const keys = ada.page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(keys).toBeVisible();
  await expect(keys.getByText("Hold to talk")).toBeVisible();
  await keys.getByRole("checkbox", { name: "Use single keys" }).uncheck();
  await keyboard.press("Escape");
  await expect(keys).toHaveCount(0);
  await expect(ada.button("Turn microphone off")).toBeFocused();
  await keyboard.press("m");
  await expect(ada.button("Turn microphone off")).toBeVisible();
  await ada.reload();
  await ada.page.getByRole("button", { name: "Use camera and microphone" }).click();
  await ada.nameAndJoin();
  await keyboard.press("m");
  await expect(ada.button("Turn microphone off"), "what was chosen is remembered").toBeVisible();
});

test("buttons show their keys to whoever wants to learn them", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada");
  await ada.join(room);
  const caption = () => ada.button("Turn microphone off").evaluate((button) => getComputedStyle(button, "::after").content);
  expect(await caption()).toBe("none");
  await ada.button("More options").click();
  await ada.button("Settings").click();
  await ada.page.getByRole("checkbox", { name: "Show the keys on the buttons" }).check();
  expect(await caption()).toBe('"M"');
  await expect(ada.page.locator(".call-idle"), "nothing is done for a while").toHaveCount(1, { timeout: 10_000 });
  expect(await caption()).toBe('"M"');
  await ada.page.getByRole("checkbox", { name: "Use single keys" }).uncheck();
  expect(await caption(), "keys that do nothing").toBe("none");
});

test("letters share the screen and switch the camera, and none does anything while one types", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada", { prepare: installScreen });
  await ada.join(room);
  const { keyboard } = ada.page;
  await keyboard.press("s");
  await expect(ada.page.getByRole("group", { name: "You are sharing your screen." })).toBeVisible();
  await keyboard.press("s");
  await expect(ada.button("Share screen")).toBeVisible();
  await keyboard.press("Control+e");
  await expect(ada.button("Turn camera on")).toBeVisible();
  await keyboard.press("Control+e");
  await expect(ada.button("Turn camera off")).toBeVisible();
  await keyboard.press("c");
  await field(ada).focus();
  await keyboard.type("mvshcpgf?");
  await expect(field(ada)).toHaveValue("mvshcpgf?");
  await expect(chat(ada)).toBeVisible();
  await expect(ada.page.getByRole("dialog")).toHaveCount(0);
  for (const name of ["Turn microphone off", "Turn camera off", "Share screen", "Raise hand", "Show people (1 here)"]) {
    await expect(ada.button(name), "as it was").toBeVisible();
  }
  expect((await ada.said()).filter((said) => /Full screen|shown/.test(said))).toEqual([]);
});

test("keys with Control do nothing either while one types", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada");
  await ada.join(room);
  await ada.page.keyboard.press("c");
  await field(ada).focus();
  await ada.page.keyboard.press("Control+d");
  await ada.page.keyboard.press("Control+e");
  await ada.page.keyboard.type("here");
  await expect(field(ada)).toHaveValue("here");
  for (const name of ["Turn microphone off", "Turn camera off"]) {
    await expect.soft(ada.button(name), "as it was").toBeVisible({ timeout: 2_000 });
  }
});

test("Space talks for as long as it is held", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada");
  await ada.join(room);
  await ada.button("Turn microphone off").click();
  await ada.page.locator("h1").click();
  await ada.page.keyboard.down(" ");
  await expect(ada.button("Turn microphone off")).toBeVisible();
  await ada.page.keyboard.up(" ");
  await expect(ada.button("Turn microphone on")).toBeVisible();
  await ada.page.keyboard.down(" ");
  await expect(ada.button("Turn microphone off")).toBeVisible();
  await ada.page.evaluate(() => window.dispatchEvent(new Event("blur")));
  await expect(ada.button("Turn microphone on")).toBeVisible();
});

test("who talks while muted is told, and can unmute there", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada");
  await ada.join(room);
  const prompt = ada.page.getByRole("group", { name: "You are muted, nobody hears you." });
  await ada.button("Turn microphone off").click();
  // The fake microphone beeps once a second; a beep is no talk, but many in a row are.
  await expect(prompt).toBeVisible();
  await ada.hears("You are muted, nobody hears you.");
  await expect(ada.page.locator(".toast").filter({ visible: true }), "it is shown once").toHaveCount(0);
  await prompt.getByRole("button", { name: "Unmute" }).click();
  await expect(prompt).toHaveCount(0);
  await expect(ada.button("Turn microphone off"), "the line went, and the focus did not").toBeFocused();
});

test("the people are listed, and the focus goes there and back", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben")];
  await ada.join(room);
  await ben.join(room);
  await ada.sees("Ben");
  await ben.button("Turn microphone off").click();
  const opener = ada.button("Show people (2 here)");
  await opener.click();
  const panel = ada.page.getByRole("complementary", { name: "People" });
  await expect(panel.getByRole("heading", { name: "People" })).toBeFocused();
  const row = panel.getByRole("listitem").filter({ hasText: "Ben" });
  await expect(row.getByText("Muted")).toBeAttached();
  await row.getByRole("slider", { name: "Volume of Ben" }).fill("30");
  const volume = () => ada.tile("Ben").locator("audio").evaluate((audio: HTMLAudioElement) => audio.volume);
  await expect.poll(volume).toBeCloseTo(0.3);
  await ada.page.keyboard.press("Escape");
  await expect(panel).toHaveCount(0);
  await expect(ada.button("Show people (2 here)")).toBeFocused();
});

test("the speaker is large, a pin is stronger, and nothing that plays is moved", async ({ newcomer, room }) => {
  const [ada, ben, cleo] = [await newcomer("Ada"), await newcomer("Ben"), await newcomer("Cleo")];
  for (const person of [ada, ben, cleo]) await person.join(room);
  await ada.sees("Ben");
  await ada.sees("Cleo");
  await ada.page.evaluate(() => {
    for (const video of document.querySelectorAll("video")) video.dataset["kept"] = "yes";
  });
  await ada.page.keyboard.press("g");
  await ada.hears("Who speaks is shown large");
  await ada.tile("Ben").hover();
  await ada.button("Pin Ben").click();
  await ada.hears("Pinned");
  const ratio = async () => (await area(ada.tile("Ben"))) / (await area(ada.tile("Cleo")));
  await expect.poll(ratio).toBeGreaterThan(4);
  await ada.tile("Ben").hover();
  await ada.button("Unpin Ben").click();
  await ada.page.keyboard.press("g");
  await ada.hears("Everyone is shown alike");
  await expect.poll(ratio).toBeCloseTo(1, 1);
  await expect(ada.page.locator("video[data-kept]")).toHaveCount(3);
  await ada.button("More options").click();
  await ada.button("Hide my own view").click();
  await expect(ada.ownTile).toBeHidden();
  await ada.hears("Your own view is hidden");
  await ada.page.keyboard.press("f");
  await ada.hears("Full screen is on");
  await ada.button("More options").click();
  await ada.button("Leave full screen").click();
  await ada.hears("Full screen is off");
});

test("many are on pages", async ({ newcomer, room, server }) => {
  const ada = await newcomer("Ada");
  await ada.page.setViewportSize({ width: 390, height: 700 });
  await ada.join(room);
  const crowd = await Crowd.enter(server.url, room, 7);
  await expect(ada.tiles, "those of the other page are hidden").toHaveCount(6);
  const pages = ada.page.getByRole("navigation", { name: "Page 1 of 2" });
  await expect(pages.getByRole("button", { name: "Previous page" })).toBeDisabled();
  await pages.getByRole("button", { name: "Next page" }).click();
  await expect(ada.page.getByRole("navigation", { name: "Page 2 of 2" })).toBeVisible();
  await ada.hears("Page 2 of 2");
  await expect(ada.tiles).toHaveCount(2);
  crowd.disperse();
  await expect(ada.tiles).toHaveCount(1);
});

test("the page is as light or dark as was chosen, and the picture as mirrored", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada");
  await ada.join(room);
  await ada.button("More options").click();
  await ada.button("Settings").click();
  const settings = ada.page.getByRole("dialog", { name: "Settings" });
  await settings.getByLabel("Appearance").selectOption("Dark");
  const background = () => ada.page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  expect(await background()).toBe("rgb(15, 18, 22)");
  await settings.getByLabel("Appearance").selectOption("Light");
  expect(await background()).toBe("rgb(246, 247, 249)");
  await expect(ada.ownTile.locator("video")).toHaveClass(/mirrored/);
  await settings.getByRole("checkbox", { name: "Mirror my own view" }).uncheck();
  await expect(ada.ownTile.locator("video")).not.toHaveClass(/mirrored/);
  await settings.getByRole("button", { name: "Close" }).click();
  await expect(settings).toHaveCount(0);
});

test("less of the camera is sent where less is to be", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben")];
  await ada.join(room);
  await ben.join(room);
  await ada.sees("Ben");
  await ben.button("More options").click();
  await ben.button("Settings").click();
  await ben.page.getByRole("combobox", { name: "Send" }).selectOption("Small pictures, saves data");
  const width = () => ada.tile("Ben").locator("video").evaluate((video: HTMLVideoElement) => video.videoWidth);
  await expect.poll(width, { timeout: 30_000 }).toBeLessThan(400);
});

async function area(tile: Locator): Promise<number> {
  const box = await tile.boundingBox();
  return (box?.width ?? 0) * (box?.height ?? 0);
}
