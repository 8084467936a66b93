// `npm run bench`, or `npm run bench -- start memory` for some of them. A missed goal exits with 1.

import { auditAppends } from './audit-appends.ts'
import { auditVerify } from './audit-verify.ts'
import { breachList } from './breach-list.ts'
import { clientCredentials } from './client-credentials.ts'
import { durability } from './durability.ts'
import { enumeration } from './enumeration.ts'
import { eventLoop } from './event-loop.ts'
import { issuance } from './issuance.ts'
import { introspections, userinfos } from './look-behind.ts'
import { lookUps } from './look-ups.ts'
import { machine } from './machine/machine.ts'
import { manyClients } from './many-clients.ts'
import { memory } from './memory.ts'
import { programsInTurn } from './programs-in-turn.ts'
import { refresh } from './refresh.ts'
import { signIns } from './sign-ins.ts'
import { start } from './start.ts'
import { storm } from './storm.ts'
import { type Bench, isMissed, table } from './support/figures.ts'
import { tokenProfile } from './token-profile.ts'
import { twoProcesses } from './two-processes.ts'
import { webhooksDrain } from './webhooks-drain.ts'
import { discovery, jsonAnswer, jwks } from './whole-answer.ts'

const benches: Readonly<Record<string, Bench>> = {
  machine,
  start,
  memory,
  'json-answer': jsonAnswer,
  discovery,
  jwks,
  'client-credentials': clientCredentials,
  'programs-in-turn': programsInTurn,
  'token-profile': tokenProfile,
  'many-clients': manyClients,
  'sign-ins': signIns,
  'look-ups': lookUps,
  issuance,
  refresh,
  introspection: introspections,
  userinfo: userinfos,
  'two-processes': twoProcesses,
  'event-loop': eventLoop,
  'audit-appends': auditAppends,
  storm,
  enumeration,
  durability,
  'breach-list': breachList,
  'audit-verify': auditVerify,
  'webhooks-drain': webhooksDrain,
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in benches))
if (unknown.length > 0) {
  console.error(`no such bench: ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`)
  process.exit(64)
}

let missed = 0
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.log(`\n${name}: ${bench.promise}`)
  try {
    const figures = await bench.run()
    missed += figures.filter(isMissed).length
    console.log(table(figures))
  } catch (error) {
    missed++ // What could not be measured was not kept.
    console.error(error)
  }
}
console.log(missed === 0 ? '\nEvery goal is met.' : `\n${missed} goal${missed === 1 ? ' is' : 's are'} missed.`)
process.exit(missed === 0 ? 0 : 1)
