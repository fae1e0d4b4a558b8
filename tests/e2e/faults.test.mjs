// SPDX-License-Identifier: GPL-3.0-or-later
// The fault matrix: what an upstream can do wrong, plain and streaming, as the only target and with
// another behind it. The table says what the client gets, what the breaker learns, and whether tokens
// were used; after each cell nothing is in flight, no place is taken, and what was reserved is settled.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { test } from 'node:test';
import { chunk, completion, eventually, folder, gateway, messages } from './harness.mjs';

const plainBody = JSON.stringify(completion('whole'));
const events = [chunk({ content: 'who' }), chunk({ content: 'le' }), 'data: [DONE]\n\n'];
const streamBody = events.join('');

/** An upstream that writes bytes by hand. `act(socket, stream)` is called with each whole request. */
async function rawUpstream(t, act, wrap = (listener) => net.createServer(listener)) {
  let asked = 0;
  const sockets = new Set();
  const server = wrap((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    socket.setNoDelay(true);
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes;
      const end = text.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? NaN);
      if (end < 0 || text.length < end + 4 + length) return;
      const stream = JSON.parse(text.slice(end + 4)).stream === true;
      text = '';
      asked++;
      act(socket, stream);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: server.address().port, asked: () => asked };
}

const type = (stream) => `Content-Type: ${stream ? 'text/event-stream' : 'application/json'}\r\n`;
const body = (stream) => (stream ? streamBody : plainBody);
const head = (stream, fields = '') => `HTTP/1.1 200 OK\r\n${type(stream)}${fields}\r\n`;
const sized = (stream, extra = 0) => head(stream, `Content-Length: ${body(stream).length + extra}\r\n`);
const error = (status, fields = '') => {
  const text = JSON.stringify({ error: { message: 'theirs', type: 'x', code: 'theirs' } });
  return `HTTP/1.1 ${status} X\r\n${type(false)}${fields}Content-Length: ${text.length}\r\n\r\n${text}`;
};
/** The first event, or half of the body. */
const part = (stream) => (stream ? events[0] : plainBody.slice(0, 20));
const drip = async (socket, text) => {
  for (const byte of text) {
    socket.write(byte);
    await new Promise(setImmediate);
  }
};
const works = (socket, stream) => socket.write(sized(stream) + body(stream));

const pem = new URL('self_signed.pem', import.meta.url).pathname;
const trusted = readFileSync(pem);
/** A provider whose certificate is trusted. */
const overTls = (listener) => tls.createServer({ key: trusted, cert: trusted }, listener);

