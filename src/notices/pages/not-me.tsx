import { Button } from '../../ui/button.tsx'
import { Code, Facts } from '../../ui/facts.tsx'
import { Form } from '../../ui/form.tsx'
import { Layout } from '../../ui/layout.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { momentIn } from '../../ui/moment.ts'
import { Name } from '../../ui/name.tsx'
import { type ToldOf, takesFactors } from '../notice.ts'

interface NotMePageProps {
  readonly t: Translate
  readonly action: `/${string}`
  readonly told: ToldOf
}

/** Opening it changes nothing: mail scanners open everything, and nobody's account may be locked by one. */
export const NotMePage = ({ t, action, told }: NotMePageProps) => {
  const { what, at, device, place, key, hint, organisation } = told
  return (
    <Layout t={t} title={t('recovery.notMe.title')}>
      <h1>{t('recovery.notMe.title')}</h1>
      <p class="lead">{t(`recovery.notMe.${what}`)}</p>
      <Facts
        facts={[
          ...(key
            ? [
                {
                  label: t('recovery.notMe.key'),
                  value: (
                    <>
                      <Name>{key}</Name>
                      {hint && (
                        <>
                          {' '}
                          <Code>…{hint}</Code>
                        </>
                      )}
                    </>
                  ),
                },
              ]
            : []),
          ...(organisation ? [{ label: t('recovery.notMe.organisation'), value: <Name>{organisation}</Name> }] : []),
          {
            label: t('recovery.notMe.when'),
            value: <time datetime={at.toISOString()}>{momentIn(at, t.language.tag)}</time>,
          },
          ...(device ? [{ label: t('recovery.notMe.device'), value: <Name>{device}</Name> }] : []),
          ...(place ? [{ label: t('recovery.notMe.place'), value: <Name>{place}</Name> }] : []),
        ]}
      />
      <p>{t('recovery.notMe.wasYou')}</p>
      <p>{t('recovery.notMe.effect')}</p>
      {takesFactors(told) && <p>{t(told.factor ? 'recovery.notMe.takesFactor' : 'recovery.notMe.takesLater')}</p>}
      {what === 'backup-code-used' && <p>{t('recovery.notMe.takesCodes')}</p>}
      {takesFactors(told) && <p>{t('recovery.notMe.takesApplications')}</p>}
      <Form t={t} id="not-me" action={action}>
        <Button id="lock-account">{t('recovery.notMe.submit')}</Button>
      </Form>
    </Layout>
  )
}
