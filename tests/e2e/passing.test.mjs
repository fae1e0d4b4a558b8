// SPDX-License-Identifier: GPL-3.0-or-later
// What is passed on as it is: uploads piece by piece, binary answers, requests without a body.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { eventually, folder, gateway, gatewayTo, json, upstream } from './harness.mjs';

const MiB = 1024 * 1024;

/** A provider that takes bodies as they come. `handler(request, response)`. */
async function taker(t, handler) {
  const server = http.createServer(handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return server.address().port;
}

const form = (...fields) => {
  const made = new FormData();
  for (const [name, value] of fields) made.append(name, value);
  return made;
};

const residentKiB = (pid) =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

test('a form finds its provider by its model, which is renamed', async (t) => {
  const up = await upstream(t, (request, response) => json(response, 200, { text: 'hello' }));
  const gate = await gatewayTo(t, up.port);
  const client = gate.client();
  const file = new File(['sound'], 'a.mp3', { type: 'audio/mpeg' });
  const heard = await client.audio.transcriptions.create({ model: 'gpt-test', file });
  assert.equal(heard.text, 'hello');
  const [{ url, headers, body }] = up.requests;
  assert.equal(url, '/v1/audio/transcriptions');
  assert.equal(headers.authorization, 'Bearer provider-key');
  assert.match(body, /name="model"\r\n\r\nreal-model\r\n/);
  assert.match(body, /sound/);
  assert.doesNotMatch(body, /gpt-test/);
});

test('a model behind a file that is not long is found as well', async (t) => {
  const up = await upstream(t, (request, response) => json(response, 200, { text: 'hello' }));
  const gate = await gatewayTo(t, up.port);
  const response = await fetch(`${gate.url}/v1/audio/transcriptions`, {
    method: 'POST',
    body: form(['file', new Blob(['x'.repeat(300_000)])], ['model', 'gpt-test']),
  });
  assert.equal(response.status, 200, await response.text());
  assert.match(up.requests[0].body, /name="model"\r\n\r\nreal-model\r\n/);
});

test('a JSON body that is passed on keeps all but its model', async (t) => {
  const up = await upstream(t, (request, response) => json(response, 200, { data: [] }));
  const gate = await gatewayTo(t, up.port);
  const sent = '{"prompt":"a \\"model\\": cat","n": 1,\n "model" : "gpt-test","x":{"model":"no"}}';
  const response = await fetch(`${gate.url}/v1/images/generations?a=b&key=secret`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: sent,
  });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('x-sluice-provider'), 'up');
  assert.equal(up.requests[0].body, sent.replace('"gpt-test"', '"real-model"'));
  assert.equal(up.requests[0].url, '/v1/images/generations?a=b');
});

for (const chunked of [false, true]) {
  test(`an upload of 50 MB costs no memory${chunked ? ', also of unknown length' : ''}`, async (t) => {
    let received = 0;
    let hash = 0;
    const port = await taker(t, (request, response) => {
      request.on('data', (chunk) => {
        received += chunk.length;
        hash = (hash + chunk[0]) % 1e9;
      });
      request.on('end', () => json(response, 200, { id: 'file-1' }));
    });
    const gate = await gatewayTo(t, port, [], 'server: {max_body: 64MiB, workers: 1}');
    const head = Buffer.from(
      '--b\r\ncontent-disposition: form-data; name="model"\r\n\r\ngpt-test\r\n--b\r\n' +
        'content-disposition: form-data; name="file"; filename="f"\r\n\r\n',
    );
    const tail = Buffer.from('\r\n--b--\r\n');
    const piece = Buffer.alloc(MiB, 7);
    const length = head.length + 50 * MiB + tail.length;
    const request = http.request(`${gate.url}/v1/files`, {
      method: 'POST',
      headers: {
        'content-type': 'multipart/form-data; boundary=b',
        ...(chunked ? {} : { 'content-length': length }),
      },
    });
    const answered = once(request, 'response');
    request.write(head);
    request.write(piece);
    await eventually(() => received > MiB / 2, 'the upload began');
    const before = residentKiB(gate.child.pid);
    let most = before;
    for (let i = 1; i < 50; ++i) {
      if (!request.write(piece)) await once(request, 'drain');
      most = Math.max(most, residentKiB(gate.child.pid));
    }
    request.end(tail);
    const [response] = await answered;
    response.resume();
    assert.equal(response.statusCode, 200);
    assert.equal(received, length + 'real-model'.length - 'gpt-test'.length);
    assert.ok(most - before < 8 * 1024, `grew by ${most - before} KiB`);
  });
}

