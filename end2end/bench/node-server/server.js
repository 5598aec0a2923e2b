// The signaling server of the tutorial protocol on Node, to compare ours with: the events and the
// list of users are the tutorial's, and `name` tells one room from another. WebSocket messages are
// not deflated, which is the fastest that socket.io offers.
"use strict";

const http = require("http");
const { Server } = require("socket.io");

const PORT = Number(process.env.PORT || 5002);

const server = http.createServer((request, response) => {
  response.writeHead(request.url === "/healthz" ? 200 : 404).end();
});
const io = new Server(server, {
  cors: { origin: "*", methods: ["GET", "POST"] },
  perMessageDeflate: false,
});

let connectedUsers = [];

io.on("connection", (socket) => {
  socket.on("create-session", (name) => createSession(name, socket));
  socket.on("conn-init", (data) => initializeConnection(data, socket));
  socket.on("conn-signal", (data) => relaySignal(data, socket));
  socket.on("disconnect", () => {
    connectedUsers = connectedUsers.filter((user) => user.socketId !== socket.id);
  });
});

const createSession = (name, socket) => {
  connectedUsers = [...connectedUsers, { name, socketId: socket.id }];
  connectedUsers.forEach((user) => {
    if (user.name === name && user.socketId !== socket.id) {
      io.to(user.socketId).emit("conn-prepare", { justJoinedUserSocketId: socket.id });
    }
  });
};

const initializeConnection = ({ connUserSocketId }, socket) => {
  io.to(connUserSocketId).emit("conn-init", { connUserSocketId: socket.id });
};

// The tutorial's client writes the target as `connUserSocketId`, its server reads `peerSocketId`.
const relaySignal = ({ connUserSocketId, peerSocketId = connUserSocketId, signal }, socket) => {
  io.to(peerSocketId).emit("conn-signal", { signal, connUserSocketId: socket.id });
};

server.listen(PORT, "127.0.0.1", 4096);
