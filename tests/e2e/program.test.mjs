// SPDX-License-Identifier: GPL-3.0-or-later
// The program: command line, config files, signals, what it exposes of itself.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { chunk, completion, eventually, folder, gateway, gatewayTo, json, messages, openStream, run, upstream } from './harness.mjs';

test('--demo serves completions, streams and tool calls', async (t) => {
  const gw = await gateway(t, ['--demo']);
  const client = gw.client({ maxRetries: 5 });
  const plain = await client.chat.completions.create({ model: 'anything', messages, max_tokens: 5 });
  assert.equal(plain.usage.completion_tokens, 5);
  const stream = await client.chat.completions.create({
    model: 'anything',
    messages,
    max_tokens: 5,
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = '';
  let usage;
  for await (const part of stream) {
    text += part.choices[0]?.delta.content ?? '';
    usage = part.usage ?? usage;
  }
  assert.equal(text, plain.choices[0].message.content);
  assert.equal(usage.completion_tokens, 5);
  const tool = await client.chat.completions.create({
    model: 'anything',
    messages,
    tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: { n: { type: 'integer' } } } } }],
  });
  assert.deepEqual(JSON.parse(tool.choices[0].message.tool_calls[0].function.arguments), { n: 1 });
  // and its own traffic runs
  await eventually(async () => ((await gw.metrics()).get('sluice_requests_started_total') ?? 0) > 8, 'demo traffic');
});

test('no widget library is mapped without a window', async (t) => {
  const gw = await gateway(t, ['--demo']);
  const maps = readFileSync(`/proc/${gw.child.pid}/maps`, 'utf8');
  assert.match(maps, /libQt6Core/);
  assert.doesNotMatch(maps, /libQt6(Widgets|Gui)|qcustomplot/i);
});

test('where there is no display it says so', async () => {
  const { DISPLAY, WAYLAND_DISPLAY, QT_QPA_PLATFORM, ...env } = process.env;
  const { code, stderr } = await run(['--listen', '127.0.0.1:0'], { env });
  assert.equal(code, 1);
  assert.match(stderr, /no display.*--headless/s);
});

test('models, health and metrics', async (t) => {
  const up = await upstream(t, (request, response) => json(response, 200, completion()));
  const gw = await gatewayTo(t, up.port, ['limits: {requests_per_minute: 600}']);
  const models = [];
  for await (const model of gw.client().models.list()) models.push(model.id);
  assert.deepEqual(models, ['gpt-test']);
  assert.equal((await gw.client().models.retrieve('gpt-test')).id, 'gpt-test');
  const health = await (await fetch(`${gw.url}/healthz`)).json();
  assert.deepEqual(health, { status: 'ok', revision: 1, providers: { up: { serves: true, breaker: 'closed', health: 70, healthy: true } } });
  for (let i = 0; i < 7; i++) await gw.client().chat.completions.create({ model: 'gpt-test', messages });
  await gw.client().chat.completions.create({ model: 'nope', messages }).catch(() => {});
  await eventually(async () => (await gw.metrics()).get('sluice_requests_started_total') === 8, 'all counted');
  const metrics = await gw.metrics();
  const sum = [...metrics].filter(([name]) => name.startsWith('sluice_requests_total{')).reduce((all, [, value]) => all + value, 0);
  assert.equal(metrics.get('sluice_requests_started_total'), sum + metrics.get('sluice_requests_inflight'));
  assert.equal(metrics.get('sluice_requests_total{route="gpt-test",provider="up",outcome="ok"}'), 7);
  assert.equal(metrics.get('sluice_requests_total{route="",provider="",outcome="rejected"}'), 1);
  assert.equal(metrics.get('sluice_ttft_seconds_count{provider="up"}'), 7);
  assert.equal(metrics.get('sluice_request_duration_seconds_bucket{provider="up",le="+Inf"}'), 7);
  assert.equal(metrics.get('sluice_balancer_picks_total{route="gpt-test",provider="up"}'), 7);
  assert.ok(metrics.get('sluice_bucket_tokens{provider="up",bucket="requests"}') <= 60);
  assert.equal(metrics.get('sluice_config_revision'), 1);
});

