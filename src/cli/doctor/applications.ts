import { withOwnerClient } from '../../db/database.ts'
import { migrationStatus } from '../../db/migrations/migrate.ts'
import { registryOf } from '../../instance/registry.ts'
import { openServices } from '../../instance/services.ts'
import { systemClock } from '../../lib/clock.ts'
import type { Client } from '../../oidc/clients/client.ts'
import type { Registry } from '../../oidc/registry.ts'
import { wordsForOlder } from '../client/refusal.ts'
import { type Check, type Finding, fine, type Patient, warning } from './finding.ts'

const PAGE = 200
/** Beyond them nobody reads on. */
const MOST = 50

/** Whether each application would be registered today as it is: rules that came later left those before alone. */
export const applicationsCheck: Check = {
  subject: 'applications',
  examine: async (patient) => {
    const { pending } = await withOwnerClient(patient.target, (client) => migrationStatus(client))
    if (pending.length > 0)
      return [warning('they are looked at when the schema is current', 'Run hearthkey migrate, or start the server.')]
    const found = await findingsOf(patient)
    if (found.length === 0) return [fine('every application is as it would be registered today')]
    const rest = found.length - MOST
    return rest <= 0
      ? found
      : [...found.slice(0, MOST), warning(`${rest} more of this kind`, 'Mend those above, and look again.')]
  },
}

async function findingsOf({ config, target, log }: Patient): Promise<Finding[]> {
  const actor = { kind: 'operator', id: 'doctor' } as const
  const services = await openServices({ config, target, clock: systemClock, log, actor, bootstrap: false })
  try {
    const { clients } = registryOf({ config, services, clock: systemClock })
    const findings: Finding[] = []
    let after: string | undefined
    for (;;) {
      const page = await clients.list({ limit: PAGE, ...(after !== undefined && { after }) })
      findings.push(...page.flatMap((client) => [...olderThanRules(clients, client), ...withoutFreePort(client)]))
      after = page.at(-1)?.id
      if (page.length < PAGE) return findings
    }
  } finally {
    await services.close()
  }
}

const olderThanRules = (clients: Registry['clients'], client: Client): Finding[] =>
  wordsForOlder(clients.faultsOf(client)).map(({ detail, cure }) =>
    warning(`${client.id} would not be registered like this today: ${detail}`, cure),
  )

/** RFC 8252 §7.3 and §8.3: any port is for the loopback as an address; `localhost` may be resolved to something else. */
const withoutFreePort = ({ id, type, redirectUris }: Client): Finding[] =>
  redirectUris
    .filter(
      (uri) => type === 'native' && URL.parse(uri)?.protocol === 'http:' && URL.parse(uri)?.hostname === 'localhost',
    )
    .map((uri) =>
      warning(
        `${id} is sent back to ${uri} at that very port alone`,
        'An app that listens at whatever port is free needs http://127.0.0.1/… or http://[::1]/…: register that, and let the app ask with it.',
      ),
    )
