#!/usr/bin/env -S node --max-semi-space-size=4 --heap-growing-percent=30 --

// As package.json has it in "engines". An older Node fails somewhere inside a package, with a status that means something else.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(`awoooi: Node ${process.versions.node} is too old: use 22.19 or newer, such as node_modules/.bin/node of a clone\n`);
  process.exit(2);
}

// Anything that nobody awaited is a fault of ours: better a restart than a process in an unknown state.
process.on('unhandledRejection', reason => {
  process.stderr.write(`awoooi: unhandled rejection: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}\n`);
  process.exit(1);
});

// Before anything else is loaded.
const { saveMemory } = await import('./wiring/memory.ts');
saveMemory(major);
const { processSurroundings } = await import('./config/load.ts');
const { command } = await import('./wiring/command.ts');
process.exitCode = await command(process.argv.slice(2), processSurroundings());
