import { isUtf8 } from 'node:buffer'
import { problem } from '../../http/problem.ts'
import type { TransferFormat } from './formats.ts'

/**
 * The text of a file without its byte order mark. Excel writes UTF-16 as "Unicode Text".
 *
 * @throws problem 400 `malformed_json` if the bytes are not text in that encoding
 */
export function decode(format: TransferFormat, body: Buffer): string {
  const mark = body.subarray(0, 2).toString('hex')
  if (format === 'csv' && (mark === 'fffe' || mark === 'feff'))
    return decodeUtf16(body, mark === 'fffe' ? 'utf-16le' : 'utf-16be')
  const bytes = format === 'ics' && !isUtf8(body) ? moveFolds(body) : body
  if (!isUtf8(bytes)) throw problem('malformed_json', { values: ['UTF-8'] })
  const text = bytes.toString()
  return text.startsWith('\ufeff') ? text.slice(1) : text
}

function decodeUtf16(body: Buffer, encoding: string): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(body)
  } catch {
    throw problem('malformed_json', { values: ['UTF-16'] })
  }
}

/** A calendar may fold a line within a character (RFC 5545, 3.1). This moves the fold to the end of the character. */
const moveFolds = (body: Buffer) =>
  Buffer.from(body.toString('latin1').replace(/(\r?\n[ \t])([\x80-\xbf]{1,3})/g, '$2$1'), 'latin1')
