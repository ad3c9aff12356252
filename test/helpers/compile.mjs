import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Hooks of Node.js (`module.register`) that compile TypeScript once for all processes, and without a check of types. */
const ROOT = join(import.meta.dirname, '../..')
const COMPILED = join(ROOT, '.tap/compiled')
const require = createRequire(import.meta.url)
const tsconfig = readFileSync(join(ROOT, 'tsconfig.json'), 'utf8')
const { version } = require('typescript/package.json')

export function loadSync(url, context, next) {
  if (!isTypeScript(url)) return next(url, context)
  return { format: 'module', source: compile(fileURLToPath(url)), shortCircuit: true }
}

export const load = async (...parameters) => loadSync(...parameters)

const isTypeScript = (url) => /^file:[^?]*\.ts(\?|$)/.test(url) && !url.includes('/node_modules/')

/**
 * Returns JavaScript with its source map, which names the file without its folder. It is kept in .tap/compiled under
 * the hash of all that it depends on, so copies of a file in other folders share it.
 */
function compile(path) {
  const text = readFileSync(path, 'utf8')
  const hash = createHash('sha256')
    .update([version, tsconfig, basename(path), text].join('\0'))
    .digest('hex')
  const kept = join(COMPILED, `${hash}.js`)
  if (existsSync(kept)) return readFileSync(kept, 'utf8')
  const compiled = transpile(basename(path), text)
  mkdirSync(COMPILED, { recursive: true })
  // Another process may read or write the same file.
  const own = `${kept}.${process.pid}`
  writeFileSync(own, compiled)
  renameSync(own, kept)
  return compiled
}

function transpile(fileName, text) {
  const ts = require('typescript')
  const { config } = ts.parseConfigFileTextToJson('tsconfig.json', tsconfig)
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT)
  const compilerOptions = {
    ...options,
    module: ts.ModuleKind.ESNext,
    // The files that are imported keep the ending .ts.
    rewriteRelativeImportExtensions: false,
    allowImportingTsExtensions: true,
    inlineSourceMap: true,
    inlineSources: true,
  }
  return ts.transpileModule(text, { fileName, compilerOptions }).outputText
}
