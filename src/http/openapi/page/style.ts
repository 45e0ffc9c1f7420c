export const style = `
:root { color-scheme: light dark; --line: #8884; --mark: #0a7d5a; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; font: 1rem/1.6 system-ui, sans-serif; }
h1, h2, h3 { line-height: 1.25; }
section { border-top: 1px solid var(--line); margin-top: 2.5rem; }
nav ul { list-style: none; padding: 0; }
a { color: var(--mark); }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .8rem .35rem 0; text-align: left; vertical-align: top; }
code, pre { font: .9rem/1.5 ui-monospace, monospace; }
pre { background: #8881; border-radius: .4rem; overflow-x: auto; padding: .8rem; }
summary { cursor: pointer; }
`;
