// SPDX-License-Identifier: GPL-3.0-or-later
// What goes wrong: limits, bad input, providers that fail in every way.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import { test } from 'node:test';
import tls from 'node:tls';
import OpenAI from 'openai';
import { chunk, completion, eventually, folder, gateway, gatewayTo, json, messages, openStream, raw, upstream } from './harness.mjs';

const configWithKey = (port, keyFile) =>
  `version: 1\nproviders: [{id: up, base_url: 'http://127.0.0.1:${port}/v1', api_key: 'file:${keyFile}'}]\n` +
  'routes: [{model: gpt-test, targets: [{provider: up}]}]\n';

const ask = (gw, extra = {}) => gw.client().chat.completions.create({ model: 'gpt-test', messages, ...extra });

async function fails(promise, kind, status, code) {
  const error = await promise.then(
    () => assert.fail('it did not fail'),
    (caught) => caught,
  );
  assert.ok(error instanceof kind, `${error.constructor.name}: ${error.message}`);
  assert.equal(error.status, status);
  if (code !== undefined) assert.equal(error.code, code);
  return error;
}

for (const how of ['file watch', 'SIGHUP']) {
  test(`429 with Retry-After once the limit is lowered (${how})`, async (t) => {
    const up = await upstream(t, (request, response) => json(response, 200, completion()));
    const gw = await gatewayTo(t, up.port, ['limits: {requests_per_minute: 600, burst_requests: 100}']);
    for (let i = 0; i < 10; i++) await ask(gw);
    gw.rewrite(['limits: {requests_per_minute: 1}']);
    if (how === 'SIGHUP') gw.child.kill('SIGHUP');
    await gw.line(/revision 2 is in force/);
    await ask(gw); // the one that is saved up
    const error = await fails(ask(gw), OpenAI.RateLimitError, 429, 'rate_limit_exceeded');
    const wait = Number(error.headers.get('retry-after'));
    // The part of a token that had accrued at the old rate counts at the new one.
    assert.ok(wait >= 1 && wait <= 60, `retry-after ${wait}`);
    assert.equal(error.headers.get('x-ratelimit-limit-requests'), '1');
    assert.equal(error.headers.get('x-ratelimit-remaining-requests'), '0');
    assert.equal(up.requests.length, 11);
    gw.rewrite(['limits: {requests_per_minute: 60000}']);
    await gw.line(/revision 3 is in force/);
    await eventually(() => ask(gw).then(() => true, () => false), 'served again');
  });
}

test('an unknown model', async (t) => {
  const gw = await gatewayTo(t, 1);
  const error = await fails(ask(gw, { model: 'nope' }), OpenAI.NotFoundError, 404, 'model_not_found');
  assert.match(error.message, /nope/);
});

test('bodies that are no requests', async (t) => {
  const gw = await gatewayTo(t, 1, [], 'server: {max_body: 1KiB}');
  const post = async (body) => {
    const answer = await fetch(`${gw.url}/v1/chat/completions`, { method: 'POST', body });
    return { status: answer.status, error: (await answer.json()).error };
  };
  for (const body of ['', 'hello', '[]', '{"model":', '{"model":"gpt-test"} trailing']) {
    const { status, error } = await post(body);
    assert.equal(status, 400, body);
    assert.equal(error.type, 'invalid_request_error');
  }
  assert.equal((await post('{"messages":[]}')).error.param, 'model');
  assert.equal((await post('{"model":"gpt-test","stream":"yes"}')).error.param, 'stream');
  assert.equal((await post(JSON.stringify({ model: 'gpt-test', x: 'x'.repeat(2000) }))).status, 413);
});

test('HTTP that is none closes the connection with 400, 413 or 431', async (t) => {
  const gw = await gatewayTo(t, 1);
  const head = 'POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n';
  for (const [bytes, status] of [
    ['\x16\x03\x01\x02 nonsense\r\n\r\n', 400],
    [`${head}Content-Length: 1\r\nContent-Length: 2\r\n\r\nx`, 400],
    [`${head}Content-Length: 1000000000000\r\n\r\n`, 413],
    [`${head}X-Long: ${'x'.repeat(50_000)}\r\n\r\n`, 431],
  ]) {
    assert.match(await raw(gw.url, bytes), new RegExp(`^HTTP/1.1 ${status} `));
  }
  assert.equal((await fetch(`${gw.url}/healthz`)).status, 200);
});

