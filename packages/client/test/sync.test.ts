// One process, so one start of the service, for both.
import './sync-model.ts'
import './sync-writes.ts'
