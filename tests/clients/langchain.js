// Runs scenarios with LangChain and prints what it saw as JSON: node langchain.js BASE_URL SCENARIO,...
import { AIMessage, HumanMessage, ToolMessage } from '@langchain/core/messages';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';

const [baseURL, wanted] = process.argv.slice(2);
const chat = new ChatOpenAI({ model: 'alphabet', apiKey: 'key', temperature: 0, maxTokens: 200, maxRetries: 0, configuration: { baseURL } });
const withTools = chat.bindTools([
  {
    type: 'function',
    function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
  },
]);
const callsOf = (message) => message.tool_calls.map(({ name, args }) => ({ name, args }));

const scenarios = {
  async chat() {
    const message = await chat.invoke('hi');
    return { text: message.content, finish: message.response_metadata.finish_reason, outputTokens: message.usage_metadata.output_tokens };
  },

  async embeddings() {
    const embeddings = new OpenAIEmbeddings({ model: 'all-minilm', apiKey: 'key', maxRetries: 0, configuration: { baseURL } });
    const [documents, query] = [await embeddings.embedDocuments(['a cat', 'a dog']), await embeddings.embedQuery('a cat')];
    return { count: documents.length, length: query.length, same: query.every((value, i) => value === documents[0][i]) };
  },

  async stream() {
    let text = '';
    for await (const chunk of await chat.stream('hi')) text += chunk.content;
    return { text };
  },

  async tools() {
    return { calls: callsOf(await withTools.invoke('hi')) };
  },

  async streamTools() {
    let message;
    for await (const chunk of await withTools.stream('hi')) message = message ? message.concat(chunk) : chunk;
    return { calls: callsOf(message) };
  },

  async structured() {
    const schema = { title: 'n', type: 'object', properties: { n: { type: 'integer', enum: [7] } }, required: ['n'], additionalProperties: false };
    return chat.withStructuredOutput(schema, { method: 'jsonSchema', strict: true }).invoke('hi');
  },

  async toolAnswer() {
    const call = { name: 'weather', args: { city: 'Graz' }, id: 'call_1', type: 'tool_call' };
    const message = await chat.invoke([
      new HumanMessage('Weather?'),
      new AIMessage({ content: '', tool_calls: [call] }),
      new ToolMessage({ content: 'Rain.', tool_call_id: 'call_1' }),
    ]);
    return { text: message.content };
  },
};

const seen = {};
for (const scenario of wanted.split(',')) seen[scenario] = await scenarios[scenario]();
console.log(JSON.stringify(seen));
