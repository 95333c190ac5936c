# An image of a Node server that starts fast: small, compiled before, and nothing to do at the start.
#
# When: Node; pods come and go with the load, or from zero.
# When not: the start waits for something else (a database, an index): measure first, with
#   mcp_pod_startup_duration_seconds. What is pulled from afar is no matter on a node that has the image.
# Seed: Scaling, 4.1. There:
#   - `npm ci --only=production` and then `npm run build`: the compiler is a devDependency, and is not there;
#   - `RUN node … warmup.js` warms the memory of a process that ends with the build. What can be kept is on
#     disk: Node's compile cache (NODE_COMPILE_CACHE, Node 22.1 or later);
#   - Node 20 has had its last release; `--experimental-modules` has meant nothing for years;
#   - `--max-old-space-size=512` in a limit of 512Mi: the kernel kills it before the heap is full;
#   - node as PID 1 without a handler of SIGTERM takes the whole grace period. The server must have one.
# Not built.
FROM node:24-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev
# Fills the cache by loading every module once: preload.js imports them and ends, it does not listen.
ENV NODE_COMPILE_CACHE=/app/.cache
RUN node dist/preload.js

FROM node:24-trixie-slim
WORKDIR /app
# The same path as above: the cache is by path, and by the version of Node.
COPY --from=build /app /app
ENV NODE_ENV=production NODE_COMPILE_CACHE=/app/.cache
USER 65532:65532
EXPOSE 3000
CMD ["node", "--max-old-space-size=384", "dist/index.js"]
