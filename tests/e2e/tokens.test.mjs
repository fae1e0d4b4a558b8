// SPDX-License-Identifier: GPL-3.0-or-later
// Limits of tokens: reserved before a request goes out, settled by what the provider says was used.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { chunk, completion, eventually, folder, gateway, json, messages, openStream, upstream } from './harness.mjs';

// One token a second comes in, so that a figure holds for as long as a test takes, give or take.
const slow = 'tokens_per_minute: 60, burst_tokens: 1000';
const near = (value, expected) => assert.ok(value >= expected && value <= expected + 5, `${value} is not ${expected}`);

async function scene(t, { limits = slow, route = '', server = '', provider = '', handler }) {
  const up = await upstream(t, handler);
  const file = path.join(folder(t), 'c.yaml');
  writeFileSync(
    file,
    `version: 1\n${server}\nproviders:\n` +
      `  - {id: up, base_url: 'http://127.0.0.1:${up.port}/v1', limits: {${limits}}${provider}}\n` +
      `routes:\n  - {model: m, retry: {attempts: 1}, targets: [{provider: up}]${route}}\n`,
  );
  const gw = await gateway(t, ['--config', file], { CI_KEY: 'ci-key' });
  const snapshot = async () => (await gw.admin('GET', 'snapshot')).json();
  const left = async () => (await snapshot()).providers[0].tokens.available;
  return { up, gw, snapshot, left };
}

const answer = (used) => (request, response) =>
  json(response, 200, { ...completion(), usage: { prompt_tokens: used - 5, completion_tokens: 5, total_tokens: used } });
const ask = (gw, body = {}, headers = {}) =>
  fetch(`${gw.url}/v1/chat/completions`, { method: 'POST', headers, body: JSON.stringify({ model: 'm', messages, ...body }) });
const last = (used) => `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: used - 5, completion_tokens: 5 } })}\n\n`;

test('what was reserved is settled by what was used', async (t) => {
  let during;
  const { gw, left } = await scene(t, {
    handler: async (request, response) => {
      during = await left();
      answer(20)(request, response);
    },
  });
  const first = await ask(gw, { max_tokens: 500 });
  assert.equal(first.status, 200);
  assert.ok(during <= 505 && during > 450, `reserved while it ran: ${during} left`);
  near(await left(), 980);
  const second = await ask(gw, { max_tokens: 500 });
  assert.equal(second.headers.get('x-ratelimit-limit-tokens'), '60');
  assert.ok(Number(second.headers.get('x-ratelimit-remaining-tokens')) < 500);
  assert.match(second.headers.get('x-ratelimit-reset-tokens'), /^\d+m\d+s$/);
  await second.text();
  // Another worker's counts may be a tick old.
  const metrics = await eventually(async () => {
    const now = await gw.metrics();
    return now.get('sluice_tokens_total{provider="up",direction="input"}') === 30 && now;
  }, 'both requests are counted');
  assert.equal(metrics.get('sluice_tokens_total{provider="up",direction="output"}'), 10);
  near(metrics.get('sluice_bucket_tokens{provider="up",bucket="tokens"}'), 960);
});

test('of many at once exactly as many pass as there are tokens for', async (t) => {
  const waiting = [];
  const { gw, up } = await scene(t, { handler: (request, response) => waiting.push(response) });
  const calls = Array.from({ length: 40 }, () => ask(gw, { max_tokens: 95 }).then(async (r) => [r.status, await r.json()]));
  const refused = [];
  for (const call of calls) call.then(([status]) => status === 429 && refused.push(status));
  await eventually(() => refused.length + waiting.length === 40, 'all are refused or under way');
  assert.equal(up.requests.length, 9, '9 x (95 and the prompt) of 1000');
  for (const response of waiting) answer(6)(null, response);
  const all = await Promise.all(calls);
  assert.equal(all.filter(([status]) => status === 200).length, 9);
  const [, body] = all.find(([status]) => status === 429);
  assert.equal(body.error.type, 'tokens');
  assert.equal(body.error.code, 'rate_limit_exceeded');
  assert.match(body.error.message, /limit of provider 'up' is reached \(60 tokens per minute\); try again in/);
});

