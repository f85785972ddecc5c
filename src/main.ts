#!/usr/bin/env -S node --max-semi-space-size=4 --optimize-for-size --
import { processSurroundings } from './config/load.ts';
import { command } from './wiring/command.ts';

// Anything that nobody awaited is a fault of ours: better a restart than a process in an unknown state.
process.on('unhandledRejection', reason => {
  process.stderr.write(`awoooi: unhandled rejection: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}\n`);
  process.exit(1);
});

process.exitCode = await command(process.argv.slice(2), processSurroundings());
