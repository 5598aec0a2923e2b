import { expectSound } from "./support/media.ts";
import type { Participant } from "./support/participant.ts";
import { expect, test } from "./support/test.ts";

declare global {
  interface Window {
    /** The speakers that audio contexts were given, in order. */
    sinks: string[];
    late: { hurry(): void; answer(): void; came: number };
  }
}

test("the lobby hears the microphone, plays a tone, and remembers the speaker", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben", { prepare: watchSpeakers })];
  await ada.join(room);
  await ben.openLobby(room);
  await ben.button("Use camera and microphone").click();
  const meter = ben.page.getByRole("meter", { name: "Microphone level" });
  // The fake microphone beeps once a second, and not for long.
  const beep = meter.evaluate((meter) => {
    const level = () => Number(meter.getAttribute("aria-valuenow"));
    return new Promise<number>((heard) => {
      const look = () => level() > 0 && heard(level());
      new MutationObserver(look).observe(meter, { attributes: true });
    });
  });
  expect(await beep).toBeGreaterThan(0);
  const speaker = ben.page.getByRole("combobox", { name: "Speaker" });
  await speaker.selectOption("Desk speaker");
  await ben.button("Play a test sound").click();
  await expect.poll(() => ben.page.evaluate(() => window.sinks)).toContain("desk");
  await ben.nameAndJoin();
  await ben.sees("Ada");
  const elements = () => ben.page.locator("audio").evaluateAll((all) => all.map((audio) => audio.dataset["sink"]));
  await expect.poll(elements, "who comes later is heard there too").toEqual(["desk"]);
  await ben.reload();
  await ben.button("Use camera and microphone").click();
  await expect(speaker).toHaveValue("desk");
});

test("where no speaker can be chosen a sentence says so", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada", { prepare: noSpeakerChoice });
  await ada.openLobby(room);
  await ada.button("Use camera and microphone").click();
  await expect(ada.page.getByText(/through the system’s speaker/)).toBeVisible();
  await expect(ada.page.getByRole("combobox", { name: "Speaker" })).toHaveCount(0);
  await expect(ada.button("Play a test sound")).toBeEnabled();
});

test("the help for what is denied closes itself when it is allowed", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada", { allowsDevices: false });
  await ada.openLobby(room);
  await ada.button("Use camera and microphone").click();
  await expect(trouble(ada)).toHaveText("Camera and microphone are blocked");
  await expect(ada.page.getByText("Choose the icon to the left of the address.")).toBeVisible();
  await ada.page.context().grantPermissions(["camera", "microphone"]);
  await expect(ada.page.getByRole("meter", { name: "Microphone level" })).toBeVisible();
  await expect(trouble(ada)).toHaveCount(0);
});

test("whoever went without can still be heard, and is asked for nothing else", async ({ newcomer, room }) => {
  const [ada, ben] = [await newcomer("Ada"), await newcomer("Ben")];
  await ada.join(room);
  await ben.openLobby(room);
  await ben.button("Continue without").click();
  await ben.nameAndJoin();
  await expect(ada.tile("Ben").getByText("Camera off")).toBeVisible();
  await ben.button("Turn microphone on").click();
  await expect(ben.button("Turn microphone off")).toBeVisible();
  const kinds = () => ben.page.evaluate(() => window.probe.runningTracks().map((track) => track.kind));
  expect(new Set(await kinds())).toEqual(new Set(["audio"]));
  await expectSound(ada.page);
  await expect(ada.tile("Ben").getByText("Muted:")).toHaveCount(0);
  await ben.button("Turn camera on").click();
  await ada.sees("Ben");
});

test("whoever is denied joins all the same, and learns in the call what to do", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada", { allowsDevices: false });
  await ada.openLobby(room);
  await ada.button("Use camera and microphone").click();
  await expect(trouble(ada)).toHaveText("Camera and microphone are blocked");
  await ada.nameAndJoin();
  await ada.button("Turn camera on").click();
  await ada.hears("The browser does not allow the camera");
  await ada.button("More options").click();
  await ada.button("Settings").click();
  await expect(ada.page.getByRole("dialog").getByText("Choose the icon to the left of the address.")).toBeVisible();
});

