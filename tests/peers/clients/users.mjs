// Many users at a time, made of the official TypeScript clients: `users.mjs URL KIND USERS [stay]`.
// KIND is `streamable` or `sse` (SDK 1.x, legacy era), or `modern` (SDK 2.x). Writes one line, the
// JSON of what they have seen (tally.mjs). With `stay` they end nothing: each has a call under way,
// and waits to be killed.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { EmptyResultSchema } from '@modelcontextprotocol/sdk/types.js';
import * as sdk2 from '@modelcontextprotocol/client';
import { Tally } from './tally.mjs';

const [url, kind, users, stay] = process.argv.slice(2);
const tally = new Tally();
const info = { name: 'users', version: '1' };
const long = { duration: 600, steps: 6000 };
const short = { duration: 0.6, steps: 6 };
const isLong = kind === 'modern' ? 'count_slowly' : 'trigger-long-running-operation';

function connection(user) {
  const address = new URL(url);
  const fetch = tally.fetch(user);
  if (kind === 'sse') {
    return [new Client(info), new SSEClientTransport(address, { fetch })];
  }
  if (kind === 'streamable') {
    return [new Client(info), new StreamableHTTPClientTransport(address, { fetch })];
  }
  const client = new sdk2.Client(info, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  return [client, new sdk2.StreamableHTTPClientTransport(address, { fetch })];
}

const failed = (promise) => promise.then(() => {}, () => {});

// Calls the tool that takes long, until it has told of its progress.
async function begin(client, options = {}) {
  const call = { name: isLong, arguments: long };
  let result;
  await new Promise((progressed) => {
    const onprogress = () => progressed();
    const patient = { timeout: 3_600_000, onprogress, ...options };
    result = failed(
      kind === 'modern' ? client.callTool(call, patient) : client.callTool(call, undefined, patient),
    );
  });
  return { result };
}

async function callsOfEveryKind(client) {
  const call = (name, args) => client.callTool({ name, arguments: args });
  for (let i = 0; i < 3; ++i) await call('echo', { message: `word ${i}` });
  await Promise.all([1, 2, 3].map((i) => call('echo', { message: `at once ${i}` })));
  await failed(call('no_such_tool', {}));
  await failed(call('echo', { message: 7 }));
  await failed(call('echo', {}));
}

async function legacyCalls(client, user) {
  await client.ping();
  await client.listResources();
  await client.listPrompts();
  await failed(client.getPrompt({ name: 'no_such_prompt' }));
  await failed(client.readResource({ uri: 'no://such/resource' }));
  await failed(client.request({ method: 'no/such/method' }, EmptyResultSchema));
  const aborting = new AbortController();
  const { result } = await begin(client, { signal: aborting.signal });
  aborting.abort('not wanted any more');
  await result;
  if (kind !== 'streamable') return;
  user.cut = true; // the client comes back for the answer by itself
  const options = { onprogress: () => {} };
  await client.callTool({ name: isLong, arguments: short }, undefined, options);
}

async function modernCalls(client) {
  await failed(client.callTool({ name: 'broken', arguments: {} }));
  await client.callTool({ name: 'measure', arguments: {} });
  await client.callTool({ name: 'regional', arguments: { region: 'Köln' } });
  const subscription = await client.listen({ toolsListChanged: true });
  await subscription.close();
  const aborting = new AbortController();
  const { result } = await begin(client, { signal: aborting.signal });
  aborting.abort('not wanted any more');
  await result;
}

async function live(i) {
  const user = {};
  const [client, transport] = connection(user);
  await client.connect(tally.watch(transport, i));
  if (kind === 'streamable') await tally.opened('get', 1);
  await client.listTools();
  await callsOfEveryKind(client);
  await (kind === 'modern' ? modernCalls(client) : legacyCalls(client, user));
  if (stay) {
    if (kind === 'modern') await client.listen({ toolsListChanged: true });
    await begin(client);
  }
  return async () => {
    if (kind === 'streamable' && i % 2 === 0) await transport.terminateSession();
    await client.close();
  };
}

const ends = await Promise.all(Array.from({ length: Number(users) }, (_, i) => live(i)));
if (kind === 'streamable') await tally.opened('get', Number(users));
await tally.quiet();
if (!stay) await Promise.all(ends.map((end) => end()));
await tally.quiet();
tally.giveUp();
console.log(JSON.stringify(tally));
if (stay) setInterval(() => {}, 1e6);
else process.exit(0);
