export { pinoTelemetry } from './pino.ts'
