import type { Config } from './config.ts'

/** Explains in one sentence why the service cannot listen, and names the variable to change. */
export function explainListenError(error: NodeJS.ErrnoException & { port?: number }, config: Config): string {
  const { host, port } = config.http
  const isMetrics = error.port !== undefined && error.port !== port && error.port === config.metrics.port
  const variable = isMetrics ? 'METRICS_PORT' : 'PORT'
  const number = isMetrics ? config.metrics.port : port
  if (error.code === 'EADDRINUSE')
    return `${variable} is ${number}, which another process uses: set another ${variable}.`
  if (error.code === 'EACCES')
    return `${variable} is ${number}, which needs more rights: set ${variable} to 1024 or more.`
  if (['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL'].includes(error.code!))
    return `HOST is ${host}, which is not an address of this machine.`
  throw error
}
