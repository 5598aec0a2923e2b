import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

import { WebSocketServer } from "ws";

/** Serves the bare page, and relays what one of two pages says to the other. */
export async function openBareSite() {
  const page = await readFile(new URL("bare.html", import.meta.url));
  const http = createServer((_request, response) => {
    response.setHeader("content-type", "text/html").end(page);
  });
  const relay = new WebSocketServer({ server: http, perMessageDeflate: false });
  relay.on("connection", (socket) => {
    socket.on("message", (text) => {
      for (const other of relay.clients) if (other !== socket) other.send(text.toString());
    });
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const address = http.address();
  if (address === null || typeof address === "string") throw new Error("no port is free");
  const close = () => {
    relay.close();
    http.close();
    http.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${address.port}/`, close };
}
