import tseslint from 'typescript-eslint'
import { correctness, functionBudget, relaxed, typed } from '../../eslint.config.js'

export default tseslint.config(
  { ignores: ['.next/', 'next-env.d.ts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  correctness,
  { ...typed, files: ['**/*.ts', '**/*.tsx'] },
  // A component consists mostly of its markup.
  { files: ['**/*.tsx'], rules: { 'max-lines': ['error', 150], ...functionBudget(90) } },
  { files: ['**/*.ts'], ignores: ['e2e/**'], rules: { 'max-lines': ['error', 150], ...functionBudget(40) } },
  {
    files: ['lib/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [{ regex: '/components/', message: 'lib/ works without the components of this app.' }] },
      ],
    },
  },
  { ...relaxed, files: ['e2e/**'] },
)
