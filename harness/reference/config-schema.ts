/**
 * The data model of the reference's configuration, namespace `urn:ncwspec:reference:config`:
 *
 *     container reference {
 *       list entry { key name; leaf name; leaf value; leaf enabled { boolean }; leaf-list tag;
 *                    container detail { leaf note; } }
 *       container settings { leaf label; leaf level { uint8 } leaf-list address; }
 *     }
 *
 * `value`, `label`, `note` and `tag` are free text.
 */
export interface SchemaNode {
  readonly kind: "container" | "list" | "leaf" | "leaf-list";
  readonly key?: string;
  readonly children?: Readonly<Record<string, SchemaNode>>;
  /** Values a leaf may have; all when absent. */
  readonly type?: RegExp;
}

const TEXT: SchemaNode = { kind: "leaf" };

export const CONFIG_SCHEMA: SchemaNode = {
  kind: "container",
  children: {
    reference: {
      kind: "container",
      children: {
        entry: {
          kind: "list",
          key: "name",
          children: {
            name: { kind: "leaf", type: /^.+$/su },
            value: TEXT,
            enabled: { kind: "leaf", type: /^(true|false)$/ },
            tag: { kind: "leaf-list" },
            detail: { kind: "container", children: { note: TEXT } },
          },
        },
        settings: {
          kind: "container",
          children: {
            label: TEXT,
            level: { kind: "leaf", type: /^(\d{1,2}|1\d\d|2[0-4]\d|25[0-5])$/ },
            address: { kind: "leaf-list" },
          },
        },
      },
    },
  },
};
