// expect: decoded-code-run | source: T1027
await import("data:text/javascript;base64,Y29uc29sZS5sb2coMSk=");
