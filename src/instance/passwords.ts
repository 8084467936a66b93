import type { ActorContext } from '../audit/actor.ts'
import type { Config } from '../config/config.ts'
import { minimumLength } from '../credentials/password/policy.ts'
import type { Breaches } from '../credentials/password/ports.ts'
import { createPasswords, type Passwords, type PasswordsDeps } from '../credentials/password/service.ts'
import { loadWords } from './words.ts'

interface PasswordsOptions
  extends Pick<PasswordsDeps<ActorContext>, 'db' | 'hasher' | 'persons' | 'clock' | 'log' | 'record'> {
  readonly config: Config
  readonly breaches?: Breaches
}

export function openPasswords({ config, ...deps }: PasswordsOptions): Passwords<ActorContext> {
  const { history, ...length } = config.passwords
  return createPasswords({
    ...deps,
    policy: {
      minimum: minimumLength(length),
      serviceNames: serviceNames(config),
      history,
      checkAtSignIn: config.breaches.atSignIn === 'ask',
    },
    itself: { actor: { kind: 'system', id: 'passwords' } },
  })
}

/** What is tried first at a server called so: our name, what the operator calls it in each language, and its address. */
function serviceNames(config: Config): string[] {
  const words = loadWords(config)
  const names = words.languages.map(({ tag }) => words.speak(tag)('app.name'))
  return ['Hearthkey', ...names, new URL(config.server.issuerUrl).hostname]
}
