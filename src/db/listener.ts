import { Client, type ClientConfig, escapeIdentifier } from 'pg'
import type { Log } from '../lib/log.ts'

/** What a subscriber of a channel is told. */
export interface Subscription {
  onMessage(payload: string): void
  /** Called after a reconnection: messages may have been lost, so whatever was cached by them must be reloaded. */
  onGap(): void
}

/** LISTEN/NOTIFY over one dedicated connection that reconnects by itself. */
export interface Listener {
  /** False while the connection is down: a cache that lives by notifications must be bypassed then. */
  readonly connected: boolean
  subscribe(channel: string, subscription: Subscription): Promise<void>
  close(): Promise<void>
}

const FIRST_RETRY_MS = 50
const LAST_RETRY_MS = 5_000

export async function createListener(config: ClientConfig, log: Log): Promise<Listener> {
  const listener = new ReconnectingListener(config, log)
  await listener.connect()
  return listener
}

class ReconnectingListener implements Listener {
  readonly #config: ClientConfig
  readonly #log: Log
  readonly #subscriptions = new Map<string, Set<Subscription>>()
  #client: Client | undefined
  #retry: NodeJS.Timeout | undefined
  #closed = false

  constructor(config: ClientConfig, log: Log) {
    this.#config = config
    this.#log = log
  }

  get connected(): boolean {
    return this.#client !== undefined
  }

  async connect(): Promise<void> {
    const client = new Client({ ...this.#config, keepAlive: true, keepAliveInitialDelayMillis: 10_000 })
    // A failed connect emits `error` as well as rejecting; a lost connection only emits.
    client.on('error', () => this.#lost(client))
    client.on('end', () => this.#lost(client))
    client.on('notification', ({ channel, payload }) => {
      // Of what comes before the gap was told of, the gap tells.
      if (this.#client !== client) return
      for (const subscription of this.#subscriptions.get(channel) ?? []) subscription.onMessage(payload ?? '')
    })
    try {
      await client.connect()
      for (const channel of this.#subscriptions.keys()) await client.query(`LISTEN ${escapeIdentifier(channel)}`)
    } catch (error) {
      await client.end().catch(() => {})
      throw error
    }
    // A close() that came while we connected has no client to end; it is ended here.
    if (this.#closed) await client.end()
    else this.#client = client
  }

  async subscribe(channel: string, subscription: Subscription): Promise<void> {
    const known = this.#subscriptions.get(channel)
    if (known) known.add(subscription)
    else {
      this.#subscriptions.set(channel, new Set([subscription]))
      await this.#client?.query(`LISTEN ${escapeIdentifier(channel)}`)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    const client = this.#client
    this.#client = undefined
    await client?.end()
  }

  #lost(client: Client): void {
    if (this.#closed || this.#client !== client) return
    this.#client = undefined
    this.#log.warn('the notification connection was lost; reconnecting')
    this.#reconnectIn(FIRST_RETRY_MS)
  }

  #reconnectIn(delay: number): void {
    this.#retry = setTimeout(async () => {
      try {
        await this.connect()
      } catch (error) {
        this.#log.warn({ err: error }, 'the notification connection is still down')
        if (!this.#closed) this.#reconnectIn(Math.min(delay * 2, LAST_RETRY_MS))
        return
      }
      this.#log.info('the notification connection is back')
      for (const subscription of [...this.#subscriptions.values()].flatMap((set) => [...set])) subscription.onGap()
    }, delay)
  }
}
