import { Server } from 'node:http'
import { createServer, type AddressInfo, type ListenOptions, type Server as Listener } from 'node:net'
import { platform } from 'node:os'

/**
 * Sockets that listen on the port. Node accepts one connection per listening socket and turn of the event loop, and
 * under load a turn takes up to 50 ms: with one socket, of many clients that connect at once some wait for seconds.
 */
const LISTENING_SOCKETS = 32

/** Whether the kernel shares connections among the sockets of a port (SO_REUSEPORT). Elsewhere it is an error. */
const canSharePort = platform() === 'linux'

/**
 * An HTTP server that accepts its connections through several sockets, on Linux and Node 22.12 or later. The further
 * sockets hand them over by the `connection` event, as Node's documentation of `http.Server` allows.
 */
export class ListeningServer extends Server {
  private readonly further: Listener[] = []

  override listen(...args: unknown[]): this {
    const options = args[0] as ListenOptions
    if (!canSharePort || options.port === undefined) return super.listen(options)
    const shared = { ...options, reusePort: true }
    this.once('listening', () => this.listenFurther(shared))
    // Another process that shares its port as well would get half of the clients, and nobody an error.
    if (options.port === 0) return super.listen(shared)
    const probe = createServer()
    probe.once('error', (error) => this.emit('error', error))
    probe.listen(options, () => probe.close(() => super.listen(shared)))
    return this
  }

  /** Stops listening. Calls back when every connection is over, whichever socket has accepted it. */
  override close(callback?: (error?: Error) => void): this {
    const over = this.further.splice(0).map((listener) => new Promise((resolve) => listener.close(resolve)))
    return super.close((error) => void Promise.all(over).then(() => callback?.(error)))
  }

  override getConnections(callback: (error: Error | null, count: number) => void): this {
    const counts = this.further.map(countConnections)
    return super.getConnections((error, own) => {
      void Promise.all(counts).then((others) =>
        callback(
          error,
          others.reduce((sum, one) => sum + one, own),
        ),
      )
    })
  }

  private listenFurther(options: ListenOptions) {
    const { port } = this.address() as AddressInfo
    for (let count = 1; count < LISTENING_SOCKETS; count += 1) {
      // The options of http.Server.
      const listener = createServer({ allowHalfOpen: true, noDelay: true })
      listener.on('connection', (socket) => this.emit('connection', socket))
      // Node before 22.12 does not know `reusePort`, and the port is in use. The first socket does the work.
      listener.on('error', () => this.further.splice(this.further.indexOf(listener), 1))
      listener.listen({ ...options, port })
      this.further.push(listener)
    }
  }
}

const countConnections = (listener: Listener) =>
  new Promise<number>((resolve) => listener.getConnections((_error, count) => resolve(count)))
