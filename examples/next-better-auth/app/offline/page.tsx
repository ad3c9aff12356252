import type { Metadata } from 'next'
import { connection } from 'next/server'
import { OfflineApp } from '../../components/offline-app'

export const metadata: Metadata = { title: { absolute: 'Daybook' } }

/** The page that the service worker keeps: the same for everybody, so it contains nothing of a user. */
export default async function Offline() {
  // A page that is built beforehand has no nonce for its scripts.
  await connection()
  return <OfflineApp />
}
