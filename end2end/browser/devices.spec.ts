import type { Participant } from "./support/participant.ts";
import { expectMoving, expectSound } from "./support/media.ts";
import { expect, test } from "./support/test.ts";

test("nothing is asked for before a click, then once", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada");
  await ada.openLobby(room);
  await expect(ada.page.getByText("Nobody sees or hears you until you join.")).toBeVisible();
  expect(await ada.page.evaluate(() => window.probe.captureRequests)).toBe(0);
  await ada.button("Use camera and microphone").click();
  await expect(ada.page.getByRole("combobox", { name: "Camera" })).toBeVisible();
  await expect(ada.page.getByRole("combobox", { name: "Microphone" })).toBeVisible();
  expect(await ada.page.evaluate(() => window.probe.captureRequests)).toBe(1);
});

test("Join without a choice asks and joins; Enter in the name joins too", async ({ newcomer, room }) => {
  const [ada, bob] = [await newcomer("Ada"), await newcomer("Bob")];
  await ada.openLobby(room);
  await ada.nameAndJoin();
  await bob.openLobby(room);
  await bob.page.getByRole("textbox", { name: "Your name" }).fill("Bob");
  await bob.page.keyboard.press("Enter");
  await bob.isInside();
  await ada.sees("Bob");
  await bob.sees("Ada");
});

test("nobody joins without a name, and is told why", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada");
  await ada.openLobby(room);
  const field = ada.page.getByRole("textbox", { name: "Your name" });
  const wrong = ada.page.getByRole("alert").filter({ hasText: "A name needs at least one character." });
  await expect(wrong).toHaveCount(0);
  for (const name of ["", "   "]) {
    await field.fill(name);
    await ada.button("Join").click();
    await expect(wrong).toBeVisible();
    await expect(field).toBeFocused();
    await expect(field).toHaveAttribute("aria-invalid", "true");
  }
  await expect(ada.page.getByText("Nobody is here yet.")).toBeVisible();
  expect(await ada.page.evaluate(() => window.probe.captureRequests), "nor was anything asked for").toBe(0);
  await field.fill("Ada");
  await expect(wrong).toHaveCount(0);
  await field.press("Enter");
  await ada.isInside();
});

test("microphone and camera are switched before joining", async ({ newcomer, room }) => {
  const [ada, bob] = [await newcomer("Ada"), await newcomer("Bob")];
  await ada.join(room);
  await bob.openLobby(room);
  await bob.button("Use camera and microphone").click();
  await bob.button("Turn microphone off").click();
  await bob.button("Turn camera off").click();
  await bob.nameAndJoin();
  await expect(ada.tile("Bob").getByText(/muted/i)).toBeAttached();
  await expect(ada.tile("Bob").getByText(/camera off/i)).toBeAttached();
  await bob.sees("Ada");
  await bob.button("Turn camera on").click();
  await ada.sees("Bob");
});

test("what was switched off stays off the next time, and the host changes nothing of it", async ({
  newcomer,
  room,
}) => {
  const [host, ada] = [await newcomer("Host"), await newcomer("Ada")];
  await host.join(room);
  await ada.join(room);
  await ada.button("Turn camera off").click();
  await host.button("Show people (2 here)").click();
  await host.button("Mute Ada").click();
  await expect(ada.button("Turn microphone on")).toBeVisible();
  await ada.reload();
  await ada.button("Use camera and microphone").click();
  await expect(ada.button("Turn microphone off"), "the host's wish was for once").toBeVisible();
  await expect(ada.button("Turn camera on")).toBeVisible();
  expect(await ada.runningKinds()).toEqual(["audio"]);
});

test("a denied camera is explained, and does not keep anyone out", async ({ newcomer, room }) => {
  const [ada, bob] = [await newcomer("Ada"), await newcomer("Bob", { allowsDevices: false })];
  await ada.join(room);
  await bob.openLobby(room);
  await bob.button("Use camera and microphone").click();
  await expect(trouble(bob)).toHaveText(/blocked/i);
  await joinsWithoutDevices(bob, ada);
});

