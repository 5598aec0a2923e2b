import { expect, type Locator, type Page } from "@playwright/test";

import { expectMoving } from "./media.ts";

/** Someone in front of a page of ours, who does what a person does: by role and by name. */
export class Participant {
  constructor(
    readonly page: Page,
    /** What they want to be called. */
    readonly name: string,
    /** The server that they go to. */
    readonly site: string,
  ) {}

  /** Opens a page of the server and waits until its program runs. */
  async visit(path: string): Promise<void> {
    await this.page.goto(`${this.site}${path}`);
    await this.programRuns();
  }

  /** Loads the page again and waits until its program runs. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.programRuns();
  }

  /** Opens a room's link: the lobby. */
  async openLobby(room: string): Promise<void> {
    await this.visit(`/r/${room}`);
    await expect(this.page.getByRole("heading", { level: 1, name: room })).toBeVisible();
  }

  /** Opens a room's link and joins with camera and microphone. */
  async join(room: string): Promise<void> {
    await this.openLobby(room);
    await this.page.getByRole("button", { name: "Use camera and microphone" }).click();
    await this.nameAndJoin();
  }

  /** Joins from the lobby. */
  async nameAndJoin(): Promise<void> {
    await this.page.getByRole("textbox", { name: "Your name" }).fill(this.name);
    await this.button("Join").click();
    await this.isInside();
  }

  /** Leaves by the button. */
  async leave(): Promise<void> {
    await this.button("Leave").click();
    await expect(this.page.getByRole("heading", { name: "You left the meeting" })).toBeVisible();
  }

  /** Waits until the call is on the page. */
  async isInside(): Promise<void> {
    await expect(this.page.getByRole("toolbar", { name: "Call controls" })).toBeVisible();
  }

  /** A button by its whole name. */
  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** All tiles. */
  get tiles(): Locator {
    return this.page.locator("#videos_container").getByRole("group");
  }

  /** The tile of someone else. */
  tile(name: string): Locator {
    return this.page.locator("#videos_container").getByRole("group", { name, exact: true });
  }

  /** The own tile. */
  get ownTile(): Locator {
    return this.page.locator("#videos_container").getByRole("group", { name: /^You$|\(you\)$/ });
  }

  /** The participant id of someone else, and so the id of their tile. */
  async idOf(name: string): Promise<string> {
    const id = await this.tile(name).getAttribute("id");
    if (id === null) throw new Error(`the tile of ${name} has no id`);
    return id;
  }

  /** Waits until someone's tile shows a picture that moves, in the video that bears their id. */
  async sees(name: string): Promise<void> {
    await expect(this.tile(name)).toHaveCount(1);
    const id = await this.idOf(name);
    await expectMoving(this.tile(name).locator(`video[id="${id}-video"]`), `${this.name} sees ${name}`);
  }

  /** Waits until the own tile shows the own picture. */
  async seesThemselves(): Promise<void> {
    await expectMoving(this.ownTile.locator("video"), `${this.name} sees themselves`);
  }

  /** Waits until someone is gone from the page. */
  async noLongerSees(name: string): Promise<void> {
    await expect(this.tile(name)).toHaveCount(0);
  }

  /** Waits until the live region has said something. */
  async hears(text: string | RegExp, timeout = 15_000): Promise<void> {
    const fits = (said: string) => (typeof text === "string" ? said.includes(text) : text.test(said));
    await expect
      .poll(async () => (await this.said()).some(fits), { message: `"${text}" is said`, timeout })
      .toBe(true);
  }

  /** Everything that the live region said so far. */
  said(): Promise<string[]> {
    return this.page.evaluate(() => window.probe.said);
  }

  /** Peer connections that are not closed. */
  openConnections(): Promise<number> {
    return this.page.evaluate(
      () => window.probe.connections().filter((connection) => connection.signalingState !== "closed").length,
    );
  }

  /** The kinds of own tracks that run, each once: there may be copies. */
  runningKinds(): Promise<string[]> {
    return this.page.evaluate(() => [...new Set(window.probe.runningTracks().map((track) => track.kind))].sort());
  }

  /** Waits until nothing of a call is left: no connection, no device in use. */
  async hasFreedEverything(): Promise<void> {
    await expect.poll(() => this.openConnections(), "peer connections").toBe(0);
    const running = () => this.page.evaluate(() => window.probe.runningTracks().length);
    await expect.poll(running, "devices in use").toBe(0);
  }

  private async programRuns(): Promise<void> {
    await this.page.waitForFunction(() => window.probe.programMemory() > 0);
  }
}
