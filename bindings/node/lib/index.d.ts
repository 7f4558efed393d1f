// SPDX-License-Identifier: MIT
import { Readable, ReadableOptions, Writable, WritableOptions }
	from 'node:stream';
import type { ReadableStream, WritableStream } from 'node:stream/web';

/** What can wait takes a signal and a time-out in milliseconds. */
export interface WaitOptions {
	signal?: AbortSignal;
	timeout?: number;
	/** false: the wait does not keep the process alive. */
	ref?: boolean;
}

export interface CreateOptions {
	/** Events, rounded up to a power of two. */
	slots: number;
	/** Bytes of one event. */
	slotSize: number;
	/** One producer at a time (the default), or many. */
	producers?: 'single' | 'multi';
	/** Side by side (the default), or each beside its commit word. */
	slotLayout?: 'packed' | 'stamped';
	/** Permissions of the ring's file; 0o600. */
	mode?: number;
	maxConsumers?: number;
	maxProducers?: number;
	/** Of the event, up to 63 bytes. */
	type?: string;
	firstSequence?: number | bigint;
}

export interface RingInfo {
	name: string;
	slots: number;
	slotSize: number;
	stride: number;
	type: string;
	producers: 'single' | 'multi';
	libraryVersion: string;
}

export interface ConsumerInfo {
	name: string;
	pid: number;
	alive: boolean;
	/** Keeps its place when it is gone. */
	holds: boolean;
	sequence: bigint;
	lag: number;
	gaps: number;
	after: string[];
}

export interface ProducerInfo {
	index: number;
	pid: number;
	alive: boolean;
	abandoned: number;
}

export interface Inspection {
	slots: number;
	slotSize: number;
	bytes: number;
	producers: 'single' | 'multi';
	slotLayout: 'packed' | 'stamped';
	type: string;
	id: string;
	layoutVersion: number;
	mode: number;
	creatorPid: number;
	createdMs: number;
	maxProducers: number;
	maxConsumers: number;
	closed: boolean;
	firstSequence: bigint;
	claimed: bigint;
	published: bigint;
	recovered: number;
	evicted: number;
	producerList: ProducerInfo[];
	consumerList: ConsumerInfo[];
}

export interface ConsumerOptions<B extends boolean = boolean> {
	/** What is published from now on (the default), or the oldest there is. */
	from?: 'next' | 'now' | 'oldest';
	/** Names of consumers that must be done with an event before. */
	after?: string[];
	/** Events in one batch at most. */
	max?: number;
	/** Sequences as BigInts. */
	bigint?: B;
}

/** The sequences [start, end). The same object for each batch. */
export interface Batch<S extends number | bigint = number> {
	readonly start: S;
	readonly end: S;
	readonly length: number;
	/** The bytes of its events, not copied: one Buffer, or two. */
	buffers(): Buffer[];
}

export interface BatchesOptions extends WaitOptions {
	max?: number;
	/** Microseconds that what comes at once is waited for in place; 50. */
	spin?: number;
	/** Leaving the loop counts the batch in hand as done. */
	advanceOnReturn?: boolean;
}

export interface Stop {
	(): void;
	/** Resolves at the end and after stop(), rejects with what was thrown. */
	readonly done: Promise<void>;
}

export interface StreamOptions {
	/** Records of the disruptor command; the default for its rings. */
	frames?: boolean;
}

export class Producer<S extends number | bigint = number>
implements Disposable {
	private constructor();
	readonly ring: Ring;
	/** The claim in hand. */
	readonly start: S;
	readonly end: S;
	/** The first of n sequences, or -1: no room. */
	tryClaim(n?: number): S;
	/** How many, at most max; 0: no room. */
	tryClaimUpTo(max: number): number;
	claim(n?: number, options?: WaitOptions): Promise<S>;
	claimUpTo(max: number, options?: WaitOptions): Promise<number>;
	/** Blocks the thread; -1 after the time-out. */
	claimSync(n?: number, options?: WaitOptions): S;
	publish(sequence?: S, n?: number): void;
	abandon(): void;
	tryWrite(n: number, fill: (sequence: S, i: number) => void): boolean;
	write(n: number, fill: (sequence: S, i: number) => void,
		options?: WaitOptions): Promise<void>;
	/** close: the end of the stream closes the ring. */
	writable(options?: WritableOptions & StreamOptions & { close?: boolean }):
		Writable;
	writableWeb(options?: WritableOptions & StreamOptions &
		{ close?: boolean }): WritableStream;
	release(): void;
	[Symbol.dispose](): void;
}

export class Consumer<S extends number | bigint = number>
implements Disposable, AsyncIterable<Batch<S>> {
	private constructor();
	readonly ring: Ring;
	readonly name: string | undefined;
	readonly sequence: number;
	readonly sequenceBig: bigint;
	readonly lag: number;
	readonly ended: boolean;
	take(max?: number): Batch<S> | undefined;
	advance(n: number): void;
	poll(each: (sequence: S) => void, max?: number): number;
	/** Blocks the thread; how many are ready, 0 after time-out and at the end. */
	waitSync(options?: WaitOptions): number;
	next(options?: WaitOptions & { max?: number }):
		Promise<Batch<S> | undefined>;
	batches(options?: BatchesOptions): AsyncIterableIterator<Batch<S>>;
	[Symbol.asyncIterator](): AsyncIterator<Batch<S>>;
	onBatch(handle: (start: S, end: S) => void,
		options?: WaitOptions & { max?: number }): Stop;
	readable(options?: ReadableOptions & StreamOptions): Readable;
	readableWeb(options?: ReadableOptions & StreamOptions): ReadableStream;
	release(): void;
	[Symbol.dispose](): void;
}

