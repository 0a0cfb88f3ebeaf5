// The frameworks that are measured: npm fetches them into bench/ when the benchmark runs.
declare module 'fastify'
declare module '@fastify/static'
declare module 'koa-static'
declare module 'hono'
declare module '@hono/node-server'
declare module '@hono/node-server/serve-static'
