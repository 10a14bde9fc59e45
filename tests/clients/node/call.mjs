// One spoken turn through the openai npm client; prints every server message it got, one JSON string a line.
// node call.mjs ws|browser BASE_URL AUDIO_FILE
import { readFileSync } from "node:fs";
import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import { OpenAIRealtimeWebSocket } from "openai/realtime/websocket";
import { WebSocket } from "ws";

const [kind, baseURL, file] = process.argv.slice(2);
const apiKey = "sk-proj-this-key-must-not-be-kept-0123456789";
const client = new OpenAI({ apiKey, baseURL, dangerouslyAllowBrowser: true });
if (kind === "browser") globalThis.WebSocket = WebSocket; // Node 20 has none of its own

const Socket = kind === "ws" ? OpenAIRealtimeWS : OpenAIRealtimeWebSocket;
const realtime = new Socket({ model: "gpt-realtime-2.1", dangerouslyAllowBrowser: true }, client);
const socket = realtime.socket;
socket.addEventListener("message", (message) => console.log(JSON.stringify(message.data.toString())));

const audio = readFileSync(file);
const turn = () => {
  for (let at = 0; at < audio.length; at += 4800) {
    const piece = audio.subarray(at, at + 4800).toString("base64");
    realtime.send({ type: "input_audio_buffer.append", audio: piece });
  }
  realtime.send({ type: "input_audio_buffer.commit" });
  realtime.send({ type: "response.create" });
};
realtime.on("session.created", () =>
  realtime.send({
    type: "session.update",
    session: { type: "realtime", audio: { input: { turn_detection: null } } },
  }),
);
realtime.on("session.updated", turn);
realtime.on("rate_limits.updated", () => realtime.close());
realtime.on("error", (error) => {
  console.error(String(error), error?.cause ?? "");
  process.exit(1);
});
