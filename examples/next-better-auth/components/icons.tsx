import type { ReactNode } from 'react'

/** Icons on a grid of 24, in the colour of the surrounding text, hidden from screen readers. */
const icon = (path: ReactNode) =>
  function Icon({ size = 20 }: { size?: number }) {
    const stroke = {
      stroke: 'currentColor',
      strokeWidth: 1.75,
      strokeLinecap: 'round',
      strokeLinejoin: 'round',
    } as const
    return (
      <svg width={size} height={size} viewBox="0 0 24 24" fill="none" {...stroke} aria-hidden="true">
        {path}
      </svg>
    )
  }

export const CloseIcon = icon(<path d="M6 6l12 12M18 6L6 18" />)
export const EditIcon = icon(<path d="M4 20l1-4L16.5 4.5a2.1 2.1 0 013 3L8 19l-4 1zM14.5 6.5l3 3" />)
export const DeleteIcon = icon(<path d="M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 12.5h9l1-12.5M10 11v5M14 11v5" />)
export const BackIcon = icon(<path d="M19 12H5M11 6l-6 6 6 6" />)
export const SearchIcon = icon(<path d="M11 18a7 7 0 100-14 7 7 0 000 14zM20 20l-4-4" />)
export const PlusIcon = icon(<path d="M12 5v14M5 12h14" />)
export const CalendarIcon = icon(<path d="M4.5 6.5h15v13h-15zM4.5 10.5h15M8.5 4v4M15.5 4v4" />)
export const ClockIcon = icon(<path d="M12 20a8 8 0 100-16 8 8 0 000 16zM12 7.5V12l3 2" />)
export const RepeatIcon = icon(
  <path d="M5 11V9.5A3.5 3.5 0 018.5 6H19M16 3l3 3-3 3M19 13v1.5a3.5 3.5 0 01-3.5 3.5H5M8 21l-3-3 3-3" />,
)
export const TransferIcon = icon(<path d="M8 4v13M4.5 13.5L8 17l3.5-3.5M16 20V7M12.5 10.5L16 7l3.5 3.5" />)
export const CloudOffIcon = icon(
  <path d="M4 4l16 16M9 6.3A5.5 5.5 0 0117.4 10 4 4 0 0120 16.6M16 18H7a4 4 0 01-.8-7.9" />,
)

/** The logo: a sun with a tick. */
export function Mark({ size = 32 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true">
      <circle cx="16" cy="16" r="16" fill="var(--accent)" />
      <path
        d="M9.5 16.5l4.6 4.6L23 12"
        stroke="var(--on-accent)"
        strokeWidth="3"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}
