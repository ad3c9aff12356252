import Link from 'next/link'
import styles from '../components/states.module.css'

export default function NotFound() {
  return (
    <main className={styles.state}>
      <h1>Nothing at this address</h1>
      <p>
        <Link href="/">Go to your tasks</Link>
      </p>
    </main>
  )
}
