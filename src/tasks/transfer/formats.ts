export const TRANSFER_FORMATS = ['json', 'csv', 'ics'] as const
export type TransferFormat = (typeof TRANSFER_FORMATS)[number]

/** Maximum size of a file in bytes, and maximum number of tasks in it, for imports. */
export const MAX_FILE_BYTES = 5 * 1024 * 1024
export const MAX_TASKS = 5000

export const MEDIA_TYPES: Readonly<Record<TransferFormat, string>> = {
  json: 'application/json',
  csv: 'text/csv',
  ics: 'text/calendar',
}

/** The format that a Content-Type names; undefined for other types. */
export function formatOf(contentType: string | undefined): TransferFormat | undefined {
  const type = contentType?.split(';')[0]!.trim().toLowerCase()
  return TRANSFER_FORMATS.find((format) => MEDIA_TYPES[format] === type)
}
