import type { NextConfig } from 'next'
import { STATIC_HEADERS } from './lib/security-headers'

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // The folder of the service around this one has a lockfile of its own.
  turbopack: { root: process.cwd() },
  headers: async () => [
    {
      source: '/:path*',
      headers: Object.entries(STATIC_HEADERS).map(([key, value]) => ({ key, value })),
    },
  ],
}

export default config
