// SPDX-License-Identifier: GPL-3.0-or-later
// Requests that mean one thing to us and another to the next hop, and clients that take without giving.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import { chunk, completion, eventually, gatewayTo, json, messages, openStream, raw, upstream } from './harness.mjs';

const body = JSON.stringify({ model: 'gpt-test', messages });
const line = 'POST /v1/chat/completions HTTP/1.1\r\n';
const host = 'Host: localhost\r\n';
const length = `Content-Length: ${body.length}\r\n`;
const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
const second = `GET /v1/models HTTP/1.1\r\n${host}\r\n`;

// RFC 9112 2.2, 3, 5, 6.1 and 6.3: each could hide a second request from us or from who is behind us.
const smuggled = {
  'both lengths': `${line}${host}${length}Transfer-Encoding: chunked\r\n\r\n${chunked}`,
  'both lengths, the other way': `${line}${host}Transfer-Encoding: chunked\r\n${length}\r\n${chunked}`,
  'two lengths that differ': `${line}${host}${length}Content-Length: 1\r\n\r\n${body}`,
  'a list of lengths': `${line}${host}Content-Length: ${body.length}, 1\r\n\r\n${body}`,
  'a length with a sign': `${line}${host}Content-Length: +${body.length}\r\n\r\n${body}`,
  'a negative length': `${line}${host}Content-Length: -1\r\n\r\n${body}`,
  'a length in hex': `${line}${host}Content-Length: 0x${body.length.toString(16)}\r\n\r\n${body}`,
  'a length that overflows': `${line}${host}Content-Length: 18446744073709551617\r\n\r\n${body}`,
  'a length that is empty': `${line}${host}Content-Length: \r\n\r\n${body}`,
  'an unknown coding': `${line}${host}Transfer-Encoding: xchunked\r\n\r\n${chunked}`,
  'chunked that is not last': `${line}${host}Transfer-Encoding: chunked, identity\r\n\r\n${chunked}`,
  'chunked twice': `${line}${host}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n${chunked}`,
  'chunked in HTTP/1.0': `POST /v1/chat/completions HTTP/1.0\r\n${host}Transfer-Encoding: chunked\r\n\r\n${chunked}`,
  'a coding behind a vertical tab': `${line}${host}Transfer-Encoding: \x0bchunked\r\n\r\n${chunked}`,
  'a space before the colon': `${line}${host}Content-Length : ${body.length}\r\n\r\n${body}`,
  'a space before the first field': `${line} ${host}${length}\r\n${body}`,
  'a folded field': `${line}${host}${length}X-Long: a\r\n b\r\n\r\n${body}`,
  'a folded length': `${line}${host}Content-Length:\r\n ${body.length}\r\n\r\n${body}`,
  'a bare LF in the head': `${line}${host}X: 1\n${length}\r\n${body}`,
  'bare LFs only': `${line}${host}${length}\r\n`.replaceAll('\r\n', '\n') + body,
  'a bare CR in a value': `${line}${host}X: a\rContent-Length: 0\r\n${length}\r\n${body}`,
  'a NUL in a value': `${line}${host}X: a\0b\r\n${length}\r\n${body}`,
  'a field without a name': `${line}${host}: x\r\n${length}\r\n${body}`,
  'two hosts': `${line}${host}Host: other\r\n${length}\r\n${body}`,
  'a chunk size with a sign': `${line}${host}Transfer-Encoding: chunked\r\n\r\n+${chunked}`,
  'a chunk size in hex notation': `${line}${host}Transfer-Encoding: chunked\r\n\r\n0x${chunked}`,
  'a chunk that is longer than it says': `${line}${host}Transfer-Encoding: chunked\r\n\r\n1\r\n${body}\r\n0\r\n\r\n`,
  'a chunk size that overflows': `${line}${host}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n${body}\r\n0\r\n\r\n`,
  'a chunk ended by a bare LF': `${line}${host}Transfer-Encoding: chunked\r\n\r\n${chunked}`.replace(`${body}\r\n`, `${body}\n`),
  'an unknown version': `POST /v1/chat/completions HTTP/1.2\r\n${host}${length}\r\n${body}`,
  'two spaces in the request line': `POST  /v1/chat/completions HTTP/1.1\r\n${host}${length}\r\n${body}`,
  'HTTP/2 without asking': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
};

