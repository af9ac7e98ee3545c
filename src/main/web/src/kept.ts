// What this browser keeps: payments on their way, one of each wallet at each gateway, so that the page may be closed.
// Storage can be forbidden or full; then nothing is kept, and nothing else changes.

import type { Address, Hex } from 'viem'

/** A payment that was sent. */
export interface Sent {
  chainId: number
  contract: Address
  payer: Address
  account: Address
  title: string
  price: string
  hash: Hex
  nonce: number
  fromBlock: number
  confirmations: number
  /** The account's end before this payment. */
  before: number
  sentAt: number
}

type Owner = Pick<Sent, 'chainId' | 'contract' | 'payer'>

const PREFIX = 'hourgate.payment.'
const MOST = 8

export function store(action: (storage: Storage) => void) {
  try {
    action(localStorage)
  } catch {
    // As said.
  }
}

function key({ chainId, contract, payer }: Owner): string {
  return `${PREFIX}${chainId}.${contract}.${payer}`.toLowerCase()
}

function read(name: string): Sent | undefined {
  let sent: Sent | undefined
  store((storage) => (sent = JSON.parse(storage.getItem(name) ?? 'null') ?? undefined))
  return sent
}

/** A payment of this wallet to this gateway that was on its way when the page was left. */
export function unfinished(owner: Owner): Sent | undefined {
  return read(key(owner))
}

/** Keeps the payment; of many wallets' the oldest give way. */
export function remember(sent: Sent) {
  store((storage) => {
    storage.setItem(key(sent), JSON.stringify(sent))
    Object.keys(storage)
      .filter((name) => name.startsWith(PREFIX))
      .sort((a, b) => (read(b)?.sentAt ?? 0) - (read(a)?.sentAt ?? 0))
      .slice(MOST)
      .forEach((name) => storage.removeItem(name))
  })
}

/** What another page of this browser has sent since stays. */
export function forget(sent: Sent) {
  if (unfinished(sent)?.hash === sent.hash) store((storage) => storage.removeItem(key(sent)))
}
