import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type Server as HttpServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const SOURCE = fileURLToPath(new URL("../../seed-client/", import.meta.url));
const BUILT = fileURLToPath(new URL("../../results/seed-client/", import.meta.url));

/** The seed client, bundled and served on an origin of its own. */
export class SeedSite {
  private constructor(private readonly http: HttpServer) {}

  /** Bundles the client and serves it on a free port. */
  static async open(): Promise<SeedSite> {
    await build({
      entryPoints: [join(SOURCE, "App.js")],
      outdir: BUILT,
      bundle: true,
      format: "iife",
      // The package's own build for browsers: its sources want Node's modules.
      alias: { "simple-peer": "simple-peer/simplepeer.min.js" },
      logLevel: "error",
    });
    const files = new Map([
      ["/", { type: "text/html", body: await readFile(join(SOURCE, "index.html")) }],
      ["/App.js", { type: "text/javascript", body: await readFile(join(BUILT, "App.js")) }],
    ]);
    const http = createServer((request, response) => {
      const file = files.get((request.url ?? "/").split("?", 1)[0] ?? "/");
      response.writeHead(file ? 200 : 404, { "content-type": file?.type ?? "text/plain" }).end(file?.body);
    }).listen(0, "127.0.0.1");
    await once(http, "listening");
    return new SeedSite(http);
  }

  /** Its origin. */
  get origin(): string {
    const address = this.http.address();
    if (address === null || typeof address === "string") throw new Error("the site is closed");
    return `http://127.0.0.1:${address.port}`;
  }

  /** The client's page for a room of a server. */
  page(server: string, room: string): string {
    return `${this.origin}/?${new URLSearchParams({ server, room })}`;
  }

  /** Stops serving. */
  async close(): Promise<void> {
    this.http.closeAllConnections();
    this.http.close();
    await once(this.http, "close");
  }
}
