// Runs scenarios with the Vercel AI SDK and prints what it saw as JSON: node ai-sdk.js BASE_URL SCENARIO,...
import { createOpenAI } from '@ai-sdk/openai';
import { generateText, jsonSchema, streamText, tool } from 'ai';

const [baseURL, wanted] = process.argv.slice(2);
const model = createOpenAI({ baseURL, apiKey: 'key' }).chat('alphabet');
const options = { model, prompt: 'hi', temperature: 0, maxRetries: 0 };
const tools = {
  weather: tool({
    description: 'The weather somewhere.',
    inputSchema: jsonSchema({ type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }),
  }),
};

const scenarios = {
  async chat() {
    const { text, finishReason, usage } = await generateText(options);
    return { text, finishReason, outputTokens: usage.outputTokens };
  },

  async stream() {
    const result = streamText(options);
    let text = '';
    for await (const piece of result.textStream) text += piece;
    return { text, finishReason: await result.finishReason };
  },

  async tools() {
    const { toolCalls, finishReason } = await generateText({ ...options, tools });
    return { calls: toolCalls.map(({ toolName, input }) => ({ toolName, input })), finishReason };
  },

  async streamTools() {
    const result = streamText({ ...options, tools });
    let pieces = '';
    for await (const part of result.fullStream) {
      if (part.type === 'tool-input-delta') pieces += part.delta;
    }
    const calls = (await result.toolCalls).map(({ toolName, input }) => ({ toolName, input }));
    return { pieces, calls, finishReason: await result.finishReason };
  },
};

const seen = {};
for (const scenario of wanted.split(',')) seen[scenario] = await scenarios[scenario]();
console.log(JSON.stringify(seen));
