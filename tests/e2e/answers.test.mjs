// SPDX-License-Identifier: GPL-3.0-or-later
// What a provider answers that is no answer, or not quite: who is told what, who takes over, and what
// the provider is blamed for.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { chunk, completion, eventually, folder, gateway, json, messages, upstream } from './harness.mjs';

/** A gateway in front of a provider that answers so, and maybe of another that works. */
async function against(t, answer, { spare = false, provider = '' } = {}) {
  const up = await upstream(t, answer);
  const other = await upstream(t, (request, response, body) => {
    if (!JSON.parse(body).stream) return json(response, 200, completion('spare'));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`${chunk({ content: 'spare' })}data: [DONE]\n\n`);
  });
  const file = path.join(folder(t), 'c.yaml');
  writeFileSync(
    file,
    `version: 1\nserver: {workers: 1}\nproviders:\n  - {id: up, base_url: 'http://127.0.0.1:${up.port}/v1', api_key: env:UP_KEY${provider}}\n` +
      `  - {id: spare, base_url: 'http://127.0.0.1:${other.port}/v1'}\n` +
      `routes:\n  - {model: '*', retry: {attempts: ${spare ? 2 : 1}}, targets: [{provider: up}${spare ? ', {provider: spare, priority: 1}' : ''}]}\n`,
  );
  const gw = await gateway(t, ['--config', file], { UP_KEY: 'our-secret-key' });
  const ask = (more = {}, headers = {}) =>
    fetch(`${gw.url}/v1/chat/completions`, {
      method: 'POST',
      redirect: 'manual',
      headers,
      body: JSON.stringify({ model: 'm', messages, ...more }),
    });
  const breaker = async () => (await (await gw.admin('GET', 'snapshot')).json()).providers[0].breaker;
  return { gw, up, ask, breaker };
}

const refusals = {
  'a refusal that names nothing (403)': [403, { error: { message: 'not for you: our-secret-key' } }],
  'too little credit for this request (402)': [402, { error: { code: 402, message: 'fewer max_tokens, or more credit' } }],
};
for (const [what, [status, body]] of Object.entries(refusals)) {
  test(`${what} takes the provider away from nobody else`, async (t) => {
    let asked = 0;
    const answer = (request, response) => (asked++ === 0 ? json(response, status, body) : json(response, 200, completion()));
    const { ask, breaker } = await against(t, answer);
    const refused = await ask();
    assert.equal(refused.status, 502);
    const { error } = await refused.json();
    assert.equal(error.code, 'upstream_refused');
    assert.match(error.message, new RegExp(`status ${status}: (not for you|fewer max_tokens)`));
    assert.doesNotMatch(error.message, /our-secret-key/);
    const { state, failures } = await breaker();
    assert.deepEqual({ state, failures }, { state: 'closed', failures: status === 402 ? 1 : 0 });
    assert.equal((await ask()).status, 200);
    asked = 0;
    const { ask: askBoth } = await against(t, answer, { spare: true });
    assert.equal((await askBoth()).headers.get('x-sluice-provider'), 'spare');
  });
}

const callers = {
  'a model that is not for this account': { code: 'model_not_found', message: 'no access to gpt-9' },
  'what a moderator would not have': { code: 403, message: 'flagged', metadata: { reasons: ['x'], flagged_input: 'y' } },
};
for (const [what, error] of Object.entries(callers)) {
  test(`403 for ${what} is the caller's`, async (t) => {
    const { ask, breaker } = await against(t, (request, response) => json(response, 403, { error }), { spare: true });
    const refused = await ask();
    assert.equal(refused.status, 403);
    assert.deepEqual((await refused.json()).error, error);
    assert.equal((await breaker()).failures, 0);
  });
}

test('one who asks for what is not allowed, again and again, opens no breaker', async (t) => {
  const error = { message: 'not from here', code: 'unsupported_country_region_territory' };
  const { ask, breaker } = await against(t, (request, response, body) =>
    /"user":"one"/.test(body) ? json(response, 403, { error }) : json(response, 200, completion()),
  );
  for (let i = 0; i < 6; i++) assert.equal((await ask({ user: 'one' })).status, 502);
  assert.equal((await breaker()).state, 'closed');
  assert.equal((await ask()).status, 200);
});