test('what can never pass is refused for good', async (t) => {
  const { gw, up } = await scene(t, { handler: answer(6) });
  const refused = await ask(gw, { max_tokens: 1001 });
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get('retry-after'), null);
  assert.equal(refused.headers.get('x-should-retry'), 'false');
  const { error } = await refused.json();
  assert.equal(error.code, 'request_too_large');
  assert.match(error.message, /needs about 10\d\d tokens.*1000.*max_tokens/);
  // A guess is no reason: without max_tokens it passes however little may be saved up.
  assert.equal((await ask(gw)).status, 200);
  assert.equal(up.requests.length, 1);
});

for (const [what, large, status, code] of [
  ['an open breaker is in the way', '', 503, 'no_available_provider'],
  ['that is too small as well', `, limits: {${slow}}`, 429, 'request_too_large'],
]) {
  test(`what is too large for one provider only, and with the other ${what}`, async (t) => {
    const up = await upstream(t, answer(6));
    const file = path.join(folder(t), 'c.yaml');
    const url = `base_url: 'http://127.0.0.1:${up.port}/v1'`;
    writeFileSync(
      file,
      `version: 1\nproviders:\n  - {id: small, ${url}, limits: {${slow}}}\n` +
        `  - {id: other, ${url}, breaker: {open_for: 1s}${large}}\n` +
        'routes:\n  - {model: m, targets: [{provider: small}, {provider: other, priority: 1}]}\n',
    );
    const gw = await gateway(t, ['--config', file]);
    await gw.admin('POST', 'providers/other/trip');
    const refused = await ask(gw, { max_tokens: 1001 });
    assert.equal(refused.status, status);
    const { error } = await refused.json();
    assert.equal(error.code, code);
    assert.equal(refused.headers.get('x-should-retry'), large ? 'false' : null);
    // An open period varies by a fifth.
    assert.match(refused.headers.get('retry-after') ?? 'none', large ? /none/ : /^[12]$/);
    if (large) return;
    assert.match(error.message, /for provider 'small' the request is too large/);
    await eventually(async () => (await ask(gw, { max_tokens: 1001 })).status === 200, 'served by the other');
  });
}

test('what is too large for one provider, while the other is full, may be asked again', async (t) => {
  let free;
  const up = await upstream(t, (request, response) => (free = () => answer(6)(request, response)));
  const file = path.join(folder(t), 'c.yaml');
  const url = `base_url: 'http://127.0.0.1:${up.port}/v1'`;
  writeFileSync(
    file,
    `version: 1\nproviders:\n  - {id: small, ${url}, limits: {${slow}}}\n` +
      `  - {id: other, ${url}, limits: {concurrency: 1, queue: 0}}\n` +
      'routes:\n  - {model: m, targets: [{provider: small}, {provider: other, priority: 1}]}\n',
  );
  const gw = await gateway(t, ['--config', file]);
  const first = ask(gw, { max_tokens: 1001 });
  await eventually(() => free, 'one is under way');
  const refused = await ask(gw, { max_tokens: 1001 });
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get('retry-after'), '1');
  free();
  assert.equal((await first).status, 200);
});

test('a stream is asked for its usage, and the client does not see it', async (t) => {
  const { gw, up, left } = await scene(t, {
    handler: (request, response) => {
      openStream(response);
      response.end(chunk({ content: 'a' }) + chunk({ content: 'b' }, 'stop') + last(50) + 'data: [DONE]\n\n');
    },
  });
  const text = await (await ask(gw, { stream: true, max_tokens: 100 })).text();
  assert.deepEqual(JSON.parse(up.requests[0].body).stream_options, { include_usage: true });
  assert.equal(text, chunk({ content: 'a' }) + chunk({ content: 'b' }, 'stop') + 'data: [DONE]\n\n');
  near(await left(), 950);
  const asked = await (await ask(gw, { stream: true, stream_options: { include_usage: true } })).text();
  assert.ok(asked.includes('"usage"'), 'who asks for it gets it');
  near(await left(), 900);
  const own = gw.client();
  const stream = await own.chat.completions.create({ model: 'm', messages, stream: true });
  let said = '';
  for await (const part of stream) said += part.choices[0].delta.content ?? '';
  assert.equal(said, 'ab');
});