test('a bad edit is refused with its place, and the old config serves on', async (t) => {
  const up = await upstream(t, (request, response) => json(response, 200, completion()));
  const gw = await gatewayTo(t, up.port);
  gw.rewrite(['limits: {requests_per_minute: lots}']);
  const line = await gw.line(/requests_per_minute/);
  assert.equal(line, `${gw.file}:7:35: providers[0].limits.requests_per_minute: expected a whole number, not 'lots'`);
  await gw.client().chat.completions.create({ model: 'gpt-test', messages });
  assert.equal((await gw.metrics()).get('sluice_config_rejected_total'), 1);
});

test('--check-config', async (t) => {
  const file = path.join(folder(t), 'c.yaml');
  writeFileSync(file, 'version: 1\nproviders:\n  - id: a\n    dialect: mock\n    color: red\n');
  const bad = await run(['--check-config', '--config', file]);
  assert.equal(bad.code, 2);
  assert.match(bad.stdout, new RegExp(`^${file}:5:5: providers\\[0\\]\\.color: unknown key 'color'`));
  writeFileSync(file, 'version: 1\n');
  const good = await run(['--check-config', '--config', file]);
  assert.deepEqual([good.code, good.stdout], [0, 'ok\n']);
  assert.equal((await run(['--check-config', '--config', `${file}.not`])).code, 2);
});

test('--import-litellm', async (t) => {
  const at = folder(t);
  const [theirs, ours] = [path.join(at, 'config.yaml'), path.join(at, 'sluice.yaml')];
  const up = await upstream(t, (request, response) => json(response, 200, completion()));
  writeFileSync(
    theirs,
    `# What a small team has.
model_list:
  - model_name: gpt-4o
    litellm_params:
      model: openai/gpt-4o-2024-11-20
      api_base: http://127.0.0.1:${up.port}/v1
      api_key: os.environ/TEAM_KEY
      rpm: 600
      tpm: 100000
      order: 1
  - model_name: gpt-4o
    litellm_params:
      model: azure/gpt-4o-eu
      api_base: https://team-europe.openai.azure.com/
      api_key: sk-literal
      api_version: "2024-10-21"
      rpm: 300
      order: 2
    model_info: {mode: chat}
  - model_name: claude
    litellm_params: {model: anthropic/claude-sonnet-4, api_key: os.environ/ANTHROPIC_API_KEY, max_tokens: 4096}
router_settings:
  num_retries: 2
  cooldown_time: 30
  fallbacks: [{gpt-4o: [claude]}]
  model_group_alias: {gpt-4: gpt-4o}
litellm_settings:
  drop_params: true
  cache: true
  cache_params: {type: redis, host: localhost, password: sk-literal}
general_settings:
  master_key: sk-literal
`,
  );
  const { code, stdout, stderr } = await run(['--import-litellm', theirs]);
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stdout + stderr, /sk-literal/);
  assert.ok(stderr.split('\n').slice(0, -1).every((line) => /^\S+config\.yaml:\d+:\d+: \w/.test(line)), stderr);
  assert.match(stderr, /config\.yaml:15:7: model_list\[1\]\.litellm_params\.api_key: .*AZURE_API_KEY/);
  assert.match(stdout, /# line 21, model_list\[2\]\.litellm_params\.max_tokens: not taken over: /);
  writeFileSync(ours, stdout);
  const checked = await run(['--check-config', '--config', ours]);
  assert.deepEqual([checked.code, checked.stdout], [0, 'ok\n'], checked.stdout);
  // and it serves, by an alias
  const gw = await gateway(t, ['--config', ours], { TEAM_KEY: 'team', LITELLM_MASTER_KEY: 'sk-master' });
  const asked = await gw.client({ apiKey: 'sk-master' }).chat.completions.create({ model: 'gpt-4', messages });
  assert.ok(asked.choices[0].message.content);

  writeFileSync(theirs, 'model_list:\n  - litellm_params: {model: openai/gpt-4o}\n');
  const bad = await run(['--import-litellm', theirs]);
  assert.deepEqual([bad.code, bad.stdout, bad.stderr], [2, '', `${theirs}:2:5: model_list[0]: a model needs a model_name\n`]);
  assert.equal((await run(['--import-litellm', `${theirs}.not`])).code, 2);
});

