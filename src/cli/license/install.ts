import { resolve } from 'node:path'
import type { Config } from '../../config/config.ts'
import { AppError } from '../../errors/app-error.ts'
import { licenseKeysPath } from '../../instance/licenses.ts'
import type { InstallRefusal } from '../../licenses/install.ts'
import { sentenceOf } from '../../licenses/license/words.ts'
import type { CliContext } from '../context.ts'
import { withServices } from '../key/with-services.ts'
import type { Output } from '../output.ts'
import { describeLicense, licences } from './describe.ts'
import { licenseIn, licenseRefused } from './inspect.ts'
import { keyProblems } from './refusal.ts'

/** A list of revocations is the longer of the two; a licence is bounded where it is judged. */
const MOST_BYTES = 4 * 1024 * 1024

export async function install(context: CliContext, file: string): Promise<Output> {
  const text = await licenseIn(resolve(context.cwd, file), MOST_BYTES)
  return withServices(context, 'license install', async ({ licenses }) => {
    const by = { actor: { kind: 'operator', id: 'license install' } } as const
    const installed = await licenses.install(by, text)
    if (!installed.ok) {
      const { problems } = await licenses.keys()
      throw installRefused(installed.error, context.config(), keyProblems({ problems }))
    }
    if (installed.value.kind === 'revocations') {
      const { iss, revoked } = installed.value.list
      return {
        text: `The list of ${iss} is installed: it revokes ${licences(revoked.length)}.`,
        json: { kind: 'revocations', issuer: iss, revoked: revoked.length },
      }
    }
    const { standing } = installed.value
    return {
      text: `${describeLicense(standing.license)}\n\n${sentenceOf(standing)}`,
      json: { kind: 'license', state: standing.state, claims: standing.license },
    }
  })
}

function installRefused(refusal: InstallRefusal, config: Config, problems: readonly string[]): AppError {
  switch (refusal.reason) {
    case 'list-older':
      return licenseRefused(
        `A newer list is installed, of ${refusal.installed.toISOString()}.`,
        'Ask your vendor for the latest one.',
      )
    case 'list-early':
      return licenseRefused(
        `The list says that it was signed at ${refusal.signed.toISOString()}, and it is earlier here: the clock of one of the two machines is wrong.`,
        'Set the clock of this server right, or ask your vendor for a list that was signed with the right time.',
      )
    case 'list-unreadable':
      return refused({ state: 'unreadable', reason: refusal.fault }, config, problems)
    case 'does-not-count':
      return refused(refusal.standing, config, problems)
  }
}

type Refused = Extract<InstallRefusal, { reason: 'does-not-count' }>['standing']

function refused(standing: Refused, config: Config, problems: readonly string[]): AppError {
  const sentence = [sentenceOf(standing), ...(isAboutKeys(standing) ? problems : [])].join('\n')
  return licenseRefused(sentence, cureOf(standing, config))
}

const isAboutKeys = (standing: Refused): boolean =>
  standing.state === 'unreadable' && (standing.reason === 'no-keys' || standing.reason === 'unknown-key')

/** Often it is the configuration of this instance that is not as the vendor was told. */
function cureOf(standing: Refused, config: Config): string | undefined {
  if (isAboutKeys(standing))
    return `Put the public key of your vendor (a .pem or .json file) into ${licenseKeysPath(config)}, or name it as licenses.keys in the configuration. Take it from the product itself or from your vendor's own hand.`
  if (standing.state === 'wrong-product')
    return `Licences for ${JSON.stringify(config.licenses.product)} count here. If that is not what you run, set licenses.product in the configuration, restart the server, and install the licence then.`
  if (standing.state === 'wrong-instance')
    return `This instance is ${config.server.issuerUrl} (ISSUER_URL). If that is right, ask your vendor for a licence for it.`
  return undefined
}

export async function remove(context: CliContext, { yes }: { readonly yes?: true }): Promise<Output> {
  if (!yes) await context.confirm('Remove the licence of this instance?')
  return withServices(context, 'license remove', async ({ licenses }) => {
    const removed = await licenses.remove({ actor: { kind: 'operator', id: 'license remove' } })
    if (!removed.ok) throw new AppError('license-missing')
    return { text: 'The licence is removed.', json: { removed: true } }
  })
}
