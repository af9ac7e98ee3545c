/** A refusal in words that are fit for the customer as they are. */
export class Refusal extends Error {}
