import type { SecondFactor } from '../../../factors/factor.ts'
import type { RemovalRefusal } from '../../../factors/may-remove.ts'
import { Alert } from '../../../ui/alert.tsx'
import { Button } from '../../../ui/button.tsx'
import { Form } from '../../../ui/form.tsx'
import { Link } from '../../../ui/link.tsx'
import type { Translate } from '../../../ui/messages/translator.ts'
import { Name } from '../../../ui/name.tsx'
import { WayOn } from '../../../ui/way-on.tsx'
import { paths } from '../../paths.ts'
import { type What, withWhat } from '../../security/what.ts'
import { AccountFrame } from '../frame.tsx'

interface RemovePageProps {
  readonly t: Translate
  readonly what: What
  readonly factor: Exclude<SecondFactor, 'backup-code'>
  /** Undefined for codes by mail, which have no name of their own. */
  readonly name: string | undefined
  /** Nothing is left that is asked for beside the password. */
  readonly isLast: boolean
  /** Browsers that were trusted by it will be asked again. */
  readonly endsTrust: boolean
}

export const RemovePage = ({ t, what, factor, name, isLast, endsTrust }: RemovePageProps) => (
  <AccountFrame
    t={t}
    title={name === undefined ? t('security.turnOff.title') : t('security.remove.title', { name })}
    at="security"
  >
    <p class="lead">{t(`security.remove.${factor}`)}</p>
    {isLast && (
      <Alert tone="danger" id="is-last">
        <p>{t('security.remove.last')}</p>
      </Alert>
    )}
    {endsTrust && <p>{t('security.remove.trust')}</p>}
    <div class="narrow">
      <Form t={t} id="remove" action={withWhat(paths.removeFactor, what)}>
        <Button id="remove-it">{t(name === undefined ? 'security.turnOff.submit' : 'security.remove.submit')}</Button>
        <Link id="keep" href={t.carry(paths.security)} asButton="quiet">
          {t(name === undefined ? 'security.turnOff.keep' : 'security.remove.keep')}
        </Link>
      </Form>
    </div>
  </AccountFrame>
)

interface KeptPageProps {
  readonly t: Translate
  readonly name: string | undefined
  readonly why: RemovalRefusal
}

/** Who asks for it, and what would have to be done first. */
export const KeptPage = ({ t, name, why }: KeptPageProps) => (
  <AccountFrame
    t={t}
    title={name === undefined ? t('security.turnOff.refused.title') : t('security.remove.refused.title', { name })}
    at="security"
    hasProblem
  >
    <Alert tone="danger" id="refused">
      <p>{reason(t, why)}</p>
    </Alert>
    <WayOn t={t} id="back" href={paths.security} label={t('security.remove.back')} />
  </AccountFrame>
)

function reason(t: Translate, why: RemovalRefusal) {
  if (why.reason === 'last-way-in') return t('security.remove.last-way-in')
  const { by } = why
  switch (by.kind) {
    case 'instance':
      return t('security.remove.asked.instance')
    case 'organisation':
      return t.rich('security.remove.asked.organisation', { organisation: <Name>{by.organisation}</Name> })
    case 'role':
      return t.rich('security.remove.asked.role', {
        role: <Name>{by.role}</Name>,
        organisation: <Name>{by.organisation}</Name>,
      })
  }
}
