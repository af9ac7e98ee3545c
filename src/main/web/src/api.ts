// The gate's HTTP interface, as it answers; what is not known is left out. Times are unix seconds, amounts decimal strings in the smallest unit.

import { learnTime } from './clock'

export interface Gateway {
  name: string
  chainId: number
  contract: string
  publicUrl: string
  ready: boolean
  reasons: string[]
  checkedAt: number
  instances: Instance[]
  confirmations: number
  limits?: { sessionsPerWallet: number; whenFull: 'newest-wins' | 'refuse' }
  chain: {
    name: string
    currency: { name: string; symbol: string; decimals: number }
    rpcUrls: string[]
    explorer?: string
  }
  owner?: string
  paused?: boolean
  webSignIn: boolean
}

export interface Instance {
  name: string
  attached: boolean
  state: string
  clients: number
  /** How many it has room for, where that is known. */
  capacity?: number
  /** Whether the seller has set up a profile for it. */
  profile: boolean
}

export interface Offer {
  id: number
  price: string
  token?: string
  symbol: string
  decimals: number
  duration: number
  active: boolean
  /** Blocks before a purchase of it counts, where that depends on the price. */
  confirmations?: number
  /** What it is worth by a rate that the seller wrote down that day. */
  fiat?: { amount: string; currency: string; asOf: string }
}

export interface Access {
  wallet: string
  /** What the gate acts on. */
  paidUntil: number
  /** What the newest block says, before its confirmations. */
  newestPaidUntil?: number
  credentialsFrom: number
  /** When the chain was asked. */
  readAt: number
}

export interface Session {
  id: string
  state: 'admitted' | 'established' | 'ending'
  instance: string
  since: number
  tunnelAddress?: string
  /** Where it has two. */
  tunnelAddress6?: string
  realAddress?: string
  bytesIn: number
  bytesOut: number
  /** The same for a profile and all that reconnects with it; unknown where the gate was killed before it could write that down. */
  device?: string
}

export interface Me {
  wallet: string
  paidUntil: number
  gatePaidUntil: number
  credentialsFrom: number
  limit: number
  /** It is not let in; without `until` for good. */
  banned?: { until?: number; reason: string }
  sessions: Session[]
}

export interface Purchase {
  transaction: string
  block: number
  time: number
  product: number
  account: string
  payer: string
  price: string
  token?: string
  paidUntil: number
}

/** What the contract's owner sees; without `books` while the chain does not tell them. */
export interface Business {
  wallet: string
  books?: { balances: Holding[]; sold: Sold[]; countedTo: number; block: number }
  sessions: LiveSession[]
}

export interface Holding {
  token?: string
  symbol: string
  decimals: number
  amount: string
}

interface Sold {
  product: number
  count: number
  amount: string
}

export interface LiveSession extends Session {
  wallet: string
  /** Unknown while the chain was not asked yet. */
  until?: number
}

/** What the gate says when it does not do what was asked: `code` is one of its reason codes. */
export class Problem extends Error {
  readonly code: string
  readonly status: number

  constructor(status: number, code: string, detail: string) {
    super(detail)
    this.code = code
    this.status = status
  }
}

/** A little more than the gate takes for its slowest answer before it gives up. */
const TIMEOUT_MS = 12_000

async function call(method: string, path: string, body?: unknown): Promise<Response> {
  const sent = Date.now()
  const request: RequestInit = { method, credentials: 'same-origin', cache: 'no-store' }
  if (body !== undefined) {
    request.headers = { 'content-type': 'application/json' }
    request.body = JSON.stringify(body)
  }
  let response: Response
  try {
    response = await fetch(path, { ...request, signal: AbortSignal.timeout(TIMEOUT_MS) })
  } catch {
    throw new Problem(0, 'unreachable', 'The gateway does not answer. Check your connection and try again.')
  }
  learnTime(response.headers.get('date'), sent, Date.now())
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string }
    throw new Problem(
      response.status,
      problem.code ?? 'internal',
      problem.detail ?? `The gateway answered with the error ${response.status}. Try again in a minute.`,
    )
  }
  return response
}

export async function get<T>(path: string): Promise<T> {
  return (await call('GET', path)).json() as Promise<T>
}

export async function post<T>(path: string, body: unknown): Promise<T> {
  const response = await call('POST', path, body)
  return (response.status === 204 ? undefined : await response.json()) as T
}

/** A file, with the name the gate gives it. */
export function getFile(path: string): Promise<{ name: string; content: Blob }> {
  return file(call('GET', path))
}

export function postForFile(path: string, body: unknown): Promise<{ name: string; content: Blob }> {
  return file(call('POST', path, body))
}

async function file(called: Promise<Response>): Promise<{ name: string; content: Blob }> {
  const response = await called
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1]
  return { name: name ?? 'hourgate.ovpn', content: await response.blob() }
}

export async function remove(path: string): Promise<void> {
  await call('DELETE', path)
}
