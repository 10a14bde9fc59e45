// @openai/agents-realtime on the phone: node agents.mjs WS_URL QUESTION.pcm INTERRUPTION.pcm
// A written turn, a tool call, a spoken turn that server VAD ends, and a word into the answer.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession, tool } from "@openai/agents-realtime";

const CHUNK = 960; // 20 ms
const [url, question, interruption] = process.argv.slice(2);
const tell = (what) => console.log(JSON.stringify(what));
let toSay = Buffer.alloc(0);
let hangUp = false;
const seen = [];
const until = async (kind) => {
  for (let waited = 0; waited < 20_000; waited += 10) {
    while (seen.length) if (seen.shift() === kind) return;
    await sleep(10);
  }
  throw new Error(`no ${kind}`);
};

const getWeather = tool({
  name: "get_weather",
  description: "Tell the weather in a city.",
  parameters: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  },
  strict: false,
  execute: async ({ city }) => {
    tell({ tool: city });
    return "sunny";
  },
});
const agent = new RealtimeAgent({ name: "office", instructions: "You work in a ticket office.", tools: [getWeather] });
const session = new RealtimeSession(agent, {
  transport: new OpenAIRealtimeWebSocket({ url, useInsecureApiKey: true }),
  model: "gpt-realtime-2.1",
  config: {
    outputModalities: ["audio"],
    audio: {
      input: {
        format: { type: "audio/pcm", rate: 24000 },
        transcription: { model: "gpt-4o-mini-transcribe" },
        turnDetection: { type: "server_vad", silenceDurationMs: 300, interruptResponse: true },
      },
      output: { format: { type: "audio/pcm", rate: 24000 }, voice: "marin" },
    },
  },
});
session.on("error", (error) => tell({ error: JSON.stringify(error.error ?? String(error)) }));
session.on("history_added", (item) => tell({ item: item.role ?? item.type }));
session.on("audio_interrupted", () => (tell({ interrupted: true }), seen.push("audio_interrupted")));
for (const kind of ["agent_start", "agent_end", "audio", "agent_tool_end"]) session.on(kind, () => seen.push(kind));

const microphone = async () => {
  while (!hangUp) {
    const chunk = Buffer.alloc(CHUNK);
    toSay.subarray(0, CHUNK).copy(chunk);
    toSay = toSay.subarray(CHUNK);
    session.sendAudio(chunk.buffer.slice(chunk.byteOffset, chunk.byteOffset + CHUNK));
    await sleep(20);
  }
};

await session.connect({ apiKey: "sk-test-key", url });
session.sendMessage("Hello!");
await until("agent_end");
session.sendMessage("How is the weather?");
await until("agent_tool_end");
await until("agent_end");
await sleep(4000); // until all that was said has been played
seen.length = 0;
const talking = microphone();
toSay = readFileSync(question);
await until("audio");
await sleep(700);
toSay = readFileSync(interruption);
await until("audio_interrupted");
await until("agent_start");
await until("agent_end");
hangUp = true;
await talking;
tell({ done: true });
session.close();
