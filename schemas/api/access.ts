import * as z from 'zod'

export const SignInRequest = z.strictObject({
  email: z.string().min(3).max(254),
  password: z.string().min(1).max(1_024),
})
export const PasswordRequest = z.strictObject({
  current: z.string().max(1_024).optional().describe('needed when a password is set already'),
  password: z.string().min(10).max(1_024),
})

export const Me = z.object({
  workspace: z.string(),
  role: z.enum(['owner', 'editor', 'viewer']),
  email: z.string(),
  name: z.string(),
  hasPassword: z.boolean(),
})

export const LoginLink = z.object({ url: z.string(), expiresAt: z.int() })

export const KeyRequest = z.strictObject({
  scope: z.enum(['app', 'workspace', 'ingest']),
  target: z.string().max(63).optional().describe('the app of an `app` key, the source of an `ingest` key'),
})

export const KeyInfo = z.object({
  id: z.string(),
  scope: z.enum(['app', 'workspace', 'ingest']),
  target: z.string().nullable(),
  prefix: z.string(),
  createdAt: z.int(),
})

/** The key is shown once. */
export const NewKey = z.object({ ...KeyInfo.shape, key: z.string() })

export type Me = z.infer<typeof Me>
export type KeyInfo = z.infer<typeof KeyInfo>
export type NewKey = z.infer<typeof NewKey>
