// Runs scenarios with the Vercel AI SDK and prints what it saw as JSON: node ai-sdk.js BASE_URL SCENARIO,...
import { createOpenAI } from '@ai-sdk/openai';
import { embedMany, generateText, jsonSchema, Output, streamText, tool } from 'ai';

const [baseURL, wanted] = process.argv.slice(2);
const openai = createOpenAI({ baseURL, apiKey: 'key' });
const model = openai.chat('alphabet');
const responses = openai.responses('alphabet');
const options = { model, prompt: 'hi', temperature: 0, maxRetries: 0 };
const tools = {
  weather: tool({
    description: 'The weather somewhere.',
    inputSchema: jsonSchema({ type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }),
  }),
};

const output = Output.object({
  schema: jsonSchema({ type: 'object', properties: { n: { type: 'integer', enum: [7] } }, required: ['n'], additionalProperties: false }),
});

const scenarios = {
  async chat() {
    const { text, finishReason, usage } = await generateText(options);
    return { text, finishReason, outputTokens: usage.outputTokens };
  },

  async embeddings() {
    const { embeddings, usage } = await embedMany({ model: openai.embedding('all-minilm'), values: ['a cat', 'a dog'], maxRetries: 0 });
    return { count: embeddings.length, length: embeddings[0].length, tokens: usage.tokens };
  },

  async structured() {
    return (await generateText({ ...options, output })).output;
  },

  async structuredResponse() {
    return (await generateText({ ...options, model: responses, output })).output;
  },

  async response() {
    const { text, finishReason, usage } = await generateText({ ...options, model: responses });
    return { text, finishReason, outputTokens: usage.outputTokens };
  },

  async streamResponse() {
    const result = streamText({ ...options, model: responses });
    let text = '';
    for await (const piece of result.textStream) text += piece;
    return { text, finishReason: await result.finishReason };
  },

  async streamResponseTools() {
    const result = streamText({ ...options, model: responses, tools });
    const calls = (await result.toolCalls).map(({ toolName, input }) => ({ toolName, input }));
    return { calls, finishReason: await result.finishReason };
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
