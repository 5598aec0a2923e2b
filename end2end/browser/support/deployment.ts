import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server as Listener, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/**
 * Stands in front of a server, and can make it look as if it had been replaced by a newer build: whatever has the hash of the
 * program in its name has another one from then on, in pages, scripts and addresses, and under the old one there is nothing.
 */
export class Deployment {
  private readonly sockets = new Set<Socket>();
  private old = "";
  private isNewer = false;

  private constructor(
    private readonly listener: Listener,
    private readonly target: number,
  ) {
    listener.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
    });
    listener.on("request", (from, to) => void this.answer(from, to));
    listener.on("upgrade", (from, socket, head) => this.upgrade(from, socket, head));
  }

  /** Listens on a free port, for a server's port. */
  static async before(target: number): Promise<Deployment> {
    const listener = createServer().listen(0, "127.0.0.1");
    await once(listener, "listening");
    return new Deployment(listener, target);
  }

  /** Where it listens, without a slash at the end. */
  get url(): string {
    const address = this.listener.address();
    if (address === null || typeof address === "string") throw new Error("the deployment is closed");
    return `http://127.0.0.1:${address.port}`;
  }

  /** From now on there is a newer build. */
  async replace(): Promise<void> {
    const page = await fetch(`http://127.0.0.1:${this.target}/r/any`).then((reply) => reply.text());
    const hash = /\/pkg\/front-([0-9a-f]+)\.js/.exec(page)?.[1];
    if (hash === undefined) throw new Error("the page names no program");
    this.old = hash;
    this.isNewer = true;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.listener.close();
    await once(this.listener, "close");
  }

  private get newer(): string {
    return [...this.old].reverse().join("");
  }

  private async answer(from: IncomingMessage, to: ServerResponse): Promise<void> {
    let path = from.url ?? "/";
    if (this.isNewer && path.includes(this.old)) {
      to.writeHead(404).end();
      return;
    }
    if (this.isNewer) path = path.replaceAll(this.newer, this.old);
    const headers = { ...from.headers };
    if (this.isNewer) delete headers["accept-encoding"];
    const onward = request({ port: this.target, host: "127.0.0.1", path, method: from.method ?? "GET", headers });
    from.pipe(onward);
    onward.on("error", () => to.destroy());
    onward.on("response", (reply) => void this.pass(reply, to));
  }

  private async pass(reply: IncomingMessage, to: ServerResponse): Promise<void> {
    const kind = reply.headers["content-type"] ?? "";
    if (!this.isNewer || !/html|javascript/.test(kind)) {
      to.writeHead(reply.statusCode ?? 500, reply.headers);
      reply.pipe(to);
      return;
    }
    const text = Buffer.concat(await reply.toArray()).toString().replaceAll(this.old, this.newer);
    const headers = { ...reply.headers };
    delete headers["content-length"];
    to.writeHead(reply.statusCode ?? 500, headers).end(text);
  }

  private upgrade(from: IncomingMessage, client: Duplex, head: Buffer): void {
    const server = connect(this.target, "127.0.0.1");
    const lines = from.rawHeaders.flatMap((name, at, all) => (at % 2 === 0 ? [`${name}: ${all[at + 1]}`] : []));
    server.write([`GET ${from.url} HTTP/1.1`, ...lines, "", ""].join("\r\n"));
    server.write(head);
    server.pipe(client).pipe(server);
    server.on("error", () => client.destroy());
    client.on("error", () => server.destroy());
    client.on("close", () => server.destroy());
    server.on("close", () => client.destroy());
  }
}
