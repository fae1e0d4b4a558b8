// SPDX-License-Identifier: GPL-3.0-or-later
// What the end-to-end tests stand on: the program, a scripted upstream, and the official client.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import OpenAI from 'openai';

const program = path.resolve(process.env.SLUICE_BIN ?? '../../build/release/app/sluice');

const endings = new WeakMap();

/** Done when the test is over, what was begun last first: a folder goes after the program that writes to it. */
export function atEnd(t, ending) {
  if (!endings.has(t)) {
    const all = [];
    endings.set(t, all);
    t.after(async () => {
      while (all.length > 0) await all.pop()();
    });
  }
  endings.get(t).push(ending);
}

/** Runs the program to its end. */
export async function run(args, options = {}) {
  const child = spawn(program, args, options);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => (stdout += data));
  child.stderr.on('data', (data) => (stderr += data));
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

/** A folder that goes with the test. */
export function folder(t) {
  const made = mkdtempSync(path.join(tmpdir(), 'sluice-e2e-'));
  atEnd(t, () => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Starts the program without a window; it ends with the test. */
export async function gateway(t, args, env = {}) {
  const state = env.XDG_STATE_HOME ?? folder(t);
  const child = spawn(program, ['--headless', '--listen', '127.0.0.1:0', ...args], {
    env: { ...process.env, XDG_STATE_HOME: state, ...env },
  });
  atEnd(t, async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  const lines = [];
  const waiting = new Set();
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    for (const check of [...waiting]) check();
  });
  const stdout = createInterface({ input: child.stdout });
  const [first] = await Promise.race([
    once(stdout, 'line'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the gateway ended with ${code}: ${lines.join('\n')}`);
    }),
  ]);
  const url = /^listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(first)?.[1];
  if (!url) throw new Error(`unexpected first line: ${first}`);
  return {
    url,
    child,
    state,
    /** An admin path, with the token. */
    admin: (method, admin, body) =>
      fetch(`${url}/_sluice/${admin}`, {
        method,
        body,
        headers: { 'x-sluice-token': readFileSync(path.join(state, 'sluice', 'token'), 'utf8').trim() },
      }),
    /** Resolves with the line of stderr that matches, now or when it comes. */
    line: (pattern) =>
      new Promise((resolve) => {
        const check = () => {
          const found = lines.find((line) => pattern.test(line));
          if (found === undefined) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      }),
    client: (options = {}) =>
      new OpenAI({ baseURL: `${url}/v1`, apiKey: 'client-key', maxRetries: 0, ...options }),
    metrics: async () => parseMetrics(await (await fetch(`${url}/metrics`)).text()),
  };
}

/** A provider whose answers the test writes. `handler(request, response, body)`; requests are kept. */
export async function upstream(t, handler) {
  const requests = [];
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      requests.push({ request, body, headers: request.headers, url: request.url });
      handler(request, response, body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(t, () => {
    server.closeAllConnections();
    server.close();
  });
  return { server, requests, port: server.address().port };
}

/** A gateway in front of one scripted upstream. `provider`: more YAML lines of the provider. */
export async function gatewayTo(t, port, provider = [], server = '', origin = 'http://127.0.0.1') {
  const file = path.join(folder(t), 'sluice.yaml');
  const text = (lines) =>
    [
      'version: 1',
      ...(server ? [server] : []),
      'providers:',
      '  - id: up',
      '    dialect: openai',
      `    base_url: ${origin}:${port}/v1`,
      '    api_key: env:UP_KEY',
      ...lines.map((line) => `    ${line}`),
      'routes:',
      '  - model: gpt-test',
      '    targets: [{provider: up, model: real-model}]',
      '    retry: {attempts: 1}',
      '',
    ].join('\n');
  writeFileSync(file, text(provider));
  const made = await gateway(t, ['--config', file], { UP_KEY: 'provider-key' });
  return { ...made, file, rewrite: (lines) => writeFileSync(file, text(lines)), write: (raw) => writeFileSync(file, raw) };
}

export const messages = [{ role: 'user', content: 'hello' }];

export function completion(text = 'hi', model = 'real-model') {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  };
}

export function chunk(delta, finish = null) {
  return `data: ${JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'real-model',
    choices: [{ index: 0, delta, finish_reason: finish }],
  })}\n\n`;
}

export function json(response, status, body) {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

export function openStream(response) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
}

/** Sends raw bytes and returns all that comes until the connection is closed. */
export async function raw(url, bytes) {
  const { hostname, port } = new URL(url);
  const socket = net.connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(bytes);
  let all = '';
  socket.on('data', (data) => (all += data));
  await once(socket, 'close');
  return all;
}

/** {name{labels}: value} of a text exposition; throws on a line that is none. */
export function parseMetrics(text) {
  const samples = new Map();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ') || line.startsWith('# TYPE ')) continue;
    const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*(?:\{[^}]*\})?) (-?[0-9.e+-]+|\+Inf)$/.exec(line);
    if (!match) throw new Error(`not a sample: ${line}`);
    samples.set(match[1], Number(match[2]));
  }
  return samples;
}

/** Asks until it is so: for what has no event to wait for. */
export async function eventually(check, what) {
  const end = performance.now() + 10_000;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (performance.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
