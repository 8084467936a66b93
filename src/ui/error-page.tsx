import { Layout } from './layout.tsx'

interface ErrorPageProps {
  readonly title: string
  readonly detail?: string | undefined
  readonly cure: string
  readonly code: string
  readonly requestId: string
}

/** What happened, what mends it, and below the fold of attention what to tell whoever is asked for help. */
export const ErrorPage = ({ title, detail, cure, code, requestId }: ErrorPageProps) => (
  <Layout title={title.replace(/\.$/, '')}>
    <h1>{title}</h1>
    {detail === undefined ? null : <p>{detail}</p>}
    <p class="lead">{cure}</p>
    <dl class="facts">
      <dt>Code</dt>
      <dd>
        <code>{code}</code>
      </dd>
      <dt>Request</dt>
      <dd>
        <code>{requestId}</code>
      </dd>
    </dl>
  </Layout>
)
