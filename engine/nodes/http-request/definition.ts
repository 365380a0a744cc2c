import * as z from 'zod'
import { templateSelectors } from '../../expressions/template.ts'
import type { NodeDefinition } from '../node.ts'
import { SelectorSchema } from '../selector.ts'

const Text = z.coerce
  .string()
  .nullish()
  .transform(text => text ?? '')

const Authorization = z.looseObject({
  type: z.enum(['no-auth', 'api-key']).default('no-auth'),
  config: z
    .looseObject({ type: z.enum(['basic', 'bearer', 'custom']).default('bearer'), api_key: Text, header: Text })
    .nullish(),
})

const BodyPart = z.looseObject({
  key: Text,
  type: z.enum(['text', 'file']).default('text'),
  value: Text,
  file: SelectorSchema.nullish(),
})

export type BodyPart = z.infer<typeof BodyPart>

const bodyTypes = ['none', 'form-data', 'x-www-form-urlencoded', 'raw-text', 'json', 'binary'] as const

const Body = z.looseObject({
  type: z.enum(bodyTypes).default('none'),
  // Documents of earlier versions hold one text here.
  data: z
    .union([z.array(BodyPart), z.string().transform(value => [{ key: '', type: 'text' as const, value, file: null }])])
    .default([]),
})

/** Seconds; 0 or absent leaves the limit to the server. Two spellings are in use. */
const Timeout = z.looseObject({
  connect: z.coerce.number().min(0).nullish(),
  read: z.coerce.number().min(0).nullish(),
  write: z.coerce.number().min(0).nullish(),
  max_connect_timeout: z.coerce.number().min(0).nullish(),
  max_read_timeout: z.coerce.number().min(0).nullish(),
  max_write_timeout: z.coerce.number().min(0).nullish(),
})

export const HttpRequestData = z.looseObject({
  method: z
    .string()
    .transform(method => method.toLowerCase())
    .pipe(z.enum(['get', 'post', 'put', 'patch', 'delete', 'head', 'options'])),
  url: Text,
  authorization: Authorization.default({ type: 'no-auth' }),
  headers: Text,
  params: Text,
  body: Body.nullish(),
  timeout: Timeout.nullish(),
  ssl_verify: z.boolean().nullish(),
  error_strategy: z.string().nullish(),
  retry_config: z.looseObject({ retry_enabled: z.boolean().default(false) }).nullish(),
})

export type HttpRequestData = z.infer<typeof HttpRequestData>

export const httpRequestDefinition: NodeDefinition<HttpRequestData> = {
  type: 'http-request',
  title: { 'zh-CN': 'HTTP 请求', en: 'HTTP request' },
  description: {
    'zh-CN': '调用一个 HTTP 接口，并取得状态码、正文和响应头',
    en: 'Calls an HTTP service and gives its status, body and headers',
  },
  schema: HttpRequestData,
  effect: 'recorded',
  reads: data => [...texts(data).flatMap(templateSelectors), ...fileSelectors(data)],
  outputs: () => ({ status_code: 'number', body: 'string', headers: 'object', files: 'array[file]' }),
  examples: [
    {
      data: {
        type: 'http-request',
        title: 'HTTP request',
        method: 'post',
        url: 'https://api.example.com/reports/{{#start.id#}}',
        authorization: { type: 'api-key', config: { type: 'bearer', api_key: '{{#env.key#}}', header: '' } },
        headers: 'X-Trace: {{#start.id#}}',
        params: 'lang: en',
        body: { type: 'json', data: [{ id: '1', key: '', type: 'text', value: '{"text": "{{#start.text#}}"}' }] },
        timeout: { connect: 5, read: 30, write: 30 },
      },
      variables: { 'start.id': '42', 'start.text': 'hello', 'env.key': 'secret' },
    },
  ],
}

/** Every text of the node that may hold variables. */
function texts(data: HttpRequestData): string[] {
  const { config } = data.authorization
  const parts = data.body?.data ?? []
  return [
    data.url,
    data.headers,
    data.params,
    config?.api_key ?? '',
    config?.header ?? '',
    ...parts.flatMap(part => [part.key, part.value]),
  ]
}

function fileSelectors(data: HttpRequestData): string[][] {
  return (data.body?.data ?? []).flatMap(part => (part.type === 'file' && part.file ? [part.file] : []))
}
