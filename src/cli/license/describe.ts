import { dateOf, graceEndsAt, type License } from '../../licenses/license/claims.ts'

const moment = (seconds: number): string => dateOf(seconds).toISOString()

export const licences = (number: number): string => `${number} ${number === 1 ? 'licence' : 'licences'}`

/** What a licence says, a line for each. */
export function describeLicense(license: License): string {
  const { licensee, features, limits, instance, grace_days } = license
  const limited = Object.entries(limits).map(([name, most]) => `${name} ${most}`)
  const lines = [
    ['licence', license.jti],
    ['vendor', license.iss],
    ['licensee', `${licensee.name}${licensee.email === undefined ? '' : ` <${licensee.email}>`}`],
    ['customer', license.sub],
    ['product', `${license.product}, ${license.edition}`],
    ['features', features.length === 0 ? 'none beyond the edition' : features.join(', ')],
    ['limits', limited.length === 0 ? 'none' : limited.join(', ')],
    ['instance', instance?.join(', ') ?? 'any'],
    ['signed', moment(license.iat)],
    ['good', `from ${moment(license.nbf)} until ${moment(license.exp)}`],
    ['grace', grace_days === 0 ? 'none' : `${grace_days} days, until ${graceEndsAt(license).toISOString()}`],
  ]
  return lines.map(([name = '', text = '']) => `${name.padEnd(10)}${text}`).join('\n')
}
