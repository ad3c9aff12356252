export const TRANSFER_FORMATS = ['json', 'csv', 'ics'] as const
export type TransferFormat = (typeof TRANSFER_FORMATS)[number]

export const MEDIA_TYPES: Readonly<Record<TransferFormat, string>> = {
  json: 'application/json',
  csv: 'text/csv',
  ics: 'text/calendar',
}

/** The format that a Content-Type names; undefined for another type. */
export function formatOf(contentType: string | undefined): TransferFormat | undefined {
  const type = contentType?.split(';')[0]!.trim().toLowerCase()
  return TRANSFER_FORMATS.find((format) => MEDIA_TYPES[format] === type)
}
