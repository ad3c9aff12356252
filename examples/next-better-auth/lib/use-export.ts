'use client'
import { useState } from 'react'
import { explain } from './errors'
import { useTaskApi } from './task-api'
import type { TransferFormat } from './task-client'

/** Downloads all tasks as a file. A link would send no token, so the script fetches the file and saves it. */
export function useExport() {
  const { client, sync } = useTaskApi()
  const [busy, setBusy] = useState<TransferFormat>()
  const [problem, setProblem] = useState<string>()
  const start = async (format: TransferFormat) => {
    if (busy) return
    setBusy(format)
    setProblem(undefined)
    try {
      // Waiting changes are sent first, so that the file contains them.
      await sync.flush()
      save(await client.exportTasks(format))
    } catch (error) {
      setProblem(`${explain(error)} Nothing was saved.`)
    }
    setBusy(undefined)
  }
  return { busy, problem, start }
}

function save(file: File) {
  const address = URL.createObjectURL(file)
  Object.assign(document.createElement('a'), { href: address, download: file.name }).click()
  // The browser reads the file after this script has ended.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
