// The first page: what is served, and how to call it.
'use strict';

const base = `${location.origin}/v1`;
const snippets = (model) => ({
  curl: `curl -N ${base}/chat/completions -H 'Content-Type: application/json' -d '{
  "model": "${model}",
  "messages": [{"role": "user", "content": "Name three colours."}],
  "stream": true
}'`,
  Python: `from openai import OpenAI

client = OpenAI(base_url="${base}", api_key="none")
stream = client.chat.completions.create(
    model="${model}",
    messages=[{"role": "user", "content": "Name three colours."}],
    stream=True,
)
for chunk in stream:
    print(chunk.choices[0].delta.content or "", end="", flush=True)`,
  JavaScript: `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${base}', apiKey: 'none' });
const stream = await client.chat.completions.create({
  model: '${model}',
  messages: [{ role: 'user', content: 'Name three colours.' }],
  stream: true,
});
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? '');`,
  'C#': `using System.ClientModel;
using OpenAI;

var options = new OpenAIClientOptions { Endpoint = new Uri("${base}") };
var chat = new OpenAIClient(new ApiKeyCredential("none"), options).GetChatClient("${model}");
await foreach (var update in chat.CompleteChatStreamingAsync("Name three colours."))
    foreach (var part in update.ContentUpdate)
        Console.Write(part.Text);`,
});

function showSnippets(model) {
  const texts = snippets(model);
  const tabs = Object.keys(texts).map((name) => {
    const tab = el('button', { type: 'button', role: 'tab', textContent: name });
    tab.onclick = () => choose(tab);
    return tab;
  });
  const choose = (chosen) => {
    $('#snippet').textContent = texts[chosen.textContent];
    for (const tab of tabs) {
      tab.setAttribute('aria-selected', `${tab === chosen}`);
      tab.tabIndex = tab === chosen ? 0 : -1;
    }
  };
  $('.tabs').onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs.at((tabs.indexOf(document.activeElement) + step) % tabs.length);
    choose(next);
    next.focus();
  };
  $('.tabs').replaceChildren(...tabs);
  choose(tabs[0]);
}

async function load() {
  try {
    const models = (await (await send('/v1/models')).json()).data;
    $('#serving').textContent = `Serving ${models.map((model) => model.id).join(', ')}.`;
    $('#model-list').replaceChildren(...models.map((model) => el('li', {}, el('b', { textContent: model.id }), el('span', { textContent: model.max_model_len ? `${model.max_model_len.toLocaleString('en')} tokens` : '' }))));
    showSnippets(models[0].id);
  } catch (error) {
    $('#serving').textContent = error.status === 401 ? 'It asks for an API key: enter yours above.' : `${error.title}. ${error.message}`;
    $('#model-list').replaceChildren(el('li', {}, el('span', { textContent: error.message })));
  }
}

for (const box of document.querySelectorAll('.copy')) {
  const button = iconButton('copy', 'Copy', () => copyText(box.firstElementChild.textContent, button));
  box.append(button);
}
$('#base').textContent = base;
showSnippets('MODEL');
addEventListener('keychange', load);
load();
send('/version').then((response) => response.json()).then(({ version }) => { $('#version').textContent = `Version ${version}`; }, () => {});