test('the command line', async (t) => {
  const version = await run(['--version']);
  assert.equal(version.code, 0);
  assert.match(version.stdout, /^sluice \d+\.\d+\.\d+\n$/);
  const help = await run(['--help']);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /^Usage: sluice \[options\]\n/);
  for (const option of ['--config', '--listen', '--headless', '--demo', '--check-config', '--import-litellm', '--screenshot', '--log-level']) {
    assert.ok(help.stdout.includes(option), option);
  }
  for (const bad of [['--nope'], ['extra'], ['--listen', '80'], ['--log-level', 'loud'], ['--demo', '--config', 'x']]) {
    const result = await run([...bad, '--headless']);
    assert.equal(result.code, 2, bad.join(' '));
    assert.match(result.stderr, /^sluice: .+\nTry: sluice --help\n$/);
  }
  const open = await run(['--headless', '--demo', '--listen', '0.0.0.0:0']);
  assert.equal(open.code, 2);
  assert.match(open.stderr, /not a loopback address/);
});

test('a taken port: exit 4 and one line that says by whom', async (t) => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const result = await run(['--headless', '--demo', '--listen', `127.0.0.1:${server.address().port}`, '--log-level', 'error']);
  assert.equal(result.code, 4);
  assert.match(result.stderr, new RegExp(`^sluice: cannot listen on 127\\.0\\.0\\.1:\\d+: the port is taken by .*\\(pid ${process.pid}\\)\n$`));
});

test('SIGTERM lets a stream end, takes no more, and exits 0', async (t) => {
  let finish;
  const up = await upstream(t, (request, response) => {
    openStream(response);
    response.write(chunk({ content: 'first ' }));
    finish = () => {
      response.write(chunk({ content: 'last' }, 'stop'));
      response.end('data: [DONE]\n\n');
    };
  });
  const gw = await gatewayTo(t, up.port);
  const stream = await gw.client().chat.completions.create({ model: 'gpt-test', messages, stream: true });
  let text = '';
  for await (const part of stream) {
    if (text === '') {
      gw.child.kill('SIGTERM');
      await eventually(() => fetch(`${gw.url}/healthz`).then(() => false, () => true), 'no longer listening');
      finish();
    }
    text += part.choices[0].delta.content ?? '';
  }
  assert.equal(text, 'first last');
  if (gw.child.exitCode === null) await once(gw.child, 'exit');
  assert.equal(gw.child.exitCode, 0);
});

test('what is answered while the gateway stops says that its connection takes no more', async (t) => {
  let finish;
  const up = await upstream(t, (request, response) => (finish = () => json(response, 200, completion())));
  const gw = await gatewayTo(t, up.port, [], 'server: {workers: 1}');
  const idle = net.connect(Number(new URL(gw.url).port), '127.0.0.1');
  await once(idle, 'connect');
  const asked = fetch(`${gw.url}/v1/chat/completions`, { method: 'POST', body: JSON.stringify({ model: 'gpt-test', messages }) });
  await eventually(() => finish, 'it is asked');
  gw.child.kill('SIGTERM');
  await once(idle.resume(), 'close');
  finish();
  const answer = await asked;
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('connection'), 'close'); // RFC 9112 9.6
});

test('without a config file, providers whose keys are set are offered', async (t) => {
  const empty = folder(t);
  const started = await gateway(t, ['--demo'], { XDG_CONFIG_HOME: empty, GROQ_API_KEY: 'secret-1' });
  const line = await started.line(/Groq/);
  assert.match(line, /GROQ_API_KEY is set.*\{id: groq, preset: groq\}/);
  assert.doesNotMatch(line, /secret-1/);
});

test('without a config file, a local server at its usual address is offered', async (t) => {
  const server = net.createServer((socket) => socket.destroy());
  const listening = once(server, 'listening');
  server.listen(11434, '127.0.0.1');
  // Its usual port is the only one it can have; where that is taken, whoever has it is found instead.
  if (await listening.then(() => true, (error) => assert.equal(error.code, 'EADDRINUSE'))) t.after(() => server.close());
  const started = await gateway(t, ['--demo'], { XDG_CONFIG_HOME: folder(t) });
  assert.match(await started.line(/Ollama/), /something answers at http:\/\/127\.0\.0\.1:11434.*\{id: ollama, preset: ollama\}/);
});
