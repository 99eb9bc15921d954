// Plays a person who uses the pages in Chromium: node pages.js EXECUTABLE URL SCENARIO
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const [executablePath, url, scenario] = process.argv.slice(2);
const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...(scenario === 'phone' ? phone : {}) });
const page = await context.newPage();
page.setDefaultTimeout(60_000);

// Whatever a page does, it asks nothing of others, breaks no policy and throws nothing.
const wrong = [];
page.on('pageerror', (error) => wrong.push(`threw ${error.message}`));
page.on('request', (request) => {
  if (!request.url().startsWith(url) && !request.url().startsWith('data:')) wrong.push(`asked for ${request.url()}`);
});
page.on('console', (message) => {
  if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) wrong.push(message.text());
});

const lane = (letter) => page.locator(`.lane[data-letter=${letter}]`);
const answer = (letter = 'A') => lane(letter).locator('.answer').last();
const ended = (letter = 'A') => answer(letter).getByRole('button', { name: 'Answer again' }).waitFor();
const textOf = (locator) => locator.locator('.md').innerText();
const open = async (path = 'playground') => {
  await page.goto(url + path);
  if (path === 'playground') await page.locator('.model option').first().waitFor({ state: 'attached' });
};
const ask = async (text) => {
  await page.getByLabel('Message').fill(text);
  await page.getByLabel('Message').press('Enter');
};
const set = async (name, value, letter = 'A') => {
  if (await lane(letter).locator('.settings').isHidden()) await lane(letter).locator('.tune').click();
  const field = lane(letter).locator(`[name=${name}]`);
  if (await field.evaluate((element) => element.tagName) === 'SELECT') await field.selectOption(value);
  else await field.fill(value);
};
const greedy = async (maxTokens, letter) => {
  await set('temperature', '0', letter);
  await set('max_tokens', `${maxTokens}`, letter);
  await page.keyboard.press('Escape');
};
const sent = async (action) => {
  const [request] = await Promise.all([page.waitForRequest('**/v1/chat/completions'), action()]);
  return request.postDataJSON();
};

