import puppeteer, { type Browser, type ElementHandle, type Page } from "puppeteer-core";

import { firefoxPath } from "./chromium.mjs";
import { expectMoving, type PageHandle } from "./media.ts";
import { installProbe } from "./probe.ts";

/** Fake devices without questions, and media between pages of this machine. */
const PREFERENCES = {
  "media.navigator.streams.fake": true,
  "media.navigator.permission.disabled": true,
  "media.peerconnection.ice.loopback": true,
  "media.autoplay.default": 0,
};

/** Firefox and someone in front of it; Playwright does not drive the stock Firefox, WebDriver BiDi does. */
export class FirefoxParticipant {
  readonly errors: string[] = [];

  private constructor(
    private readonly browser: Browser,
    private readonly tab: Page,
    readonly name: string,
  ) {
    tab.on("console", (message) => {
      if (message.type() === "error") this.errors.push(message.text());
    });
    tab.on("pageerror", (error) => this.errors.push(String(error)));
  }

  /** Starts Firefox with an empty profile. */
  static async open(name: string): Promise<FirefoxParticipant> {
    const browser = await puppeteer.launch({
      browser: "firefox",
      executablePath: firefoxPath(),
      headless: true,
      extraPrefsFirefox: PREFERENCES,
    });
    const tab = await browser.newPage();
    await tab.evaluateOnNewDocument(installProbe);
    return new FirefoxParticipant(browser, tab, name);
  }

  /** For what reads statistics. */
  get page(): PageHandle {
    return this.tab as unknown as PageHandle;
  }

  /** Opens a room's link and joins with camera and microphone. */
  async join(site: string, room: string): Promise<void> {
    await this.tab.goto(`${site}/r/${room}`);
    await this.tab.waitForFunction(() => window.probe.programMemory() > 0);
    await this.press("Use camera and microphone");
    await (await this.find("textbox", "Your name")).type(this.name);
    await this.press("Join");
    await this.find("toolbar", "Call controls");
  }

  /** Waits until someone's tile shows a picture that moves. */
  async sees(name: string): Promise<void> {
    const tile = await this.find("group", name);
    const video = await tile.$("video");
    if (video === null) throw new Error(`the tile of ${name} has no video`);
    await expectMoving(video as ElementHandle<HTMLVideoElement>, `${this.name} sees ${name} in Firefox`);
  }

  /** Waits until the live region has said something. */
  async hears(text: string): Promise<void> {
    const fits = (text: string) => window.probe.said.some((sentence) => sentence.includes(text));
    await this.tab.waitForFunction(fits, { timeout: 20_000 }, text);
  }

  /** Waits for something by its role and its whole name. */
  async has(role: string, name: string): Promise<void> {
    await this.find(role, name);
  }

  /** Waits until an element shows a text. */
  async shows(selector: string, text: RegExp): Promise<void> {
    const fits = (selector: string, text: string) => new RegExp(text).test(document.querySelector(selector)?.textContent ?? "");
    await this.tab.waitForFunction(fits, { timeout: 20_000 }, selector, text.source);
  }

  /** Writes to everyone. */
  async write(text: string): Promise<void> {
    await (await this.find("textbox", "Message to everyone")).type(text);
    await this.press("Send");
  }

  /** Offers a file of this machine. */
  async offer(path: string): Promise<void> {
    const input = await this.tab.waitForSelector("input[type=file]");
    await (input as ElementHandle<HTMLInputElement>).uploadFile(path);
    await this.find("list", "Files to send");
    await this.press("Send");
  }

  /** Ends Firefox. */
  async close(): Promise<void> {
    await this.browser.close();
  }

  /** Clicks a button once it can be: Puppeteer's own click does not wait for that. */
  async press(name: string): Promise<void> {
    const button = await this.find("button", name);
    await this.tab.waitForFunction((element) => !(element as HTMLButtonElement).disabled, {}, button);
    await button.click();
  }

  private async find(role: string, name: string): Promise<ElementHandle> {
    const found = await this.tab.waitForSelector(`::-p-aria([name="${name}"][role="${role}"])`);
    if (found === null) throw new Error(`no ${role} is named ${name}`);
    return found;
  }
}
