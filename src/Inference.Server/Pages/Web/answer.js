// One answer of one lane: what was said, what it looks like, how fast it came.
'use strict';

class Answer {
  constructor(lane) {
    this.lane = lane;
    this.content = '';
    this.reasoning = '';
    this.calls = [];
    this.tokens = 0;
    this.state = 'waiting';
    this.element = el('article', { className: 'answer' });
    this.element.setAttribute('aria-label', `Answer ${lane.letter}`);
    this.foot = el('div', { className: 'foot' });
    this.body = el('div', { className: 'md' });
    this.view = new MarkdownView(this.body);
    this.waiting = el('div', { className: 'waiting' }, el('i'), el('i'), el('i'));
    this.element.append(this.waiting, this.body, this.foot);
    this.start = performance.now();
  }

  /** Whether it belongs to the conversation that goes on: something was said, and nothing failed before that. */
  get isSaid() { return this.content !== ''; }

  get hasEnded() { return this.state !== 'waiting' && this.state !== 'streaming'; }

  /** Runs the request until its end, whatever that is. */
  async run(request, signal) {
    this.lane.tick(() => this.draw());
    try {
      const response = await send('/v1/chat/completions', { method: 'POST', body: JSON.stringify(request), signal });
      for await (const event of events(response)) this.take(event);
      this.state = 'done';
    } catch (error) {
      this.state = error.name === 'AbortError' ? 'stopped' : 'failed';
      this.problem = this.state === 'failed' ? error : null;
      if (this.problem && !(error instanceof Problem)) this.problem = new Problem('This page failed', error.message);
    }
    this.end = performance.now();
    this.draw();
  }

  take(event) {
    if (event.error) throw new Problem('The server failed while answering', event.error.message);
    const [choice] = event.choices;
    this.tokens = event.usage?.completion_tokens ?? this.tokens;
    this.reason = choice?.finish_reason ?? this.reason;
    const delta = choice?.delta ?? {};
    this.content += delta.content ?? '';
    this.reasoning += delta.reasoning_content ?? '';
    for (const call of delta.tool_calls ?? []) {
      const known = this.calls[call.index] ??= { name: '', arguments: '' };
      known.name += call.function.name ?? '';
      known.arguments += call.function.arguments ?? '';
    }
    if (delta.content || delta.reasoning_content || delta.tool_calls) {
      this.last = performance.now();
      this.firstTokens ??= this.tokens;
      this.first ??= this.last;
      this.state = 'streaming';
    }
  }

  /** Tokens a second after the first event that carried any; null before there are some. */
  get rate() {
    const seconds = (this.last - this.first) / 1000;
    return seconds > 0 && this.tokens > this.firstTokens ? (this.tokens - this.firstTokens) / seconds : null;
  }

  draw() {
    this.waiting.hidden = this.state !== 'waiting';
    if (this.reasoning && !this.thoughts) {
      this.thoughts = el('div');
      this.thoughtsTitle = el('summary');
      this.element.insertBefore(el('details', { className: 'reasoning' }, this.thoughtsTitle, this.thoughts), this.body);
    }
    if (this.thoughts) {
      this.thoughts.textContent = this.reasoning;
      this.thoughtsTitle.textContent = this.state === 'streaming' && !this.content ? 'Thinking…' : 'Reasoning';
    }
    const calls = this.calls.map((call) => `\n\n\`\`\`\n${call.name}(${call.arguments})\n\`\`\``).join('');
    this.view.show(this.content + calls);
    this.drawFoot();
    if (this.problem && !this.problemElement) this.drawProblem();
  }

  drawFoot() {
    const isRunning = !this.hasEnded;
    const figures = [];
    const figure = (value, unit) => figures.push(el('span', { className: 'figure' }, el('b', { textContent: value }), ` ${unit}`));
    if (this.first) figure(duration(this.first - this.start), 'to first token');
    else if (isRunning) figure(duration(performance.now() - this.start), 'waiting');
    if (this.rate) figure(this.rate.toFixed(this.rate < 100 ? 1 : 0), 'tokens/s');
    if (this.tokens) figure(this.tokens.toLocaleString('en'), this.tokens === 1 ? 'token' : 'tokens');
    if (this.state === 'done' && this.reason === 'length') figures.push(el('span', { textContent: 'cut at the limit' }));
    if (this.state === 'stopped') figures.push(el('span', { textContent: 'stopped' }));
    const row = el('span', { className: isRunning ? 'figures live' : 'figures' });
    figures.forEach((item, index) => row.append(...(index ? [' \u2002', item] : [item])));
    if (!isRunning && !this.tools) {
      const copy = iconButton('copy', 'Copy the answer', () => copyText(this.content, copy));
      this.tools = el('span', { className: 'tools' }, ...(this.content ? [copy] : []), iconButton('again', 'Answer again', () => this.lane.again(this)));
    }
    this.foot.replaceChildren(...(this.tools && !this.problem ? [this.tools] : []), row);
  }

  drawProblem() {
    const { problem } = this;
    const actions = el('div', { className: 'actions' });
    if (problem.status === 401) actions.append(el('button', { type: 'button', className: 'primary', textContent: 'Enter a key', onclick: () => apiKey.ask(() => { dispatchEvent(new Event('keychange')); this.lane.again(this); }) }));
    else actions.append(el('button', { type: 'button', textContent: 'Try again', onclick: () => this.lane.again(this) }));
    const later = problem.retryAfter ? ` It asks for ${problem.retryAfter} s of patience.` : '';
    this.problemElement = el('div', { className: 'problem' }, icon('warn'), el('div', {}, el('strong', { textContent: problem.title }), problem.message + later, actions));
    this.problemElement.setAttribute('role', 'alert');
    this.element.insertBefore(this.problemElement, this.foot);
  }
}

function duration(milliseconds) {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