test("a machine without devices joins, sees and hears", async ({ newcomer, room }) => {
  const [ada, bob] = [await newcomer("Ada"), await newcomer("Bob", { prepare: noDevices })];
  await ada.join(room);
  await bob.openLobby(room);
  await bob.button("Use camera and microphone").click();
  await expect(trouble(bob)).toHaveText(/no camera or microphone found/i);
  await joinsWithoutDevices(bob, ada);
});

test("whoever continues without devices sees and hears", async ({ newcomer, room }) => {
  const [ada, bob] = [await newcomer("Ada"), await newcomer("Bob")];
  await ada.join(room);
  await bob.openLobby(room);
  await joinsWithoutDevices(bob, ada);
  expect(await bob.page.evaluate(() => window.probe.captureRequests)).toBe(0);
});

test("two people without devices meet", async ({ newcomer, room }) => {
  const [ada, bob] = [await newcomer("Ada", { prepare: noDevices }), await newcomer("Bob", { prepare: noDevices })];
  for (const person of [ada, bob]) {
    await person.openLobby(room);
    await person.button("Continue without").click();
    await person.nameAndJoin();
  }
  await expect(ada.tile("Bob")).toBeVisible();
  await expect(bob.tile("Ada")).toBeVisible();
  const connected = () =>
    bob.page.evaluate(() => window.probe.connections().map((connection) => connection.connectionState));
  await expect.poll(connected).toEqual(["connected"]);
});

test("a camera that another program uses is explained", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada", { prepare: devicesInUse });
  await ada.openLobby(room);
  await ada.button("Use camera and microphone").click();
  await expect(trouble(ada)).toHaveText(/another program/i);
  await ada.button("Continue without").click();
  await ada.nameAndJoin();
});

test("a missing microphone still shows the camera", async ({ newcomer, room }) => {
  const [ada, bob] = [await newcomer("Ada"), await newcomer("Bob", { prepare: noMicrophone })];
  await ada.join(room);
  await bob.openLobby(room);
  await bob.button("Use camera and microphone").click();
  const preview = bob.page.getByRole("region", { name: "Preview" });
  await expect(preview.getByText("No microphone was found"), "and why it is missing is said").toBeVisible();
  await expectMoving(preview.locator("video"));
  await bob.nameAndJoin();
  await ada.sees("Bob");
  await bob.sees("Ada");
  await expectSound(bob.page);
});

/** The heading of what explains a trouble. */
function trouble(person: Participant) {
  return person.page.getByRole("heading", { level: 2 });
}

async function joinsWithoutDevices(bob: Participant, ada: Participant): Promise<void> {
  await bob.button("Continue without").click();
  await bob.nameAndJoin();
  await bob.sees(ada.name);
  await expectSound(bob.page);
  await expect(ada.tile("Bob")).toBeVisible();
  await expect(ada.tile("Bob").getByText(/camera off/i)).toBeAttached();
  expect(await bob.page.evaluate(() => window.probe.runningTracks().length)).toBe(0);
}

function noDevices(): void {
  navigator.mediaDevices.enumerateDevices = async () => [];
  navigator.mediaDevices.getUserMedia = async () => {
    throw new DOMException("Requested device not found", "NotFoundError");
  };
}

function devicesInUse(): void {
  navigator.mediaDevices.getUserMedia = async () => {
    throw new DOMException("Could not start video source", "NotReadableError");
  };
}

function noMicrophone(): void {
  const devices = navigator.mediaDevices;
  const [enumerate, capture] = [devices.enumerateDevices.bind(devices), devices.getUserMedia.bind(devices)];
  devices.enumerateDevices = async () => (await enumerate()).filter((device) => device.kind !== "audioinput");
  devices.getUserMedia = async (constraints) => {
    if (constraints?.audio) throw new DOMException("Requested device not found", "NotFoundError");
    return capture(constraints);
  };
}
