// The API's own description, to read and to try.
'use strict';

async function load() {
  const api = await (await send('/openapi.json')).json();
  const schemas = new Schemas(api.components.schemas);
  $('#about').textContent = api.info.description;
  const operations = Object.entries(api.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })));
  for (const { name } of api.tags) {
    $('#index').append(el('h2', { textContent: name }));
    for (const operation of operations.filter((one) => one.tags.includes(name))) {
      $('#index').append(el('a', { href: `#${operation.operationId}` }, methodLabel(operation), el('span', { textContent: operation.path })));
      $('#operations').append(show(operation, schemas, api.components.responses));
    }
  }
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  fillInModels();
  addEventListener('keychange', fillInModels);
}

const methodLabel = ({ method }) => el('span', { className: `method ${method}`, textContent: method.toUpperCase() });

function show(operation, schemas, failures) {
  const section = el('section', { className: 'operation', id: operation.operationId },
    el('h2', {}, methodLabel(operation), el('span', { textContent: operation.path })), el('p', { textContent: operation.summary }));
  section.append(tryIt(operation));
  const body = operation.requestBody?.content['application/json']?.schema;
  if (body) section.append(schemas.fold('Fields of the request', () => schemas.list(body)));
  for (const [type, content] of Object.entries(operation.responses[200].content ?? {})) {
    const title = type === 'text/event-stream' ? 'Fields of each event' : 'Fields of the answer';
    if (content.schema) section.append(schemas.fold(title, () => schemas.list(content.schema)));
  }
  const statuses = Object.entries(operation.responses).map(([status, response]) => {
    const { description } = response.$ref ? failures[status] : response;
    return el('li', {}, el('b', { textContent: status }), ` ${status === '200' ? 'OK' : description.replace(/\.$/, '')}`);
  });
  section.append(el('ul', { className: 'statuses' }, ...statuses));
  return section;
}

/** A form that sends the request and shows what comes back, as it comes. */
function tryIt(operation) {
  const content = operation.requestBody?.content['application/json'];
  const form = el('form', { className: 'try' });
  const parameters = (operation.parameters ?? []).map(({ name }) => {
    const field = el('input', { name, required: true });
    form.append(el('label', {}, name, field));
    return field;
  });
  let body;
  if (content) {
    const example = JSON.stringify(content.example ?? {}, null, 2);
    body = el('textarea', { className: 'mono body', spellcheck: false, value: example, rows: Math.min(14, example.split('\n').length) });
    form.append(el('label', {}, 'Body', body));
  }
  const button = el('button', { className: 'primary', textContent: 'Send' });
  const status = el('span', { role: 'status' });
  const answer = el('pre', { hidden: true, tabIndex: 0 });
  form.append(el('div', { className: 'row' }, button, status), answer);
  let abort;
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (abort) return abort.abort();
    abort = new AbortController();
    button.textContent = 'Stop';
    answer.replaceChildren();
    answer.hidden = false;
    const path = parameters.reduce((text, field) => text.replace(`{${field.name}}`, encodeURIComponent(field.value).replaceAll('%2F', '/')), operation.path);
    await receive(path, { method: operation.method.toUpperCase(), body: body?.value, signal: abort.signal }, status, answer);
    button.textContent = 'Send';
    abort = undefined;
  };
  return form;
}

async function receive(path, { method, body, signal }, status, answer) {
  const start = performance.now();
  const time = () => `${Math.round(performance.now() - start)} ms`;
  try {
    const response = await fetch(path, { method, body, signal, headers: { ...apiKey.headers(), ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) } });
    status.textContent = `${response.status} after ${time()}`;
    status.className = response.ok ? '' : 'failed';
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) answer.append(read.value);
    const type = response.headers.get('Content-Type') ?? '';
    if (type.startsWith('application/json')) answer.textContent = JSON.stringify(JSON.parse(answer.textContent), null, 2);
    if (answer.textContent === '') answer.textContent = '(empty)';
    status.textContent = `${response.status} in ${time()}`;
  } catch (error) {
    status.textContent = error.name === 'AbortError' ? `stopped after ${time()}` : 'The server cannot be reached.';
  }
}

// Examples name no model, which stands for the first one.
async function fillInModels() {
  const models = await send('/v1/models').then((response) => response.json()).then((body) => body.data, () => []);
  for (const field of document.querySelectorAll('input[name=id]')) field.value ||= models[0]?.id ?? '';
}

load().catch((error) => { $('#about').textContent = `${error.title ?? 'This page failed'}. ${error.message}`; });
