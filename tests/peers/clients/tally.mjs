// What a client has seen with its own eyes: every JSON-RPC request that it sent with what became of
// it, every HTTP answer, every event stream and session. For `users.mjs`.

const ERROR_TYPES = new Map([
  [-32700, 'invalid_request'],
  [-32600, 'invalid_request'],
  [-32601, 'method_not_found'],
  [-32602, 'invalid_params'],
  [-32603, 'internal_error'],
]);
const OWN_METHODS = new Set(['no/such/method']); // that no specification names

export class Tally {
  operations = {}; // "method|tool|error_type"
  requests = {}; // "method|status"
  streams = {}; // kind
  ended = {}; // kind, of the streams whose proper end the client has read
  resumed = {};
  sessions = new Set();
  deleted = new Set();
  tools = new Set(); // that the server has listed
  unanswered = new Map(); // id of each user's requests
  #waiting = [];
  #asking = new Set();
  #isQuiet = false;

  #count(where, key) {
    where[key] = (where[key] ?? 0) + 1;
  }

  #settle(key, errorType) {
    const asked = this.unanswered.get(key);
    if (!asked) return;
    this.unanswered.delete(key);
    const { method, params } = asked;
    if (method === 'subscriptions/listen') errorType = ''; // it was acknowledged, or had an answer
    const called = method === 'tools/call' ? params.name : '';
    const tool = called && !this.tools.has(called) ? '_OTHER' : called;
    this.#count(this.operations, `${label(method)}|${tool}|${errorType}`);
  }

  // Looks at every message of a transport. `user` keeps apart the ids of different users.
  watch(transport, user) {
    const send = transport.send.bind(transport);
    transport.send = (message, options) => {
      if (message.method && message.id !== undefined) {
        this.unanswered.set(`${user} ${message.id}`, message);
      }
      if (message.method === 'notifications/cancelled') {
        this.#settle(`${user} ${message.params.requestId}`, 'cancelled');
      }
      return send(message, options);
    };
    let listener;
    const heard = (message, extra) => {
      this.#hear(`${user} ${message.id}`, message);
      listener?.(message, extra);
    };
    Object.defineProperty(transport, 'onmessage', {
      get: () => listener && heard,
      set: (wanted) => (listener = wanted),
    });
    return transport;
  }

  #hear(key, { result, error }) {
    for (const tool of result?.tools ?? []) this.tools.add(tool.name);
    if (result) this.#settle(key, result.isError ? 'tool_error' : '');
    if (error) this.#settle(key, ERROR_TYPES.get(error.code) ?? 'rpc_other');
  }

  // A `fetch` that counts. `user.cut`: the stream that answers its next call breaks off after the
  // first event, as if the network had failed.
  fetch(user) {
    return async (url, init = {}) => {
      const method = init.method ?? 'GET';
      const asked = method === 'POST' ? JSON.parse(init.body) : {};
      const cut = user.cut && asked.method === 'tools/call';
      if (cut) user.cut = false;
      const breaking = new AbortController();
      const signals = [init.signal, breaking.signal].filter(Boolean);
      if (this.#isQuiet && method === 'GET') throw new Error('enough is open');
      const asking = fetch(url, { ...init, signal: AbortSignal.any(signals) });
      this.#asking.add(asking);
      const answer = await asking.finally(() => this.#asking.delete(asking));
      const what = method === 'POST' ? label(asked.method ?? '_ANSWER') : `_${method}`;
      this.#count(this.requests, `${what}|${answer.status}`);
      const headers = new Headers(init.headers);
      const session = answer.headers.get('mcp-session-id');
      if (session && asked.method === 'initialize') this.sessions.add((user.session = session));
      if (answer.ok && method === 'DELETE') this.deleted.add(headers.get('mcp-session-id'));
      if (answer.ok && answer.headers.get('content-type')?.startsWith('text/event-stream')) {
        const kind = this.#kind(method, asked, headers);
        this.#count(this.streams, kind);
        if (headers.has('last-event-id')) this.#count(this.resumed, kind);
        this.#wake();
        const ended = () => this.#count(this.ended, kind);
        return watched(answer, ended, cut ? breaking : undefined);
      }
      return answer;
    };
  }

  #kind(method, asked, headers) {
    if (asked.method === 'subscriptions/listen') return 'listen';
    if (method === 'POST') return 'post';
    return headers.has('mcp-session-id') || headers.has('last-event-id') ? 'get' : 'sse';
  }

  // Until so many streams of that kind have been opened.
  async opened(kind, count) {
    while ((this.streams[kind] ?? 0) < count) {
      await new Promise((resolve) => this.#waiting.push(resolve));
    }
  }
  #wake() {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  // Until every request has been answered. No client comes back for a stream after that: what is
  // asked and given up at once may be answered or not.
  async quiet() {
    this.#isQuiet = true;
    while (this.#asking.size > 0) await Promise.allSettled(this.#asking);
  }

  // All that has had no answer is given up.
  giveUp() {
    for (const key of [...this.unanswered.keys()]) this.#settle(key, 'cancelled');
  }

  toJSON() {
    const { operations, requests, streams, ended, resumed } = this;
    const deleted = [...this.deleted];
    return { operations, requests, streams, ended, resumed, sessions: [...this.sessions], deleted };
  }
}

function label(method) {
  return OWN_METHODS.has(method) ? '_OTHER' : method;
}

// The same answer. `ended` is told of its body's end. With `breaking` it has none: it fails behind
// its first event that has data.
function watched(answer, ended, breaking) {
  const decoder = new TextDecoder();
  let seen = '';
  const body = answer.body.pipeThrough(
    new TransformStream({
      transform(bytes, controller) {
        controller.enqueue(bytes);
        if (!breaking) return;
        seen += decoder.decode(bytes, { stream: true });
        if (!/^data: ?\S[^]*\n\n/m.test(seen)) return;
        controller.error(new Error('the network has failed'));
        breaking.abort();
      },
      flush: ended,
    }),
  );
  return new Response(body, { status: answer.status, headers: answer.headers });
}
