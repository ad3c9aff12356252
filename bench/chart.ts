export const chartOf = (_report: unknown) => ''
