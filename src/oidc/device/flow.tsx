import type { EngineContext, ErrorOut } from 'oidc-provider'
import type { EventInput } from '../../audit/event.ts'
import type { EventWriter } from '../../audit/writer.ts'
import { defineId } from '../../lib/ids.ts'
import { renderPage } from '../../ui/render.ts'
import { recordOf } from '../engine/engine-clients.ts'
import { toAppError } from '../engine/errors.ts'
import { byIn } from '../unit/by.ts'
import { currentUnit } from '../unit/units.ts'
import { DeviceDeniedPage, DeviceDonePage } from './pages/answered.tsx'
import { EnterCodePage } from './pages/enter-code.tsx'
import { DEVICE_PATH } from './paths.ts'
import { type DeviceInfo, nameIn } from './pending-device.ts'

const userId = defineId('usr')

/** What somebody typed and what the engine makes of it: never found, expired and answered sound the same (RFC 8628 §5.1). */
const ofTheCode: readonly string[] = ['NoCodeError', 'NotFoundError', 'ExpiredError', 'AlreadyUsedError']

/**
 * The engine's device flow, with our pages where it has its own. It asks for the code and for the sign-in; the question
 * whether the device may is a prompt of ours behind the sign-in, so that nobody answers who has not signed in, and nobody has
 * answered by signing in.
 */
export function deviceFlow({ recordEvent }: Pick<EventWriter, 'recordEvent'>) {
  const record = ({ oidc }: EngineContext, event: EventInput): void => {
    const unit = currentUnit()
    const account = oidc.session?.accountId
    const actor =
      account !== undefined && userId.is(account)
        ? ({ kind: 'person', id: account } as const)
        : ({ kind: 'anonymous' } as const)
    unit.write((tx) => recordEvent(tx, byIn(unit, actor), event))
  }

  return {
    enabled: true,
    charset: 'base-20',
    mask: '****-****',
    deviceInfo: (): DeviceInfo => {
      const { exchange } = currentUnit()
      const name = nameIn(exchange.header('user-agent'))
      return { ip: exchange.clientIp, ...(name !== undefined && { name }) }
    },
    userCodeConfirmSource: async (): Promise<void> => {
      throw new Error('the engine asks for a confirmation before the sign-in')
    },
    userCodeInputSource: async (ctx: EngineContext, _form: string, out?: ErrorOut, error?: unknown): Promise<void> => {
      const unit = currentUnit()
      const t = unit.exchange.languages.of(unit.exchange)
      const name = error instanceof Error ? error.name : undefined
      if (name === 'AbortedError') {
        const { params } = ctx.oidc.entities.Interaction ?? {}
        record(ctx, { action: 'device.denied', target: String(params?.['client_id'] ?? ctx.oidc.client?.clientId) })
        show(ctx, renderPage(<DeviceDeniedPage t={t} again={DEVICE_PATH} />))
      } else if (name !== undefined && ofTheCode.includes(name)) {
        ctx.status = 422
        show(ctx, renderPage(<EnterCodePage t={t} action={DEVICE_PATH} problem="unknown" />))
      } else if (out) {
        unit.refusal = toAppError(ctx, out, error)
      } else throw new Error('the engine was asked for a page that is ours')
    },
    successSource: async (ctx: EngineContext): Promise<void> => {
      const { client, entities } = ctx.oidc
      if (!client) throw new Error('a device was let in without an application')
      const { exchange } = currentUnit()
      const { id, name } = recordOf(client)
      record(ctx, {
        action: 'device.approved',
        target: entities.DeviceCode?.grantId ?? id,
        after: { public: { client: id } },
      })
      show(ctx, renderPage(<DeviceDonePage t={exchange.languages.of(exchange)} client={{ name }} />))
    },
  }
}

function show(ctx: EngineContext, page: string): void {
  ctx.type = 'html'
  ctx.body = page
}