// What is written; what the client gets (a status, 'ok', or after the first byte: 'cut' for a plain
// answer, 'in-band' for a stream); whether another target can take over; what the breaker learns.
const once5xx = { plain: 502, stream: 502, takenOver: true, breaker: 'failure' };
const late = { plain: 'cut', stream: 'in-band', takenOver: false, breaker: 'failure' };
// Tokens that are used: as the usage says; of a stream without, what has passed; of a plain answer that
// breaks, what was reserved, as it may have been made whole; before the first byte, none.
const cost = { ok: [1, 20], 'in-band': [1, 20], cut: [500, 520], refused: [0, 0] };
const fine = { plain: 'ok', stream: 'ok', takenOver: false, breaker: 'none' };
const faults = {
  'refuses the connection': { act: null, ...once5xx },
  'is another by its certificate': { act: works, wrap: overTls, host: 'https://127.0.0.1', unasked: true, says: /certificate|host name/i, ...once5xx },
  'falls silent in the TLS handshake': { act: () => {}, host: 'https://127.0.0.1', unasked: true, ...once5xx, plain: 504, stream: 504 },
  'resets before its head': { act: (socket) => socket.resetAndDestroy(), ...once5xx },
  'closes before its head': { act: (socket) => socket.end(), ...once5xx },
  'closes within its head': { act: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Ty'), ...once5xx },
  'resets after its head': {
    act: (socket, stream) => socket.write(sized(stream), () => setTimeout(() => socket.resetAndDestroy(), 10)),
    ...once5xx,
  },
  'never answers': { act: () => {}, ...once5xx, plain: 504, stream: 504 },
  'falls silent within its head': { act: (socket) => socket.write('HTTP/1.1 200 OK\r\nX: '), ...once5xx, plain: 504, stream: 504 },
  'falls silent after its head': { act: (socket, stream) => socket.write(sized(stream)), ...once5xx, plain: 504, stream: 504 },
  'falls silent in its body': { act: (socket, stream) => socket.write(sized(stream) + part(stream)), ...late },
  'resets in its body': {
    act: (socket, stream) => socket.write(sized(stream) + part(stream), () => setTimeout(() => socket.resetAndDestroy(), 10)),
    ...late,
  },
  'resets in a body of unknown length': {
    act: (socket, stream) =>
      socket.write(head(stream, 'Connection: close\r\n') + part(stream), () => setTimeout(() => socket.resetAndDestroy(), 10)),
    ...late,
  },
  'ends its body early': { act: (socket, stream) => socket.end(sized(stream, 100) + body(stream).slice(0, -8)), ...late },
  'ends within a chunk': {
    act: (socket, stream) => socket.end(`${head(stream, 'Transfer-Encoding: chunked\r\n')}fff\r\n${part(stream)}`),
    ...late,
  },
  'ends without the last chunk': {
    act: (socket, stream) =>
      socket.end(`${head(stream, 'Transfer-Encoding: chunked\r\n')}${part(stream).length.toString(16)}\r\n${part(stream)}\r\n`),
    ...late,
  },
  'sends a head without end': {
    act: (socket) => socket.write(`HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(300_000)}\r\n`),
    ...once5xx,
  },
  'talks another protocol': { act: (socket) => socket.end('SSH-2.0-hello\r\n\r\n'), ...once5xx },
  'sends two lengths': { act: (socket, stream) => socket.write(`${head(stream, 'Content-Length: 5\r\nContent-Length: 6\r\n')}123456`), ...once5xx },
  'answers 500': { act: (socket) => socket.write(error(500)), ...once5xx, plain: 500, stream: 500 },
  'answers 503': { act: (socket) => socket.write(error(503)), ...once5xx, plain: 503, stream: 503 },
  'answers 408': { act: (socket) => socket.write(error(408)), ...once5xx, plain: 408, stream: 408 },
  'answers 429': { act: (socket) => socket.write(error(429)), plain: 429, stream: 429, takenOver: true, breaker: 'none' },
  'answers 429 with Retry-After': {
    act: (socket) => socket.write(error(429, 'Retry-After: 7\r\n')), plain: 429, stream: 429, takenOver: true, breaker: 'none',
  },
  'answers 401': { act: (socket) => socket.write(error(401)), plain: 502, stream: 502, takenOver: true, breaker: 'open' },
  'answers 400': { act: (socket) => socket.write(error(400)), plain: 400, stream: 400, takenOver: false, breaker: 'none' },
  'answers 404': { act: (socket) => socket.write(error(404)), plain: 404, stream: 404, takenOver: false, breaker: 'none' },
  'says 100 and 103 first': {
    act: (socket, stream) => socket.write(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${sized(stream)}${body(stream)}`),
    ...fine,
  },
  'ends its body by closing': { act: (socket, stream) => socket.end(head(stream, 'Connection: close\r\n') + body(stream)), ...fine },
  'drips byte by byte': { act: (socket, stream) => drip(socket, sized(stream) + body(stream)), ...fine },
  'forgets the end of its stream': {
    act: (socket) => socket.end(head(true, 'Connection: close\r\n') + events[0] + events[1]), ...late, plain: null,
  },
  'breaks within an event': {
    act: (socket) => socket.end(head(true, 'Connection: close\r\n') + events[0] + events[1].slice(0, 15)), ...late, plain: null,
  },
  'tells an error in its stream': {
    act: (socket) =>
      socket.write(head(true, 'Connection: close\r\n') + events[0], () =>
        setTimeout(() => socket.end('data: {"error":{"message":"theirs"}}\n\n'), 10)),
    ...late, plain: null,
  },
  'begins its stream with an error': {
    act: (socket) => socket.end(`${head(true, 'Connection: close\r\n')}data: {"error":{"message":"theirs"}}\n\n${events[0]}`),
    ...once5xx, plain: null,
  },
};

/** What a client sees: a status, 'ok', 'cut' or 'in-band'. */
async function seen(gw, stream) {
  let answer;
  try {
    answer = await fetch(`${gw.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'm', messages, stream, max_tokens: 500 }),
    });
  } catch {
    return { result: 'cut' }; // the reset that cuts an answer may overtake its head
  }
  if (answer.status !== 200) {
    const { error: told } = await answer.json();
    assert.ok(told.message, 'an error in the shape of the dialect');
    return { result: answer.status, by: answer.headers.get('x-sluice-provider'), told: told.message };
  }
  const by = answer.headers.get('x-sluice-provider');
  let text;
  try {
    text = await answer.text();
  } catch {
    return { result: 'cut', by };
  }
  if (!stream) return { result: text === plainBody ? 'ok' : 'wrong', by };
  if (text === streamBody) return { result: 'ok', by };
  const last = text.trimEnd().split('\n\n').at(-1);
  assert.ok(!text.includes('[DONE]'), 'a broken stream must not end as if it were whole');
  return { result: JSON.parse(last.slice('data: '.length)).error ? 'in-band' : 'wrong', by };
}

