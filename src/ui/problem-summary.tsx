import { Alert } from './alert.tsx'
import type { Translate } from './messages/translator.ts'

export interface Problem {
  /** The field that it is about; none where it is about the whole. */
  readonly field?: string
  readonly text: string
}

export const SUMMARY_ID = 'problem'

interface ProblemSummaryProps {
  readonly t: Translate
  readonly problems: readonly Problem[]
}

/** Stands above the form, each problem a way to its field. One sentence about the whole needs no heading. */
export const ProblemSummary = ({ t, problems }: ProblemSummaryProps) => {
  const [first, ...others] = problems
  if (first === undefined) return null
  return (
    <Alert tone="danger" id={SUMMARY_ID}>
      {others.length === 0 && first.field === undefined ? <p>{first.text}</p> : <List t={t} problems={problems} />}
    </Alert>
  )
}

const List = ({ t, problems }: ProblemSummaryProps) => (
  <>
    <h2>{t('form.problem')}</h2>
    <ul>
      {problems.map(({ field, text }) => (
        <li key={text}>{field === undefined ? text : <a href={`#${field}`}>{text}</a>}</li>
      ))}
    </ul>
  </>
)
