// What becomes of a payment that was sent, until the gate has seen it. Everything that can go wrong is a state with its own
// way on.

import { numberToHex } from 'viem/utils'
import type { Hex } from 'viem'
import { purchasedUntil, purchaseTopics } from './contract'
import type { Log } from './contract'
import { forget, remember } from './kept'
import type { Sent } from './kept'
import type { Step } from './payment'
import { ask } from './wallet'
import type { Provider } from './wallet'

const POLL_MS = 1500

export interface Receipt {
  status: Hex
  blockNumber: Hex
  logs: Log[]
}

/** Knows what became of a payment. `gateUntil` tells the account's end as the gate believes it, if it is known. */
export async function track(
  sent: Sent,
  provider: () => Provider | undefined,
  gateUntil: () => number | undefined,
  show: (step: Step) => void,
  stop: AbortSignal,
): Promise<void> {
  let seenInBlock = false
  let replaced = false
  let nonceGone = 0
  const question = async <T>(method: string, params: unknown[] = []): Promise<T | undefined> => {
    // A wallet or node that does not answer now is asked again at the next round.
    const asked = provider()
    return asked ? ask<T>(asked, method, params).catch(() => undefined) : undefined
  }
  show({ at: 'pending', sent, replaced, known: true })
  for (; !stop.aborted; await pause()) {
    const receipt = await question<Receipt | null>('eth_getTransactionReceipt', [sent.hash])
    const head = await question<Hex>('eth_blockNumber')
    const gate = gateUntil()
    if (stop.aborted) return
    if (receipt && head) {
      if (Number(receipt.status) === 0) {
        forget(sent)
        show({
          at: 'reverted',
          sent,
          why: 'The contract refused the payment when it was its turn. Only the network fee was spent.',
        })
        return
      }
      seenInBlock = true
      nonceGone = 0
      const until = purchasedUntil(receipt.logs, sent.contract, sent.account)
      const of = sent.confirmations
      const confirmed = Number(head) - Number(receipt.blockNumber) + 1
      if (gate !== undefined && gate >= (until ?? sent.before + 1)) {
        forget(sent)
        show({ at: 'done', sent, block: Number(receipt.blockNumber), until: gate })
        return
      }
      show(confirmed < of ? { at: 'confirming', sent, confirmed, of } : { at: 'gate', sent, until })
    } else if (receipt === null) {
      const transaction = await question<{ nonce: Hex } | null>('eth_getTransactionByHash', [sent.hash])
      if (transaction) {
        sent = { ...sent, nonce: Number(transaction.nonce) }
        nonceGone = 0
        show(seenInBlock ? { at: 'reorganised', sent } : { at: 'pending', sent, replaced, known: true })
        continue
      }
      const count = await question<Hex>('eth_getTransactionCount', [sent.payer, 'latest'])
      if (count !== undefined && Number(count) > sent.nonce) {
        // Another transaction took this one's place: a faster copy of it, or one that cancels it.
        const other = await replacement(sent, question)
        if (other === 'unknown') {
          // Then the gate alone can tell whether it was paid.
          if (gate !== undefined && gate > sent.before) {
            forget(sent)
            show({ at: 'done', sent, block: undefined, until: gate })
            return
          }
          show({ at: 'pending', sent, replaced, known: false })
          continue
        }
        if (other) {
          sent = { ...sent, hash: other }
          remember(sent)
          replaced = true
          continue
        }
        if (++nonceGone > 2) {
          forget(sent)
          show({ at: 'cancelled', sent })
          return
        }
      } else {
        show(seenInBlock ? { at: 'reorganised', sent } : { at: 'pending', sent, replaced, known: transaction !== null })
      }
    } else if (gate !== undefined && gate > sent.before) {
      forget(sent)
      show({ at: 'done', sent, block: undefined, until: gate })
      return
    }
  }
}

/** The purchase that took this one's place; `unknown` if the node does not answer, as many do about older blocks. */
async function replacement(
  sent: Sent,
  question: <T>(method: string, params?: unknown[]) => Promise<T | undefined>,
): Promise<Hex | 'unknown' | undefined> {
  const logs = await question<Log[]>('eth_getLogs', [
    {
      address: sent.contract,
      fromBlock: numberToHex(sent.fromBlock),
      toBlock: 'latest',
      topics: purchaseTopics(sent.account, sent.payer),
    },
  ])
  if (!logs) return 'unknown'
  for (const log of logs) {
    const transaction = await question<{ nonce: Hex }>('eth_getTransactionByHash', [log.transactionHash])
    if (!transaction) return 'unknown'
    if (Number(transaction.nonce) === sent.nonce) return log.transactionHash
  }
  return undefined
}

export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS))
}
