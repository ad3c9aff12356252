import { ERROR_CODES, ERRORS } from '../http/catalogue.ts'

const codes = ERROR_CODES.map((code) => `| \`${code}\` | ${ERRORS[code].status} | ${ERRORS[code].when} |`)

/** What the page /docs says before the calls, in Markdown. */
export const gettingStarted = `Tasks for many users: everybody sees their own and nobody else's.

### Get a token

Every call under \`/api\` needs \`Authorization: Bearer <token>\`. The token is a JWT from your front end's
[Better Auth](https://better-auth.com): with its \`jwt()\` plugin, \`GET /api/auth/token\` of the front end returns one that
is valid for 15 minutes. On your own machine \`npm run --silent token -- --user alice\` prints one. Press **Authorize** above
the calls, paste it, and **Try it out** works on each of them. Whoever comes for the first time needs no registration.

### First calls

\`\`\`sh
curl -H "Authorization: Bearer $TOKEN" -H 'content-type: application/json' \\
     -d '{"title": "Water the plants", "due_date": "2026-12-01"}' http://localhost:8000/api/tasks
curl -H "Authorization: Bearer $TOKEN" 'http://localhost:8000/api/tasks?status=pending&sort=due_date'
\`\`\`

The same calls exist below \`/api/{user_id}/tasks\`, for front ends that put the user into the path. Bodies are JSON in UTF-8,
at most 64 KiB, and are never coerced: \`"true"\` is not a boolean. Fields and query parameters that are unknown are ignored.

### Pages

Without \`limit\` a list is complete, however long. With it you get a page, and where more follows the header
\`Link: </api/tasks?limit=20&cursor=…>; rel="next"\` leads on; it is relative to the service, and the last page has none. A cursor belongs to
the filters and the order it was made for. Tasks that come or go meanwhile make no other appear twice or be skipped.

### Dates and time zones

A \`due_date\` is a day (\`2026-12-01\`) or an instant with offset (\`2026-12-01T15:00:00+01:00\`, returned in UTC). A day lasts until
midnight where the reader is: say where with \`time_zone=Europe/Berlin\`, or it is UTC. A completed task is never overdue.

### Errors

Every error is an \`application/problem+json\` ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)). \`code\` is a stable word for programs,
\`detail\` a sentence for people, \`errors\` names each mistake in the input, and \`request_id\` finds the request in the service's log.
Without a valid
token every request under \`/api\` is a 401, whatever else is wrong with it. Another user's task is a 404.

| Code | Status | When |
|---|---|---|
${codes.join('\n')}

### Try again

After a 401 \`token_expired\` get another token and repeat the call once: nothing was done. After a 429 or a 503 wait for the seconds in
\`Retry-After\`; reads can then be repeated by themselves. A write that was answered with a 503, or not at all, may or may not have been done:
look before you repeat it. \`PATCH …/complete\` with \`{"completed": true}\` can be repeated without harm. The typed client in \`packages/client\` does all this.`
