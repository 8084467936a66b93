import { writeDuration } from '../../config/values/quantity.ts'
import type { Api } from '../../oidc/apis/api.ts'
import { RENAMEABLE } from '../../oidc/apis/claim-names.ts'
import type { Output } from '../output.ts'

export function describeApi(api: Api, issuer: string): Output {
  const keys = api.ownKeys ? `${issuer}/oauth/apis/${api.id}/jwks` : `${issuer}/oauth/jwks`
  const claims = RENAMEABLE.flatMap((own) => (api.claimNames[own] ? [`${own} as ${api.claimNames[own]}`] : []))
  const lines: (readonly [string, string | readonly string[] | null])[] = [
    ['id', api.id],
    ['audience', api.audience],
    ['name', api.name],
    ['default', api.isDefault ? 'for whoever names no API' : null],
    ['keys', api.ownKeys ? `its own, ${api.algorithm ?? 'as the configuration says'}` : 'those of the instance'],
    ['keys at', keys],
    ['access tokens', api.accessTokenTtl === null ? null : writeDuration(api.accessTokenTtl * 1000)],
    ['scopes by', api.byRole ? 'roles' : 'clients'],
    ['permissions', api.carriesPermissions ? 'in its tokens' : 'not in its tokens'],
    ['claims', claims],
    ['scopes', api.scopes.flatMap((scope) => [scope, ...wordsOf(api, scope)])],
  ]
  const rows = lines.flatMap(([name, value]) =>
    value === null || value.length === 0 ? [] : [[name, typeof value === 'string' ? [value] : value] as const],
  )
  const width = Math.max(...rows.map(([name]) => name.length)) + 2
  const text = rows.flatMap(([name, values]) =>
    values.map((value, index) => `${(index === 0 ? name : '').padEnd(width)}${value}`),
  )
  return { text: text.join('\n'), json: { ...api, jwksUri: keys } }
}

const wordsOf = ({ scopeWords }: Api, scope: string): string[] =>
  Object.entries(scopeWords[scope] ?? {}).map(([language, text]) => `  ${language}: ${text}`)
