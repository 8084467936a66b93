import { type Outcome, outcomes } from '../../factors/foresee.ts'
import type { Output } from '../output.ts'
import { table } from '../table.ts'
import type { Simulated, Touched } from './simulate.ts'

const heads: Record<Exclude<Outcome, 'untouched'>, string> = {
  stuck: 'could not sign in any more',
  enrol: 'would have to add a second factor at the next sign-in',
  asked: 'would be asked for a factor that they have',
}

/** On paper nobody reads more of them; `--json` has them all. */
const MOST_SHOWN = 100

const countOf = ({ touched }: Simulated, outcome: Outcome): number =>
  touched.filter((one) => one.outcome === outcome).length

export function describeSimulation(lead: readonly string[], simulated: Simulated): Output {
  const { people, touched } = simulated
  const worstFirst = outcomes.toReversed().filter((outcome) => outcome !== 'untouched')
  const untouched = people - touched.length
  return {
    text: [
      ...lead,
      '',
      ...worstFirst.flatMap((outcome) =>
        section(
          heads[outcome],
          touched.filter((one) => one.outcome === outcome),
        ),
      ),
      `${untouched} of ${people} would notice nothing.`,
      'Nothing was changed.',
    ].join('\n'),
    json: {
      people,
      untouched,
      stuck: countOf(simulated, 'stuck'),
      enrol: countOf(simulated, 'enrol'),
      asked: countOf(simulated, 'asked'),
      touched: touched.map(({ user, outcome, factors, putOffUntil }) => ({
        id: user.id,
        email: user.email,
        outcome,
        factors,
        putOffUntil: putOffUntil ?? null,
      })),
      changed: false,
    },
  }
}

function section(head: string, those: readonly Touched[]): string[] {
  if (those.length === 0) return []
  const rows = those
    .slice(0, MOST_SHOWN)
    .map(({ user, factors, putOffUntil }) => [
      user.id,
      user.email,
      [factors.join(' or '), ...(putOffUntil ? [`from ${putOffUntil.toISOString().slice(0, 10)}`] : [])].join(', '),
    ])
  const more = those.length - rows.length
  return [
    `${those.length} ${head}:`,
    table(['ID', 'E-MAIL', ''], rows),
    ...(more > 0 ? [`… and ${more} more: --json has them all.`] : []),
    '',
  ]
}
