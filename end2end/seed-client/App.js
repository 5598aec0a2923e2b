// A client as the tutorial writes it, on stock socket.io-client and simple-peer. The query names the
// server and the room: ?server=http://127.0.0.1:3000&room=standup
import { renderRoom } from "./Room.js";
import { connectWithSocketIOServer } from "./utils/wss.js";

const query = new URLSearchParams(location.search);

connectWithSocketIOServer(query.get("server"));
renderRoom(document.getElementById("root"), query.get("room"));
