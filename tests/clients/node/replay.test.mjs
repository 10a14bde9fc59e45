// A test of a Node program, against a recording that `rtdebug serve` plays:
// rtdebug serve recordings/tool-call & OPENAI_BASE_URL=http://127.0.0.1:8789/v1 node --test replay.test.mjs
import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";
import { OpenAIRealtimeWebSocket } from "openai/realtime/websocket";
import { WebSocket } from "ws";

globalThis.WebSocket ??= WebSocket; // Node 20 has none of its own
const seat = process.env.SEAT ?? "14A";

const bookSeat = {
  type: "function",
  name: "book_seat",
  description: "Book a seat on a train.",
  parameters: { type: "object", properties: { train: { type: "string" } }, required: ["train"] },
};

// The agent under test. The package insists on wss, `onURL` lets it speak to a replay.
const book = (client) =>
  new Promise((resolve, reject) => {
    const onURL = (url) => (url.protocol = "ws:");
    const realtime = new OpenAIRealtimeWebSocket({ model: "gpt-realtime-2.1", onURL }, client);
    const give = (item) => {
      realtime.send({ type: "conversation.item.create", item });
      realtime.send({ type: "response.create" });
    };
    realtime.on("error", reject);
    realtime.on("session.created", () => {
      realtime.send({ type: "session.update", session: { type: "realtime", tools: [bookSeat], tool_choice: "auto" } });
      const content = [{ type: "input_text", text: "The first one, please." }];
      give({ type: "message", role: "user", content });
    });
    realtime.on("response.done", ({ response }) => {
      const [said] = response.output;
      if (said.type === "function_call") {
        const { train } = JSON.parse(said.arguments);
        give({ type: "function_call_output", call_id: said.call_id, output: JSON.stringify({ train, seat }) });
        return;
      }
      realtime.close();
      resolve(said.content[0].transcript);
    });
  });

test("the agent books a seat", async () => {
  const said = await book(new OpenAI({ apiKey: "sk-replay", baseURL: process.env.OPENAI_BASE_URL }));
  assert.equal(said, "Done. You have a seat on the ten fifteen.");
});
