import { prettyFactory } from 'pino-pretty'

const format = prettyFactory({
  colorize: process.stdout.isTTY,
  colorizeObjects: false,
  ignore: 'pid,hostname',
  translateTime: 'SYS:HH:MM:ss.l',
  singleLine: true,
})

/** Turns the JSON lines of a log into lines that people can read, and hands them to its destination. */
export function createReadableLog(destination: { write(text: string): unknown }) {
  return { write: (line: string) => void destination.write(format(line)) }
}
