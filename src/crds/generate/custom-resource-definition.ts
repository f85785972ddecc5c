import type { z } from 'zod';
import { structural, type StructuralNode } from './structural.ts';

export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'date';
  readonly description: string;
  readonly jsonPath: string;
  /** 1: only with `-o wide`. */
  readonly priority?: 1;
}

export interface KindDefinition {
  readonly names: {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
    readonly plural: string;
    readonly singular: string;
    readonly shortNames: readonly string[];
    readonly categories: readonly string[];
  };
  readonly description: string;
  readonly spec: z.ZodType;
  readonly status: z.ZodType;
  readonly columns: readonly PrinterColumn[];
}

/** The apiextensions.k8s.io/v1 CustomResourceDefinition of a kind, with its status as a subresource. */
export function customResourceDefinition(kind: KindDefinition): StructuralNode {
  const { group, version, plural, singular, shortNames, categories } = kind.names;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind: kind.names.kind, listKind: `${kind.names.kind}List`, plural, singular, shortNames, categories },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: kind.columns,
          schema: { openAPIV3Schema: root(kind) },
        },
      ],
    },
  };
}

function root({ description, spec, status }: KindDefinition): StructuralNode {
  return {
    description,
    type: 'object',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string', description: 'Version of the schema that this object is written in.' },
      kind: { type: 'string', description: 'Kind of this object.' },
      metadata: { type: 'object' },
      spec: { ...structural(spec), description: 'What is asked for.' },
      status: { ...structural(status), description: 'What the operator found. Written by the operator alone.' },
    },
  };
}
