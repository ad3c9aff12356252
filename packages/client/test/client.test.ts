// One process, so one start of the service, for all of these.
import './answers.ts'
import './bulk.ts'
import './calls.ts'
import './deadlines.ts'
import './retries.ts'
import './tokens.ts'
