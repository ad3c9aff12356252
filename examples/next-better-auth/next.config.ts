import type { NextConfig } from 'next'

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // The service's folder around this one has a lockfile of its own.
  turbopack: { root: process.cwd() },
  headers: async () => [
    {
      source: '/:path*',
      headers: [
        { key: 'content-security-policy', value: "frame-ancestors 'none'" },
        { key: 'referrer-policy', value: 'same-origin' },
        { key: 'x-content-type-options', value: 'nosniff' },
      ],
    },
  ],
}

export default config
