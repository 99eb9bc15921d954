// Talking to the server: the key, failures in words, server-sent events.
'use strict';

/** What went wrong, for a person. */
class Problem extends Error {
  constructor(title, message, { status = 0, retryAfter = 0 } = {}) {
    super(message);
    Object.assign(this, { title, status, retryAfter });
  }

  static async of(response) {
    const error = await response.json().then((body) => body.error, () => null) ?? {};
    const titles = {
      400: error.code === 'context_length_exceeded' ? 'The conversation is too long' : 'The server refuses this request',
      401: 'An API key is needed',
      404: error.code === 'model_not_found' ? 'No such model' : 'Nothing there',
      413: 'The request is too large',
      429: 'The server is busy',
      503: 'The server is not taking requests',
      504: 'It took too long',
    };
    const title = titles[response.status] ?? `The server failed (${response.status})`;
    return new Problem(title, error.message ?? response.statusText, { status: response.status, retryAfter: Number(response.headers.get('Retry-After')) || 0 });
  }
}

const apiKey = {
  get value() { return session.get('api-key') ?? ''; },
  set value(key) {
    session.set('api-key', key);
    this.show();
  },
  show() {
    $('#key').classList.toggle('has-key', this.value !== '');
    $('#key').setAttribute('aria-label', this.value ? 'API key (set)' : 'API key');
  },
  headers() { return this.value ? { Authorization: `Bearer ${this.value}` } : {}; },

  /** Asks for it; `then` runs when it has been answered. */
  ask(then = () => {}) {
    const dialog = $('#key-dialog');
    const field = $('input', dialog);
    field.value = this.value;
    dialog.returnValue = '';
    dialog.onclose = () => {
      if (dialog.returnValue === '') return;
      this.value = dialog.returnValue === 'save' ? field.value.trim() : '';
      then();
    };
    dialog.showModal();
  },
};
apiKey.show();
$('#key').onclick = () => apiKey.ask(() => dispatchEvent(new Event('keychange')));

/** Sends a request; a failure, of the network too, is a Problem. */
async function send(path, { method = 'GET', body, signal } = {}) {
  let response;
  try {
    response = await fetch(path, { method, body, signal, headers: { ...apiKey.headers(), ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) } });
  } catch (error) {
    throw error.name === 'AbortError' ? error : new Problem('The server cannot be reached', 'It may have been stopped, or the network is down.');
  }
  if (!response.ok) throw await Problem.of(response);
  return response;
}

/** The data of a response's server-sent events, [DONE] left out. A stream that ends before it is a Problem. */
async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    let read;
    try {
      read = await reader.read();
    } catch (error) {
      throw error.name === 'AbortError' ? error : new Problem('The connection was lost', 'The answer is incomplete.');
    }
    if (read.done) throw new Problem('The connection was lost', 'The answer is incomplete.');
    const parts = (rest + read.value).split('\n\n');
    rest = parts.pop();
    for (const part of parts) {
      if (!part.startsWith('data: ')) continue;
      const data = part.slice('data: '.length);
      if (data === '[DONE]') return;
      yield JSON.parse(data);
    }
  }
}
