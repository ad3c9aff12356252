import { Server } from 'node:http'
import { createServer, type AddressInfo, type ListenOptions, type Server as Listener } from 'node:net'
import { platform } from 'node:os'

/**
 * Number of sockets that listen on the port. Node accepts one connection per listening socket in each turn of the event
 * loop, and under load a turn takes up to 50 ms. With one socket, some of many clients that connect at the same time
 * would wait for seconds.
 */
const LISTENING_SOCKETS = 32

/** Whether the kernel distributes connections among the sockets of a port (SO_REUSEPORT). */
const canSharePort = platform() === 'linux'

/**
 * An HTTP server that accepts its connections through several sockets, on Linux and Node 22.12 or later. The additional
 * sockets emit the server's `connection` event, which Node's documentation of `http.Server` allows.
 */
export class ListeningServer extends Server {
  private readonly further: Listener[] = []

  override listen(...args: unknown[]): this {
    const options = args[0] as ListenOptions
    if (!canSharePort || options.port === undefined) return super.listen(options)
    const shared = { ...options, reusePort: true }
    this.once('listening', () => this.listenFurther(shared))
    // If another process shared the port too, it would get half of the clients, and neither process would get an error.
    if (options.port === 0) return super.listen(shared)
    const probe = createServer()
    probe.once('error', (error) => this.emit('error', error))
    probe.listen(options, () => probe.close(() => super.listen(shared)))
    return this
  }

  /** Stops listening. Calls back when the connections of all sockets have ended. */
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
      // Node before 22.12 ignores `reusePort`, so the port is in use. Then only the first socket listens.
      listener.on('error', () => this.further.splice(this.further.indexOf(listener), 1))
      listener.listen({ ...options, port })
      this.further.push(listener)
    }
  }
}

const countConnections = (listener: Listener) =>
  new Promise<number>((resolve) => listener.getConnections((_error, count) => resolve(count)))
