import type { Result } from './report.ts'
export const chartOf = (_results: Result[]) => ''
