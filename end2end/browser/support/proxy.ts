import { once } from "node:events";
import { connect, createServer, type Server as Listener, type Socket } from "node:net";

/** What a proxy does with a request to become a WebSocket: it passes it on, passes it on as plain HTTP since it does not know
 * better, or says nothing for ever. */
export type Upgrades = "passed" | "stripped" | "unanswered";

/** A TCP proxy of 127.0.0.1 in front of a server: a network that a test can cut or stall. */
export class Proxy {
  /** What becomes of WebSockets from now on. */
  upgrades: Upgrades = "passed";
  /** Requests to become a WebSocket so far. */
  upgradesSeen = 0;
  private readonly sockets = new Set<Socket>();
  private isCut = false;
  private isStalled = false;

  private constructor(
    private readonly listener: Listener,
    private readonly target: number,
  ) {
    listener.on("connection", (socket) => this.carry(socket));
  }

  /** Listens on a free port, for a server's port. */
  static async before(target: number): Promise<Proxy> {
    const listener = createServer().listen(0, "127.0.0.1");
    await once(listener, "listening");
    return new Proxy(listener, target);
  }

  /** Where it listens, without a slash at the end. */
  get url(): string {
    const address = this.listener.address();
    if (address === null || typeof address === "string") throw new Error("the proxy is closed");
    return `http://127.0.0.1:${address.port}`;
  }

  /** Breaks all connections, and every new one until `mend`. */
  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  /** Holds back all bytes, without a word to either side, until `mend`. */
  stall(): void {
    this.isStalled = true;
    for (const socket of this.sockets) socket.pause();
  }

  /** Carries again. */
  mend(): void {
    this.isCut = false;
    this.isStalled = false;
    for (const socket of this.sockets) socket.resume();
  }

  /** Breaks everything for good. */
  async close(): Promise<void> {
    this.cut();
    this.listener.close();
    await once(this.listener, "close");
  }

  private carry(client: Socket): void {
    if (this.isCut) {
      client.destroy();
      return;
    }
    const server = connect(this.target, "127.0.0.1");
    this.join(client, server, (bytes) => this.meddle(bytes));
    this.join(server, client, (bytes) => bytes);
  }

  /** What is passed on of something from a browser: its request to become a WebSocket comes as a whole. */
  private meddle(bytes: Buffer): Buffer | undefined {
    const request = bytes.toString("latin1");
    if (!/^GET [^\r]*\r\n(?:[^\r]+\r\n)*upgrade: websocket\r\n/i.test(request)) return bytes;
    this.upgradesSeen += 1;
    switch (this.upgrades) {
      case "passed":
        return bytes;
      case "stripped":
        return Buffer.from(request.replace(/\r\n(?:upgrade|connection): [^\r]*/gi, ""), "latin1");
      case "unanswered":
        return undefined;
    }
  }

  private join(from: Socket, to: Socket, change: (bytes: Buffer) => Buffer | undefined): void {
    this.sockets.add(from);
    from.on("data", (bytes: Buffer) => {
      const changed = change(bytes);
      if (changed) to.write(changed);
    });
    from.on("end", () => to.end());
    from.on("error", () => to.destroy());
    from.on("close", () => {
      this.sockets.delete(from);
      to.destroy();
    });
    if (this.isStalled) from.pause();
  }
}
