import { CloudOffIcon } from './icons'
import styles from './states.module.css'

interface Props {
  title: string
  text: string
  onRetry?: () => void
  /** h1 if nothing else is on the page. */
  heading?: 'h1' | 'h3'
}

/** Shown in place of what could not be loaded. Loading is repeated by itself; the button does it at once. */
export function Trouble({ title, text, onRetry, heading: Heading = 'h3' }: Props) {
  return (
    <div className={styles.state} role="alert">
      <CloudOffIcon size={40} />
      <Heading>{title}</Heading>
      <p>{text}</p>
      {onRetry && (
        <>
          <p>It tries again by itself.</p>
          <button type="button" className="button" onClick={onRetry}>
            Try again now
          </button>
        </>
      )}
    </div>
  )
}
