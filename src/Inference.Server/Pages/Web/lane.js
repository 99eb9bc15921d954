// One conversation with one model and its settings. Up to three stand side by side and hear the same messages.
'use strict';

const NUMBERS = ['temperature', 'max_tokens', 'top_p', 'top_k', 'min_p', 'seed', 'presence_penalty', 'frequency_penalty', 'repetition_penalty'];
const EXAMPLE_SCHEMA = {
  type: 'object',
  properties: { name: { type: 'string', maxLength: 40 }, colours: { type: 'array', items: { type: 'string', maxLength: 20 }, maxItems: 3 } },
  required: ['name', 'colours'],
  additionalProperties: false,
};
const IDEAS = ['Explain in two sentences what a hash table is.', 'Write a haiku about rain on a tin roof.', 'List three uses of a paperclip, as a table.'];

class Lane {
  constructor(letter, models) {
    this.letter = letter;
    this.turns = [];
    this.element = $('#lane').content.cloneNode(true).firstElementChild;
    this.element.dataset.letter = letter;
    this.element.setAttribute('aria-label', `Conversation ${letter}`);
    this.log = $('.log', this.element);
    this.form = $('.settings', this.element);
    this.model = $('.model', this.element);
    this.model.setAttribute('aria-label', `Model ${letter}`);
    $('.letter', this.element).textContent = letter;
    $('.remove', this.element).setAttribute('aria-label', `Remove conversation ${letter}`);
    this.form.elements.schema.value = JSON.stringify(EXAMPLE_SCHEMA, null, 2);
    this.showModels(models);
    this.listen();
    this.showEmpty();
  }

