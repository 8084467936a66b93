import type { ErrorCode } from '../errors/catalogue.ts'
import { Code, Facts } from './facts.tsx'
import type { Translate } from './messages/translator.ts'

interface ReferenceProps {
  readonly t: Translate
  /** There is a page about each of them in docs/errors. */
  readonly code: ErrorCode
  /** What to tell whoever is asked for help: the log has the cause under it. */
  readonly requestId: string
}

/** Below the fold of attention, the same on every page that says that something did not work. */
export const Reference = ({ t, code, requestId }: ReferenceProps) => (
  <Facts
    facts={[
      { label: t('error.code'), value: <Code>{code}</Code> },
      { label: t('error.request'), value: <Code>{requestId}</Code> },
    ]}
  />
)