for (const [what, headers, code] of [
  ['an organization of its own', { 'OpenAI-Organization': 'org-x' }, 'mismatched_organization'],
  ['a project of its own', { 'OpenAI-Project': 'proj-x' }, null],
  ['a key of its own', { 'X-Other-Key': 'k' }, null],
  ['nothing, but more than the key may', {}, 'missing_scope'],
]) {
  test(`401 for a request that brings ${what} says nothing of our key`, async (t) => {
    let refuse = true;
    const answer = (request, response) =>
      refuse ? json(response, 401, { error: { message: 'should match', code } }) : json(response, 200, completion());
    const { ask, breaker, gw } = await against(t, answer);
    const refused = await ask({}, headers);
    assert.equal(refused.status, 502);
    const { error } = await refused.json();
    assert.equal(error.code, 'upstream_refused');
    assert.match(error.message, /refused the request \(status 401: should match\)/);
    const { state, failures } = await breaker();
    assert.deepEqual({ state, failures }, { state: 'closed', failures: 0 });
    const { ask: askBoth } = await against(t, answer, { spare: true });
    assert.equal((await askBoth({}, headers)).headers.get('x-sluice-provider'), 'spare');
    refuse = false;
    assert.equal((await ask()).status, 200);
    assert.equal((await gw.metrics()).get('sluice_breaker_state{provider="up"}'), 0);
  });
}

test("a field of the client by the name of the one for our key gives way to ours", async (t) => {
  const { up, ask } = await against(t, (request, response) => json(response, 200, completion()), {
    provider: ', key_header: X-Custom-Key',
  });
  assert.equal((await ask({}, { 'x-custom-KEY': 'theirs' })).status, 200);
  assert.equal(up.requests[0].headers['x-custom-key'], 'our-secret-key');
});

test('a refusal whose body breaks off is one all the same', async (t) => {
  const { ask, breaker } = await against(t, (request, response) => {
    response.writeHead(403, { 'content-length': 100 });
    response.write('half', () => setTimeout(() => response.socket.resetAndDestroy(), 20));
  });
  assert.equal((await (await ask()).json()).error.code, 'upstream_refused');
  assert.equal((await breaker()).failures, 0);
});

test('a refusal that names the key is of the key, whatever else was sent', async (t) => {
  const error = { message: 'Incorrect key', code: 'invalid_api_key' };
  const { ask, breaker } = await against(t, (request, response) => json(response, 401, { error }));
  assert.equal((await (await ask({}, { 'OpenAI-Organization': 'org-x' })).json()).error.code, 'upstream_credentials');
  assert.equal((await breaker()).state, 'open');
});

