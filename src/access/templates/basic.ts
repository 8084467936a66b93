import { defineTemplate, everythingHere, managesMembers, readsHere } from './template.ts'

/** For whoever brings no permissions of an API: who runs the organisation, who looks after its people, who works there. */
export const basic = defineTemplate({
  key: 'basic',
  name: 'Basic',
  roles: [
    {
      key: 'owner',
      name: 'Owner',
      description: 'Everything, and the only one who makes administrators and other owners.',
      permissions: [],
      own: everythingHere,
      mayAssign: ['owner', 'admin', 'member', '*'],
      kept: true,
    },
    {
      key: 'admin',
      name: 'Administrator',
      description: 'Looks after members, roles, programs and keys.',
      permissions: [],
      own: [
        ...managesMembers,
        'roles.manage',
        'api-keys.own',
        'api-keys.manage',
        'service-accounts.manage',
        'audit.read',
        'webhooks.manage',
      ],
      mayAssign: ['member', '*'],
    },
    {
      key: 'member',
      name: 'Member',
      description: 'Works here, and makes API keys for the own work.',
      permissions: [],
      own: [...readsHere, 'api-keys.own'],
      mayAssign: [],
    },
  ],
})
