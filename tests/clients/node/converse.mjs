// A conversation through the openai npm client: a written turn, a tool call, server VAD, an interruption.
// node converse.mjs ws|browser BASE_URL QUESTION.pcm INTERRUPTION.pcm
import { readFileSync } from "node:fs";
import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import { OpenAIRealtimeWebSocket } from "openai/realtime/websocket";
import { WebSocket } from "ws";

const [kind, baseURL, question, interruption] = process.argv.slice(2);
const client = new OpenAI({ apiKey: "sk-test-key", baseURL, dangerouslyAllowBrowser: true });
if (kind === "browser") globalThis.WebSocket = WebSocket; // Node 20 has none of its own

const Socket = kind === "ws" ? OpenAIRealtimeWS : OpenAIRealtimeWebSocket;
const realtime = new Socket({ model: "gpt-realtime-2.1", dangerouslyAllowBrowser: true }, client);
const came = [];
let wake = () => {};
realtime.on("event", (event) => (came.push(event), wake()));
realtime.on("error", (error) => {
  console.error(String(error), error?.cause ?? "");
  process.exit(1);
});

const until = async (type) => {
  for (;;) {
    while (came.length) {
      const event = came.shift();
      if (event.type === type) return event;
    }
    await new Promise((resolve) => (wake = resolve));
  }
};
const write = (text) =>
  realtime.send({
    type: "conversation.item.create",
    item: { type: "message", role: "user", content: [{ type: "input_text", text }] },
  });
const ask = async () => {
  realtime.send({ type: "response.create" });
  return (await until("response.done")).response;
};
const say = (file) =>
  realtime.send({ type: "input_audio_buffer.append", audio: readFileSync(file).toString("base64") });

await until("session.created");
const tool = { type: "function", name: "get_weather", parameters: { type: "object", properties: {} } };
const turn_detection = { type: "server_vad", silence_duration_ms: 300 };
realtime.send({
  type: "session.update",
  session: { type: "realtime", tools: [tool], audio: { input: { turn_detection } } },
});
await until("session.updated");
write("Hello!");
await ask();
write("How is the weather?");
const [call] = (await ask()).output;
realtime.send({
  type: "conversation.item.create",
  item: { type: "function_call_output", call_id: call.call_id, output: "sunny" },
});
await ask();
say(question);
const { item_id } = await until("response.output_audio.delta");
say(interruption);
await until("input_audio_buffer.speech_started");
realtime.send({ type: "conversation.item.truncate", item_id, content_index: 0, audio_end_ms: 120 });
await until("response.done");
await until("response.done");
await until("rate_limits.updated");
realtime.close();
