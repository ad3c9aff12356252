import { CloudOffIcon } from './icons'
import styles from './states.module.css'

/** In place of what cannot be shown. It tries again by itself; the button is for the impatient. */
export function Trouble({ title, text, onRetry }: { title: string; text: string; onRetry?: () => void }) {
  return (
    <div className={styles.state} role="alert">
      <CloudOffIcon size={40} />
      <h3>{title}</h3>
      <p>{text}</p>
      {onRetry && (
        <>
          <p>It tries again by itself every few seconds.</p>
          <button type="button" className="button" onClick={onRetry}>
            Try again now
          </button>
        </>
      )}
    </div>
  )
}
