// A server of the legacy era with all that the conformance suite looks for, made of the official
// TypeScript SDK 1.x: `full_server.mjs PORT`. It asks its clients back, tells of its progress, and
// ends streams in the middle of a call, so that clients come back for the rest.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { InMemoryEventStore } from '@modelcontextprotocol/sdk/examples/shared/inMemoryEventStore.js';
import { McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  CompleteRequestSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';

const [port] = process.argv.slice(2);
const DOT = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const text = (words) => ({ type: 'text', text: words });
const image = { type: 'image', data: DOT, mimeType: 'image/png' };
const audio = { type: 'audio', data: 'UklGRiYAAABXQVZFZm10IBAAAAA=', mimeType: 'audio/wav' };
const resource = (uri) => ({
  type: 'resource',
  resource: { uri, mimeType: 'text/plain', text: 'This is an embedded resource content.' },
});

function addTools(mcp) {
  const tool = (name, inputSchema, call) =>
    mcp.registerTool(name, { description: name, inputSchema }, call);
  const fixed = (name, ...content) => tool(name, {}, () => ({ content }));
  fixed('test_simple_text', text('This is a simple text response for testing.'));
  fixed('test_image_content', image);
  fixed('test_audio_content', audio);
  fixed('test_embedded_resource', resource('test://embedded-resource'));
  fixed('test_multiple_content_types', text('several'), image, resource('test://mixed'));
  tool('test_error_handling', {}, () => {
    throw new Error('This tool intentionally returns an error for testing');
  });
  tool('test_tool_with_logging', {}, async (_, { sendNotification }) => {
    for (const data of ['Tool execution started', 'processing data', 'Tool execution completed']) {
      await sendNotification({ method: 'notifications/message', params: { level: 'info', data } });
      await setTimeout(50);
    }
    return { content: [text('done')] };
  });
  tool('test_tool_with_progress', {}, async (_, { sendNotification, _meta }) => {
    const { progressToken } = _meta ?? {};
    for (const progress of [0, 50, 100]) {
      const params = { progressToken, progress, total: 100 };
      await sendNotification({ method: 'notifications/progress', params });
      await setTimeout(50);
    }
    return { content: [text(String(progressToken))] };
  });
  tool('test_sampling', { prompt: z.string() }, async ({ prompt }) => {
    const messages = [{ role: 'user', content: text(prompt) }];
    const said = await mcp.server.createMessage({ messages, maxTokens: 100 });
    return { content: [text(`LLM response: ${said.content.text}`)] };
  });
  const elicit = (name, inputSchema, properties, required) =>
    tool(name, inputSchema, async ({ message = 'please' }) => {
      const requestedSchema = { type: 'object', properties, required };
      const said = await mcp.server.elicitInput({ message, requestedSchema });
      return { content: [text(`User response: ${JSON.stringify(said)}`)] };
    });
  const word = { type: 'string', description: 'a word' };
  elicit('test_elicitation', { message: z.string() }, { username: word, email: word }, ['username']);
  elicit('test_elicitation_sep1034_defaults', {}, {
    name: { type: 'string', default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true },
  });
  tool('test_reconnection', {}, async (_, { closeSSEStream }) => {
    closeSSEStream?.();
    await setTimeout(100);
    return { content: [text('Reconnection test completed')] };
  });
}

function addTheRest(mcp) {
  const user = (content) => ({ messages: [{ role: 'user', content }] });
  const prompt = (name, argsSchema, get) =>
    mcp.registerPrompt(name, { description: name, argsSchema }, get);
  mcp.registerPrompt('test_simple_prompt', { description: 'simple' }, () =>
    user(text('This is a simple prompt for testing.')),
  );
  prompt('test_prompt_with_arguments', { arg1: z.string(), arg2: z.string() }, ({ arg1, arg2 }) =>
    user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)),
  );
  prompt('test_prompt_with_embedded_resource', { resourceUri: z.string() }, ({ resourceUri }) =>
    user(resource(resourceUri)),
  );
  mcp.registerPrompt('test_prompt_with_image', { description: 'image' }, () => user(image));
  const about = { description: 'a resource' };
  const plain = (uri) => ({ contents: [{ uri, mimeType: 'text/plain', text: `of ${uri}` }] });
  mcp.registerResource('text', 'test://static-text', about, () => plain('test://static-text'));
  mcp.registerResource('watched', 'test://watched-resource', about, ({ href }) => plain(href));
  mcp.registerResource('binary', 'test://static-binary', about, ({ href }) => ({
    contents: [{ uri: href, mimeType: 'image/png', blob: DOT }],
  }));
  const template = new ResourceTemplate('test://template/{id}/data', { list: undefined });
  mcp.registerResource('template', template, about, ({ href }, { id }) => ({
    contents: [{ uri: href, mimeType: 'application/json', text: JSON.stringify({ id }) }],
  }));
  mcp.server.setRequestHandler(SubscribeRequestSchema, () => ({}));
  mcp.server.setRequestHandler(UnsubscribeRequestSchema, () => ({}));
  mcp.server.setRequestHandler(CompleteRequestSchema, () => ({
    completion: { values: ['paris', 'park'], total: 2, hasMore: false },
  }));
}

function makeServer() {
  const capabilities = { logging: {}, completions: {}, resources: { subscribe: true } };
  const mcp = new McpServer({ name: 'full', version: '1.0.0' }, { capabilities });
  addTools(mcp);
  addTheRest(mcp);
  return mcp;
}

const transports = new Map();

async function newTransport() {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    eventStore: new InMemoryEventStore(),
    retryInterval: 500,
    onsessioninitialized: (id) => transports.set(id, transport),
    onsessionclosed: (id) => transports.delete(id),
  });
  await makeServer().connect(transport);
  return transport;
}

const isLocal = (host) => /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host);

createServer(async (request, response) => {
  if (!isLocal(request.headers.host)) return response.writeHead(403).end();
  const id = request.headers['mcp-session-id'];
  if (request.url !== '/mcp' || (id && !transports.has(id))) return response.writeHead(404).end();
  const transport = transports.get(id) ?? (await newTransport());
  await transport.handleRequest(request, response);
}).listen(Number(port), '127.0.0.1');
