import type { Child } from 'hono/jsx'
import { Button } from '../../ui/button.tsx'
import { Form } from '../../ui/form.tsx'
import { Layout } from '../../ui/layout.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'
import { type Problem, ProblemSummary } from '../../ui/problem-summary.tsx'

export interface StepPageProps {
  readonly t: Translate
  /** `/login/<uid>`, where all of its forms are below. */
  readonly base: `/${string}`
  readonly client: { readonly name: string }
  /** Of whoever has proven something. */
  readonly account: string
}

interface FrameProps extends StepPageProps {
  readonly title: string
  readonly lead?: Child
  readonly problems?: readonly Problem[]
  /** The text above says whose sign-in it is already. */
  readonly namesAccount?: boolean
  /** Other ways than the one that the page shows. */
  readonly links?: Child
  readonly children?: Child
}

/** Around every step behind the first form: whose sign-in it is, and the ways out of it. */
export const StepFrame = (props: FrameProps) => {
  const { t, base, account, title, lead, problems = [], namesAccount = false, links, children } = props
  return (
    <Layout t={t} title={title} hasProblem={problems.length > 0}>
      <h1>{title}</h1>
      <p class="lead">
        {lead} {namesAccount ? null : t.rich('step.account', { account: <Name>{account}</Name> })}
      </p>
      <ProblemSummary t={t} problems={problems} />
      {children}
      <p class="aside ways">
        {links}
        <Link id="as-other" href={t.carry(`${base}?as=other`)}>
          {t('step.other')}
        </Link>
      </p>
      <Form t={t} id="cancel" action={`${base}/abort`}>
        <Button id="cancel-sign-in" kind="quiet">
          {t('login.cancel')}
        </Button>
      </Form>
    </Layout>
  )
}
