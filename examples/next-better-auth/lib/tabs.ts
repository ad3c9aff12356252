'use client'
import { useEffect } from 'react'

/** A page ignores its own messages. */
const PAGE = Math.random()

interface Envelope<Message> {
  from: number
  message: Message
}

/** Sends a message to the other tabs of this browser. */
export function tellTabs(channelName: string, message: unknown) {
  const channel = new BroadcastChannel(channelName)
  channel.postMessage({ from: PAGE, message } satisfies Envelope<unknown>)
  channel.close()
}

/** Calls `onMessage` for each message of another tab. It must not change between renders. */
export function useTabs<Message>(channelName: string, onMessage: (message: Message) => void) {
  useEffect(() => {
    const channel = new BroadcastChannel(channelName)
    channel.onmessage = ({ data: { from, message } }: MessageEvent<Envelope<Message>>) => {
      if (from !== PAGE) onMessage(message)
    }
    return () => channel.close()
  }, [channelName, onMessage])
}
