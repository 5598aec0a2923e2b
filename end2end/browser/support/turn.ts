import { createSocket } from "node:dgram";
import { once } from "node:events";

import TurnServer from "node-turn";

import { Line } from "./lossy-udp.ts";

const [USER, PASSWORD] = ["ada", "secret"];

/** A TURN server (RFC 8656) on 127.0.0.1, and the line to it. */
export class Turn {
  private constructor(
    private readonly server: TurnServer,
    /** What lies between the clients and it. */
    readonly line: Line,
  ) {}

  /** Starts one on a free port. */
  static async start(): Promise<Turn> {
    const port = await freeUdpPort();
    const server = new TurnServer({
      listeningIps: ["127.0.0.1"],
      relayIps: ["127.0.0.1"],
      listeningPort: port,
      authMech: "long-term",
      credentials: { [USER]: PASSWORD },
    });
    server.start();
    return new Turn(server, await Line.to(port));
  }

  /** As `--ice-server` takes it. */
  get flag(): string {
    return `turn:127.0.0.1:${this.line.port},${USER},${PASSWORD}`;
  }

  /** How many relayed addresses it holds for its clients. */
  get allocations(): number {
    return Object.keys(this.server.allocations).length;
  }

  /** Ends it, and with it all that goes through it. */
  stop(): void {
    this.line.close();
    // It leaves these open, and answers through what is closed.
    for (const { sockets } of Object.values(this.server.allocations)) sockets.forEach((socket) => socket.close());
    this.server.stop();
  }
}

/** Has all connections of a page go by way of relays, as a strict firewall would. */
export function relayOnly(): void {
  const Original = RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(configuration: RTCConfiguration = {}) {
      super({ ...configuration, iceTransportPolicy: "relay" });
    }
    override setConfiguration(configuration: RTCConfiguration = {}) {
      super.setConfiguration({ ...configuration, iceTransportPolicy: "relay" });
    }
  };
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  await once(socket, "close");
  return port;
}
