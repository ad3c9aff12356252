/** `next`, which reports how it is used unless it is told not to before it begins. */
process.env.NEXT_TELEMETRY_DISABLED = '1'
await import('next/dist/bin/next')