export class Ring implements Disposable {
	private constructor();
	static create(name: string, options: CreateOptions): Ring;
	/** Waits until somebody has created it. */
	static open(name: string, options?: WaitOptions & { slotSize?: number }):
		Promise<Ring>;
	static openSync(name: string, options?: { slotSize?: number }): Ring;
	static from(handle: { name: string }): Ring;
	static unlink(name: string): void;
	static inspect(name: string): Inspection;

	readonly name: string;
	/**
	 * All events, to be posted to workers; keeps the ring mapped, also after
	 * release(). Node.js 20 has none.
	 */
	readonly shared: SharedArrayBuffer | undefined;
	/** For workers: Ring.from(handle). */
	readonly handle: { name: string };
	readonly info: RingInfo;
	readonly released: boolean;

	readonly bytes: Buffer;
	readonly view: DataView;
	readonly u8: Uint8Array;
	readonly i8: Int8Array;
	readonly u16: Uint16Array;
	readonly i16: Int16Array;
	readonly u32: Uint32Array;
	readonly i32: Int32Array;
	readonly f32: Float32Array;
	readonly f64: Float64Array;
	readonly u64: BigUint64Array;
	readonly i64: BigInt64Array;
	/** Where the event begins, in bytes. */
	offset(sequence: number | bigint): number;
	slot(sequence: number | bigint): Buffer;
	buffers(start: number | bigint, count: number): Buffer[];

	producer(options?: { bigint?: false }): Producer<number>;
	producer(options: { bigint: true }): Producer<bigint>;
	consumer(name?: string, options?: ConsumerOptions<false>):
		Consumer<number>;
	consumer(name: string | undefined, options: ConsumerOptions<true> &
		{ bigint: true }): Consumer<bigint>;
	consumer(options: ConsumerOptions<true> & { bigint: true }):
		Consumer<bigint>;
	consumer(options: ConsumerOptions<false>): Consumer<number>;
	removeConsumer(name: string): void;
	waitForConsumers(n: number, options?: WaitOptions): Promise<void>;

	readonly published: number;
	readonly publishedBig: bigint;
	readonly cursor: number;
	readonly claimed: number;
	readonly claimedBig: bigint;
	readonly remaining: number;
	readonly consumerCount: number;
	close(): void;
	release(): void;
	[Symbol.dispose](): void;
}

// --- the API of shared-memory-disruptor ---------------------------------------

export interface ClaimResult {
	buf: Buffer;
	claimStart: number;
	claimEnd: number;
	allConsumersIgnoring: boolean;
}

export interface ClaimManyResult {
	bufs: Buffer[];
	claimStart: number;
	claimEnd: number;
	allConsumersIgnoring: boolean;
}

type ClaimCallback = (error: Error | null, buf: Buffer, claimStart: number,
	claimEnd: number, allConsumersIgnoring: boolean) => void;
type ClaimManyCallback = (error: Error | null, bufs: Buffer[],
	claimStart: number, claimEnd: number,
	allConsumersIgnoring: boolean) => void;
type CommitCallback = (error: Error | null, committed: boolean) => void;
type ConsumeCallback = (error: Error | null, bufs: Buffer[],
	start: number) => void;

export class Disruptor implements Disposable {
	constructor(shm_name: string, num_elements: number, element_size: number,
		num_consumers: number, consumer: number, init: boolean, spin: boolean);
	static unlink(shm_name: string): void;

	produceClaim(): Promise<ClaimResult>;
	produceClaim(cb: ClaimCallback): void;
	produceClaimSync(): Buffer;
	produceClaimMany(n: number): Promise<ClaimManyResult>;
	produceClaimMany(n: number, cb: ClaimManyCallback): void;
	produceClaimManySync(n: number): Buffer[];
	produceClaimAvail(max: number): Promise<ClaimManyResult>;
	produceClaimAvail(max: number, cb: ClaimManyCallback): void;
	produceClaimAvailSync(max: number): Buffer[];
	produceCommit(): Promise<boolean>;
	produceCommit(cb: CommitCallback): void;
	produceCommit(start: number, end: number): Promise<boolean>;
	produceCommit(start: number, end: number, cb: CommitCallback): void;
	produceCommitSync(): boolean;
	produceCommitSync(start: number, end: number): boolean;
	produceRecover(start: number, end: number): Buffer[];
	consumeNew(): Promise<{ bufs: Buffer[]; start: number }>;
	consumeNew(cb: ConsumeCallback): void;
	consumeNewSync(): Buffer[];
	consumeCommit(): boolean;
	release(mark_ignore?: boolean): void;
	[Symbol.dispose](): void;

	/** For tests. */
	produceClaimAsync(cb: ClaimCallback): void;
	produceClaimManyAsync(n: number, cb: ClaimManyCallback): void;
	produceClaimAvailAsync(max: number, cb: ClaimManyCallback): void;
	produceCommitAsync(cb: CommitCallback): void;
	produceCommitAsync(start: number, end: number, cb: CommitCallback): void;
	consumeNewAsync(cb: ConsumeCallback): void;

	readonly prevClaimStart: number;
	readonly prevClaimEnd: number;
	readonly prevConsumeStart: number;
	readonly prevConsumeNext: number;
	readonly allConsumersIgnoring: boolean;
	readonly elementSize: number;
	readonly spin: boolean;
	readonly elements: Buffer | undefined;
	readonly consumers: Buffer | undefined;
	readonly cursor: number;
	readonly next: number;
	readonly consumer: number;
	status: number;
}

export class DisruptorReadStream extends Readable {
	constructor(disruptor: Disruptor, options?: ReadableOptions);
	readonly disruptor: Disruptor;
}

export class DisruptorWriteStream extends Writable {
	constructor(disruptor: Disruptor, options?: WritableOptions);
	readonly disruptor: Disruptor;
}
