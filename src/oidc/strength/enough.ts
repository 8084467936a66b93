import type { MfaDemand, Rule } from '../../factors/rule.ts'
import type { Client } from '../clients/client.ts'
import { rulesOfClient } from './rules.ts'
import { plainlyEnough } from './strength.ts'

/** Levels of a sign-in that are enough with no look at what was proven, for a token that an application is issued. */
export interface EnoughLevels {
  /** Null: any, and none as well. */
  readonly levels: readonly string[] | null
  /** The same where the organisation or a role in it asks for two factors, and where for a passkey. */
  readonly levelsRequired: readonly string[]
  readonly levelsResistant: readonly string[]
}

/** Remembered by the client as it is known: one that has changed is another object. */
export function enoughLevels(instance: Rule): (client: Client) => EnoughLevels {
  const known = new WeakMap<Client, EnoughLevels>()
  return (client) => {
    const found = known.get(client) ?? levelsFor([instance, ...rulesOfClient(client)])
    known.set(client, found)
    return found
  }
}

function levelsFor(rules: readonly Rule[]): EnoughLevels {
  const beside = (mfa: MfaDemand) => plainlyEnough([...rules, { mfa }]) ?? []
  return {
    levels: plainlyEnough(rules),
    levelsRequired: beside('required'),
    levelsResistant: beside('phishing-resistant'),
  }
}
