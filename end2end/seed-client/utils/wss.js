import io from "socket.io-client";

import * as webRTCHandler from "./webRTCHandler.js";

let socket = null;

export const connectWithSocketIOServer = (server) => {
  socket = io(server);

  socket.on("connect", () => {
    console.log("connected with socket io server");
  });

  socket.on("conn-prepare", (data) => {
    const { justJoinedUserSocketId } = data;
    webRTCHandler.prepareNewPeerConnection(justJoinedUserSocketId, false);
    socket.emit("conn-init", { connUserSocketId: justJoinedUserSocketId });
  });

  socket.on("conn-init", (data) => {
    const { connUserSocketId } = data;
    webRTCHandler.prepareNewPeerConnection(connUserSocketId, true);
  });

  socket.on("conn-signal", (data) => {
    webRTCHandler.handleSignalingData(data);
  });
};

export const createSession = (name) => {
  socket.emit("create-session", name);
};

export const signalPeerData = (data) => {
  socket.emit("conn-signal", data);
};