test('an upload goes to a provider by TLS as well', async (t) => {
  const file = new URL('self_signed.pem', import.meta.url).pathname;
  const pem = readFileSync(file);
  let received = 0;
  const server = https.createServer({ key: pem, cert: pem }, (request, response) => {
    request.on('data', (chunk) => (received += chunk.length));
    request.on('end', () => json(response, 200, { id: 'file-1' }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const gate = await gatewayTo(t, server.address().port, [`ca_file: ${file}`, 'timeouts: {headers: 3s}'], '', 'https://localhost');
  const body = `{"model":"gpt-test","x":"${'a'.repeat(8 * MiB)}"}`;
  const response = await fetch(`${gate.url}/v1/files`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  assert.equal(response.status, 200, await response.text());
  assert.equal(received, body.length + 'real-model'.length - 'gpt-test'.length);
});

test('what a provider says of an upload before it leaves is told', async (t) => {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      const text = '{"error":{"message":"too much of it"}}';
      socket.write(`HTTP/1.1 413 X\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${text.length}\r\n\r\n${text}`, () =>
        socket.destroy(),
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const gate = await gatewayTo(t, server.address().port, [], 'server: {workers: 1}');
  for (let i = 0; i < 40; ++i) {
    const request = http.request(`${gate.url}/v1/files`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
    });
    request.on('error', () => {});
    request.write('{"model":"gpt-test","x":"');
    const more = setInterval(() => request.write('a'.repeat(1000)), 0);
    const [response] = await once(request, 'response');
    clearInterval(more);
    response.resume();
    assert.equal(response.statusCode, 413, `try ${i}`);
    request.destroy();
  }
});

test('a client that sends slowly is no failure of its provider', async (t) => {
  const port = await taker(t, (request, response) => {
    request.on('error', () => {});
    request.on('data', () => {});
    request.on('end', () => json(response, 200, { id: 'file-1' }));
  });
  const gate = await gatewayTo(t, port, ['timeouts: {headers: 150ms, total: 1s}']);
  const upload = () => {
    const request = http.request(`${gate.url}/v1/files`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': 26 },
    });
    request.on('error', () => {});
    request.write('{"model":"gpt-test","x":"');
    return request;
  };
  const provider = async () => (await (await gate.admin('GET', 'snapshot')).json()).providers[0];
  // Longer than the provider would have for its head, had it all.
  const slow = upload();
  await eventually(async () => (await provider()).attempts.inflight === 1, 'the upload began');
  const from = performance.now();
  await eventually(() => performance.now() - from > 400, 'the headers timeout would be over');
  slow.end('"}'.slice(0, 1));
  const [answer] = await once(slow, 'response');
  answer.resume();
  assert.equal(answer.statusCode, 200);
  // And for too long: the call ends, and nobody is to blame but the client.
  const [late] = await once(upload(), 'response');
  late.resume();
  assert.equal(late.statusCode, 504);
  const { breaker } = await provider();
  assert.equal(breaker.failures, 0);
});

test('a provider that takes nothing holds the client back', async (t) => {
  let take;
  const taken = new Promise((resolve) => (take = resolve));
  const port = await taker(t, (request, response) => {
    request.pause();
    take(() => {
      request.resume();
      request.on('end', () => json(response, 200, {}));
    });
  });
  const gate = await gatewayTo(t, port, [], 'server: {max_body: 64MiB, workers: 1}');
  const request = http.request(`${gate.url}/v1/files`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': 40 * MiB },
  });
  const answered = once(request, 'response');
  request.write('{"model":"gpt-test","x":"');
  request.write(Buffer.alloc(40 * MiB - 26 - 1, 'a'));
  const go = await taken;
  const before = residentKiB(gate.child.pid);
  // What the kernel holds is not much; the rest has to wait in the client.
  let left = Infinity;
  await eventually(() => {
    const still = left === request.writableLength;
    left = request.writableLength;
    return still;
  }, 'the client is held back');
  assert.ok(residentKiB(gate.child.pid) - before < 8 * 1024);
  assert.ok(request.writableLength > 10 * MiB, `${request.writableLength} left`);
  go();
  request.end('"}');
  const [response] = await answered;
  response.resume();
  assert.equal(response.statusCode, 200);
});

test('once a body has begun to go out nothing is tried again', async (t) => {
  let calls = 0;
  const port = await taker(t, (request, response) => {
    ++calls;
    request.once('data', () => json(response, 500, { error: { message: 'no' } }));
  });
  const file = path.join(folder(t), 'sluice.yaml');
  writeFileSync(
    file,
    `version: 1\nproviders:\n  - {id: up, base_url: 'http://127.0.0.1:${port}/v1'}\nroutes:\n  - {model: m, targets: [{provider: up}], retry: {attempts: 3, backoff: 1ms}}\n`,
  );
  const gate = await gateway(t, ['--config', file]);
  const request = http.request(`${gate.url}/v1/files`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
  });
  request.on('error', () => {});
  request.write('{"model":"m","x":"');
  const [response] = await once(request, 'response');
  assert.equal(response.statusCode, 500);
  assert.equal(calls, 1);
  request.destroy();
  // A body that is there whole may be sent again.
  const whole = await fetch(`${gate.url}/v1/files`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"model":"m"}',
  });
  assert.equal(whole.status, 500);
  assert.equal(calls, 4);
});

