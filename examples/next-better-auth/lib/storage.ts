export type StorageName = 'localStorage' | 'sessionStorage'

/**
 * A value in the browser's storage that React can subscribe to. If the storage is full or forbidden, the value is kept
 * as long as the page. A damaged value counts as missing. A value in the local storage follows changes of other tabs.
 */
export function createStoredValue<Value>(
  storage: StorageName,
  key: string,
  fallback: Value,
  restore = (value: Value) => value,
) {
  let current: Value | undefined
  const listeners = new Set<() => void>()
  const tell = () => listeners.forEach((listener) => listener())
  const reload = (event: StorageEvent) => {
    if (event.key !== key || event.storageArea !== window[storage]) return
    current = undefined
    tell()
  }
  const get = () => (current ??= restore(read(storage, key, fallback)))
  return {
    get,
    change(edit: (value: Value) => Value) {
      current = edit(get())
      write(storage, key, current)
      tell()
    },
    subscribe(listener: () => void) {
      if (listeners.size === 0) window.addEventListener('storage', reload)
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) window.removeEventListener('storage', reload)
      }
    },
  }
}

function read<Value>(storage: StorageName, key: string, fallback: Value): Value {
  try {
    const text = window[storage].getItem(key)
    return text === null ? fallback : (JSON.parse(text) as Value)
  } catch {
    return fallback
  }
}

function write(storage: StorageName, key: string, value: unknown) {
  try {
    window[storage].setItem(key, JSON.stringify(value))
  } catch {
    return
  }
}
