import { type Command, InvalidArgumentError, Option } from 'commander'
import { z } from 'zod'
import { AppError } from '../../errors/app-error.ts'
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../keyring/signing/signing-key.ts'
import type { ScopeWords } from '../../oidc/apis/api.ts'
import { type ClaimNamesChange, RENAMEABLE } from '../../oidc/apis/claim-names.ts'
import type { ApiFields } from '../../oidc/apis/fields.ts'
import { toDuration } from '../api-key/wanted.ts'
import type { CliContext } from '../context.ts'
import { readJsonFile } from '../json-file.ts'

export interface ApiOptions {
  readonly name?: string
  readonly tokenTtl?: number | null
  readonly ownKeys?: true
  readonly algorithm?: SigningAlgorithm | 'default'
  readonly byRole?: boolean
  readonly claim?: ClaimNamesChange
  readonly permissionsInTokens?: boolean
  readonly default?: boolean
  readonly scopeWords?: string[]
  readonly scopeWordsFile?: string
}

export const collect = (value: string, before: string[]): string[] => [...before, value]

/** Whole seconds, or a duration; `default`: the instance's. */
function toSeconds(text: string): number | null {
  if (text === 'default') return null
  return /^\d{1,9}$/.test(text) ? Number(text) : Math.floor(toDuration(text) / 1000)
}

function toClaim(text: string, before: ClaimNamesChange = {}): ClaimNamesChange {
  const [own = '', name, ...more] = text.split('=')
  if (name === undefined || more.length > 0 || !RENAMEABLE.some((one) => one === own))
    throw new InvalidArgumentError(`Expected one of ${RENAMEABLE.join(', ')}, = and the name that this API reads.`)
  return { ...before, [own]: name === '' || name === own ? null : name }
}

export const addApiOptions = (command: Command): Command =>
  command
    .option(
      '--token-ttl <duration>',
      'how long its access tokens are good for, such as 10m; default: as everywhere',
      toSeconds,
    )
    .option('--own-keys', 'its tokens are signed by keys of its own, in a key set of its own')
    .addOption(
      new Option('--algorithm <name>', 'what its own keys sign with; the next key is of that kind').choices([
        ...SIGNING_ALGORITHMS,
        'default',
      ]),
    )
    .option('--by-role', 'roles decide who gets which of its scopes: nobody has one that no role of theirs gives')
    .option('--no-by-role', 'whoever uses a client that may have a scope gets it, whatever their roles')
    .option(
      '--claim <ours=theirs>',
      `the name by which it reads ${RENAMEABLE.join(', ')}, such as org_id=tenantId; org_id= takes it back; may be repeated`,
      toClaim,
    )
    .option('--permissions-in-tokens', 'its tokens say what their bearer may do there (the default)')
    .option('--no-permissions-in-tokens', 'they do not: it asks by introspection, or goes by roles and scope')
    .option('--default', 'tokens for which nobody names an API are for this one, where the client may have it')
    .option('--no-default', 'it is the default no longer')
    .option(
      '--scope-words <scope language text...>',
      'what people read before they agree, going on from "If you agree, … can": --scope-words invoices:read en "read your invoices"',
    )
    .option('--scope-words-file <file>', 'the same as JSON: {"invoices:read": {"en": "read your invoices"}}')

export const fieldsOf = (options: ApiOptions): ApiFields => ({
  ...(options.name !== undefined && { name: options.name }),
  ...(options.tokenTtl !== undefined && { accessTokenTtl: options.tokenTtl }),
  ...(options.ownKeys !== undefined && { ownKeys: options.ownKeys }),
  ...(options.algorithm !== undefined && { algorithm: options.algorithm === 'default' ? null : options.algorithm }),
  ...(options.byRole !== undefined && { byRole: options.byRole }),
  ...(options.claim !== undefined && { claimNames: options.claim }),
  ...(options.permissionsInTokens !== undefined && { carriesPermissions: options.permissionsInTokens }),
  ...(options.default !== undefined && { isDefault: options.default }),
})

const words = z.record(z.string(), z.record(z.string(), z.string()))

export async function wordsOf(
  context: Pick<CliContext, 'cwd' | 'input'>,
  { scopeWords = [], scopeWordsFile }: ApiOptions,
): Promise<ScopeWords | undefined> {
  if (scopeWords.length === 0 && scopeWordsFile === undefined) return undefined
  if (scopeWords.length % 3 !== 0)
    throw new AppError('usage-error', {
      detail: 'Words are said by scope, language and text.',
      cure: 'Write --scope-words invoices:read en "read your invoices", the text in quotes.',
    })
  const said: Record<string, Record<string, string>> = {}
  if (scopeWordsFile !== undefined) {
    const found = words.safeParse(await readJsonFile(context, scopeWordsFile))
    if (!found.success)
      throw new AppError('usage-error', {
        detail: `${scopeWordsFile} does not hold scopes with languages and texts.`,
        cure: 'Write {"invoices:read": {"en": "read your invoices"}}.',
      })
    Object.assign(said, found.data)
  }
  for (let at = 0; at < scopeWords.length; at += 3) {
    const [scope = '', language = '', text = ''] = scopeWords.slice(at, at + 3)
    said[scope] = { ...said[scope], [language]: text }
  }
  return said
}
