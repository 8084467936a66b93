import type { Finding, Summary, Verdict, Wrong } from '../../audit/verify/verdict.ts'
import { ExitCode } from '../../errors/exit-code.ts'

import { countInWords } from '../breach-list/quantity.ts'
import type { Output } from '../output.ts'
import { acknowledgedLines } from './broken-words.ts'

const headlines: Readonly<Record<Wrong, string>> = {
  malformed: 'THIS IS NO WHOLE LOG',
  changed: 'AN ENTRY WAS CHANGED',
  removed: 'SOMETHING WAS REMOVED',
  reordered: 'ENTRIES WERE MOVED',
  inserted: 'SOMETHING WAS PUT IN',
  'link-broken': 'THE CHAIN IS BROKEN',
  'head-differs': 'THE CHAIN WAS REBUILT',
  cut: 'THE END WAS CUT OFF',
  odd: 'AN ENTRY IS NONE THAT HEARTHKEY WRITES',
  unproven: 'NOTHING IS PROVEN',
  signature: 'A SIGNATURE IS NOT RIGHT',
  key: 'A KEY IS NOT RIGHT',
}

interface Asked {
  readonly keysGiven: boolean
  readonly headsGiven: boolean
}

export function describeVerdict({ finding, summary }: Verdict, asked: Asked): Output {
  const known = acknowledgedLines(summary)
  const lines = finding
    ? [...findingLines(finding), ...readSoFar(summary), ...known]
    : [...known, ...rightLines(summary, asked)]
  return {
    text: lines.join('\n'),
    json: { right: finding === undefined && known.length === 0, finding: finding ?? null, summary },
    exit: finding ? exitOf(finding, summary) : known.length > 0 ? ExitCode.acknowledged : ExitCode.ok,
  }
}

/** What is no export from its first line on was not looked at: no sign that somebody changed a log. */
const isNoExport = ({ wrong, line = 1 }: Finding, { lastSeq }: Summary) =>
  wrong === 'malformed' && line === 1 && lastSeq === 0
const exitOf = (finding: Finding, summary: Summary) =>
  isNoExport(finding, summary) ? ExitCode.dataError : ExitCode.findings

function findingLines({ wrong, seq, id, line, detail }: Finding): string[] {
  const named = [
    ...(seq === undefined ? [] : [`entry ${seq}`]),
    ...(id === undefined ? [] : [id]),
    ...(line === undefined ? [] : [`line ${line}`]),
  ]
  return [`${headlines[wrong]}${named.length > 0 ? ` (${named.join(', ')})` : ''}: ${detail}.`]
}

const readSoFar = ({ lastSeq }: Summary): string[] =>
  lastSeq === 0 ? [] : [`Up to ${countInWords(lastSeq)} all was right; what comes behind it was not looked at.`]

function rightLines(summary: Summary, asked: Asked): string[] {
  const { entries, segments, from, to, issuer, signedFor } = summary
  const when = from && to ? `, from ${from.toISOString()} to ${to.toISOString()}` : ''
  return [
    `${entries === 0 ? 'There are no entries' : `${summary.acknowledged.length > 0 ? 'All else that is here' : 'All that is here'} is right: ${counted(entries, 'entry', 'entries')}`} in ${counted(segments, 'signed segment', 'signed segments')}${when}.`,
    ...(signedFor !== undefined && issuer !== signedFor
      ? [`The log calls itself one of ${issuer}; its newest head was signed for ${signedFor}.`]
      : []),
    ...(summary.complete
      ? []
      : [
          'THIS IS A PART: entries were left out, and nothing is said of those.',
          'Of what is here, each entry agrees with its own hash, which is in this file too: no signature speaks for it.',
        ]),
    ...prunedLines(summary),
    ...signedLines(summary),
    ...keyLines(summary, asked),
    ...headLines(summary, asked),
  ]
}

/** A head is signed when a thousand have come; twice that, and either nobody signs or heads were taken away. */
const MOST_UNSIGNED = 2000

const prunedLines = ({ links, prunedSegments, pruned }: Summary): string[] => [
  ...(links > 0 ? [`Retention took away ${counted(links, 'entry', 'entries')} whose links are still here.`] : []),
  ...(prunedSegments > 0
    ? [`Of ${counted(prunedSegments, 'segment', 'segments')} the signed head alone is left.`]
    : []),
  ...pruned.map(
    ({ organisation, upTo, seq }) =>
      `  of ${organisation ?? 'the instance'} up to ${countInWords(upTo)}, as audit.pruned says at ${countInWords(seq)}`,
  ),
]

function signedLines({ lastSeq, signedSeq, complete, headsCompared }: Summary): string[] {
  if (!complete || lastSeq === 0) return []
  if (signedSeq === 0)
    return [
      headsCompared > 0
        ? 'No signed head stands in it: what was kept speaks for it, and its own hashes for what comes behind that.'
        : 'No head was signed yet: nothing but its own hashes speaks for this log.',
    ]
  const open = lastSeq - signedSeq
  if (open > MOST_UNSIGNED)
    return [
      `THE NEWEST HEAD SIGNS IT UP TO ${countInWords(signedSeq)} ONLY: ${countInWords(open)} entries are behind it, where one is signed for each thousand.`,
    ]
  return [
    open === 0
      ? `The newest head signs all of it, up to ${countInWords(signedSeq)}.`
      : `The newest head signs it up to ${countInWords(signedSeq)}; ${counted(open, 'entry is', 'entries are')} behind it.`,
  ]
}

function keyLines({ keys }: Summary, { keysGiven }: Asked): string[] {
  const [ours, others] = [keys.filter(({ named }) => named), keys.filter(({ named }) => !named)]
  const unnamed = others.map(
    ({ kid }) =>
      `It does not name the key ${kid}, which you trust: that is right only if it was exported before there was that key.`,
  )
  if (ours.length === 0) return unnamed
  const names = ours.map(({ kid, trusted }) => (keysGiven && !trusted ? `${kid} (not trusted)` : kid)).join(', ')
  return keysGiven
    ? [`Keys that sign its heads: ${names}.`, ...unnamed]
    : [`Keys that sign its heads: ${names}. These keys came with the log: compare them, or give your own with --keys.`]
}

const headLines = ({ headsCompared }: Summary, { headsGiven }: Asked): string[] =>
  headsGiven
    ? [`${counted(headsCompared, 'kept head was', 'kept heads were')} compared.`]
    : ['No kept head was compared (--head): a cut end, or a log that was made anew, would not show.']

const counted = (count: number, one: string, many: string) => `${countInWords(count)} ${count === 1 ? one : many}`