test('what a provider says of our key is told, without the key', async (t) => {
  const { ask, breaker } = await against(t, (request, response) =>
    json(response, 401, { error: { message: 'Incorrect key:\nour-secret-key', code: 'invalid_api_key' } }),
  );
  const refused = await ask();
  assert.equal(refused.status, 502);
  assert.match((await refused.json()).error.message, /refused the gateway's key \(status 401: Incorrect key: \[key\]\)/);
  assert.equal((await breaker()).state, 'open');
});

test('a redirect is not followed, nor is the client sent there', async (t) => {
  const { ask } = await against(t, (request, response) => {
    response.writeHead(308, { location: 'https://elsewhere.example/v1?key=x' });
    response.end();
  });
  const answer = await ask();
  assert.equal(answer.status, 502);
  assert.equal(answer.headers.get('location'), null);
  assert.match((await answer.json()).error.message, /status 308, a redirect to https:\/\/elsewhere\.example\/v1; check its base_url/);
});

test('a status that is none is not told on', async (t) => {
  const { ask } = await against(t, (request, response) => json(response, 799, {}));
  assert.equal((await ask()).status, 502);
});

const flaws = {
  'a page': ['text/html', '<html>sign in</html>', /something else than JSON \(text\/html\); check its base_url/],
  'nothing': ['application/json', '', /nothing in it/],
  'an error with status 200': ['application/json', '{ "error" : {"message":"no such model"}}', /an error in an answer of status 200: no such model/],
};
for (const [what, [type, body, says]] of Object.entries(flaws)) {
  test(`${what} is no answer`, async (t) => {
    const answer = (request, response) => {
      response.writeHead(200, { 'content-type': type });
      response.end(body);
    };
    const { ask, breaker } = await against(t, answer);
    const plain = await ask();
    assert.equal(plain.status, 502);
    assert.match((await plain.json()).error.message, says);
    assert.equal((await ask({ stream: true })).status, 502);
    assert.equal((await breaker()).failures, 2);
    const both = await against(t, answer, { spare: true });
    assert.equal((await both.ask()).headers.get('x-sluice-provider'), 'spare');
  });
}

for (const [how, body, provider] of [
  ['forwarded', { error: { message: 'words', code: 402 } }, ''],
  ['translated', { type: 'error', error: { type: 'billing_error', message: 'words' } }, ', dialect: anthropic'],
]) {
  test(`an error with status 200 is what its own words say (${how})`, async (t) => {
    const { ask } = await against(t, (request, response) => json(response, 200, body), { provider });
    const answer = await ask();
    assert.equal(answer.status, 502);
    const { error } = await answer.json();
    assert.match(error.message, /provider 'up' refused the request \(status 402: words\)/);
    assert.equal(error.code, 'upstream_refused');
  });
}

test('an error with status 200 that comes in pieces is judged whole', async (t) => {
  const { ask, breaker } = await against(t, async (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    for (const part of ['\n', '{"error":{"type":"invalid_request_error",', '"message":"words"}}']) {
      response.write(part);
      await breaker(); // the one worker has seen what came before it answers
    }
    response.end();
  });
  const answer = await ask();
  assert.equal(answer.status, 400);
  assert.match((await answer.json()).error.message, /words/);
  assert.equal((await breaker()).failures, 0);
});

/** What comes first, and what after it, makes no answer. */
const preludes = {
  'a comment, then an error': [true, [': PROCESSING\n\n', 'data: {"error":{"message":"overloaded"}}\n\n']],
  'a comment, then a reset': [true, [': PROCESSING\n\n', null]],
  'a comment, then the end of nothing': [true, [': PROCESSING\n\n', 'data: [DONE]\n\n']],
  'a blank, then an error': [false, ['\n', '{"error":{"message":"overloaded"}}']],
  'an error behind other members': [true, ['data: {"id":"1","error":{"message":"gone"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}\n\n']],
};
for (const [what, [stream, parts]] of Object.entries(preludes)) {
  test(`${what}: another target takes over`, async (t) => {
    let breaker;
    const answer = async (request, response) => {
      response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' });
      for (const part of parts) {
        if (part === null) return response.socket.resetAndDestroy();
        response.write(part);
        await breaker(); // the one worker has seen it before the next
      }
      return response.end();
    };
    const { ask, breaker: ofBoth } = await against(t, answer, { spare: true });
    breaker = ofBoth;
    const told = await ask({ stream });
    assert.equal(told.headers.get('x-sluice-provider'), 'spare');
    assert.match(await told.text(), /spare/);
    const alone = await against(t, answer);
    breaker = alone.breaker;
    assert.equal((await alone.ask({ stream })).status, 502);
    assert.equal((await breaker()).failures, 1);
  });
}

test('who tells that it is at work is waited for', async (t) => {
  for (const stream of [true, false]) {
    const { ask } = await against(
      t,
      async (request, response) => {
        response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' });
        for (let i = 0; i < 8; i++) {
          response.write(stream ? ': PROCESSING\n\n' : '\n');
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        response.end(stream ? `${chunk({ content: 'late' })}data: [DONE]\n\n` : JSON.stringify(completion('late')));
      },
      { provider: ', timeouts: {first_byte: 400ms, idle: 400ms}' },
    );
    const answer = await ask({ stream });
    assert.equal(answer.status, 200);
    const text = await answer.text();
    assert.match(text, /late/);
    if (!stream) assert.equal(JSON.parse(text).choices[0].message.content, 'late');
  }
});

test('an error in the middle of a stream is a failure wherever it stands', async (t) => {
  for (const told of [
    '"error":{"code":"server_error","message":"gone"},"choices":[]',
    '"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]',
  ]) {
    let goOn;
    const { ask, breaker } = await against(t, (request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(chunk({ content: 'par' }));
      goOn = () => response.end(`data: {"id":"1",${told}}\n\ndata: [DONE]\n\n`);
    });
    const answer = await ask({ stream: true });
    assert.equal(answer.status, 200);
    goOn();
    assert.match(await answer.text(), /error/);
    await eventually(async () => (await breaker()).failures === 1, told);
  }
  const fine = await against(t, (request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`data: {"error":null,${chunk({ content: 'say \\"error\\": {' }).slice('data: {'.length)}data: [DONE]\n\n`);
  });
  const answer = await fine.ask({ stream: true });
  assert.equal(answer.status, 200);
  await answer.text();
  assert.equal((await fine.breaker()).failures, 0);
});

test('an answer that only tells of no error is one', async (t) => {
  const { ask } = await against(t, (request, response) => json(response, 200, { error: null, ...completion() }));
  assert.equal((await ask()).status, 200);
});

test('one body where a stream was asked for is no answer', async (t) => {
  const { ask } = await against(t, (request, response) => json(response, 200, completion()));
  const answer = await ask({ stream: true });
  assert.equal(answer.status, 502);
  assert.match((await answer.json()).error.message, /something else than a stream of events \(application\/json\)/);
});

test('429 tells how long to wait, whatever the provider says of it', async (t) => {
  for (const [fields, seconds] of [
    [{}, '1'],
    [{ 'retry-after': '-5' }, '1'],
    [{ 'retry-after': 'soon' }, '1'],
    [{ 'retry-after-ms': '1500' }, '2'],
    [{ 'retry-after': '7' }, '7'],
    [{ 'retry-after': '99999999999' }, '86400'],
  ]) {
    const { ask } = await against(t, (request, response) => {
      response.writeHead(429, { 'content-type': 'application/json', ...fields });
      response.end('{"error":{"message":"slow down"}}');
    });
    const answer = await ask();
    assert.equal(answer.status, 429);
    assert.equal(answer.headers.get('retry-after'), seconds, JSON.stringify(fields));
    assert.equal(answer.headers.get('retry-after-ms'), null);
    assert.equal((await answer.json()).error.message, 'slow down');
  }
});

test("Gemini tells in its body how long to wait, and OpenAI's clients are told", async (t) => {
  const { ask } = await against(
    t,
    (request, response) =>
      json(response, 429, { error: { code: 429, message: 'quota', status: 'RESOURCE_EXHAUSTED', details: [{ retryDelay: '21.5s' }] } }),
    { provider: ', dialect: gemini' },
  );
  const answer = await ask();
  assert.equal(answer.status, 429);
  assert.equal(answer.headers.get('retry-after'), '22');
});

const stream = (...parts) => (request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  const next = () => (parts.length > 0 && response.write(parts.shift()), parts.length > 0 ? setImmediate(next) : response.end());
  next();
};
const told = 'data: {"error":{"message":"overloaded"}}\n\n';
const falseStarts = {
  'is empty': [''],
  'says only that it is done': ['data: [DONE]\n\n'],
  'says only that it is done, and not wholly': ['data: [DONE]'],
  'ends within its first event': [chunk({ content: 'x' }).slice(0, 30)],
  'begins with an error': [told],
};
for (const [what, parts] of Object.entries(falseStarts)) {
  test(`a stream that ${what} is taken over, as the client was sent nothing`, async (t) => {
    const alone = await against(t, (...call) => stream(...parts)(...call));
    const answer = await alone.ask({ stream: true });
    assert.equal(answer.status, 502, await answer.text());
    assert.equal((await alone.breaker()).failures, 1);
    const { ask } = await against(t, (...call) => stream(...parts)(...call), { spare: true });
    const text = await (await ask({ stream: true })).text();
    assert.match(text, /spare/);
    assert.match(text, /\[DONE\]/);
    assert.doesNotMatch(text, /error/);
  });
}

const finished = chunk({ content: 'whole' }) + chunk({}, 'stop');
for (const [what, parts, whole] of [
  ['forgets [DONE]', [finished], true],
  ['forgets the line behind [DONE]', [`${finished}data: [DONE]`], true],
  ['forgets half of it', [`${finished}data: [DONE]\n`], true],
  ['has not said why it ends', [chunk({ content: 'whole' })], false],
]) {
  test(`a stream that ${what} is ${whole ? 'whole' : 'not whole'}`, async (t) => {
    const { ask, breaker } = await against(t, (...call) => stream(...parts)(...call));
    const text = await (await ask({ stream: true })).text();
    assert.equal(text.endsWith(`${finished}data: [DONE]\n\n`), whole, text);
    assert.equal(text.includes('error'), !whole);
    assert.equal((await breaker()).failures, whole ? 0 : 1);
  });
}

test('two choices have to end, where two were asked for', async (t) => {
  const { ask } = await against(t, (...call) => stream(finished)(...call));
  assert.match(await (await ask({ stream: true, n: 2 })).text(), /error/);
});

test('an error in a stream is told once', async (t) => {
  const { ask, breaker } = await against(t, (...call) => stream(chunk({ content: 'x' }), told)(...call));
  const text = await (await ask({ stream: true })).text();
  assert.equal(text.split('"error"').length, 2, text);
  assert.equal((await breaker()).failures, 1);
});

test('no proxy in front of us is to hold a stream back', async (t) => {
  const { ask } = await against(t, (...call) => stream(`${finished}data: [DONE]\n\n`)(...call));
  const answer = await ask({ stream: true });
  assert.equal(answer.headers.get('cache-control'), 'no-cache');
  assert.equal(answer.headers.get('x-accel-buffering'), 'no');
  await answer.text();
});

test('the time to the first byte is taken, though the head came before it', async (t) => {
  const { gw, ask } = await against(t, (request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    setTimeout(() => response.end(`${finished}data: [DONE]\n\n`), 20);
  });
  await (await ask({ stream: true })).text();
  await eventually(async () => (await gw.metrics()).get('sluice_ttft_seconds_count{provider="up"}') === 1, 'it is counted');
});

const anthropicError = (type, message = 'words') => `event: error\ndata: ${JSON.stringify({ type: 'error', error: { type, message } })}\n\n`;
const chatError = (code) => `data: ${JSON.stringify({ error: { code, message: 'words' } })}\n\n`;
/** The first event of a stream, in two dialects; what the client is told, the breaker's failures, whether another is asked, and the code. */
const firstEvents = {
  'a rate limit': [anthropicError('rate_limit_error'), chatError(429), 429, 0, true],
  'a rate limit by its code': [anthropicError('rate_limit_error'), chatError('rate_limit_exceeded'), 429, 0, true],
  'that it is overloaded': [anthropicError('overloaded_error'), chatError(503), 503, 1, true],
  'that the request is wrong': [anthropicError('invalid_request_error'), chatError(400), 400, 0, false],
  'that there is no such model': [anthropicError('not_found_error'), chatError('model_not_found'), 404, 0, false],
  'that the request is too large': [anthropicError('request_too_large'), chatError(413), 413, 0, false],
  'that it took too long': [anthropicError('timeout_error'), chatError(504), 504, 1, true],
  'that our account does not pay': [anthropicError('billing_error'), chatError('402'), 502, 1, true, 'upstream_refused'],
  'that our key may not': [anthropicError('permission_error'), chatError('permission_error'), 502, 0, true, 'upstream_refused'],
  'some failure': [anthropicError('api_error'), chatError(500), 502, 1, true],
};
for (const [what, [anthropic, chat, status, failures, again, code]] of Object.entries(firstEvents)) {
  for (const [how, first, provider] of [['forwarded', chat, ''], ['translated', anthropic, ', dialect: anthropic']]) {
    test(`a stream that begins with ${what} is answered as its status would be (${how})`, async (t) => {
      const alone = await against(t, (...call) => stream(first)(...call), { provider });
      const answer = await alone.ask({ stream: true });
      assert.equal(answer.status, status);
      assert.equal(answer.headers.get('retry-after'), status === 429 ? '1' : null);
      const { error } = await answer.json();
      assert.match(error.message, code ? /provider 'up' refused the request \(status 40[23]: words\)/ : /provider 'up' failed: words/);
      if (code) assert.deepEqual([error.type, error.code], ['api_error', code]);
      assert.equal((await alone.breaker()).failures, failures);
      if (status === 429) {
        assert.equal((await alone.ask()).status, 429, 'it cools down');
        assert.equal(alone.up.requests.length, 1);
      }
      const both = await against(t, (...call) => stream(first)(...call), { spare: true, provider });
      const other = await both.ask({ stream: true });
      assert.equal(other.status, again ? 200 : status);
      assert.equal(/spare/.test(await other.text()), again);
    });
  }
}

for (const [how, first, provider] of [
  ['forwarded', `data: ${JSON.stringify({ error: { code: 401, message: 'no such key: our-secret-key' } })}\n\n`, ''],
  ['translated', anthropicError('authentication_error'), ', dialect: anthropic'],
  ['forwarded, of its quota', chatError('insufficient_quota'), ''],
]) {
  test(`a stream that begins with a refusal of our key shuts its provider (${how})`, async (t) => {
    const { ask, up } = await against(t, (...call) => stream(first)(...call), { provider });
    const answer = await ask({ stream: true });
    assert.equal(answer.status, 502);
    const { error } = await answer.json();
    assert.equal(error.code, 'upstream_credentials');
    assert.doesNotMatch(error.message, /secret/);
    assert.equal((await ask({ stream: true })).status, 503);
    assert.equal(up.requests.length, 1);
  });
}
