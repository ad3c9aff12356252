import { CloudOffIcon } from './icons'
import styles from './states.module.css'

interface Props {
  title: string
  text: string
  onRetry?: () => void
  /** h1 if nothing else is on the page. */
  heading?: 'h1' | 'h3'
}

/** Shown in place of content that could not be loaded. Loading is repeated automatically; the button repeats it at once. */
export function Trouble({ title, text, onRetry, heading: Heading = 'h3' }: Props) {
  return (
    <div className={styles.state} role="alert">
      <CloudOffIcon size={40} />
      <Heading>{title}</Heading>
      <p>{text}</p>
      {onRetry && (
        <>
          <p>It tries again automatically.</p>
          <button type="button" className="button" onClick={onRetry}>
            Try again now
          </button>
        </>
      )}
    </div>
  )
}
