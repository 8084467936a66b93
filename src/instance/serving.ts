import { setTimeout as delay } from 'node:timers/promises'
import { createApp } from '../app.ts'
import type { Config } from '../config/config.ts'
import { listen } from '../http/server/listen.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { openPeople } from './people.ts'
import type { Services } from './services.ts'

export interface Serving {
  readonly port: number
  /** Readiness fails first, then nothing new is accepted, then what is under way finishes. */
  stop(): Promise<void>
}

interface ServingOptions {
  readonly config: Config
  readonly services: Services
  readonly clock: Clock
  readonly log: Log
}

/** The HTTP side of one process. */
export async function startServing({
  config: { server },
  config,
  services,
  clock,
  log,
}: ServingOptions): Promise<Serving> {
  const people = openPeople({ ...services, config, clock, log })
  await people.places.load()
  const { http, readiness } = await createApp({ config, services, people, clock, log })
  const { host, port, tls } = server
  const listening = await listen({ http, host, port, tls, log })
  const stop = async () => {
    readiness.drain()
    // A load balancer that asks /readyz every moment gets to see the change before connections are refused.
    await delay(server.drainDelay)
    await listening.close(server.shutdownGrace)
    await people.close()
  }
  let stopping: Promise<void> | undefined
  return {
    port: listening.port,
    stop: () => {
      stopping ??= stop()
      return stopping
    },
  }
}
