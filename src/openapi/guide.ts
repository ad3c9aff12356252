import { ERROR_CODES, ERRORS } from '../http/catalogue.ts'

const section = (title: string, text: string) =>
  `<details><summary>${title}</summary>\n\n${text.trim()}\n\n</details>`

const codes = ERROR_CODES.map((code) => `| \`${code}\` | ${ERRORS[code].status} | ${ERRORS[code].when} |`)

/** The text above the calls on the page /docs, in Markdown. The sections are closed until they are clicked. */
export const guide = [
  'A task list for many users. Each user sees and changes only their own tasks.',
  section(
    'Get a token',
    `
Every call under \`/api\` needs the header \`Authorization: Bearer <token>\`. The token is a JWT of your front end's
[Better Auth](https://better-auth.com): with the \`jwt()\` plugin, \`GET /api/auth/token\` of the front end returns a token that
is valid for 15 minutes. On your own machine \`npm run --silent token -- --user alice\` prints a token.

To try the calls on this page, press **Authorize**, paste the token, open a call and press **Execute**.
There is no sign-up call: the user is created on the first request.`,
  ),
  section(
    'First calls',
    `
\`\`\`sh
curl -H "Authorization: Bearer $TOKEN" -H 'content-type: application/json' \\
     -d '{"title": "Water the plants", "due_date": "2026-12-01"}' http://localhost:8000/api/tasks
curl -H "Authorization: Bearer $TOKEN" 'http://localhost:8000/api/tasks?status=pending&sort=due_date'
\`\`\`

The same calls exist under \`/api/{user_id}/tasks\`, for front ends that put the user id into the path. Request bodies are JSON in
UTF-8, at most 64 KiB (a batch: 1 MiB). An import accepts a file of at most 5 MiB. Types are not converted: \`"true"\` is not a
boolean. Unknown fields and unknown query parameters are ignored, and an empty query value counts as not sent.`,
  ),
  section(
    'Pages',
    `
Without \`limit\` the list is complete, however long. With \`limit\` you get a page. If there are more tasks, the header
\`Link: <…>; rel="next"\` holds the URL of the next page, relative to the URL of the request (RFC 8288). The last page has no \`Link\`.
The \`cursor\` in that URL belongs to the filters and the sort order of the list. Tasks that are created or deleted between two pages
do not cause other tasks to be skipped or repeated.`,
  ),
  section(
    'Dates and time zones',
    `
A \`due_date\` is a calendar day (\`2026-12-01\`) or a timestamp with an offset (\`2026-12-01T15:00:00+01:00\`, returned in UTC). A day
ends at midnight in the time zone of the query parameter \`time_zone\`, for example \`time_zone=Europe/Berlin\`. The default is UTC.
A completed task is never overdue.`,
  ),
  section(
    'Errors',
    `
Every error is \`application/problem+json\` ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)):

\`\`\`json
{
  "type": "about:blank",
  "title": "Bad Request",
  "status": 400,
  "detail": "title is required.",
  "message": "title is required.",
  "code": "validation_failed",
  "request_id": "8c2f6f0e-54a5-4f0e-9f1c-2b7f1d3c9a10",
  "errors": [{ "path": "/title", "message": "is required" }]
}
\`\`\`

\`code\` is a stable word for programs, \`detail\` and \`message\` are the same sentence for people, \`errors\` lists each mistake in the
input, and \`request_id\` identifies the request in the log of the service. Without a valid token every request under \`/api\` is a 401,
whatever else is wrong with it. A task of another user is a 404.

| Code | Status | When |
|---|---|---|
${codes.join('\n')}`,
  ),
  section(
    'Retries',
    `
- 401 \`token_expired\`: get a new token and repeat the call once. Nothing was done.
- 429: wait for the seconds in \`Retry-After\`, then repeat. Nothing was done.
- 503: wait for the seconds in \`Retry-After\`. Reads can be repeated. After \`database_unavailable\`, or no answer at all, a write
  may or may not have been done: check before you repeat it.
- \`POST\` with an \`Idempotency-Key\` can be repeated safely: the same key gives the same answer.
- \`PATCH …/complete\` with \`{"completed": true}\` can be repeated safely.

The typed client in \`packages/client\` does all of this.`,
  ),
].join('\n\n')
