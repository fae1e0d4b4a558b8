// SPDX-License-Identifier: GPL-3.0-or-later
// What passes through: completions, streams, tools, aborts.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { chunk, completion, eventually, gatewayTo, json, messages, openStream, upstream } from './harness.mjs';

test('a completion: only the model is changed', async (t) => {
  const up = await upstream(t, (request, response) => json(response, 200, completion('hi there')));
  const gw = await gatewayTo(t, up.port);
  const { data, response } = await gw
    .client()
    .chat.completions.create({ model: 'gpt-test', messages, temperature: 0.25 })
    .withResponse();
  assert.equal(data.choices[0].message.content, 'hi there');
  assert.deepEqual({ ...data, _request_id: undefined }, { ...completion('hi there'), _request_id: undefined });
  assert.equal(response.headers.get('x-sluice-provider'), 'up');
  assert.match(response.headers.get('x-request-id'), /^req_[0-9a-f]{16}$/);
  const seen = up.requests[0];
  assert.equal(seen.url, '/v1/chat/completions');
  assert.equal(seen.headers.authorization, 'Bearer provider-key');
  assert.equal(seen.headers.host, `127.0.0.1:${up.port}`);
  assert.equal(seen.headers['accept-encoding'], undefined);
  assert.equal(seen.headers['x-request-id'], response.headers.get('x-request-id'));
  assert.equal(seen.body, JSON.stringify({ model: 'real-model', messages, temperature: 0.25 }));
});

test('the body goes on byte for byte, but for the model', async (t) => {
  const up = await upstream(t, (request, response) => json(response, 200, completion()));
  const gw = await gatewayTo(t, up.port);
  const body = '{ "messages" : [ {"role":"user","content":"caf\u00e9 \\u00e9 \\"model\\":"} ],\n "model"\t: "gpt-test" , "seed":1e2 }';
  const answer = await fetch(`${gw.url}/v1/chat/completions?x=1`, { method: 'POST', body });
  assert.equal(answer.status, 200);
  assert.equal(up.requests[0].body, body.replace('"gpt-test"', '"real-model"'));
  assert.equal(up.requests[0].url, '/v1/chat/completions?x=1');
});

test('a stream: each chunk arrives as it is sent', async (t) => {
  // The next chunk is sent only once the last one has arrived: one held back would end this here.
  const sent = [];
  let arrived;
  const up = await upstream(t, async (request, response) => {
    openStream(response);
    for (let i = 0; i < 6; i++) {
      const next = new Promise((resolve) => (arrived = resolve));
      sent.push(performance.now());
      response.write(chunk({ content: `${i} ` }));
      await next;
    }
    response.write(chunk({}, 'stop'));
    response.end('data: [DONE]\n\n');
  });
  const gw = await gatewayTo(t, up.port);
  const stream = await gw.client({ timeout: 10_000 }).chat.completions.create({ model: 'gpt-test', messages, stream: true });
  const delays = [];
  let text = '';
  for await (const part of stream) {
    if (delays.length < sent.length) delays.push(performance.now() - sent[delays.length]);
    text += part.choices[0].delta.content ?? '';
    arrived();
  }
  assert.equal(text, '0 1 2 3 4 5 ');
  assert.equal(delays.length, 6);
  t.diagnostic(`delays in ms: ${delays.map((delay) => delay.toFixed(1)).join(' ')}`);
});