test('another host name is refused (DNS rebinding)', async (t) => {
  const gw = await gatewayTo(t, 1);
  const answer = await raw(gw.url, 'GET /v1/models HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
  assert.match(answer, /^HTTP\/1.1 403 /);
});

test('the provider refuses the connection', async (t) => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  const gw = await gatewayTo(t, port);
  const error = await fails(ask(gw), OpenAI.InternalServerError, 502);
  assert.match(error.message, /provider 'up' failed/);
});

test('the provider resets before it answers', async (t) => {
  const up = await upstream(t, (request) => request.socket.resetAndDestroy());
  await fails(ask(await gatewayTo(t, up.port)), OpenAI.InternalServerError, 502);
});

test('the provider shows a certificate that nobody vouches for', async (t) => {
  const pem = readFileSync(new URL('self_signed.pem', import.meta.url));
  let asked = 0;
  const server = https.createServer({ key: pem, cert: pem }, () => asked++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const gw = await gatewayTo(t, server.address().port, [], '', 'https://localhost');
  const error = await fails(ask(gw), OpenAI.InternalServerError, 502);
  assert.match(error.message, /certificate/);
  assert.equal(asked, 0);
});

test('a certificate from ca_file is trusted, and its session used again', async (t) => {
  const file = new URL('self_signed.pem', import.meta.url).pathname;
  const pem = readFileSync(file);
  const reused = [];
  const server = https.createServer({ key: pem, cert: pem }, (request, response) => {
    reused.push(request.socket.isSessionReused());
    request.resume();
    response.setHeader('connection', 'close');
    request.on('end', () => json(response, 200, completion()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const one = 'server: {workers: 1}';
  const gw = await gatewayTo(t, server.address().port, [`ca_file: ${file}`], one, 'https://localhost');
  for (let i = 0; i < 3; i++) await ask(gw);
  assert.equal(reused[0], false);
  assert.equal(reused[2], true, 'the handshake is short');
  const lost = await gatewayTo(t, server.address().port, ['ca_file: /nowhere.pem'], one, 'https://localhost');
  const error = await fails(ask(lost), OpenAI.InternalServerError, 502);
  assert.match(error.message, /no certificate can be read from ca_file \/nowhere\.pem/);
});

// RFC 8446 6.1: without close_notify nobody knows whether the end is the origin's, or who sits between.
test('a ca_file that was replaced is read again with the config', async (t) => {
  const pem = readFileSync(new URL('self_signed.pem', import.meta.url));
  const server = https.createServer({ key: pem, cert: pem }, (request, response) => json(response, 200, completion()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const file = path.join(folder(t), 'ca.pem');
  writeFileSync(file, pem);
  const gw = await gatewayTo(t, server.address().port, [`ca_file: ${file}`], 'server: {workers: 1}', 'https://localhost');
  assert.equal((await ask(gw)).choices[0].message.content, 'hi');
  writeFileSync(file, 'withdrawn\n');
  assert.equal((await gw.admin('PATCH', 'config', '{"log":{"level":"debug"}}')).status, 200);
  const error = await fails(ask(gw), OpenAI.InternalServerError, 502);
  assert.match(error.message, /no certificate can be read from ca_file/);
});

for (const [how, end, whole] of [
  ['tells that it ends', (socket) => socket.end(), true],
  ['just ends the connection', (socket, bare) => bare.end(), false],
  ['resets it', (socket, bare) => bare.resetAndDestroy(), false],
]) {
  test(`an answer over TLS without a length is ${whole ? 'whole' : 'not whole'} if the provider ${how}`, async (t) => {
    const file = new URL('self_signed.pem', import.meta.url).pathname;
    const context = tls.createSecureContext({ key: readFileSync(file), cert: readFileSync(file) });
    const server = net.createServer((bare) => {
      bare.on('error', () => {});
      const inner = new tls.TLSSocket(bare, { isServer: true, secureContext: context });
      inner.on('error', () => {});
      inner.once('data', () => {
        inner.write(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(completion())}`, () => end(inner, bare));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const gw = await gatewayTo(t, server.address().port, [`ca_file: ${file}`], '', 'https://localhost');
    if (whole) return assert.equal((await ask(gw)).choices[0].message.content, completion().choices[0].message.content);
    await assert.rejects(ask(gw), /terminated|connection|aborted/i);
    const { providers } = await (await gw.admin('GET', 'snapshot')).json();
    assert.equal(providers[0].breaker.failures, 1);
  });
}

test('a provider whose health probe fails is passed over until it is answered again', async (t) => {
  let healthy = false;
  const probes = [];
  const up = await upstream(t, (request, response) => {
    if (request.method !== 'GET') return json(response, 200, completion());
    probes.push(request.url + ' ' + request.headers.authorization);
    return json(response, healthy ? 200 : 500, {});
  });
  const other = await upstream(t, (request, response) => json(response, 200, completion()));
  const file = path.join(folder(t), 'c.yaml');
  writeFileSync(
    file,
    `version: 1\nproviders:\n  - {id: up, base_url: 'http://127.0.0.1:${up.port}/v1', api_key: env:UP_KEY, health: {probe: /models, interval: 1s}}\n` +
      `  - {id: other, base_url: 'http://127.0.0.1:${other.port}/v1'}\n  - {id: third, base_url: 'http://127.0.0.1:${other.port}/v1'}\n` +
      'routes: [{model: gpt-test, targets: [{provider: up}, {provider: other}, {provider: third}]}]\n',
  );
  const gw = await gateway(t, ['--config', file], { UP_KEY: 'sk-up' });
  await gw.line(/up: its health probe answered 500/);
  const health = async () => (await (await fetch(`${gw.url}/healthz`)).json()).providers.up;
  await eventually(async () => !(await health()).healthy, 'it is not healthy');
  const asked = () => up.requests.filter(({ request }) => request.method !== 'GET').length;
  for (let i = 0; i < 6; i++) await ask(gw);
  assert.equal(asked(), 0);
  assert.equal(probes[0], '/v1/models Bearer sk-up');
  healthy = true;
  await gw.line(/up: its health probe is answered again/);
  await eventually(async () => (await health()).healthy, 'it is healthy');
  for (let i = 0; i < 6; i++) await ask(gw);
  assert.equal(asked(), 2);
  const metrics = await gw.metrics();
  assert.equal(metrics.get('sluice_attempts_total{provider="up",outcome="ok"}') ?? 0, metrics.get('sluice_balancer_picks_total{route="gpt-test",provider="up"}'), 'probes are no attempts');
});

test('a proxy of the environment is asked for a tunnel', async (t) => {
  const up = await upstream(t, (request, response) => json(response, 200, completion()));
  const asked = [];
  const proxy = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (head) => {
      asked.push(/^CONNECT (\S+) HTTP/.exec(head.toString())?.[1]);
      const far = net.connect(up.port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(far).pipe(socket);
      });
      far.on('error', () => {});
    });
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  t.after(() => proxy.close());
  const file = path.join(folder(t), 'c.yaml');
  writeFileSync(
    file,
    "version: 1\nproviders: [{id: far, base_url: 'http://llm.invalid:8000/v1'}, {id: near, base_url: 'http://127.0.0.1:" + up.port + "/v1'}]\n" +
      'routes: [{model: far, targets: [{provider: far}]}, {model: near, targets: [{provider: near}]}]\n',
  );
  const gw = await gateway(t, ['--config', file], { http_proxy: `http://127.0.0.1:${proxy.address().port}` });
  assert.equal((await ask(gw, { model: 'far' })).choices[0].message.content, 'hi');
  assert.deepEqual(asked, ['llm.invalid:8000']);
  await ask(gw, { model: 'near' });
  assert.equal(asked.length, 1, 'this machine is reached directly');
  const direct = await gateway(t, ['--config', file], { http_proxy: `http://127.0.0.1:${proxy.address().port}`, no_proxy: 'x.org, .invalid' });
  await fails(ask(direct, { model: 'far' }), OpenAI.InternalServerError, 502);
  assert.equal(asked.length, 1);
});

for (const [what, says, status, message] of [
  ['is silent', '', 504, /connect timeout/],
  ['falls silent in its answer', 'HTTP/1.1 200 OK\r\nVia: ', 504, /connect timeout/],
  ['wants another login', 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', 502, /the proxy http:\/\/127\.0\.0\.1:\d+ gives no tunnel: status 407/],
]) {
  test(`a proxy that ${what} is a failure of its own`, async (t) => {
    const proxy = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.write(says));
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    t.after(() => proxy.close());
    const file = path.join(folder(t), 'c.yaml');
    writeFileSync(
      file,
      "version: 1\nproviders: [{id: far, base_url: 'http://llm.invalid/v1', timeouts: {connect: 200ms}}]\nroutes: [{model: far, targets: [{provider: far}]}]\n",
    );
    const gw = await gateway(t, ['--config', file], { http_proxy: `http://me:s3cret@127.0.0.1:${proxy.address().port}` });
    const error = await fails(ask(gw, { model: 'far' }), OpenAI.InternalServerError, status);
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /s3cret/);
  });
}

test('the provider answers with what is not HTTP', async (t) => {
  const server = net.createServer((socket) => socket.end('SSH-2.0-hello\r\n\r\n')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  await fails(ask(await gatewayTo(t, server.address().port)), OpenAI.InternalServerError, 502);
});

test('the provider is silent', async (t) => {
  const up = await upstream(t, () => {});
  const gw = await gatewayTo(t, up.port, ['timeouts: {headers: 200ms}']);
  const error = await fails(ask(gw), OpenAI.InternalServerError, 504, 'upstream_timeout');
  assert.match(error.message, /headers timeout/);
});

test('the provider sends a head and then nothing', async (t) => {
  const up = await upstream(t, (request, response) => openStream(response));
  const gw = await gatewayTo(t, up.port, ['timeouts: {first_byte: 200ms}']);
  await fails(ask(gw, { stream: true }), OpenAI.InternalServerError, 504, 'upstream_timeout');
});

for (const [what, end] of [
  ['resets', (response) => response.socket.resetAndDestroy()],
  ['ends without [DONE]', (response) => response.end()],
  ['falls silent', () => {}],
]) {
  test(`a stream whose provider ${what} never ends as if it were whole`, async (t) => {
    const up = await upstream(t, (request, response) => {
      openStream(response);
      response.write(chunk({ content: 'half' }), () => setTimeout(() => end(response), 30));
    });
    const gw = await gatewayTo(t, up.port, ['timeouts: {idle: 200ms}']);
    let text = '';
    await assert.rejects(async () => {
      for await (const part of await ask(gw, { stream: true })) text += part.choices[0].delta.content ?? '';
    }, OpenAI.APIError);
    assert.equal(text, 'half');
    await eventually(
      async () => (await gw.metrics()).get('sluice_requests_total{route="gpt-test",provider="up",outcome="failed"}') === 1,
      'counted as failed',
    );
  });
}

test('a plain body that is cut is cut for the client too', async (t) => {
  const up = await upstream(t, (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
    response.write('{"half":', () => setTimeout(() => response.socket.resetAndDestroy(), 30));
  });
  const gw = await gatewayTo(t, up.port);
  await assert.rejects(ask(gw), /terminated|connection|aborted/i);
});

test('where only the end of the connection tells that an answer is whole, a cut one has no such end', async (t) => {
  let cut = false;
  const up = await upstream(t, (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"half":', () => setTimeout(() => (cut ? response.socket.resetAndDestroy() : response.end('1}')), 30));
  });
  const gw = await gatewayTo(t, up.port);
  const body = JSON.stringify({ model: 'gpt-test', messages });
  const asked = () => raw(gw.url, `POST /v1/chat/completions HTTP/1.0\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  const whole = await asked();
  assert.doesNotMatch(whole, /content-length|transfer-encoding/i);
  assert.match(whole, /\r\n\r\n{"half":1}$/);
  cut = true;
  await assert.rejects(asked(), { code: 'ECONNRESET' });
});

test("the provider's own errors", async (t) => {
  let status = 500;
  const body = { error: { message: 'theirs', type: 'server_error', param: null, code: 'x' } };
  const up = await upstream(t, (request, response) => json(response, status, body));
  const gw = await gatewayTo(t, up.port, ['breaker: {consecutive_failures: 100}']);
  const failure = await fails(ask(gw), OpenAI.InternalServerError, 500, 'x');
  assert.match(failure.message, /theirs/);
  status = 400;
  await fails(ask(gw), OpenAI.BadRequestError, 400, 'x');
  status = 429;
  await fails(ask(gw), OpenAI.RateLimitError, 429);
});

for (const status of [401, 402, 403]) {
  test(`our key refused with ${status}: told once, then left alone until the key is another`, async (t) => {
    let key = '';
    const up = await upstream(t, (request, response) => {
      key = request.headers.authorization;
      if (key === 'Bearer good') json(response, 200, completion());
      else json(response, status, { error: { message: `no such key: ${key}`, code: 'invalid_api_key' } });
    });
    const gw = await gatewayTo(t, up.port);
    const keyFile = path.join(path.dirname(gw.file), 'key');
    writeFileSync(keyFile, 'bad\n');
    gw.write(configWithKey(up.port, keyFile));
    await gw.line(/revision 2 is in force/);
    const ours = await fails(ask(gw), OpenAI.InternalServerError, 502, 'upstream_credentials');
    assert.doesNotMatch(ours.message, /bad/);
    assert.equal(key, 'Bearer bad');
    const refused = await fails(ask(gw), OpenAI.InternalServerError, 503, 'no_available_provider');
    assert.match(refused.message, /refused the gateway's key/);
    assert.match(refused.headers.get('retry-after'), /^(59\d|60[01])$/);
    assert.equal(up.requests.length, 1);
    await gw.line(/refused our key/);
    writeFileSync(keyFile, 'good\n');
    gw.child.kill('SIGHUP');
    await gw.line(/revision 3 is in force/);
    assert.equal((await ask(gw)).choices.length, 1);
    assert.equal((await gw.metrics()).get('sluice_breaker_state{provider="up"}'), 0);
  });
}

test('an old key that is refused after it was replaced does not shut the new one out', async (t) => {
  let refuse;
  const up = await upstream(t, (request, response) => {
    if (request.headers.authorization === 'Bearer new') json(response, 200, completion());
    else refuse = () => json(response, 401, { error: { message: 'revoked', code: 'invalid_api_key' } });
  });
  const gw = await gatewayTo(t, up.port);
  const keyFile = path.join(path.dirname(gw.file), 'key');
  writeFileSync(keyFile, 'old\n');
  gw.write(configWithKey(up.port, keyFile));
  await gw.line(/revision 2 is in force/);
  const late = fails(ask(gw), OpenAI.InternalServerError, 502, 'upstream_credentials');
  await eventually(() => refuse, 'asked with the old key');
  writeFileSync(keyFile, 'new\n');
  gw.child.kill('SIGHUP');
  await gw.line(/revision 3 is in force/);
  await ask(gw);
  refuse();
  await late;
  await ask(gw);
  assert.equal((await gw.metrics()).get('sluice_breaker_state{provider="up"}'), 0);
});

for (const [what, fields, seconds] of [
  ['as long as it asks', { 'retry-after': '20' }, 20],
  ['until the date it names', { 'retry-after': () => new Date(Date.now() + 30_000).toUTCString() }, 30],
]) {
  test(`a provider that answers 429 is left alone ${what}`, async (t) => {
    const up = await upstream(t, (request, response) => {
      const value = fields['retry-after'];
      response.setHeader('retry-after', typeof value === 'function' ? value() : value);
      json(response, 429, { error: { message: 'slow down', code: 'theirs' } });
    });
    const gw = await gatewayTo(t, up.port, ['breaker: {consecutive_failures: 1}']);
    await fails(ask(gw), OpenAI.RateLimitError, 429, 'theirs');
    const refused = await fails(ask(gw), OpenAI.RateLimitError, 429, 'rate_limit_exceeded');
    assert.match(refused.message, /asked to be left alone/);
    const wait = Number(refused.headers.get('retry-after'));
    assert.ok(wait <= seconds && wait > seconds - 10, `${wait} s`);
    assert.equal(up.requests.length, 1);
    assert.equal((await gw.metrics()).get('sluice_breaker_state{provider="up"}'), 0);
    await gw.line(/left alone for/);
    const health = await fetch(`${gw.url}/healthz`);
    assert.equal(health.status, 503);
    const told = (await health.json()).providers.up;
    assert.equal(told.serves, false);
    assert.ok(told.cool_down_left <= seconds && told.cool_down_left > seconds - 10);
  });
}

test('a provider that answers 429 and does not say for how long is left alone for a second', async (t) => {
  const up = await upstream(t, (request, response) => json(response, 429, { error: { message: 'slow down' } }));
  const gw = await gatewayTo(t, up.port);
  await fails(ask(gw), OpenAI.RateLimitError, 429);
  await gw.line(/left alone for 1 s/);
});

for (const [what, breakOff] of [
  ['breaks off', (response) => setTimeout(() => response.socket.resetAndDestroy(), 20)],
  ['does not come', () => {}],
]) {
  test(`a 429 whose body ${what} is one all the same`, async (t) => {
    const up = await upstream(t, (request, response) => {
      response.writeHead(429, { 'retry-after': '30', 'content-type': 'text/plain', 'content-length': 100 });
      response.write('half', () => breakOff(response));
    });
    const gw = await gatewayTo(t, up.port, ['breaker: {consecutive_failures: 1}', 'timeouts: {idle: 200ms}']);
    const error = await fails(ask(gw), OpenAI.RateLimitError, 429, 'rate_limit_exceeded');
    assert.match(error.message, /limits its rate/);
    assert.equal(error.headers.get('retry-after'), '30');
    await fails(ask(gw), OpenAI.RateLimitError, 429, 'rate_limit_exceeded');
    assert.equal(up.requests.length, 1);
    assert.equal((await gw.metrics()).get('sluice_breaker_state{provider="up"}'), 0);
  });
}

for (const [what, breakOff] of [
  ['breaks off', (response) => response.socket.resetAndDestroy()],
  ['falls silent', () => {}],
]) {
  test(`a 429 that is relayed as it is long, and ${what}, is no failure either`, async (t) => {
    const up = await upstream(t, (request, response) => {
      response.writeHead(429, { 'retry-after': '30', 'content-type': 'text/plain', 'content-length': 200_000 });
      response.write('x'.repeat(100_000), () => setTimeout(breakOff, 30, response));
    });
    const gw = await gatewayTo(t, up.port, ['breaker: {consecutive_failures: 1}', 'timeouts: {idle: 200ms}']);
    const answer = await fetch(`${gw.url}/v1/chat/completions`, { method: 'POST', body: JSON.stringify({ model: 'gpt-test', messages }) });
    assert.equal(answer.status, 429);
    assert.equal(answer.headers.get('retry-after'), '30');
    await assert.rejects(answer.text(), 'and it is cut, not ended');
    const { breaker, attempts } = (await (await gw.admin('GET', 'snapshot')).json()).providers[0];
    assert.equal(breaker.state, 'closed');
    assert.equal(attempts.inflight, 0);
    await fails(ask(gw), OpenAI.RateLimitError, 429, 'rate_limit_exceeded');
    assert.equal(up.requests.length, 1);
  });
}

test('what a provider says is left of its own limit tightens ours', async (t) => {
  const up = await upstream(t, (request, response) => {
    response.setHeader('x-ratelimit-remaining-requests', '1');
    json(response, 200, completion());
  });
  const gw = await gatewayTo(t, up.port, ['limits: {requests_per_minute: 1, burst_requests: 60}']);
  await ask(gw);
  await ask(gw);
  await fails(ask(gw), OpenAI.RateLimitError, 429, 'rate_limit_exceeded');
  assert.equal(up.requests.length, 2);
});

test('Retry-After of a failing provider holds the breaker open for at least as long', async (t) => {
  const up = await upstream(t, (request, response) => {
    response.setHeader('retry-after', '90');
    json(response, 503, { error: { message: 'overloaded' } });
  });
  const gw = await gatewayTo(t, up.port, ['breaker: {consecutive_failures: 1, open_for: 1s}']);
  await fails(ask(gw), OpenAI.InternalServerError, 503);
  const refused = await fails(ask(gw), OpenAI.InternalServerError, 503, 'no_available_provider');
  assert.ok(Number(refused.headers.get('retry-after')) >= 89);
});

for (const probes of [1, 2]) {
  test(`streams that have begun are probes that went well (${probes} wanted)`, async (t) => {
    const open = [];
    let works = false;
    const up = await upstream(t, (request, response, body) => {
      if (!works) return json(response, 500, { error: { message: 'down' } });
      if (!JSON.parse(body).stream) return json(response, 200, completion());
      openStream(response);
      response.write(chunk({ content: 'begun' }));
      return open.push(response);
    });
    const gw = await gatewayTo(t, up.port, [`breaker: {consecutive_failures: 1, open_for: 50ms, half_open_probes: ${probes}}`]);
    const begin = () => fetch(`${gw.url}/v1/chat/completions`, { method: 'POST', body: JSON.stringify({ model: 'gpt-test', messages, stream: true }) });
    assert.equal((await begin()).status, 500);
    const breaker = async () => (await (await gw.admin('GET', 'snapshot')).json()).providers[0].breaker;
    assert.equal((await breaker()).state, 'open');
    works = true;
    const streams = [];
    await eventually(async () => {
      const answer = await begin();
      if (answer.status === 200) streams.push(answer);
      return streams.length === probes;
    }, 'as many as are wanted are let through, one after the other');
    assert.equal((await breaker()).state, 'closed');
    assert.equal((await ask(gw)).choices[0].message.content, 'hi');
    // What becomes of the last counts like any other call.
    open.at(-1).socket.resetAndDestroy();
    assert.match(await streams.at(-1).text(), /error/);
    await eventually(async () => (await breaker()).state === 'open', 'a failure in its middle is one');
    for (const each of open) each.end();
  });
}

test('the breaker opens, says for how long, and recovers by a probe', async (t) => {
  let healthy = false;
  const up = await upstream(t, (request, response) =>
    healthy ? json(response, 200, completion()) : json(response, 500, { error: { message: 'down' } }),
  );
  const gw = await gatewayTo(t, up.port, ['breaker: {consecutive_failures: 3, open_for: 500ms, half_open_probes: 1}']);
  for (let i = 0; i < 3; i++) await fails(ask(gw), OpenAI.InternalServerError, 500);
  const refused = await fails(ask(gw), OpenAI.InternalServerError, 503, 'no_available_provider');
  assert.equal(refused.headers.get('retry-after'), '1');
  assert.equal(up.requests.length, 3);
  assert.equal((await fetch(`${gw.url}/healthz`)).status, 503);
  assert.equal((await gw.metrics()).get('sluice_breaker_state{provider="up"}'), 2);
  healthy = true;
  await eventually(() => ask(gw).then(() => true, () => false), 'recovered');
  assert.equal((await gw.metrics()).get('sluice_breaker_state{provider="up"}'), 0);
  // Counts of other workers are up to a tenth of a second old.
  const transitions = async (to) => (await gw.metrics()).get(`sluice_breaker_transitions_total{provider="up",to="${to}"}`);
  await eventually(async () => (await transitions('open')) === 1 && (await transitions('closed')) === 1, 'one of each');
  await gw.line(/the breaker opened/);
  await gw.line(/the breaker closed/);
});

test('a provider whose key is missing is not asked', async (t) => {
  const up = await upstream(t, (request, response) => json(response, 200, completion()));
  const gw = await gatewayTo(t, up.port);
  gw.write(
    `version: 1\nproviders: [{id: up, base_url: 'http://127.0.0.1:${up.port}', api_key: 'env:SLUICE_NOT_SET'}]\n` +
      'routes: [{model: gpt-test, targets: [{provider: up}]}]\n',
  );
  await gw.line(/SLUICE_NOT_SET is not set/);
  const error = await fails(ask(gw), OpenAI.InternalServerError, 503);
  assert.match(error.message, /SLUICE_NOT_SET/);
  assert.equal(up.requests.length, 0);
});

test('the probe of a provider that was removed is ended', async (t) => {
  let open = 0;
  const up = await upstream(t, (request, response) => {
    if (request.method !== 'GET') return json(response, 200, completion());
    open++;
    return request.socket.on('close', () => open--);
  });
  const file = path.join(folder(t), 'c.yaml');
  const at = `base_url: 'http://127.0.0.1:${up.port}/v1'`;
  writeFileSync(
    file,
    `version: 1\nproviders:\n  - {id: kept, ${at}}\n  - {id: gone, ${at}, health: {probe: /models, interval: 60s}}\nroutes: [{model: m, targets: [{provider: kept}]}]\n`,
  );
  const gw = await gateway(t, ['--config', file]);
  await eventually(() => open === 1, 'it is probed, and does not answer');
  assert.equal((await gw.admin('PATCH', 'config', '{"providers":{"gone":null}}')).status, 200);
  await eventually(() => open === 0, 'nobody waits for it');
});
