import type { BenchDatabase } from './database.ts'
import type { Options } from './options.ts'
import { startPeer } from './peer.ts'
import { type Server, startBaseline, startOther } from './servers.ts'

const STARTS: Record<string, (database: BenchDatabase, options: Options) => Promise<Server>> = {
  handwritten: ({ url }) => startBaseline('handwritten', url),
  textbook: ({ url }) => startBaseline('textbook', url),
  other: ({ serviceUrl }, { against }) => startOther(given('against', against), serviceUrl),
  peer: (database, { peer }) => startPeer(database, given('peer', peer)),
}

/**
 * How to start what the service is compared with.
 *
 * @throws Error if `--rivals` has an unknown name
 */
export const rivalsOf = (options: Options) =>
  options.rivals.map((name) => {
    const start = STARTS[name]
    if (start === undefined) throw new Error(`There is no rival ${name}.`)
    return (database: BenchDatabase) => start(database, options)
  })

function given(flag: string, folder: string | undefined): string {
  if (folder === undefined) throw new Error(`This rival needs the flag --${flag}.`)
  return folder
}
