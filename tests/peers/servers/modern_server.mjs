// A server of both eras, made of the official TypeScript SDK 2.x. Arguments: PORT [MODE]; MODE is
// `both` (the default), `modern-only`, or `streaming` (answers always come as an SSE stream).
import { createServer } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { McpServer, createMcpHandler } from '@modelcontextprotocol/server';
import { z } from 'zod';

const [port, mode = 'both'] = process.argv.slice(2);

function makeServer() {
  const server = new McpServer({ name: 'modern-peer', version: '2.0.1' });
  const text = (value) => ({ content: [{ type: 'text', text: value }] });
  server.registerTool(
    'echo',
    { description: 'Answers its message', inputSchema: z.object({ message: z.string() }) },
    ({ message }) => text(`Echo: ${message}`),
  );
  server.registerTool(
    'regional',
    {
      description: 'Wants its region in a header too',
      inputSchema: z.object({ region: z.string().meta({ 'x-mcp-header': 'Region' }) }),
    },
    ({ region }) => text(`from ${region}`),
  );
  server.registerTool(
    'measure',
    {
      description: 'Answers structured content',
      inputSchema: z.object({}),
      outputSchema: z.object({ count: z.number(), items: z.array(z.string()) }),
    },
    () => ({ ...text('measured'), structuredContent: { count: 3, items: ['a', 'b', 'c'] } }),
  );
  server.registerTool(
    'broken',
    { description: 'Always fails', inputSchema: z.object({}) },
    () => ({ ...text('the database is away'), isError: true }),
  );
  server.registerTool(
    'count_slowly',
    { description: 'Counts until nobody listens any more', inputSchema: z.object({}) },
    async (_, { mcpReq }) => {
      const progressToken = mcpReq._meta?.progressToken;
      for (let progress = 1; !mcpReq.signal.aborted; ++progress) {
        await mcpReq.notify({
          method: 'notifications/progress',
          params: { progressToken, progress },
        });
        await setTimeout(100);
      }
      return text('nobody listens');
    },
  );
  return server;
}

const handler = createMcpHandler(makeServer, {
  legacy: mode === 'modern-only' ? 'reject' : 'stateless',
  responseMode: mode === 'streaming' ? 'sse' : 'auto',
});
const mcp = toNodeHandler(handler);
createServer((request, response) => {
  if (request.url === '/mcp') return mcp(request, response);
  response.writeHead(404).end();
}).listen(Number(port), '127.0.0.1');