for (const [what, fault] of Object.entries(faults)) {
  for (const stream of [false, true]) {
    const expected = stream ? fault.stream : fault.plain;
    if (expected === null) continue;
    for (const other of [false, true]) {
      const name = `${stream ? 'stream' : 'plain'}, ${other ? 'another behind it' : 'alone'}: ${what}`;
      test(name, { concurrency: true }, async (t) => {
        const up = await rawUpstream(t, fault.act ?? works, fault.wrap);
        const spare = await rawUpstream(t, works);
        let port = up.port;
        if (!fault.act) {
          const closed = net.createServer().listen(0, '127.0.0.1');
          await once(closed, 'listening');
          port = closed.address().port;
          closed.close();
          await once(closed, 'close');
        }
        const file = path.join(folder(t), 'c.yaml');
        const limit = /silent|never/.test(what) ? '300ms' : '20s';
        const timeouts = `timeouts: {connect: ${limit}, headers: ${limit}, first_byte: ${limit}, idle: ${limit}}`;
        // So slow to fill that a test sees what was taken.
        const limits = `limits: {concurrency: 1, tokens_per_minute: 1, burst_tokens: 1000}`;
        const trust = fault.wrap ? `, ca_file: '${pem}'` : '';
        writeFileSync(
          file,
          `version: 1\nproviders:\n` +
            `  - {id: up, base_url: '${fault.host ?? 'http://127.0.0.1'}:${port}/v1', ${timeouts}, ${limits}${trust}}\n` +
            `  - {id: spare, base_url: 'http://127.0.0.1:${spare.port}/v1'}\n` +
            `routes:\n  - {model: m, retry: {attempts: ${other ? 2 : 1}}, targets: [{provider: up}${other ? ', {provider: spare, priority: 1}' : ''}]}\n`,
        );
        const gw = await gateway(t, ['--config', file]);
        const takenOver = other && fault.takenOver;
        const { result, by, told } = await seen(gw, stream);
        if (fault.says && told) assert.match(told, fault.says);
        assert.equal(result, takenOver ? 'ok' : expected);
        if (by) assert.equal(by, takenOver ? 'spare' : 'up');
        assert.equal(spare.asked(), takenOver ? 1 : 0);
        if (fault.act) assert.equal(up.asked(), fault.unasked ? 0 : 1);
        const provider = async () => (await (await gw.admin('GET', 'snapshot')).json()).providers[0];
        await eventually(async () => {
          const { attempts, concurrency } = await provider();
          return attempts.started === 1 && attempts.inflight === 0 && concurrency.in_flight === 0 && concurrency.waiting === 0;
        }, 'nothing in flight, no place taken');
        const { breaker, tokens } = await provider();
        const used = tokens.capacity - tokens.available;
        const [least, most] = cost[typeof expected === 'number' ? 'refused' : expected];
        assert.ok(used >= least && used <= most, `${used} tokens, of ${least} to ${most}`);
        assert.equal(breaker.failures, fault.breaker === 'failure' ? 1 : 0);
        assert.equal(breaker.state, fault.breaker === 'open' ? 'open' : 'closed');
        const metrics = await gw.metrics();
        assert.equal(metrics.get('sluice_requests_inflight'), 0);
        assert.equal(metrics.get('sluice_requests_started_total'), 1);
      });
    }
  }
}
