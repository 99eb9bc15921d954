// Runs one scenario with OpenAI's client and prints what it saw as JSON: node openai.js BASE_URL SCENARIO
import OpenAI, { toFile } from 'openai';

const [baseURL, scenario] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: 'key', maxRetries: 0 });
const messages = [{ role: 'user', content: 'hi' }];

const scenarios = {
  async streamChat() {
    const stream = await client.chat.completions.create({
      model: 'alphabet', messages, temperature: 0, max_completion_tokens: 6, stream: true, stream_options: { include_usage: true },
    });
    const seen = { text: '', finish: null, usage: null };
    for await (const chunk of stream) {
      seen.text += chunk.choices[0]?.delta?.content ?? '';
      seen.finish = chunk.choices[0]?.finish_reason ?? seen.finish;
      seen.usage = chunk.usage ?? seen.usage;
    }
    return seen;
  },

  async chat() {
    const { choices, usage } = await client.chat.completions.create({ model: 'alphabet', messages, temperature: 0 });
    return { text: choices[0].message.content, finish: choices[0].finish_reason, tokens: usage.completion_tokens };
  },

  async parsedChat() {
    const schema = { type: 'object', properties: { n: { enum: [7] } }, required: ['n'], additionalProperties: false };
    const response_format = { type: 'json_schema', json_schema: { name: 'n', strict: true, schema } };
    const { choices } = await client.chat.completions.create({ model: 'alphabet', messages, response_format });
    return JSON.parse(choices[0].message.content);
  },

  async streamCompletion() {
    const stream = await client.completions.create({ model: 'alphabet', prompt: 'A', temperature: 0, stop: ['EF'], stream: true });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0].text;
    return { text };
  },

  async streamTools() {
    const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }];
    const completion = await client.chat.completions.stream({ model: 'alphabet', messages, tools, temperature: 0 }).finalChatCompletion();
    const { message, finish_reason } = completion.choices[0];
    return { calls: message.tool_calls.map((call) => [call.type, call.function.name, call.function.arguments]), finish_reason };
  },

  async embeddings() {
    const input = ['The cat sits outside', 'A cat is in the garden', 'Interest rates rise'];
    const { data, usage } = await client.embeddings.create({ model: 'all-minilm', input });
    const cosine = (i) => data[0].embedding.reduce((sum, value, k) => sum + value * data[i].embedding[k], 0);
    const short = await client.embeddings.create({ model: 'all-minilm', input: input[0], dimensions: 8, encoding_format: 'float' });
    return { count: data.length, length: data[0].embedding.length, ranked: cosine(1) > cosine(2), tokens: usage.total_tokens, short: short.data[0].embedding.length };
  },

  async streamResponse() {
    const stream = client.responses.stream({ model: 'alphabet', input: 'hi', temperature: 0 });
    let text = '';
    stream.on('response.output_text.delta', (event) => { text += event.delta; });
    const { status, output_text, usage } = await stream.finalResponse();
    return { text, output_text, status, tokens: usage.output_tokens };
  },

  async storedResponse() {
    const first = await client.responses.create({ model: 'alphabet', input: 'hi', temperature: 0, max_output_tokens: 3 });
    const second = await client.responses.create({ model: 'alphabet', input: 'more', temperature: 0, previous_response_id: first.id });
    const fetched = await client.responses.retrieve(second.id);
    const roles = [];
    for await (const item of client.responses.inputItems.list(second.id, { order: 'asc' })) roles.push(item.role);
    await client.responses.delete(second.id);
    const status = await client.responses.retrieve(second.id).catch((error) => error.status);
    return { text: first.output_text, same: fetched.output_text === second.output_text, roles, status };
  },

  async parsedResponse() {
    const schema = { type: 'object', properties: { n: { enum: [7] } }, required: ['n'], additionalProperties: false };
    const format = { type: 'json_schema', name: 'n', strict: true, schema };
    const { output_text } = await client.responses.create({ model: 'alphabet', input: 'hi', text: { format } });
    return JSON.parse(output_text);
  },

  async responseTools() {
    const tools = [{ type: 'function', name: 'weather', strict: false, parameters: { type: 'object' } }];
    const { output } = await client.responses.stream({ model: 'alphabet', input: 'hi', tools, temperature: 0 }).finalResponse();
    const { type, name, arguments: args } = output[0];
    return { count: output.length, call: [type, name, args] };
  },

  async batch() {
    const line = (id, prompt) => JSON.stringify({
      custom_id: id, method: 'POST', url: '/v1/completions', body: { model: 'alphabet', prompt, temperature: 0, max_tokens: 3 },
    });
    const file = await client.files.create({ file: await toFile(Buffer.from(`${line('a', 'A')}\n${line('b', 'x')}\n`), 'input.jsonl'), purpose: 'batch' });
    let batch = await client.batches.create({ input_file_id: file.id, endpoint: '/v1/completions', completion_window: '24h' });
    while (!['completed', 'failed', 'expired', 'cancelled'].includes(batch.status)) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      batch = await client.batches.retrieve(batch.id);
    }
    const output = await (await client.files.content(batch.output_file_id)).text();
    const answers = output.trim().split('\n').map((text) => JSON.parse(text)).map(({ custom_id, response }) => [custom_id, response.body.choices[0].text]);
    const listed = (await client.batches.list()).data.map(({ id }) => id);
    const deleted = (await client.files.delete(file.id)).deleted;
    const names = [];
    for await (const { filename } of client.files.list({ purpose: 'batch_output' })) names.push(filename === `${batch.id}_output.jsonl`);
    return { status: batch.status, answers, tokens: batch.usage.output_tokens, listed: listed.includes(batch.id), deleted, names };
  },

  async abort() {
    const stream = await client.chat.completions.create({ model: 'alphabet', messages, temperature: 0, stream: true });
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta?.content) break;
    }
    return { aborted: true };
  },

  async error() {
    try {
      await client.chat.completions.create({ model: 'alphabet', messages, temperature: 9 });
    } catch (error) {
      return { name: error.constructor.name, status: error.status, param: error.param, type: error.type };
    }
  },
};

console.log(JSON.stringify(await scenarios[scenario]()));
