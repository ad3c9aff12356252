import { CloudOffIcon } from './icons'
import styles from './states.module.css'

interface Props {
  title: string
  text: string
  onRetry?: () => void
  /** h1 where nothing else is on the page. */
  heading?: 'h1' | 'h3'
}

/** In place of what cannot be shown. It tries again by itself; the button is for the impatient. */
export function Trouble({ title, text, onRetry, heading: Heading = 'h3' }: Props) {
  return (
    <div className={styles.state} role="alert">
      <CloudOffIcon size={40} />
      <Heading>{title}</Heading>
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
