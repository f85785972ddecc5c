import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RuleBench, ruleSpec, signozWithHook } from '../../../test/builders/rule-bench.ts';
import { postableRule } from '../../../test/builders/signoz-rule.ts';
import type { Signoz } from '../../../test/servers/signoz.ts';
import type { SignozSnapshot } from '../../../test/servers/signoz-rule-hands.ts';

const EVENTS = [
  'turn',
  'turn',
  'turn',
  'spec',
  'edit',
  'save-in-ui',
  'delete',
  'kill',
  'lose-status',
  'lose-answers',
  'mend',
  'back-up',
  'restore',
  'empty',
] as const;
type Event = (typeof EVENTS)[number];

const THEIRS = ['awoooi://prod/shop/latency/7', 'awoooi://staging/shop/errors/7', 'https://signoz.example/alerts'];

/** One object, its SigNoz with rules of others beside, and all that can befall them. */
class Story {
  readonly #bench: RuleBench;
  readonly #signoz: Signoz;
  readonly #key: string;
  #backup: SignozSnapshot;
  #specs = 0;

  constructor(signoz: Signoz) {
    this.#signoz = signoz;
    this.#bench = new RuleBench(signoz);
    signoz.seed(THEIRS.map(source => postableRule({ alert: 'errors', source })));
    this.#backup = signoz.snapshot();
    this.#key = this.#bench.apply('errors');
  }

  async happens(event: Event): Promise<void> {
    const [own] = this.own();
    const id = own === undefined ? undefined : String(own['id']);
    if (event === 'turn') await this.#bench.step(this.#key);
    else if (event === 'spec') this.#bench.apply('errors', ruleSpec({ description: `version ${(this.#specs += 1)}` }));
    else if (event === 'edit' && id !== undefined) this.#signoz.editAs('ann@example.com', id, rule => ({ ...rule, description: 'hers' }));
    else if (event === 'save-in-ui' && id !== undefined)
      this.#signoz.editAs('ann@example.com', id, rule => ({ ...rule, source: 'https://x/alerts' }));
    else if (event === 'delete' && id !== undefined) this.#signoz.deleteRule(id);
    else this.#befalls(event);
  }

  #befalls(event: Event): void {
    if (event === 'kill') this.#bench.restart();
    else if (event === 'lose-status') this.#bench.objects.set(this.#key, { ...this.#bench.shown(this.#key), status: {} });
    else if (event === 'lose-answers') this.#signoz.breakWith({ is: 'drop-answer' }, ({ method }) => method !== 'GET');
    else if (event === 'mend') this.#signoz.mend();
    else if (event === 'back-up') this.#backup = this.#signoz.snapshot();
    else if (event === 'restore') this.#signoz.restore(this.#backup);
    else if (event === 'empty')
      this.#signoz.restore(this.#signoz.snapshot().filter(({ raw }) => THEIRS.some(source => raw.includes(source))));
  }

  /** Everything answers again, and a process comes that knows nothing. */
  async ends(): Promise<void> {
    this.#signoz.mend();
    this.#bench.restart();
    await this.#bench.settle(this.#key);
    await this.#bench.settle(this.#key);
  }

  own(): readonly Readonly<Record<string, unknown>>[] {
    return this.#signoz.rules().filter(({ source }) => String(source).startsWith('awoooi://prod/shop/errors/'));
  }

  theirs(): unknown[] {
    const theirs = this.#signoz.rules().filter(({ source }) => THEIRS.includes(String(source)));
    return theirs.toSorted((a, b) => String(a['id']).localeCompare(String(b['id'])));
  }

  get wanted(): unknown {
    return this.#specs === 0 ? undefined : `version ${this.#specs}`;
  }

  get reason(): string | undefined {
    return this.#bench.reason(this.#key);
  }

  get writes(): number {
    return this.#signoz.requests.filter(({ method }) => method !== 'GET').length;
  }

  async stop(): Promise<void> {
    await this.#bench.stop();
    await this.#signoz.stop();
  }
}

it('comes to one rule as the spec asks for it, whatever happens before, touches none of others’, and then writes no more', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...EVENTS), { minLength: 3, maxLength: 20 }), async events => {
      const story = new Story(await signozWithHook());
      try {
        const theirs = story.theirs();
        for (const event of events) await story.happens(event);
        await story.ends();
        expect([story.reason, story.own().length]).toEqual(['Synced', 1]);
        expect(story.own()[0]?.['description']).toEqual(story.wanted);
        const { writes } = story;
        await story.ends();
        expect(story.writes).toBe(writes);
        expect(story.theirs()).toEqual(theirs);
      } finally {
        await story.stop();
      }
    }),
    { numRuns: 60 },
  );
});
