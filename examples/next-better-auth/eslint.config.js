import tseslint from 'typescript-eslint'
import { correctness, functionBudget, relaxed, typed } from '../../eslint.config.js'

export default tseslint.config(
  { ignores: ['.next/', 'next-env.d.ts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  correctness,
  { ...typed, files: ['**/*.ts', '**/*.tsx'] },
  // A component is mostly what it shows.
  { files: ['**/*.tsx'], rules: { 'max-lines': ['error', 150], ...functionBudget(90) } },
  { files: ['**/*.ts'], ignores: ['e2e/**'], rules: { 'max-lines': ['error', 150], ...functionBudget(40) } },
  { ...relaxed, files: ['e2e/**'] },
)
