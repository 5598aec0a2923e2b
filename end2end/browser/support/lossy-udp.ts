import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";

/** A UDP line on 127.0.0.1 to a port there: a network that a test can make bad. */
export class Line {
  /** The part of the packets to the clients that is lost on the way, evenly. */
  loss = 0;
  #owed = 0;
  /** For each client, by its address, the socket that the target knows it by. */
  readonly #clients = new Map<string, Socket>();

  private constructor(
    private readonly listener: Socket,
    target: number,
  ) {
    listener.on("message", (packet, client) => this.#of(client).send(packet, target, "127.0.0.1"));
  }

  /** Listens on a free port. */
  static async to(target: number): Promise<Line> {
    const listener = createSocket("udp4").bind(0, "127.0.0.1");
    await once(listener, "listening");
    return new Line(listener, target);
  }

  /** Where it listens. */
  get port(): number {
    return this.listener.address().port;
  }

  /** Ends it for good. */
  close(): void {
    this.listener.close();
    for (const socket of this.#clients.values()) socket.close();
    this.#clients.clear();
  }

  #of({ address, port }: RemoteInfo): Socket {
    const known = this.#clients.get(`${address}:${port}`);
    if (known) return known;
    const socket = createSocket("udp4");
    socket.on("message", (packet) => {
      this.#owed += this.loss;
      if (this.#owed < 1) this.listener.send(packet, port, address);
      else this.#owed -= 1;
    });
    this.#clients.set(`${address}:${port}`, socket);
    return socket;
  }
}
