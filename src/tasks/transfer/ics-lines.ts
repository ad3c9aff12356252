import { MAX_TASK_SIZE } from './draft.ts'

/** The lines of the file, unfolded (RFC 5545, 3.1). A line that is too long for a task is cut. */
export function* contentLines(text: string) {
  let content = ''
  let line = 0
  let number = 0
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start)
    const end = found === -1 ? text.length : found
    const part = text.slice(start, end).replace(/\r$/, '')
    start = end + 1
    number += 1
    if ((part.startsWith(' ') || part.startsWith('\t')) && content !== '') {
      if (content.length <= MAX_TASK_SIZE) content += part.slice(1, MAX_TASK_SIZE)
      continue
    }
    if (content !== '') yield { content, line }
    content = part.slice(0, MAX_TASK_SIZE)
    line = number
  }
  if (content !== '') yield { content, line }
}
