import Peer from "simple-peer";

import * as wss from "./wss.js";

const defaultConstraints = {
  audio: true,
  video: {
    width: "480",
    height: "360",
  },
};

// No STUN: the tests use no network but this machine's own.
const getConfiguration = () => {
  return {
    iceServers: [],
  };
};

let localStream;
let peers = {};
let streams = [];

export const getLocalPreviewAndInitRoomConnection = async () => {
  await navigator.mediaDevices
    .getUserMedia(defaultConstraints)
    .then((stream) => {
      console.log("Got local stream");
      localStream = stream;
      showLocalVideoPreview(localStream);
    })
    .catch((err) => {
      console.log("error occurred when trying to get an access to local stream");
      console.log(err);
    });
};

export const prepareNewPeerConnection = (peerSocketId, isInitiator) => {
  const configuration = getConfiguration();

  peers[peerSocketId] = new Peer({
    initiator: isInitiator,
    config: configuration,
    stream: localStream,
  });

  peers[peerSocketId].on("signal", (data) => {
    const signalData = {
      signal: data,
      connUserSocketId: peerSocketId,
    };
    wss.signalPeerData(signalData);
  });

  peers[peerSocketId].on("stream", (stream) => {
    console.log("new stream came from peer");
    addStream(stream, peerSocketId);
    streams = [...streams, stream];
  });
};

export const handleSignalingData = (data) => {
  peers[data.connUserSocketId].signal(data.signal);
};

const showLocalVideoPreview = (stream) => {
  const videoElement = document.createElement("video");
  const videoContainer = document.createElement("video_div");
  videoContainer.appendChild(videoElement);
  const videosContainer = document.getElementById("videos_container");
  videosContainer.appendChild(videoContainer);

  videoElement.autoplay = true;
  videoElement.muted = true;
  videoElement.srcObject = stream;

  videoElement.onloadedmetadata = () => {
    videoElement.play();
  };
};

const addStream = (stream, peerSocketId) => {
  const videoElement = document.createElement("video");
  videoElement.id = `${peerSocketId}-video`;
  const videoContainer = document.createElement("video_div");
  videoContainer.id = peerSocketId;
  videoContainer.appendChild(videoElement);
  const videosContainer = document.getElementById("videos_container");
  videosContainer.appendChild(videoContainer);

  videoElement.autoplay = true;
  videoElement.srcObject = stream;

  videoElement.onloadedmetadata = () => {
    videoElement.play();
  };
};
