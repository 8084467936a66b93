import type { ActorContext } from '../audit/actor.ts'
import { NOBODY } from '../audit/sealer.ts'
import type { Config } from '../config/config.ts'
import { isOnThisMachine } from '../config/values/smtp-server.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { DELIVERIES_AT_ONCE } from '../mail/deliver-job.ts'
import { createDelivery, type Deliver } from '../mail/delivery.ts'
import { letterRenderer, type RenderLetter } from '../mail/letters/render.ts'
import { createOutbox, type Outbox } from '../mail/outbox.ts'
import { letterSeals } from '../mail/seals.ts'
import { createSweep } from '../mail/sweep.ts'
import { smtpTransport } from '../mail/transport/smtp.ts'
import type { Transport } from '../mail/transport/transport.ts'
import { authorityIn } from './named-files.ts'
import type { Services } from './services.ts'
import { loadWords } from './words.ts'

/** What becomes of letters: for the background work, and for the operator's commands. */
export interface PostOffice {
  readonly deliver: Deliver
  readonly sweep: (signal: AbortSignal) => Promise<void>
  readonly outbox: Outbox<ActorContext>
  close(): void
}

interface PostOfficeOptions {
  readonly config: Config
  readonly services: Pick<Services, 'database' | 'events' | 'keyring' | 'enqueue'>
  readonly clock: Clock
  readonly log: Log
}

const worker = (id: string) => ({ actor: { kind: 'system', id } }) as const

/** Opens no connection: that is for the first letter. */
export function openPostOffice({ config, services, clock, log }: PostOfficeOptions): PostOffice {
  const { database, keyring, enqueue } = services
  const record = services.events.recordEvent
  const transport = openTransport(config)
  const shared = {
    db: database.app,
    seals: letterSeals(keyring.persons, NOBODY),
    render: rendererOf(config),
    delivers: transport !== undefined,
    enqueue,
    clock,
    record,
  }
  const ownHost = new URL(config.server.issuerUrl).hostname
  const claimMs = config.mail.timeout + CLAIM_MARGIN_MS
  return {
    deliver: createDelivery({ ...shared, transport, ownHost, claimMs, by: worker('mail.deliver'), log }),
    sweep: createSweep({ ...shared, by: worker('outbox.sweep') }),
    outbox: createOutbox(shared),
    close: () => transport?.close(),
  }
}

/** For reading the letter before it is sent and noting after it that it was. */
const CLAIM_MARGIN_MS = 30_000

export const rendererOf = (config: Config): RenderLetter => {
  let made: RenderLetter | undefined
  const { operatorName: operator } = config.mail
  return (message, locale) => {
    made ??= letterRenderer({ words: loadWords(config), operator, issuerUrl: config.server.issuerUrl })
    return made(message, locale)
  }
}

/** Undefined where no mail server is configured. */
export function openTransport(config: Config): Transport | undefined {
  const { mail, server } = config
  const { url, from, tls, timeout, operatorName } = mail
  if (!url || !from) return undefined
  return smtpTransport({
    host: url.host,
    port: url.port,
    implicitTls: url.implicitTls,
    login: url.login,
    tls: isOnThisMachine(url) ? 'none' : tls,
    authority: authorityIn(config, 'mail.ca'),
    ownHost: new URL(server.issuerUrl).hostname.replace(/^\[|\]$/g, ''),
    from: { address: from.address, name: from.name ?? operatorName },
    timeoutMs: timeout,
    connections: DELIVERIES_AT_ONCE,
  })
}