test('events split anywhere arrive whole', async (t) => {
  const whole = chunk({ content: 'gr\u00fc\u00dfe' }) + ': keep-alive\n\n' + chunk({}, 'stop') + 'data: [DONE]\n\n';
  const bytes = Buffer.from(whole);
  const up = await upstream(t, async (request, response) => {
    openStream(response);
    for (let at = 0; at < bytes.length; at += 7) {
      response.write(bytes.subarray(at, at + 7));
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  });
  const gw = await gatewayTo(t, up.port);
  const answer = await fetch(`${gw.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'gpt-test', stream: true, messages }),
  });
  assert.equal(await answer.text(), whole);
});

const tools = [
  { type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } },
];
const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } };

test('a tool call, plain', async (t) => {
  const reply = completion();
  reply.choices[0] = { index: 0, message: { role: 'assistant', content: null, tool_calls: [call] }, finish_reason: 'tool_calls' };
  const up = await upstream(t, (request, response) => json(response, 200, reply));
  const gw = await gatewayTo(t, up.port);
  const got = await gw.client().chat.completions.create({ model: 'gpt-test', messages, tools });
  assert.deepEqual(got.choices[0].message.tool_calls, [call]);
  assert.deepEqual(JSON.parse(up.requests[0].body).tools, tools);
});

test('a tool call, streamed in fragments', async (t) => {
  const up = await upstream(t, (request, response) => {
    openStream(response);
    response.write(chunk({ role: 'assistant', tool_calls: [{ index: 0, ...call, function: { name: 'weather', arguments: '' } }] }));
    for (const part of ['{"city"', ':"Oslo"}']) {
      response.write(chunk({ tool_calls: [{ index: 0, function: { arguments: part } }] }));
    }
    response.write(chunk({}, 'tool_calls'));
    response.end('data: [DONE]\n\n');
  });
  const gw = await gatewayTo(t, up.port);
  const final = await gw.client().chat.completions.stream({ model: 'gpt-test', messages, tools }).finalChatCompletion();
  assert.equal(final.choices[0].message.tool_calls[0].function.arguments, '{"city":"Oslo"}');
  assert.equal(final.choices[0].finish_reason, 'tool_calls');
});

for (const phase of ['before the head', 'mid-stream', 'in a plain body']) {
  test(`an abort ${phase} reaches the provider`, async (t) => {
    let closed;
    const seen = new Promise((resolve) => (closed = resolve));
    let arrived;
    const waiting = new Promise((resolve) => (arrived = resolve));
    const up = await upstream(t, (request, response) => {
      response.on('close', () => closed(performance.now()));
      if (phase === 'mid-stream') {
        openStream(response);
        response.write(chunk({ content: 'a' }));
      } else if (phase === 'in a plain body') {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
        response.write('{"half":');
      }
      arrived();
    });
    const gw = await gatewayTo(t, up.port);
    const abort = new AbortController();
    const request = gw
      .client()
      .chat.completions.create({ model: 'gpt-test', messages, stream: phase === 'mid-stream' }, { signal: abort.signal });
    if (phase === 'mid-stream') {
      for await (const part of await request) {
        assert.equal(part.choices[0].delta.content, 'a');
        break; // leaving the loop aborts
      }
    } else {
      request.catch(() => {});
      await waiting;
      if (phase === 'in a plain body') await eventually(async () => (await gw.metrics()).get('sluice_ttft_seconds_count{provider="up"}') === 1, 'a first byte');
    }
    const left = performance.now();
    abort.abort();
    const took = (await seen) - left;
    t.diagnostic(`the provider saw it after ${took.toFixed(1)} ms`);
    assert.ok(took < 100);
    await eventually(
      async () => (await gw.metrics()).get('sluice_requests_total{route="gpt-test",provider="up",outcome="cancelled"}') === 1,
      'counted as cancelled',
    );
    assert.equal((await gw.metrics()).get('sluice_breaker_state{provider="up"}'), 0);
  });
}

test('keep-alive connections to the provider are used again, and a stale one is replaced', async (t) => {
  const up = await upstream(t, (request, response) => json(response, 200, completion()));
  const sockets = new Set();
  up.server.on('connection', (socket) => sockets.add(socket));
  const gw = await gatewayTo(t, up.port, [], 'server: {workers: 1}');
  const client = gw.client();
  for (let i = 0; i < 5; i++) await client.chat.completions.create({ model: 'gpt-test', messages });
  assert.equal(sockets.size, 1);
  // The provider closes it while it idles; the next request must not fail for that.
  const [socket] = sockets;
  const gone = once(socket, 'close');
  socket.end();
  await gone;
  await client.chat.completions.create({ model: 'gpt-test', messages });
  assert.equal(sockets.size, 2);
});

test('a slow client holds the provider back, not memory', async (t) => {
  const part = chunk({ content: 'x'.repeat(64 * 1024) });
  const total = 1024; // 64 MiB
  let written = 0;
  const up = await upstream(t, (request, response) => {
    openStream(response);
    const more = () => {
      while (written < total) {
        written++;
        if (!response.write(part)) {
          response.once('drain', more);
          return;
        }
      }
      response.end('data: [DONE]\n\n');
    };
    more();
  });
  const gw = await gatewayTo(t, up.port);
  const answer = await fetch(`${gw.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'gpt-test', stream: true, messages }),
  });
  const reader = answer.body.getReader();
  await reader.read();
  // Wait until nothing moves any more: the buffers on the way are full.
  for (let before = -1; before !== written; ) {
    before = written;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  assert.ok(written < total / 2, `${written} of ${total} parts were taken from the provider`);
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.length;
  }
  assert.equal(written, total);
  assert.ok(bytes > 60 * 1024 * 1024);
});

test('a stream whose provider is silent is kept alive by comments, between events', async (t) => {
  let go;
  const up = await upstream(t, (request, response) => {
    openStream(response);
    const [head, tail] = [chunk({ content: 'a' }).slice(0, 20), chunk({ content: 'a' }).slice(20)];
    response.write(chunk({ content: 'first' }) + head); // and a half
    go = () => response.end(`${tail}data: [DONE]\n\n`);
  });
  const gw = await gatewayTo(t, up.port, [], 'server: {stream_keep_alive: 60ms}');
  const answer = await fetch(`${gw.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'gpt-test', messages, stream: true }),
  });
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of answer.body) {
    text += decoder.decode(bytes);
    if (go && text.split(': keep-alive\n\n').length > 2) {
      go();
      go = undefined;
    }
  }
  const events = text.split('\n\n').filter((event) => event && event !== ': keep-alive');
  assert.deepEqual(events, [chunk({ content: 'first' }).trim(), chunk({ content: 'a' }).trim(), 'data: [DONE]']);
});

test('an answer says where its time went and what is left of the limit', async (t) => {
  const up = await upstream(t, (request, response) => setTimeout(() => json(response, 200, completion()), 60));
  const gw = await gatewayTo(t, up.port, ['limits: {requests_per_minute: 1, burst_requests: 10}']);
  const { response } = await gw.client().chat.completions.create({ model: 'gpt-test', messages }).withResponse();
  const timing = Object.fromEntries(
    response.headers.get('server-timing').split(', ').map((part) => part.split(';dur=')),
  );
  assert.deepEqual(Object.keys(timing), ['queue', 'upstream', 'gateway']);
  assert.ok(Number(timing.upstream) >= 55, timing.upstream);
  assert.equal(response.headers.get('x-ratelimit-limit-requests'), '1');
  assert.equal(response.headers.get('x-ratelimit-remaining-requests'), '9');
  assert.equal(response.headers.get('x-ratelimit-reset-requests'), '1m0s');
});
