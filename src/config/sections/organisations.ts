import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { durationBetween } from '../values/quantity.ts'

export const organisations = section(
  z
    .strictObject({
      invitationLifetime: setting(durationBetween('1h', '90d').prefault('7d'), {
        about:
          'How long an invitation to an organisation can be accepted. Whoever sends it again gives it the full time anew.',
        example: '3d',
      }),
      endedInvitation: setting(durationBetween('1d', '3650d').prefault('90d'), {
        about:
          'How long an invitation that was accepted, withdrawn or not answered is remembered, with the address that it went to. Then it is forgotten; the events stay.',
        example: '30d',
      }),
    })
    .readonly(),
  {
    title: 'Organisations',
    about: 'Companies and who works for them ([how they work](guides/organisations.md)).',
  },
)
