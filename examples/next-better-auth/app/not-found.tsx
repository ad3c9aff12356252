import Link from 'next/link'
import { connection } from 'next/server'
import styles from '../components/states.module.css'

export default async function NotFound() {
  // A page that is built beforehand has no nonce for its scripts.
  await connection()
  return (
    <main className={styles.state}>
      <h1>Nothing at this address</h1>
      <p>
        <Link href="/" className="button">
          Go to your tasks
        </Link>
      </p>
    </main>
  )
}
