// Runs one scenario with OpenAI's client and prints what it saw as JSON: node openai.js BASE_URL SCENARIO
import OpenAI from 'openai';

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