test('a stream that does not say counts by its pieces', async (t) => {
  const { gw, up, left } = await scene(t, {
    provider: ', ask_usage: false',
    handler: (request, response) => {
      openStream(response);
      response.end(chunk({ content: 'a' }).repeat(100) + 'data: [DONE]\n\n');
    },
  });
  await (await ask(gw, { stream: true, max_tokens: 800 })).text();
  assert.equal(JSON.parse(up.requests[0].body).stream_options, undefined);
  const after = await left();
  assert.ok(after >= 870 && after <= 900, `about 100 and the prompt are gone: ${after}`);
});

test('who leaves in the middle pays for what has passed', async (t) => {
  let gone;
  const left499 = new Promise((resolve) => (gone = resolve));
  const { gw, left } = await scene(t, {
    handler: (request, response) => {
      openStream(response);
      response.write(chunk({ content: 'a' }).repeat(100));
      response.on('close', gone);
    },
  });
  const abort = new AbortController();
  const answered = await fetch(`${gw.url}/v1/chat/completions`, {
    method: 'POST', signal: abort.signal, body: JSON.stringify({ model: 'm', messages, stream: true, max_tokens: 800 }),
  });
  await answered.body.getReader().read();
  abort.abort();
  await left499;
  await eventually(async () => (await left()) >= 870, 'the rest of the reservation is given back');
  assert.ok((await left()) <= 905);
});

test('a failure costs no tokens', async (t) => {
  const { gw, left } = await scene(t, { handler: (request, response) => json(response, 500, { error: { message: 'no' } }) });
  assert.equal((await ask(gw, { max_tokens: 900 })).status, 500);
  near(await left(), 1000);
});

test('key, route and provider must all agree; nothing is taken when one does not', async (t) => {
  const { gw, snapshot, up } = await scene(t, {
    server: 'server: {client_keys: [{id: ci, key: env:CI_KEY, limits: {tokens_per_minute: 60, burst_tokens: 900}}]}',
    route: ', limits: {requests_per_minute: 1, burst_requests: 3, tokens_per_minute: 60, burst_tokens: 500}',
    handler: answer(100),
  });
  const key = { authorization: 'Bearer ci-key' };
  const state = async () => {
    const { providers, routes, clients } = await snapshot();
    return [clients[0].limits.tokens.available, routes[0].limits.tokens.available, providers[0].tokens.available, routes[0].limits.requests.available];
  };
  assert.equal((await ask(gw, { max_tokens: 600 }, key)).status, 429); // the route's 500
  (await state()).forEach((value, i) => near(value, [900, 500, 1000, 3][i]));
  const good = await ask(gw, { max_tokens: 300 }, key);
  assert.equal(good.status, 200);
  assert.ok(Number(good.headers.get('x-ratelimit-remaining-tokens')) <= 205, 'the tightest of the three is told');
  await good.text();
  (await state()).forEach((value, i) => near(value, [800, 400, 900, 2][i]));
  const refused = await ask(gw, { max_tokens: 450 }, key);
  assert.equal(refused.status, 429);
  assert.match((await refused.json()).error.message, /limit of model 'm' is reached \(60 tokens per minute\)/);
  (await state()).forEach((value, i) => near(value, [800, 400, 900, 2][i]));
  assert.equal(up.requests.length, 1);
  const metrics = await gw.metrics();
  assert.equal(metrics.get('sluice_limit_rejections_total{scope="route:m",bucket="tokens"}'), 2);
  assert.equal(metrics.get('sluice_limit_rejections_total{scope="client:ci",bucket="tokens"}'), 0);
  near(metrics.get('sluice_scope_bucket_tokens{scope="client:ci",bucket="tokens"}'), 800);
  near(metrics.get('sluice_scope_bucket_tokens{scope="route:m",bucket="tokens"}'), 400);
  near(metrics.get('sluice_scope_bucket_tokens{scope="route:m",bucket="requests"}'), 2);
  assert.equal(metrics.get('sluice_scope_bucket_tokens{scope="client:ci",bucket="requests"}'), undefined, 'it has no such limit');
});