test('a binary answer comes as it is', async (t) => {
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7) % 256));
  const up = await upstream(t, (request, response) => {
    response.writeHead(200, { 'content-type': 'audio/mpeg' });
    response.end(bytes);
  });
  const gate = await gatewayTo(t, up.port);
  const speech = await gate.client().audio.speech.create({ model: 'gpt-test', voice: 'a', input: 'hello' });
  assert.equal(speech.headers.get('content-type'), 'audio/mpeg');
  assert.deepEqual(Buffer.from(await speech.arrayBuffer()), bytes);
});

test('what names no model goes to the rest, or is told so', async (t) => {
  const up = await upstream(t, (request, response) => json(response, 200, { object: 'list', data: [] }));
  const gate = await gatewayTo(t, up.port);
  const refused = await fetch(`${gate.url}/v1/files`);
  assert.equal(refused.status, 400);
  assert.match((await refused.json()).error.message, /x-sluice-model/);
  const named = await fetch(`${gate.url}/v1/files/f?limit=2`, {
    method: 'DELETE',
    headers: { 'x-sluice-model': 'gpt-test' },
  });
  assert.equal(named.status, 200);
  const [{ request, headers }] = up.requests;
  assert.equal(`${request.method} ${request.url}`, 'DELETE /v1/files/f?limit=2');
  assert.equal(headers['x-sluice-model'], undefined);
  assert.equal(headers['content-length'], undefined);
});

test('a client that leaves in the middle of its upload ends the call', async (t) => {
  let gone;
  const closed = new Promise((resolve) => (gone = resolve));
  let began;
  const begun = new Promise((resolve) => (began = resolve));
  const port = await taker(t, (request) => {
    request.once('data', began);
    request.on('error', () => {});
    request.on('close', gone);
  });
  const gate = await gatewayTo(t, port);
  const request = http.request(`${gate.url}/v1/files`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': 1000 },
  });
  request.on('error', () => {});
  request.write('{"model":"gpt-test",');
  await begun;
  request.destroy();
  await closed;
  const metrics = await eventually(async () => {
    const now = await gate.metrics();
    return now.get('sluice_requests_total{route="gpt-test",provider="up",outcome="cancelled"}') === 1 && now;
  }, 'counted as cancelled');
  assert.equal(metrics.get('sluice_inflight{provider="up"}'), 0);
});

test('a body that turns out too large is refused, and one that is no HTTP', async (t) => {
  const port = await taker(t, (request) => {
    request.on('error', () => {});
    request.resume();
  });
  const gate = await gatewayTo(t, port, [], 'server: {max_body: 64KiB}');
  const request = http.request(`${gate.url}/v1/files`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
  });
  request.on('error', () => {});
  request.write('{"model":"gpt-test","x":"');
  request.write('a'.repeat(100_000));
  const [response] = await once(request, 'response');
  response.resume();
  assert.equal(response.statusCode, 413);
  request.destroy();
});

test('how long a client took for its body is not counted against its provider', async (t) => {
  const up = await upstream(t, (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    setTimeout(() => response.end('{"text":"hello"}'), 600);
  });
  const gate = await gatewayTo(t, up.port, ['timeouts: {first_byte: 1500ms}']);
  const body = Buffer.from(JSON.stringify({ model: 'gpt-test', x: 'x'.repeat(100_000) }));
  const request = http.request(`${gate.url}/v1/audio/speech`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': body.length },
  });
  request.write(body.subarray(0, 1000));
  await new Promise((resolve) => setTimeout(resolve, 1600));
  request.end(body.subarray(1000));
  const [response] = await once(request, 'response');
  assert.equal(response.statusCode, 200);
});
