# docker build .                    the service: its bundle and its dependencies
# docker build --target migrate .   a one-shot container that migrates the database before the service starts;
#                                   `npm run db:role` works in it, too
#
# The tag names one version. To pin the bytes as well, append the digest that this command prints:
#   docker buildx imagetools inspect node:26.12.1-bookworm-slim
FROM node:26.12.1-bookworm-slim AS base
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

FROM base AS build
RUN npm ci
COPY . .
RUN npm run build

FROM base AS migrate-dependencies
RUN npm ci --omit=dev

FROM node:26.12.1-bookworm-slim AS migrate
WORKDIR /app
ENV NODE_ENV=production
COPY --from=migrate-dependencies /app ./
COPY --from=build /app/dist ./dist
COPY run.mjs prisma.config.ts ./
COPY prisma ./prisma
# prisma.config.ts reads the environment with the service's own code.
COPY src/config ./src/config
USER node
CMD ["node_modules/.bin/prisma", "migrate", "deploy"]

FROM base AS dependencies
RUN npm ci --omit=dev --omit=optional --omit=peer \
  # Only migrations need the Prisma CLI and its engine.
  && npm uninstall --no-save --omit=dev --omit=optional --omit=peer prisma @prisma/schema-engine-wasm \
  && cd node_modules/@prisma/client/runtime \
  # Prisma ships its query compiler for five databases, in two sizes and two module formats. One of them is used.
  && find . -name 'query_compiler_*' ! -name 'query_compiler_fast_bg.postgresql.*mjs' -delete \
  && find /app/node_modules -name '*.map' -delete \
  # Node does not use OpenTelemetry's builds for bundlers.
  && rm -rf /app/node_modules/@opentelemetry/*/build/esm /app/node_modules/@opentelemetry/*/build/esnext

FROM node:26.12.1-bookworm-slim AS service
WORKDIR /app
ENV NODE_ENV=production
COPY --from=dependencies /app ./
COPY --from=build /app/dist ./dist
# Node keeps the compiled code of every module here, for this user and these flags: a start needs less CPU time.
ENV NODE_COMPILE_CACHE=.compile-cache
# Threads share two memory pools of the C library: less memory is reserved and unused (docs/performance-details.md).
ENV MALLOC_ARENA_MAX=2
RUN mkdir -m 1777 .compile-cache
USER node
# Without its settings the service ends as soon as its code is loaded. That fills the cache.
RUN ! node dist/server.js 2> /dev/null && ls .compile-cache/*/*
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8000}/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/server.js"]
