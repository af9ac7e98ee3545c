// A change on the contract: tried with eth_call, sent by the wallet, followed into its block.

import { numberToHex } from 'viem/utils'
import type { Address, Hex } from 'viem'
import type { Gateway } from './api'
import { HOURGATE, changeWords, encode } from './contract'
import { Refusal } from './refusal'
import { ask, chainOf } from './wallet'
import type { Wallet } from './wallet'

const POLL_MS = 1000

/** How often in a row a node may not know what was sent before that is believed. */
const PATIENCE = 5

/** Resolves when the change is in a block, or when nobody waits for it any more, as `wanted` says. */
export async function change(
  wallet: Wallet,
  gateway: Gateway,
  functionName: string,
  args: unknown[],
  wanted: () => boolean,
): Promise<void> {
  const { provider } = wallet.announced
  const { to, data } = encode(gateway.contract as Address, HOURGATE, functionName, args)
  const transaction = { from: wallet.address, to, data }
  try {
    await ask(provider, 'eth_call', [transaction, 'latest'])
  } catch (error) {
    const words = changeWords(error)
    throw words ? new Refusal(words) : error
  }
  if ((await chainOf(provider)) !== gateway.chainId || !wanted())
    throw new Refusal('Your wallet changed meanwhile. Nothing was sent.')
  const hash = await ask<Hex>(provider, 'eth_sendTransaction', [
    { ...transaction, chainId: numberToHex(gateway.chainId) },
  ])
  for (let unknown = 0; wanted() && unknown < PATIENCE;) {
    // What a wallet on another chain says is not about this change.
    if ((await chainOf(provider).catch(() => undefined)) !== gateway.chainId) {
      await pause()
      continue
    }
    const receipt = await ask<{ status: Hex } | null>(provider, 'eth_getTransactionReceipt', [hash]).catch(() => null)
    if (receipt && Number(receipt.status) === 0)
      throw new Refusal('The contract refused when it was its turn. Only the network fee was spent.')
    if (receipt) return
    const known = await ask(provider, 'eth_getTransactionByHash', [hash]).catch(() => undefined)
    unknown = known === null ? unknown + 1 : 0
    await pause()
  }
  if (wanted()) throw new Refusal('The network does not know that transaction: your wallet replaced or cancelled it.')
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS))
}
