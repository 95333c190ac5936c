// A server of the legacy era, made of the official TypeScript SDK 1.x, whose tool list comes in
// pages. Arguments: PORT [MODE]; MODE is `streaming` (the default: answers are SSE streams),
// `json`, `stateless` (no sessions), or `guarded` (it refuses every Host but its own address, as
// SDK servers on loopback should). GET /sessions answers how many sessions are open.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

const [port, mode = 'streaming'] = process.argv.slice(2);
const TOOLS = 25;
const PAGE = 10;
const tools = Array.from({ length: TOOLS }, (_, i) => ({
  name: `tool_${i}`,
  description: `Tool number ${i}`,
  inputSchema: { type: 'object', properties: { n: { type: 'number' } } },
}));

function makeServer() {
  const server = new Server(
    { name: 'legacy-peer', version: '1.0.2' },
    { capabilities: { tools: {} } },
  );
  server.setRequestHandler(ListToolsRequestSchema, ({ params }) => {
    const start = Number(params?.cursor ?? 0);
    const next = start + PAGE < TOOLS ? { nextCursor: String(start + PAGE) } : {};
    return { tools: tools.slice(start, start + PAGE), ...next };
  });
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => ({
    content: [{ type: 'text', text: `${params.name} was called` }],
  }));
  return server;
}

const transports = new Map();

async function newTransport() {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: mode === 'stateless' ? undefined : randomUUID,
    enableJsonResponse: mode === 'json',
    enableDnsRebindingProtection: mode === 'guarded',
    allowedHosts: [`127.0.0.1:${port}`],
    onsessioninitialized: (id) => transports.set(id, transport),
    onsessionclosed: (id) => transports.delete(id),
  });
  await makeServer().connect(transport);
  return transport;
}

createServer(async (request, response) => {
  if (request.url === '/sessions') return response.end(String(transports.size));
  const id = request.headers['mcp-session-id'];
  if (request.url !== '/mcp' || (id && !transports.has(id))) return response.writeHead(404).end();
  const transport = transports.get(id) ?? (await newTransport());
  await transport.handleRequest(request, response);
}).listen(Number(port), '127.0.0.1');
