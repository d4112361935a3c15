// The project's own lint rules.

/** Objects that hold what was put into them. */
const CONTAINERS = new Set(["Map", "Set", "WeakMap", "WeakSet", "Array"]);

/** Refuses variables that outlive a call and are shared by all rooms of a process. */
const noModuleState = {
  create(/** @type {any} */ context) {
    return {
      VariableDeclaration(/** @type {any} */ node) {
        const outer = node.parent?.type === "ExportNamedDeclaration" ? node.parent.parent : node.parent;
        if (outer?.type !== "Program") return;
        for (const { init, id } of node.declarations) {
          const isContainer =
            init?.type === "NewExpression" && CONTAINERS.has(init.callee.name) && init.arguments.length === 0;
          if (node.kind !== "const" || isContainer)
            context.report({
              node: id,
              message: `Module-level state: ${id.name} would be shared by all rooms and all tests of a process.`,
            });
        }
      },
    };
  },
};

export default { meta: { name: "rollcall" }, rules: { "no-module-state": noModuleState } };