  listen() {
    $('.tune', this.element).onclick = () => this.toggleSettings();
    $('.done', this.element).onclick = () => this.toggleSettings(false);
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || this.form.hidden) return;
      event.stopPropagation();
      this.toggleSettings(false);
    });
    this.form.oninput = () => this.showSettings();
    this.form.onreset = () => setTimeout(() => {
      this.form.elements.schema.value = JSON.stringify(EXAMPLE_SCHEMA, null, 2);
      this.showSettings();
    });
    this.form.onsubmit = (event) => event.preventDefault();
    this.model.onchange = () => this.showEmpty();
    const curl = $('.curl', this.element);
    curl.onclick = () => copyText(this.curl(), curl);
  }

  get isRunning() { return this.abort !== undefined; }

  showModels(models) {
    const chosen = this.model.value;
    this.models = models;
    this.model.replaceChildren(...models.map((model) => el('option', { value: model.id, textContent: model.id })));
    if (models.some((model) => model.id === chosen)) this.model.value = chosen;
    this.model.hidden = models.length === 0;
    this.showEmpty();
  }

  showEmpty() {
    if (this.turns.length > 0) return;
    const model = this.models.find((one) => one.id === this.model.value);
    const ideas = IDEAS.map((text) => el('button', { type: 'button', textContent: text, onclick: () => dispatchEvent(new CustomEvent('idea', { detail: text })) }));
    this.log.replaceChildren(el('div', { className: 'empty' },
      el('div', {}, el('h1', { textContent: model ? 'What would you like to ask?' : 'No model is there' }),
        el('p', { textContent: model?.max_model_len ? `${model.id} reads and writes up to ${model.max_model_len.toLocaleString('en')} tokens in a conversation.` : 'The server tells of none yet.' })),
      el('div', { className: 'ideas' }, ...(model ? ideas : []))));
  }

  toggleSettings(isOpen = this.form.hidden) {
    this.form.hidden = !isOpen;
    $('.tune', this.element).setAttribute('aria-expanded', `${isOpen}`);
    (isOpen ? this.form.elements.system : $('.tune', this.element)).focus();
  }

  showSettings() {
    const { elements } = this.form;
    $('[data-for=json_schema]', this.form).hidden = elements.response_format.value !== 'json_schema';
    let problem = '';
    for (const name of ['schema', 'further']) {
      const isUsed = name === 'further' ? elements.further.value.trim() !== '' : elements.response_format.value === 'json_schema';
      const wrong = isUsed ? jsonObjectProblem(elements[name].value) : '';
      elements[name].setAttribute('aria-invalid', `${wrong !== ''}`);
      if (wrong) problem = `${name === 'schema' ? 'JSON schema' : 'Further fields'}: ${wrong}`;
    }
    $('.note', this.form).textContent = problem;
    $('.note', this.form).hidden = problem === '';
    const said = NUMBERS.filter((name) => elements[name].value !== '').map((name) => `${name.replaceAll('_', ' ')} ${elements[name].value}`);
    if (elements.system.value.trim()) said.unshift('system prompt');
    if (elements.response_format.value) said.push(elements.response_format.value.replace('_', ' '));
    $('.summary', this.element).textContent = said.join(' · ');
  }

  /** The request that asks for the answer after `turns`. */
  request(turns) {
    const { elements } = this.form;
    const body = { model: this.model.value, messages: [] };
    if (elements.system.value.trim()) body.messages.push({ role: 'system', content: elements.system.value });
    for (const { user, answer } of turns) {
      if (answer && !answer.isSaid) continue;
      body.messages.push({ role: 'user', content: user });
      if (answer) body.messages.push({ role: 'assistant', content: answer.content });
    }
    for (const name of NUMBERS) {
      if (elements[name].value !== '') body[name] = elements[name].valueAsNumber;
    }
    const stop = elements.stop.value.split('\n').filter((line) => line !== '');
    if (stop.length > 0) body.stop = stop;
    if (elements.response_format.value === 'json_object') body.response_format = { type: 'json_object' };
    if (elements.response_format.value === 'json_schema') {
      body.response_format = { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: JSON.parse(elements.schema.value) } };
    }
    return { ...body, ...(elements.further.value.trim() ? JSON.parse(elements.further.value) : {}), stream: true, stream_options: { include_usage: true, continuous_usage_stats: true } };
  }

  curl() {
    const body = JSON.stringify(this.request([...this.turns, ...(this.turns.length ? [] : [{ user: IDEAS[0] }])]), null, 2).replaceAll("'", "'\\''");
    const key = apiKey.value ? " -H 'Authorization: Bearer '$INFERENCE_API_KEY" : '';
    return `curl -N ${location.origin}/v1/chat/completions${key} -H 'Content-Type: application/json' -d '${body}'`;
  }

  /** Asks, and resolves when the answer has ended. */
  async ask(text) {
    const turn = { user: text };
    if (this.turns.length === 0) this.log.replaceChildren();
    this.turns.push(turn);
    turn.element = el('div', { className: 'user', textContent: text });
    this.log.append(turn.element);
    await this.answer(turn);
  }

  /** Asks for an answer once more; what came after it is dropped. */
  async again(answer) {
    const index = this.turns.findIndex((turn) => turn.answer === answer);
    if (this.isRunning || index < 0) return;
    for (const turn of this.turns.splice(index + 1)) {
      turn.element.remove();
      turn.answer.element.remove();
    }
    answer.element.remove();
    await this.answer(this.turns[index]);
  }

  async answer(turn) {
    turn.answer = undefined;
    let request;
    this.abort = new AbortController();
    const answer = new Answer(this);
    try {
      request = this.request(this.turns);
    } catch (error) {
      // The field says so, too.
      request = null;
      answer.problem = new Problem('The settings are not valid JSON', error.message);
    }
    turn.answer = answer;
    this.log.append(answer.element);
    this.isPinned = true;
    this.stick();
    dispatchEvent(new Event('running'));
    if (request) await answer.run(request, this.abort.signal);
    else [answer.state] = ['failed', answer.draw()];
    this.stick();
    this.abort = undefined;
    dispatchEvent(new CustomEvent('running', { detail: `Answer ${this.letter}: ${answer.problem ? answer.problem.title : answer.state === 'stopped' ? 'stopped' : `${answer.tokens} tokens`}` }));
  }

  stop() { this.abort?.abort(); }

  /** Draws before each frame while an answer comes. */
  tick(draw) {
    const frame = () => {
      if (!this.isRunning) return;
      this.isPinned = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 60;
      draw();
      this.stick();
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  // Follows the text, unless the reader has gone up.
  stick() {
    if (this.isPinned) this.log.scrollTop = this.log.scrollHeight;
  }

  forget() {
    this.stop();
    this.turns = [];
    this.showEmpty();
  }

  /** Takes over another lane's model, settings and conversation. */
  copyFrom(other) {
    this.model.value = other.model.value;
    for (const field of other.form.elements) {
      if (field.name) this.form.elements[field.name].value = field.value;
    }
    this.showSettings();
    const said = other.turns.filter((turn) => turn.answer?.isSaid && turn.answer.hasEnded);
    if (said.length > 0) this.log.replaceChildren();
    for (const turn of said) {
      const answer = new Answer(this);
      Object.assign(answer, { content: turn.answer.content, reasoning: turn.answer.reasoning, state: 'done' });
      answer.draw();
      this.turns.push({ user: turn.user, answer, element: el('div', { className: 'user', textContent: turn.user }) });
      this.log.append(this.turns.at(-1).element, answer.element);
    }
  }
}

function jsonObjectProblem(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? '' : 'must be an object';
  } catch (error) {
    return error.message;
  }
}
