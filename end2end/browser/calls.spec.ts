import { expectBytesGrow, expectSilence, expectSound, longestPause, showsFrames, watchPauses } from "./support/media.ts";
import type { Participant } from "./support/participant.ts";
import { expect, test } from "./support/test.ts";

for (const count of [2, 3, 4]) {
  test(`${count} people see and hear each other`, async ({ newcomer, room }) => {
    const people: Participant[] = [];
    for (const name of ["Ada", "Bob", "Cleo", "Dan"].slice(0, count)) {
      const person = await newcomer(name);
      await person.join(room);
      people.push(person);
    }
    for (const person of people) {
      await expect(person.tiles).toHaveCount(count);
      await person.seesThemselves();
      for (const other of people.filter((other) => other !== person)) await person.sees(other.name);
      await expectBytesGrow(person.page);
      await expectSound(person.page);
      expect(await person.openConnections()).toBe(count - 1);
    }
  });
}

test("two people who join at the same moment meet once", async ({ newcomer, room }) => {
  const [ada, bob] = [await newcomer("Ada"), await newcomer("Bob")];
  await Promise.all([ada.join(room), bob.join(room)]);
  await ada.sees("Bob");
  await bob.sees("Ada");
  expect(await ada.openConnections()).toBe(1);
});

test("one who comes late sees everyone and disturbs nobody", async ({ newcomer, room }) => {
  const [ada, bob, cleo] = [await newcomer("Ada"), await newcomer("Bob"), await newcomer("Cleo")];
  await ada.join(room);
  await bob.join(room);
  await ada.sees("Bob");
  await watchPauses(ada.page, `${await ada.idOf("Bob")}-video`, "Bob");
  await showsFrames(ada.page, 60);
  await cleo.join(room);
  await ada.hears("Cleo joined");
  for (const name of ["Ada", "Bob"]) await cleo.sees(name);
  await ada.sees("Cleo");
  await bob.sees("Cleo");
  await showsFrames(ada.page, 60);
  expect(await longestPause(ada.page)).toBeLessThan(2_000);
});

test("one who leaves is gone for the others and leaves nothing running", async ({ newcomer, room }) => {
  const [ada, bob, cleo] = [await newcomer("Ada"), await newcomer("Bob"), await newcomer("Cleo")];
  for (const person of [ada, bob, cleo]) await person.join(room);
  await ada.sees("Cleo");
  await cleo.sees("Bob");
  await bob.leave();
  await bob.hasFreedEverything();
  for (const person of [ada, cleo]) {
    await person.noLongerSees("Bob");
    await person.hears("Bob left");
    expect(await person.openConnections()).toBe(1);
  }
  await ada.sees("Cleo");
  await expectBytesGrow(ada.page);
});

test("one who left comes back by Rejoin", async ({ newcomer, room }) => {
  const [ada, bob] = [await newcomer("Ada"), await newcomer("Bob")];
  await ada.join(room);
  await bob.join(room);
  await ada.sees("Bob");
  await bob.leave();
  await ada.noLongerSees("Bob");
  await bob.button("Rejoin").click();
  await expect(bob.page.getByRole("textbox", { name: "Your name" })).toHaveValue("Bob");
  await bob.button("Join").click();
  await bob.isInside();
  await ada.sees("Bob");
  await bob.sees("Ada");
});

test("one who closes the tab is gone for the others", async ({ newcomer, room }) => {
  const [ada, bob] = [await newcomer("Ada"), await newcomer("Bob")];
  await ada.join(room);
  await bob.join(room);
  await ada.sees("Bob");
  await bob.page.close();
  await expect(ada.tile("Bob")).toHaveCount(0, { timeout: 40_000 });
  await ada.hears("Bob left");
});

test("one who reloads is back, once, under their name", async ({ newcomer, room }) => {
  test.setTimeout(90_000);
  const [ada, bob] = [await newcomer("Ada"), await newcomer("Bob")];
  await ada.join(room);
  await bob.join(room);
  await ada.sees("Bob");
  await bob.reload();
  await expect(bob.page.getByRole("textbox", { name: "Your name" })).toHaveValue("Bob");
  await bob.button("Join").click();
  await bob.isInside();
  await bob.sees("Ada");
  await expect(ada.tile("Bob")).toHaveCount(1, { timeout: 40_000 });
  await ada.sees("Bob");
  await expectSound(ada.page);
});

test("a muted microphone sends silence, and is shown", async ({ newcomer, room }) => {
  const [ada, bob] = [await newcomer("Ada"), await newcomer("Bob")];
  await ada.join(room);
  await bob.join(room);
  await expectSound(ada.page);
  await bob.button("Turn microphone off").click();
  await expect(ada.tile("Bob").getByText(/muted/i)).toBeAttached();
  await expectSilence(ada.page);
  await bob.button("Turn microphone on").click();
  await expect(ada.tile("Bob").getByText(/muted/i)).toHaveCount(0);
  await expectSound(ada.page);
});

test("a camera that is off stops the device, and comes back", async ({ newcomer, room }) => {
  const [ada, bob] = [await newcomer("Ada"), await newcomer("Bob")];
  await ada.join(room);
  await bob.join(room);
  await ada.sees("Bob");
  await bob.button("Turn camera off").click();
  await expect(ada.tile("Bob").getByText(/camera off/i)).toBeAttached();
  await expect.poll(() => bob.runningKinds()).toEqual(["audio"]);
  await bob.button("Turn camera on").click();
  await expect(ada.tile("Bob").getByText(/camera off/i)).toHaveCount(0);
  await ada.sees("Bob");
});

test("fast clicks on a toggle end in the last wish", async ({ newcomer, room }) => {
  const [ada, bob] = [await newcomer("Ada"), await newcomer("Bob")];
  await ada.join(room);
  await bob.join(room);
  await ada.sees("Bob");
  for (const label of ["off", "on", "off", "on", "off", "on"]) await bob.button(`Turn camera ${label}`).click();
  await expect.poll(() => bob.page.evaluate(() => window.probe.pendingCaptures), "no camera is awaited").toBe(0);
  await expect(bob.button("Turn camera off")).toBeVisible();
  await ada.sees("Bob");
  const cameras = () =>
    bob.page.evaluate(() => window.probe.runningTracks().filter(({ kind }) => kind === "video").length);
  await expect.poll(cameras, "one camera runs, and no other").toBe(1);
});