test('what could be read in two ways is refused, and nothing behind it is read', async (t) => {
  const up = await upstream(t, (request, response) => json(response, 200, completion()));
  const gw = await gatewayTo(t, up.port);
  for (const [what, bytes] of Object.entries(smuggled)) {
    const answer = await raw(gw.url, bytes + second);
    assert.match(answer, /^HTTP\/1\.1 (400|413|501|505) /, `${what}: ${answer.slice(0, 60)}`);
    assert.match(answer, /\r\nConnection: close\r\n/i, what);
    assert.equal(answer.match(/HTTP\/1\.1 /g).length, 1, `${what}: one answer, then the end`);
  }
  assert.equal(up.requests.length, 0, 'the provider has seen nothing of it');
  const metrics = await eventually(async () => {
    const now = await gw.metrics();
    return now.get('sluice_requests_started_total') === Object.keys(smuggled).length && now;
  }, 'all are counted');
  assert.equal(metrics.get('sluice_requests_inflight'), 0);
});

test('what is only unusual passes', async (t) => {
  const up = await upstream(t, (request, response) => json(response, 200, completion()));
  const gw = await gatewayTo(t, up.port);
  const close = 'Connection: close\r\n';
  const fine = {
    'names in other cases': `${line}${close}hOST: localhost\r\ncONTENT-lENGTH: ${body.length}\r\n\r\n${body}`,
    'blanks around a value': `${line}${close}${host}Content-Length:  \t${body.length} \t\r\n\r\n${body}`,
    'chunks with extensions': `${line}${close}${host}Transfer-Encoding: Chunked\r\n\r\n${chunked.replace('\r\n', ';a=b\r\n')}`,
    'trailers': `${line}${close}${host}Transfer-Encoding: chunked\r\n\r\n${chunked.slice(0, -2)}X: 1\r\n\r\n`,
    'an empty line first': `\r\n${line}${close}${host}${length}\r\n${body}`,
    'two at once': `${line}${host}${length}\r\n${body}${line}${close}${host}${length}\r\n${body}`,
  };
  for (const [what, bytes] of Object.entries(fine)) {
    const socket = net.connect(Number(new URL(gw.url).port), '127.0.0.1');
    socket.write(bytes);
    let all = '';
    socket.on('data', (data) => (all += data));
    await once(socket, 'close');
    assert.match(all, /^HTTP\/1\.1 200 OK/, `${what}: ${all.slice(0, 200)}`);
    assert.equal(all.match(/HTTP\/1\.1 200/g).length, what === 'two at once' ? 2 : 1, what);
  }
});