test('what the provider says is left is believed', async (t) => {
  const { gw, left } = await scene(t, {
    handler: (request, response) => {
      response.setHeader('x-ratelimit-remaining-tokens', '70');
      answer(20)(request, response);
    },
  });
  const told = await ask(gw, { max_tokens: 10 });
  assert.notEqual(told.headers.get('x-ratelimit-remaining-tokens'), '70,', 'ours, once');
  await told.text();
  assert.ok((await left()) <= 80);
});

test('an answer that does not say counts by its length', async (t) => {
  const { usage, ...silent } = completion('four words and more');
  const { gw, left } = await scene(t, { handler: (request, response) => json(response, 200, silent) });
  assert.equal((await ask(gw, { max_tokens: 900 })).status, 200);
  const used = 1000 - (await left());
  assert.ok(used > 10 && used < 150, `${used} of 900 that were reserved`);
});

test('a provider that tells nonsense does not empty a limit for years', async (t) => {
  const { gw, left } = await scene(t, {
    handler: (request, response) => json(response, 200, { ...completion(), usage: { prompt_tokens: 1e12, completion_tokens: 1e12 } }),
  });
  assert.equal((await ask(gw)).status, 200);
  assert.ok((await left()) >= -10_000_000, `${await left()}`);
});

const ofAnthropic = (type, more) => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
const begun =
  ofAnthropic('message_start', {
    message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'c', content: [], stop_reason: null, usage: { input_tokens: 10, output_tokens: 1 } },
  }) +
  ofAnthropic('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
  ofAnthropic('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'a' } }).repeat(100);
for (const [how, call] of [['forwarded', '/v1/messages'], ['translated', '/v1/chat/completions']]) {
  for (const [ending, end] of Object.entries({
    'left by its client': (response, abort) => abort.abort(),
    cut: (response) => response.destroy(),
    'ended by an error': (response) => response.end(ofAnthropic('error', { error: { type: 'overloaded_error', message: 'no' } })),
  })) {
    test(`a stream of Anthropic's that is ${ending} counts by its pieces (${how})`, async (t) => {
      let under;
      const { gw, left } = await scene(t, {
        provider: ', dialect: anthropic',
        handler: (request, response) => {
          under = response;
          openStream(response);
          response.write(begun);
        },
      });
      const abort = new AbortController();
      const answer = await fetch(`${gw.url}${call}`, {
        method: 'POST', signal: abort.signal, body: JSON.stringify({ model: 'm', messages, stream: true, max_tokens: 800 }),
      });
      const reader = answer.body.getReader();
      for (let all = ''; all.split('"a"').length <= 100; ) all += Buffer.from((await reader.read()).value).toString();
      end(under, abort);
      while (await reader.read().then(({ done }) => !done, () => false));
      await eventually(async () => (await left()) >= 870, 'the rest of the reservation is given back');
      assert.ok((await left()) <= 895, `${await left()}`);
    });
  }
}

test('a translated answer that does not say counts by its length', async (t) => {
  const { usage, ...silent } = completion('four words and more');
  const { gw, left } = await scene(t, { handler: (request, response) => json(response, 200, silent) });
  const answer = await fetch(`${gw.url}/v1/messages`, { method: 'POST', body: JSON.stringify({ model: 'm', messages, max_tokens: 900 }) });
  assert.equal(answer.status, 200);
  const used = 1000 - (await left());
  assert.ok(used > 10 && used < 150, `${used} of 900 that were reserved`);
});