test("a camera that gives no picture yet says so", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada", { prepare: slowCamera });
  await ada.join(room);
  await expect(ada.ownTile.getByText("Waiting for the picture")).toBeVisible();
  await ada.page.evaluate(() => window.late.answer());
  await ada.seesThemselves();
  await expect(ada.ownTile.getByText("Waiting for the picture")).toHaveCount(0);
});

test("what is allowed elsewhere is seen on coming back to the window, if nothing else tells", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada", { allowsDevices: false, prepare: deafToPermissions });
  await ada.openLobby(room);
  await ada.button("Use camera and microphone").click();
  await expect(trouble(ada)).toHaveText("Camera and microphone are blocked");
  await ada.page.context().grantPermissions(["camera", "microphone"]);
  const allowed = () =>
    ada.page.evaluate(async () => (await navigator.permissions.query({ name: "camera" as PermissionName })).state);
  await expect.poll(allowed).toBe("granted");
  await ada.page.waitForTimeout(500);
  await expect(trouble(ada), "nobody has told the page").toHaveText("Camera and microphone are blocked");
  await ada.page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await expect(ada.page.getByRole("meter", { name: "Microphone level" })).toBeVisible();
  await expect(trouble(ada)).toHaveCount(0);
});

const causes = [
  { name: "NotAllowedError", message: "Permission denied by system", title: /the system blocks/i, help: /privacy settings of your system/ },
  { name: "NotAllowedError", message: "Permission dismissed", title: /got no answer/i, help: /choose “Allow”/ },
  { name: "AbortError", message: "Timeout starting video source", title: /does not answer/i, help: /plug it in again/ },
  { name: "OverconstrainedError", message: "", title: /can’t do what was asked/i, help: /use another one/ },
];

test("each cause has its own words and its own way out", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada");
  const { page } = ada;
  for (const { name, message, title, help } of causes) {
    await ada.openLobby(room);
    await page.evaluate(
      ([name, message]) => {
        navigator.mediaDevices.getUserMedia = async () => {
          throw new DOMException(message, name);
        };
      },
      [name, message] as const,
    );
    await ada.button("Use camera and microphone").click();
    await expect(trouble(ada)).toHaveText(title);
    await expect(page.getByRole("group", { name: title }).getByText(help)).toBeVisible();
  }
});

test("devices that never answer are given up, and stopped when they come late", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada", { prepare: lateDevices });
  await ada.openLobby(room);
  await ada.button("Use camera and microphone").click();
  await expect(ada.page.getByText("Waiting for your camera and microphone")).toBeVisible();
  await ada.page.evaluate(() => window.late.hurry());
  await expect(trouble(ada)).toHaveText(/does not answer/);
  await ada.page.evaluate(() => window.late.answer());
  await expect.poll(() => ada.page.evaluate(() => window.late.came)).toBeGreaterThan(0);
  await expect.poll(() => ada.page.evaluate(() => window.probe.runningTracks().length)).toBe(0);
});

test("a name that is easy to guess is warned about, with the way out", async ({ newcomer }) => {
  const ada = await newcomer("Ada");
  await ada.openLobby("standup");
  await expect(ada.page.getByText("easy to guess")).toBeVisible();
  await ada.page.getByRole("link", { name: "Take a room that nobody guesses" }).click();
  await expect(ada.page).toHaveURL(/\/r\/[a-z]{3}-[a-z]{4}-[a-z]{3}$/);
  await expect(ada.page.getByRole("heading", { level: 1 })).toHaveText(/^[a-z]{3}-[a-z]{4}-[a-z]{3}$/);
  await expect(ada.page.getByText("easy to guess")).toHaveCount(0);
});

