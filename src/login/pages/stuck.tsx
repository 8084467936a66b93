import { StepFrame, type StepPageProps } from './step.tsx'

/** The end of the way for whoever cannot help themselves: who can, and how. */
export const StuckPage = (props: StepPageProps) => {
  const { t, client } = props
  return (
    <StepFrame {...props} title={t('step.stuck.title', { client: client.name })} lead={t('step.stuck.lead')}>
      <p>{t('step.stuck.cure')}</p>
    </StepFrame>
  )
}