const scenarios = {
  async chat() {
    await open();
    await greedy(4);
    await ask('first');
    await ended();
    assert.equal(await textOf(answer()), 'abcd');
    assert.match(await answer().locator('.foot').innerText(), /to first token[\s\S]*4 tokens[\s\S]*cut at the limit/);

    // The conversation is kept: the next request carries it.
    const body = await sent(() => ask('second'));
    assert.deepEqual(body.messages.map(({ role, content }) => `${role}: ${content}`), ['user: first', 'assistant: abcd', 'user: second']);
    await ended();
    const again = await sent(() => answer().getByRole('button', { name: 'Answer again' }).click());
    assert.deepEqual(again.messages, body.messages);
    await ended();
    assert.equal(await page.locator('.answer').count(), 2);
    await page.getByRole('button', { name: /New chat/ }).click();
    assert.equal(await page.locator('.answer').count(), 0);
  },

  async compare() {
    await open();
    await greedy(3);
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('button', { name: 'Compare' }).click();
    assert.ok(await page.getByRole('button', { name: 'Compare' }).isDisabled());
    await page.getByLabel('Model B').selectOption('other');
    await greedy(5, 'C');
    await ask('hi');
    for (const letter of 'ABC') await ended(letter);
    assert.deepEqual([await textOf(answer('A')), await textOf(answer('B')), await textOf(answer('C'))], ['abc', 'abc', 'abcde']);
    await page.getByRole('button', { name: 'Remove conversation B' }).click();
    assert.equal(await page.locator('.lane').count(), 2);
  },

  async settings() {
    await open();
    for (const [name, value] of Object.entries({
      system: 'Be brief.', temperature: '0.5', top_p: '0.9', top_k: '40', min_p: '0.05', max_tokens: '7', seed: '3', presence_penalty: '0.1', frequency_penalty: '0.2',
      repetition_penalty: '1.1', stop: 'END\nSTOP', response_format: 'json_schema', schema: '{"type": "boolean"}', further: '{"ignore_eos": true}',
    })) await set(name, value);
    await page.keyboard.press('Escape');
    const { model, messages, stream, stream_options, ...rest } = await sent(() => ask('hi'));
    assert.deepEqual(messages, [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'hi' }]);
    assert.deepEqual(rest, {
      temperature: 0.5, max_tokens: 7, top_p: 0.9, top_k: 40, min_p: 0.05, seed: 3, presence_penalty: 0.1, frequency_penalty: 0.2, repetition_penalty: 1.1,
      stop: ['END', 'STOP'], response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: { type: 'boolean' } } }, ignore_eos: true,
    });
    await ended();
    await set('schema', 'no JSON');
    assert.ok(await lane('A').locator('.note').isVisible());

    // What the server refuses is told in its words.
    await set('schema', '{"not": {}}');
    await page.keyboard.press('Escape');
    await ask('hi');
    await page.getByRole('alert').getByText('The server refuses this request').waitFor();
  },

  async stop() {
    await open();
    await set('further', '{"ignore_eos": true}');
    await greedy(200);
    await ask('hi');
    await answer().locator('.md p').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await ended();
    assert.match(await answer().locator('.foot').innerText(), /stopped/);
    assert.ok((await textOf(answer())).length > 0);
  },

  async hostile() {
    await open();
    await set('max_tokens', '2000');
    await greedy(2000);
    await ask('<img src=x onerror="document.title=1">');
    await ended();
    assert.equal(await page.locator('.log img, .log script, .log b:not(.figure b), .log a').count(), 0);
    assert.notEqual(await page.title(), 'hacked');
    const text = await textOf(answer());
    for (const part of ['Hi <img src=x onerror=', '<script>document.title', '[click](javascript:', '<b>bold</b>', '<i>']) assert.ok(text.includes(part), part);
    assert.equal(await answer().locator('.md h1').count(), 1);
    assert.equal(await answer().locator('.md strong').innerText(), '<b>bold</b>');
  },

  async reasoning() {
    await open();
    await greedy(200);
    await ask('hi');
    await ended();
    const thoughts = answer().locator('.reasoning div');
    assert.ok(await thoughts.isHidden());
    assert.equal(await textOf(answer()), 'It is so.');
    await answer().locator('summary').click();
    assert.equal(await thoughts.innerText(), 'Let me see.');

    // What was thought is not said again.
    const body = await sent(() => ask('and?'));
    assert.equal(body.messages[1].content, 'It is *so*.');
    await ended();
  },

  async key() {
    await open('playground?').catch(() => {});
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await dialog.getByRole('textbox').fill('wrong');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor();
    await dialog.getByRole('textbox').fill('secret');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.locator('.model option').first().waitFor({ state: 'attached' });
    await greedy(3);
    await ask('hi');
    await ended();
    assert.equal(await textOf(answer()), 'abc');
    assert.equal(await page.evaluate(() => JSON.stringify(localStorage).includes('secret')), false);
    const other = await context.newPage();
    await other.goto(`${url}playground`);
    await other.getByRole('dialog').waitFor();
  },

  async busy() {
    await open();
    await greedy(3);
    await ask('one');
    await ended();
    await ask('two');
    const problem = page.getByRole('alert').filter({ hasText: 'The server is busy' });
    await problem.waitFor();
    assert.ok(await problem.getByRole('button', { name: 'Try again' }).isVisible());

    // A server that is gone.
    await page.route('**/v1/**', (route) => route.abort());
    await ask('three');
    await page.getByRole('alert').filter({ hasText: 'cannot be reached' }).waitFor();
  },

  async phone() {
    await open();
    await greedy(12);
    await page.getByLabel('Message').fill('hi');
    await page.getByRole('button', { name: 'Send' }).tap();
    await ended();
    await page.getByRole('button', { name: 'Compare' }).tap();
    for (const path of [null, '', 'docs']) {
      if (path !== null) await open(path);
      const { width, right } = await page.evaluate(() => ({ width: innerWidth, right: document.documentElement.scrollWidth }));
      assert.ok(right <= width, `${path} is ${right} wide on ${width}`);
    }
  },

  async home() {
    await open('');
    await page.getByText('Serving alphabet, other.').waitFor();
    await page.getByRole('tab', { name: 'Python' }).click();
    assert.match(await page.locator('#snippet').innerText(), new RegExp(`base_url="${url}v1"[^]*model="alphabet"`));
    await page.getByRole('tab', { name: 'Python' }).press('ArrowRight');
    assert.match(await page.locator('#snippet').innerText(), /import OpenAI/);
    await page.getByRole('link', { name: 'Open the playground' }).click();
    await page.locator('.model option').first().waitFor({ state: 'attached' });
  },

  async docs() {
    await open('docs');
    const operation = page.locator('#postV1Completions');
    await operation.locator('textarea').fill('{"prompt": "w", "temperature": 0}');
    await operation.getByRole('button', { name: 'Send' }).click();
    await operation.getByText(/^200 in/).waitFor();
    assert.match(await operation.locator('.try pre').innerText(), /"text": "xyz"/);
    await operation.getByText('Fields of the request').click();
    await operation.getByText('prompt_logprobs', { exact: true }).first().waitFor();
    const one = page.locator('#getV1ModelsId');
    await one.getByRole('button', { name: 'Send' }).click();
    await one.getByText(/^200 in/).waitFor();
  },
};

await scenarios[scenario]();
assert.deepEqual(wrong, []);
await browser.close();