test('one connection too many is told so', async (t) => {
  const gw = await gatewayTo(t, 1, [], 'server: {max_connections: 3, workers: 1}');
  const open = [];
  for (let i = 0; i < 3; i++) {
    const socket = net.connect(Number(new URL(gw.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`GET /v1/models HTTP/1.1\r\n${host}\r\n`);
    await once(socket, 'data');
    open.push(socket);
  }
  const refused = await raw(gw.url, `${line}${host}${length}\r\n${body}`);
  assert.match(refused, /^HTTP\/1\.1 503 .*\r\nRetry-After: 1\r\n/s);
  assert.match(refused, /too_many_connections/);
  open[0].destroy();
  await eventually(async () => {
    const answer = await fetch(`${gw.url}/v1/models`).catch(() => null);
    return answer?.status === 200;
  }, 'there is room again');
  for (const socket of open) socket.destroy();
});

test('who is one too many and says nothing neither stays nor takes the place of others', async (t) => {
  const gw = await gatewayTo(t, 1, [], 'server: {max_connections: 3, workers: 2}');
  const { port } = new URL(gw.url);
  const connect = async () => {
    const socket = net.connect(Number(port), '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  };
  const served = [await connect(), await connect(), await connect()];
  const silent = [];
  const ends = [];
  for (let i = 0; i < 100; i++) {
    silent.push(await connect());
    ends.push(once(silent[i].resume(), 'close'));
  }
  assert.match(await raw(gw.url, `GET /v1/models HTTP/1.1\r\n${host}\r\n`), /^HTTP\/1\.1 503 /);
  for (const socket of served) socket.destroy();
  await eventually(async () => {
    const answer = await fetch(`${gw.url}/v1/models`, { headers: { connection: 'close' } }).catch(() => null);
    return answer?.status === 200;
  }, 'there is room again');
  const open = silent.filter((socket) => !socket.closed).length;
  assert.ok(open > 0, 'and not because they had gone');
  assert.ok(open <= 32, `${open} are left`);
  await Promise.race([
    Promise.all(ends),
    new Promise((resolve, reject) => setTimeout(reject, 8000, new Error('they stay')).unref()),
  ]);
});

test('who is one too many is told so before its body is there', async (t) => {
  const gw = await gatewayTo(t, 1, [], 'server: {max_connections: 1, workers: 1}');
  const served = net.connect(Number(new URL(gw.url).port), '127.0.0.1');
  await once(served, 'connect');
  const answer = await raw(gw.url, `${line}${host}Content-Length: 1000000\r\n\r\n{`);
  assert.match(answer, /^HTTP\/1\.1 503 /);
  served.destroy();
});

test('a client that takes nothing is cut off, and its provider let go', async (t) => {
  let gone;
  const closed = new Promise((resolve) => (gone = resolve));
  const up = await upstream(t, (request, response) => {
    openStream(response);
    response.on('close', gone);
    const more = () => {
      while (!response.destroyed && response.write(chunk({ content: 'x'.repeat(4096) })));
    };
    response.on('drain', more);
    more();
  });
  const gw = await gatewayTo(t, up.port, [], 'server: {client_stall: 1s}');
  const socket = net.connect(Number(new URL(gw.url).port), '127.0.0.1');
  await once(socket, 'connect');
  const streaming = JSON.stringify({ model: 'gpt-test', messages, stream: true });
  socket.write(`${line}${host}Content-Length: ${streaming.length}\r\n\r\n${streaming}`);
  socket.pause();
  await closed;
  const metrics = await eventually(async () => {
    const now = await gw.metrics();
    return now.get('sluice_requests_inflight') === 0 && now;
  }, 'nothing is left in flight');
  assert.equal(metrics.get('sluice_attempts_total{provider="up",outcome="cancelled"}'), 1);
  assert.equal(metrics.get('sluice_breaker_state{provider="up"}'), 0);
  socket.destroy();
});

test('what stands behind a body is no field of its head', async (t) => {
  const up = await upstream(t, (request, response) => json(response, 200, completion()));
  const gw = await gatewayTo(t, up.port);
  const trailers = 'X-Sneaked: yes\r\nHost: evil.example\r\nX-Request-Id: theirs\r\n';
  const answer = await raw(
    gw.url,
    `${line}${host}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n${chunked.slice(0, -2)}${trailers}\r\n`,
  );
  assert.match(answer, /^HTTP\/1\.1 200 /);
  assert.equal(up.requests[0].headers['x-sneaked'], undefined);
});

test('an answer that has no body by its status tells of none', async (t) => {
  const up = await upstream(t, (request, response) => {
    response.writeHead(request.method === 'DELETE' ? 204 : 304, { 'content-type': 'text/event-stream', etag: '"x"' });
    response.end();
  });
  const gw = await gatewayTo(t, up.port);
  const to = (method) => `${method} /v1/files/f HTTP/1.1\r\n${host}X-Sluice-Model: gpt-test\r\n`;
  const all = await raw(gw.url, `${to('DELETE')}\r\n${to('GET')}\r\n${to('DELETE')}Connection: close\r\n\r\n`);
  const answers = all.split(/(?=HTTP\/1\.1 )/);
  assert.deepEqual(answers.map((answer) => answer.slice(9, 12)), ['204', '304', '204'], all);
  for (const answer of answers) {
    assert.doesNotMatch(answer, /content-length|transfer-encoding/i);
    assert.match(answer, /[^\n]\r\n\r\n$/);
  }
});

test('an answer to HEAD has no body', async (t) => {
  const up = await upstream(t, (request, response) => {
    response.writeHead(200, { 'content-type': 'audio/mpeg', 'content-length': 1000 });
    response.end();
  });
  const gw = await gatewayTo(t, up.port, ['timeouts: {first_byte: 2s}']);
  const head = `HEAD /healthz HTTP/1.1\r\n${host}\r\n`;
  const passed = `HEAD /v1/files/f/content HTTP/1.1\r\n${host}X-Sluice-Model: gpt-test\r\n\r\n`;
  const last = `GET /healthz HTTP/1.1\r\n${host}Connection: close\r\n\r\n`;
  const all = await raw(gw.url, head + passed + passed + last);
  const answers = all.split(/(?=HTTP\/1\.1 )/);
  assert.deepEqual(answers.map((answer) => answer.slice(9, 12)), ['405', '200', '200', '200'], all);
  for (const answer of answers.slice(0, 3)) assert.match(answer, /\r\n\r\n$/, 'only a head');
  assert.match(answers[0], /\r\nContent-Length: [1-9]/);
  assert.match(answers[1], /\r\nContent-Length: 1000\r\n/);
  assert.equal(up.requests.length, 2);
});

test('who waits for 100 Continue gets it, but not in HTTP/1.0, which knows no such answer', async (t) => {
  const up = await upstream(t, (request, response) => json(response, 200, completion()));
  const gw = await gatewayTo(t, up.port);
  for (const [version, expected] of [['1.1', ['100', '200']], ['1.0', ['200']]]) {
    const socket = net.connect(Number(new URL(gw.url).port), '127.0.0.1');
    await once(socket, 'connect');
    let all = '';
    socket.on('data', (data) => (all += data));
    socket.write(`POST /v1/chat/completions HTTP/${version}\r\n${host}Connection: close\r\nExpect: 100-continue\r\n${length}\r\n`);
    if (version === '1.1') await once(socket, 'data');
    else await new Promise((resolve) => setTimeout(resolve, 100));
    socket.write(body);
    await once(socket, 'close');
    assert.deepEqual(all.match(/(?<=HTTP\/1\.1 )\d+/g), expected, version);
  }
});

test('a request that comes round is told by its mark, whatever the base_url', async (t) => {
  const up = await upstream(t, (request, response) => json(response, 200, completion()));
  const gw = await gatewayTo(t, up.port, [], 'server: {workers: 1}');
  const post = (fields = {}) => fetch(`${gw.url}/v1/chat/completions`, { method: 'POST', headers: fields, body });
  assert.equal((await post({ via: '1.0 theirs' })).status, 200);
  assert.match(up.requests[0].headers.via, /^1\.0 theirs, 1\.1 sluice-[0-9a-f]+$/);
  // The port was not known when the config was written, so nothing could be said of it.
  const { port } = new URL(gw.url);
  gw.write(
    [
      'version: 1',
      'providers:',
      `  - {id: up, dialect: openai, base_url: "http://127.0.0.1:${port}/v1", api_key: env:UP_KEY}`,
      'routes:',
      "  - {model: '*', targets: [{provider: up}], retry: {attempts: 3}}",
      '',
    ].join('\n'),
  );
  const looped = await eventually(async () => {
    const answer = await post();
    return answer.status !== 200 && answer;
  }, 'the config is in force');
  assert.equal(looped.status, 508);
  const { error } = await looped.json();
  assert.equal(error.code, 'loop_detected');
  assert.match(error.message, /base_url of one of its providers leads back to it/);
  const before = await gw.metrics();
  assert.equal((await fetch(`${gw.url}/v1/batches`, { method: 'POST', body: '{}' })).status, 508);
  const now = await gw.metrics();
  const started = 'sluice_requests_started_total';
  assert.equal(now.get(started) - before.get(started), 2, 'it has come round once');
});

test('a page of the web can neither read nor spend', async (t) => {
  const up = await upstream(t, (request, response) => json(response, 200, completion()));
  const gw = await gatewayTo(t, up.port);
  const from = async (origin) =>
    (await fetch(`${gw.url}/v1/chat/completions`, { method: 'POST', headers: { origin, 'content-type': 'text/plain' }, body })).status;
  for (const origin of ['https://evil.example', 'http://localhost.evil.example', 'null']) assert.equal(await from(origin), 403, origin);
  assert.equal(up.requests.length, 0);
  for (const origin of ['http://localhost:3000', 'http://127.0.0.1:5173', 'app://obsidian.md', 'vscode-webview://x']) {
    assert.equal(await from(origin), 200, origin);
  }
});

test('a provider is not told of the page that asks, as it might refuse it', async (t) => {
  // As Anthropic does; and a 401 stands for a key that is refused.
  const up = await upstream(t, (request, response) =>
    request.headers.origin ? json(response, 401, { error: { message: 'CORS requests must ...' } }) : json(response, 200, completion()),
  );
  const gw = await gatewayTo(t, up.port);
  const fields = { origin: 'app://obsidian.md', referer: 'app://obsidian.md/', 'sec-fetch-site': 'cross-site', 'x-mine': 'yes' };
  const answer = await fetch(`${gw.url}/v1/chat/completions`, { method: 'POST', headers: fields, body });
  assert.equal(answer.status, 200);
  const [{ headers }] = up.requests;
  assert.deepEqual([headers.origin, headers.referer, headers['sec-fetch-site'], headers['x-mine']], [undefined, undefined, undefined, 'yes']);
});

test('what would show the gateway\'s key, or make a tunnel, is not passed on', async (t) => {
  const up = await upstream(t, (request, response) => json(response, 200, {}));
  const gw = await gatewayTo(t, up.port);
  for (const method of ['TRACE', 'CONNECT']) {
    const answer = await raw(gw.url, `${method} /v1/files/f HTTP/1.1\r\n${host}X-Sluice-Model: gpt-test\r\nConnection: close\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 501 /, method);
    assert.match(answer, /method_not_allowed/);
  }
  assert.equal(up.requests.length, 0);
});

/** A gateway to a provider that says `answer`, byte for byte, and ends if it is to. */
async function saying(t, answer, ends) {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => (ends ? socket.end(answer) : socket.write(answer)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return gatewayTo(t, server.address().port);
}

// RFC 9112 6.1: nobody asked for one (TE), and who is given the body would take it for plain.
for (const coding of ['gzip, chunked', 'gzip', 'chunked, gzip']) {
  test(`an answer in the transfer coding '${coding}' is not relayed as if it were plain`, async (t) => {
    const text = JSON.stringify(completion());
    const answer = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: ${coding}\r\n\r\n`;
    const coded = coding.includes('chunked') ? `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n` : text;
    const gw = await saying(t, answer + coded, true);
    const told = await fetch(`${gw.url}/v1/files/f`, { headers: { 'x-sluice-model': 'gpt-test' } });
    assert.equal(told.status, 502);
    assert.match((await told.json()).error.message, /Transfer-Encoding/);
  });
}

test('an answer in another transfer coding is refused before its end', async (t) => {
  const gw = await saying(t, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n', false);
  const told = await fetch(`${gw.url}/v1/files/f`, { headers: { 'x-sluice-model': 'gpt-test' } });
  assert.equal(told.status, 502);
});

test('a provider that switches protocols unasked has failed', async (t) => {
  const gw = await saying(t, 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n', false);
  const told = await fetch(`${gw.url}/v1/realtime`, { headers: { 'x-sluice-model': 'gpt-test' } });
  assert.equal(told.status, 502);
  assert.match((await told.json()).error.message, /switched to another protocol, unasked/);
});

test('what is passed on stays below base_url, and nothing with limits is passed on', async (t) => {
  const up = await upstream(t, (request, response) => json(response, 200, {}));
  const gw = await gatewayTo(t, up.port);
  for (const path of ['/v1/../../admin', '/v1/%2e%2e/admin', '/v1/..%2fadmin', '/v1/chat/completions/', '/v1/./chat/completions']) {
    const answer = await raw(gw.url, `POST ${path} HTTP/1.1\r\n${host}Connection: close\r\nContent-Type: application/json\r\n${length}\r\n${body}`);
    assert.match(answer, /^HTTP\/1\.1 404 /, path);
    assert.match(answer, /does not pass on/);
  }
  assert.equal(up.requests.length, 0);
});

test('a client may ask as if for a proxy', async (t) => {
  const up = await upstream(t, (request, response) => json(response, 200, completion()));
  const gw = await gatewayTo(t, up.port);
  const ask = (authority) => raw(gw.url, `GET http://${authority}/v1/models HTTP/1.1\r\n${host}Connection: close\r\n\r\n`);
  assert.match(await ask('127.0.0.1'), /^HTTP\/1\.1 200 /);
  assert.match(await ask('evil.example'), /^HTTP\/1\.1 403 /);
});
