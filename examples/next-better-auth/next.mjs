/** Runs `next` without its telemetry, which has to be switched off before it starts. */
process.env.NEXT_TELEMETRY_DISABLED = '1'
await import('next/dist/bin/next')
