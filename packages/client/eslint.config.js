import tseslint from 'typescript-eslint'
import { correctness, functionBudget, relaxed, typed } from '../../eslint.config.js'

export default tseslint.config(
  { ignores: ['src/schema.d.ts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  correctness,
  { ...typed, files: ['src/*.js', 'src/*.ts', 'test/*.ts'] },
  { files: ['src/*.js'], rules: { 'max-lines': ['error', 150], ...functionBudget(60) } },
  // Closures over one state: what they share is longer than a function elsewhere.
  { files: ['src/sync*.js'], rules: { 'max-lines': ['error', 230], ...functionBudget(160) } },
  // The reason of an abort comes from the caller and may be any value.
  { files: ['src/deadline.js'], rules: { '@typescript-eslint/prefer-promise-reject-errors': 'off' } },
  relaxed,
)
