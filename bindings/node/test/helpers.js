// SPDX-License-Identifier: MIT
// What the tests share: names that nobody has, other processes, patience.
'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { Worker } = require('node:worker_threads');

const root = path.join(__dirname, '..');
const repository = path.join(root, '..', '..');
const build = path.resolve(repository, process.env.DISRUPTOR_BUILD ?? 'build');

// No test asserts a time; this only ends what hangs.
const PATIENCE_MS = 300000;

let number = 0;

// The name of a ring or segment, which goes away with the test.
function newName(t) {
	const name = `disruptor-node-test.${process.pid}.${number++}`;

	t?.after(() => fs.rmSync(`/dev/shm/${name}`, { force: true }));
	return name;
}

// Another process that runs code, with `lib` and its arguments in scope. What it
// prints in lines of JSON comes by take().
class Peer {
	constructor(t, code, args = [], { flags = [], library = root,
		node = process.execPath } = {}) {
		this.lines = [];
		this.waiting = [];
		this.text = '';
		this.child = spawn(node, [...flags, '-e',
			`const lib = require(${JSON.stringify(library)});
			const args = ${JSON.stringify(args)};
			const tell = (value) => process.stdout.write(
				JSON.stringify(value ?? null) + '\\n');
			${code}`], { stdio: ['pipe', 'pipe', 'inherit'] });
		this.child.stdout.setEncoding('utf8').on('data', (data) =>
			this.#received(data));
		this.ended = new Promise((resolve) => this.child.on('close',
			(code_, signal) => {
				resolve(signal ?? code_);
				for (const { reject } of this.waiting.splice(0))
					reject(new Error(`ended: ${signal ?? code_}`));
			}));
		this.over = false;
		this.ended.then(() => {
			this.over = true;
		});
		t.after(() => this.child.kill('SIGKILL'));
	}

	#received(data) {
		const lines = (this.text + data).split('\n');

		this.text = lines.pop();
		for (const line of lines) {
			const waiting = this.waiting.shift();
			if (waiting)
				waiting.resolve(JSON.parse(line));
			else
				this.lines.push(JSON.parse(line));
		}
	}

	take() {
		if (this.lines.length > 0)
			return Promise.resolve(this.lines.shift());
		if (this.over)
			return Promise.reject(new Error('it has ended'));
		return new Promise((resolve, reject) => {
			this.waiting.push({ resolve, reject });
		});
	}

	kill(signal = 'SIGKILL') {
		this.child.kill(signal);
		return this.ended;
	}
}

// A worker that runs code; its first message says that it got there. Its end and
// its next message are worker.ended and worker.said: listening later is too
// late for one that ends at once.
async function startWorker(code, data) {
	const worker = new Worker(`
		const { workerData: args, parentPort } =
			require('node:worker_threads');
		const lib = require(${JSON.stringify(root)});
		const tell = (value) => parentPort.postMessage(value);
		${code}`, { eval: true, workerData: data });

	worker.ended = new Promise((resolve) => worker.once('exit', resolve));
	await new Promise((resolve, reject) => {
		worker.once('message', () => {
			worker.said = new Promise((say) => worker.once('message', say));
			resolve();
		});
		worker.once('error', reject);
	});
	return worker;
}

function delay(ms) {
	return new Promise((resolve) => setTimeout(resolve, ms));
}

async function until(condition) {
	const end = Date.now() + PATIENCE_MS;

	while (!condition()) {
		if (Date.now() > end)
			throw new Error(`never true: ${condition}`);
		await delay(2);
	}
}

// The command of this tree, or undefined if it is not built.
function command() {
	const file = path.join(build, 'disruptor');

	return fs.existsSync(file) ? file : undefined;
}

// What was fetched for the tests by scripts/fetch.js: a package's directory.
function fetched(...name) {
	const directory = path.join(build, 'node', 'node_modules', ...name);

	return fs.existsSync(directory) ? directory : undefined;
}

module.exports = {
	root, repository, build, PATIENCE_MS, newName, Peer, startWorker, delay,
	until, command, fetched,
};