test("a silent microphone gets a badge and a checklist", async ({ newcomer, room }) => {
  const ada = await newcomer("Ada", { prepare: silentMicrophone });
  await ada.join(room);
  const prompt = ada.page.getByRole("group", { name: /gives no sound at all/ });
  await expect(prompt).toBeVisible({ timeout: 20_000 });
  await expect(ada.page.getByRole("toolbar").locator(".dot-warn")).toBeVisible();
  await prompt.getByRole("button", { name: "Settings" }).click();
  const dialog = ada.page.getByRole("dialog", { name: "Settings" });
  await expect(dialog.getByText("Is the right microphone chosen here?")).toBeVisible();
});

/** The heading of what explains a trouble. */
function trouble(person: Participant) {
  return person.page.getByRole("heading", { level: 2 });
}

/** A second speaker, which elements and contexts take without having it. */
function watchSpeakers(): void {
  window.sinks = [];
  const devices = navigator.mediaDevices;
  const enumerate = devices.enumerateDevices.bind(devices);
  devices.enumerateDevices = async () => {
    const found = await enumerate();
    const named = found.some((device) => device.label !== "");
    const desk = { deviceId: "desk", kind: "audiooutput", label: named ? "Desk speaker" : "", groupId: "" } as const;
    return [...found, { ...desk, toJSON: () => desk }];
  };
  HTMLMediaElement.prototype.setSinkId = async function (id) {
    this.dataset["sink"] = id;
  };
  Object.assign(AudioContext.prototype, {
    setSinkId: async (id: string) => {
      window.sinks.push(id);
    },
  });
}

/** A browser that does not tell when a permission changes. */
function deafToPermissions(): void {
  PermissionStatus.prototype.addEventListener = () => {};
}

function noSpeakerChoice(): void {
  Reflect.deleteProperty(HTMLMediaElement.prototype, "setSinkId");
  Reflect.deleteProperty(AudioContext.prototype, "setSinkId");
}

/** Devices that come when they are told to, and a clock that can be hurried. */
function lateDevices(): void {
  const devices = navigator.mediaDevices;
  const capture = devices.getUserMedia.bind(devices);
  const asked: (() => void)[] = [];
  devices.getUserMedia = async (constraints) => {
    await new Promise<void>((resolve) => asked.push(resolve));
    const stream = await capture(constraints);
    window.late.came += 1;
    return stream;
  };
  const patience: (() => void)[] = [];
  const wait = window.setTimeout.bind(window);
  let hurried = false;
  const later = (action: TimerHandler, delay?: number, ...more: unknown[]) => {
    if (delay !== 12_000 || typeof action !== "function") return wait(action, delay, ...more);
    if (hurried) return wait(action, 0);
    patience.push(() => action());
    return 0;
  };
  window.setTimeout = later as typeof window.setTimeout;
  window.late = {
    came: 0,
    hurry() {
      hurried = true;
      patience.splice(0).forEach((action) => action());
    },
    answer: () => asked.splice(0).forEach((resolve) => resolve()),
  };
}

/** A camera that is there, and gives its first picture when it is told to. */
function slowCamera(): void {
  const devices = navigator.mediaDevices;
  const capture = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (constraints) => {
    const stream = await capture(constraints);
    const camera = new (Reflect.get(window, "MediaStreamTrackGenerator"))({ kind: "video" });
    const pictures = camera.writable.getWriter();
    const canvas = new OffscreenCanvas(480, 360);
    const pen = canvas.getContext("2d");
    let number = 0;
    const draw = () => {
      number += 1;
      if (pen) pen.fillStyle = `hsl(${number * 20} 80% 50%)`;
      pen?.fillRect(0, 0, 480, 360);
      void pictures.write(new VideoFrame(canvas, { timestamp: number * 50_000 }));
    };
    const answer = () => void setInterval(draw, 50);
    window.late = { came: 0, hurry: answer, answer };
    return new MediaStream([...stream.getAudioTracks(), camera]);
  };
}

/** Nothing at all comes from the microphone, as from one whose switch is off. */
function silentMicrophone(): void {
  AnalyserNode.prototype.getFloatTimeDomainData = (samples) => {
    samples.fill(0);
  };
}
