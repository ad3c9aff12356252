/**
 * Makes dist/ from src/: each program as one file with all of its packages, and a chunk for what it imports later.
 * Node needs half of the CPU time to start that file that it needs for a thousand modules.
 *
 * Packages for development stay in node_modules, because production does not load them. So do the files of Swagger UI
 * that browsers load.
 */
import { build } from 'esbuild'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = import.meta.dirname
const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** An import of a module of Node reads all of its exports, and so makes Node load parts that nothing uses: `fetch`. */
const requireBuiltins = {
  name: 'require-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[\w:/]+$/ }, ({ path, kind }) => {
      if (!isBuiltin(path)) return undefined
      return kind === 'import-statement' ? { path, namespace: 'builtin' } : { path, external: true }
    })
    onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require('${path}')`,
    }))
  },
}

/** A package that reads files beside its code keeps the folder that it has without the bundle. */
const keepFolders = {
  name: 'keep-folders',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules.@fastify.*\.js$/ }, ({ path }) => {
      const code = readFileSync(path, 'utf8')
      if (!code.includes('__dirname')) return undefined
      const name = path
        .split(/node_modules[\\/]/)
        .at(-1)
        .replaceAll('\\', '/')
      return {
        contents: `const __dirname = require('node:path').dirname(require.resolve('${name}'));${code}`,
      }
    })
  },
}

/**
 * Prisma's query compiler is WebAssembly in a constant of 4.6 million characters. The constant and the source around it
 * would stay in memory. It becomes a file, which is read each time that Prisma loads the compiler: `await import()` calls
 * `then` if a module exports it.
 */
const moveWasmToFile = {
  name: 'move-wasm-to-file',
  setup({ onLoad }) {
    onLoad({ filter: /wasm-base64\.mjs$/ }, async ({ path }) => {
      const { wasm } = await import(pathToFileURL(path).href)
      mkdirSync(join(root, 'dist'), { recursive: true })
      writeFileSync(join(root, 'dist/query-compiler.wasm'), wasm, 'base64')
      const file = "new URL('../query-compiler.wasm', import.meta.url)"
      const read = `require('node:fs').readFileSync(${file}, 'base64')`
      return { contents: `export const then = (resolve) => resolve({ wasm: ${read} })` }
    })
  },
}

rmSync(join(root, 'dist'), { recursive: true, force: true })
const { outputFiles } = await build({
  write: false,
  absWorkingDir: root,
  entryPoints: ['src/server.ts', 'src/local/role.ts', 'src/local/token.ts'],
  outdir: 'dist',
  outbase: 'src',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: [...Object.keys(devDependencies), 'prisma', 'pg-native'],
  plugins: [requireBuiltins, keepFolders, moveWasmToFile],
  banner: { js: "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url)" },
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  logOverride: { 'require-resolve-not-external': 'silent' },
})

/*
 * If a source has one character beyond ASCII, V8 keeps two bytes for each of its characters. esbuild escapes such
 * characters in strings, but not in comments.
 */
const escaped = (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
for (const { path, text } of outputFiles) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text.replaceAll(/[^\0-\x7f]/g, escaped))
}
