import { effort } from './effort.ts';
import type { Efforts } from './linear-regex.ts';
import { anchoredRegex } from './regex.ts';

/** Whether a text matches; undefined where that cannot be judged here. */
export type RegexTest = (text: string) => boolean | undefined;

/** Some ten thousand matchers as people write them. A tree that asks for more was made to hold up everybody else. */
const MOST_READING = 400_000;
const MOST_MATCHING = 1_000_000;

/**
 * Reads the expressions of one route tree: each text once, when a walk first asks, and each question once. What all of them together may
 * cost is limited, for a tree comes from whoever answers at the address of a probe; what lies beyond is not judged.
 */
export function treeRegexes(): (re2: string) => RegexTest {
  const efforts: Efforts = { reading: effort(MOST_READING), matching: effort(MOST_MATCHING) };
  const read = new Map<string, RegexTest>();

  return re2 => {
    const known = read.get(re2);
    if (known) return known;
    const test = remembering(lazily(() => anchoredRegex(re2, efforts)?.test));
    read.set(re2, test);
    return test;
  };
}

function lazily(read: () => RegexTest | undefined): RegexTest {
  let test: RegexTest | undefined;
  return text => {
    test ??= read() ?? unreadable;
    return test(text);
  };
}

/** A canary's labels are walked many times with one value changed: the others are the same question again. */
function remembering(test: RegexTest): RegexTest {
  const answers = new Map<string, boolean | undefined>();
  return text => {
    if (!answers.has(text)) answers.set(text, test(text));
    return answers.get(text);
  };
}

function unreadable(): undefined {
  return undefined;
}
